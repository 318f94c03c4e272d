"""Absent DEBUG means production: strict, complete, and asking for what it needs by name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "k7#v2-Qm9zT!x4Lw8pR@c1Jd6Hs3Fy0Ng5Bu_EaVtXoZiKqMrWl",
    "ALLOWED_HOSTS": "sentinel.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}
# Read by the server, not by the settings.
SERVER = {"PORT", "WEB_CONCURRENCY"}


@pytest.fixture
def manage(tmp_path):
    """Run manage.py with these variables and no others."""

    def run(*arguments, **variables):
        environment = {"PATH": os.environ["PATH"], "SENTINEL_DATA_DIR": str(tmp_path), **variables}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_production_has_nothing_to_warn_of(manage):
    done = manage("check", "--deploy", "--fail-level=DEBUG", **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_names_the_variable_that_is_missing(manage, missing):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}

    done = manage("check", **given)

    assert done.returncode != 0
    assert re.findall(r"ImproperlyConfigured: .*\b([A-Z_]+) environment", done.stderr) == [missing]


def test_a_secret_may_come_from_a_file(manage, tmp_path):
    secret = tmp_path / "key"
    secret.write_text(PRODUCTION["SECRET_KEY"])

    done = manage("check", **{**PRODUCTION, "SECRET_KEY": ""}, SECRET_KEY_FILE=str(secret))

    assert done.returncode == 0, done.stderr


def test_debug_needs_nothing_else(manage):
    assert manage("check", DEBUG="1").returncode == 0


def test_a_line_of_the_log_is_written_once(manage):
    note = "import logging; logging.getLogger('django.tasks').warning('A mail was sent.')"

    assert manage("shell", "-c", note, DEBUG="1").stderr.count("A mail was sent.") == 1


def test_the_readme_explains_every_variable():
    settings = (ROOT / "sentinel/settings.py").read_text()
    readme = (ROOT / "README.md").read_text()

    explained = set(re.findall(r"^\| `([A-Z_]+)` ", readme, re.MULTILINE))

    assert explained - SERVER == set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
