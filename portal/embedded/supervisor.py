"""Runs the demo's processes: starts them, restarts what dies, and leaves none behind.

Each child has a session of its own, so Ctrl-C reaches the supervisor alone, which then stops them in order. Were
the supervisor killed, the kernel ends the children, and the keeper of the database (portal.embedded.keeper) sees
that nobody uses it any more.
"""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.embedded.processes import die_with_parent

_RESTARTS_A_MINUTE = 5
_PATIENCE = 10.0
_LOG_LIMIT = 5_000_000


class Stopped(BaseException):
    """Somebody asked the supervisor to end: Ctrl-C, SIGTERM or a closed terminal."""


class TooManyRestarts(RuntimeError):
    """A child keeps dying; the message says which one and where its log is."""


@dataclass
class Child:
    """A process to keep alive: what to call it, its command line, its log."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: deque[float] = field(default_factory=deque)

    def start(self) -> None:
        """Start the process; its words are added to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        mode = "wb" if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT else "ab"
        with self.log.open(mode) as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def dead(self) -> bool:
        """Whether it ran and has ended."""
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the process itself."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def end_group(self) -> None:
        """Kill what is left of it: the children of a killed parent."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def python(*arguments: str) -> list[str]:
    """A command line for this same Python."""
    return [sys.executable, "-m", *arguments]


@contextmanager
def listening_to_signals() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into `Stopped`; later ones must not disturb the stopping."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def supervise(children: Sequence[Child], *, say: Callable[[str], None], ready: Callable[[], None]) -> None:
    """Start `children`, call `ready()`, then keep them alive until `Stopped`. Always stops them all before it ends.

    Raises TooManyRestarts when one dies more than five times within a minute.
    """
    try:
        for child in children:
            child.start()
        ready()
        while True:
            for child in children:
                if child.dead():
                    _restart(child, say)
            time.sleep(0.2)
    except Stopped:
        say("Stopping …")
    finally:
        stop(children)


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, the last started first; kill what does not within ten seconds."""
    for child in reversed(children):
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            child.end_group()
            child.process.wait()


def _restart(child: Child, say: Callable[[str], None]) -> None:
    now = time.monotonic()
    while child.restarts and now - child.restarts[0] > 60:
        child.restarts.popleft()
    if len(child.restarts) >= _RESTARTS_A_MINUTE:
        raise TooManyRestarts(f"The {child.name} keeps dying; its log is {child.log}")
    child.restarts.append(now)
    code = child.process.returncode if child.process else None
    child.end_group()
    say(f"The {child.name} died ({_explain(code)}); starting it again.")
    child.start()


def _explain(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
