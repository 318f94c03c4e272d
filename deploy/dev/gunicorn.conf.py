"""What the server of `make run` does besides serving: the clock's work, once a minute, for as long as it lives."""

import subprocess
import sys
from threading import Thread
from time import sleep

MINUTE = 60


def post_worker_init(_worker: object) -> None:
    Thread(target=keep_time, daemon=True).start()


def keep_time() -> None:
    """`manage.py tick` as cron would have it; one that fails says so on the terminal, and the next one comes."""
    while True:
        sleep(MINUTE)
        subprocess.run([sys.executable, "manage.py", "tick"], check=False, start_new_session=True)
