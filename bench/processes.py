"""A web server and a Celery worker as in production, started for one measure and stopped after it."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.environment import HOST, ROOT, VAR
from bench.report import Skip
from portal.embedded.processes import die_with_parent

_CALM = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@contextmanager
def web_server() -> Iterator[tuple[int, psutil.Process]]:
    """Port and the one worker process of a gunicorn on the loopback."""
    port = _free_port()
    command = ("gunicorn", "portal.wsgi", "--bind", f"{HOST}:{port}", "--workers", "1", "--no-control-socket")
    with _running("web", command) as master:
        wait_for(lambda: _listens(port) and master.children(), "the web server")
        yield port, master.children()[0]


@contextmanager
def celery_worker() -> Iterator[psutil.Process]:
    """The one child process of a Celery worker, which does the jobs."""
    command = ("celery", "-A", "portal.celery", "worker", "--concurrency", "1", "-l", "INFO", *_CALM)
    with _running("worker", command) as main:
        wait_for(lambda: b" ready." in _log("worker").read_bytes() and main.children(), "the worker")
        yield main.children()[0]


def peak_mb(process: psutil.Process) -> float:
    """The largest resident size that the process has had so far, in MB of 1,000,000 bytes. Linux only."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        raise Skip("no /proc here to read the peak from")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    if found is None:
        raise Skip("the kernel tells no peak")
    return int(found[1]) * 1024 / 1e6


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Ask until it is true. Raises Skip when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Skip(f"{what} did not answer within {seconds:.0f} s; logs are in {VAR}")
        time.sleep(0.05)


@contextmanager
def _running(name: str, command: Sequence[str]) -> Iterator[psutil.Process]:
    with _log(name).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, stdout=log, stderr=log, preexec_fn=die_with_parent
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _log(name: str) -> Path:
    return VAR / f"{name}.log"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
