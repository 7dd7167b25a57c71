"""The supervisor with small children: restarts, gives up in time, leaves nothing behind."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import psutil
import pytest

from portal.embedded.supervisor import Child, TooManyRestarts, supervise
from tests.processes import ROOT, wait_for

# A child with a child of its own, as gunicorn and Celery have.
FAMILY = "import subprocess, sys, time; subprocess.Popen(['sleep', '600']); time.sleep(600)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
SCRIPT = """
import sys
from pathlib import Path
from portal.embedded import supervisor
supervisor._PATIENCE = 1.0
children = [supervisor.Child(name, [sys.executable, "-c", code], Path(sys.argv[1]) / f"{name}.log")
            for name, code in zip(("first", "second"), sys.argv[2:])]
with supervisor.listening_to_signals():
    supervisor.supervise(children, say=lambda line: print(line, flush=True),
                         ready=lambda: print("ready", flush=True))
print("over", flush=True)
"""


@contextmanager
def supervisor(folder, *codes: str):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), *codes], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def family(process: subprocess.Popen[str], size: int) -> list[psutil.Process]:
    """All descendants, once there are `size` of them."""
    parent = psutil.Process(process.pid)
    wait_for(lambda: len(parent.children(recursive=True)) == size, what=f"{size} descendants")
    return parent.children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=5)[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_grandchildren_too(tmp_path, number):
    with supervisor(tmp_path, FAMILY, FAMILY) as process:
        relatives = family(process, 4)
        process.send_signal(number)
        assert process.stdout.read() == "Stopping …\nover\n"
        assert process.wait(5) == 0
        assert gone(relatives)


def test_who_does_not_want_to_stop_is_killed(tmp_path):
    with supervisor(tmp_path, STUBBORN) as process:
        relatives = family(process, 1)
        wait_for(lambda: "deaf" in (tmp_path / "first.log").read_text(), what="the deaf ear")
        process.terminate()
        assert process.wait(10) == 0
        assert gone(relatives)


def test_a_killed_child_is_started_again_and_its_orphans_ended(tmp_path):
    with supervisor(tmp_path, FAMILY) as process:
        child, orphan = sorted(family(process, 2), key=lambda one: one.name() == "sleep")
        child.kill()
        assert process.stdout.readline() == "The first died (signal SIGKILL); starting it again.\n"
        assert gone([child, orphan])
        assert {one.pid for one in family(process, 2)}.isdisjoint({child.pid, orphan.pid})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_a_killed_supervisor_leaves_no_child(tmp_path):
    with supervisor(tmp_path, "import time; time.sleep(600)") as process:
        relatives = family(process, 1)
        process.kill()
        process.wait()
        assert gone(relatives)


def test_it_gives_up_on_what_keeps_dying(tmp_path):
    said: list[str] = []
    broken = Child("worker", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "worker.log")
    steady = Child("web", [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "web.log")
    with pytest.raises(TooManyRestarts, match="worker keeps dying"):
        supervise([broken, steady], say=said.append, ready=lambda: None)
    assert said == ["The worker died (exit code 3); starting it again."] * 5
    assert steady.process.returncode == -signal.SIGTERM
