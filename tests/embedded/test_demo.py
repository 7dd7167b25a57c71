"""`manage.py demo`, for real: it starts, heals, says what is wrong, and leaves nothing running."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.processes import ROOT, wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTAL_") and name not in {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
    }
    env |= {"PORTAL_DEMO": "1", "PORT": str(port), "PORTAL_VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    env["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def read_until(process: subprocess.Popen[str], words: str) -> str:
    text = ""
    while words not in text:
        line = process.stdout.readline()
        assert line, f"it ended before it said {words!r}:\n{text}"
        text += line
    return text


def health(port: int) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            body = answer.read()
    except urllib.error.HTTPError as answer:
        body = answer.read()
    return {name: part["status"] for name, part in json.loads(body).items()}


def ours(folder: Path) -> list[psutil.Process]:
    """Every process that carries the folder in its environment or its command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join([*process.cmdline(), process.environ().get("PORTAL_VAR_DIR", "")]):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture
def lived_in(folder, port) -> Path:
    """The folder of a demo that has run before, whichever test comes first."""
    if not (folder / "demo-people.txt").exists():
        process = start(folder, port)
        read_until(process, "Ctrl-C stops everything.")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    return folder


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def demo(folder, port):
    process = start(folder, port)
    try:
        process.greeting = read_until(process, "Ctrl-C stops everything.")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert not ours(folder)


@pytest.mark.timeout(180)
def test_it_answers_says_how_to_enter_and_heals(demo, folder, port):
    assert f"http://127.0.0.1:{port}/" in demo.greeting
    assert "/demo/mail/" in demo.greeting
    assert "@" in demo.greeting, "the people to enter as"
    assert health(port) == dict.fromkeys(("database", "migrations", "queue", "worker"), "ok")

    second = start(folder, free_port())
    assert f"already running at http://127.0.0.1:{port}/" in second.communicate(timeout=30)[0]
    assert second.returncode == 1

    worker = next(one for one in ours(folder) if "worker" in one.cmdline() and one.ppid() == demo.pid)
    worker.kill()
    read_until(demo, "The worker died (signal SIGKILL); starting it again.")
    wait_for(lambda: [one for one in ours(folder) if "worker" in one.cmdline() and one.ppid() == demo.pid])

    postmaster = int((folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    psutil.Process(postmaster).kill()
    wait_for(lambda: health(port)["database"] == "ok", what="the database's return")


@pytest.mark.timeout(120)
def test_a_second_start_is_quick_and_a_kill_leaves_nothing(lived_in, port):
    folder = lived_in
    process = start(folder, port)
    try:
        began = time.monotonic()
        read_until(process, "Ctrl-C stops everything.")
        # Ten seconds are promised; tests share two cores with other tests.
        assert time.monotonic() - began < 20
        assert len(ours(folder)) > 6
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not ours(folder), seconds=25, what="the end of all processes")


def test_a_taken_port_is_said_before_anything_starts(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start(tmp_path / "var", port)
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert f"Port {port} is taken. Choose another: make demo PORT={port + 1}" in said
    assert not (tmp_path / "var" / "postgres").exists()
