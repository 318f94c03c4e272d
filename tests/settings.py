"""The real settings with production's strictness on, and its slowness and its need of TLS off."""

import os
import tempfile
from pathlib import Path

scratch = Path(tempfile.gettempdir()) / f"sentinel-tests-{os.getuid()}"
os.environ |= {
    "DEBUG": "",
    "SECRET_KEY": "for-tests-only",
    "ALLOWED_HOSTS": "localhost,testserver",
    "EMAIL_URL": "smtp://localhost",
    "SENTINEL_DATA_DIR": str(scratch / "data"),
    "SENTINEL_KEYS_DIR": str(scratch / f"keys-{os.getpid()}"),
    "SENTINEL_CHECKPOINT_COPIES": "",
    "STATIC_ROOT": str(scratch / "static"),
    "SECURE_SSL_REDIRECT": "0",
}

from sentinel.settings import *  # noqa: E402, F403 - the one place that needs all of them
from sentinel.settings import DATABASES  # noqa: E402

# Playwright's event loop lives in the thread that the tests run in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
Path(os.environ["STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "fragments")
}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

# A file, not memory: each thread of the live server needs a connection of its own.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(scratch / f"{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
    )
