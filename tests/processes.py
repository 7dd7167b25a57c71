"""Real processes for tests: a worker on the test's own database, and the environment that they need."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def environment(**extra: str) -> dict[str, str]:
    """The environment of a child process that works on this test's database."""
    child = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_TEST": "1", **extra}
    name = str(connection.settings_dict["NAME"])
    if address := os.environ.get("DATABASE_URL"):
        child["DATABASE_URL"] = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    else:
        child["PORTAL_TEST_DATABASE"] = name
    return child


def wait_for(condition: Callable[[], object], *, seconds: float = 20, what: str = "the condition") -> None:
    """Ask until `condition()` is true. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(0.05)


@contextmanager
def worker(folder: Path, extra: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with one child process; its log is `folder/worker.log`."""
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "portal.celery", "worker", "--concurrency", "1",
               "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(**extra), stdout=output, stderr=output)
        try:
            wait_for(lambda: b" ready." in log.read_bytes() or process.poll() is not None, what="the worker")
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
