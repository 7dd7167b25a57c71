"""The embedded PostgreSQL, seen by those who use it.

A process that needs the server holds a shared lock (`hold`). The first one starts a keeper
(portal.embedded.keeper), which owns the server and stops it once nobody holds the lock any more, however the
last holder ended. So web workers, jobs, tests and `manage.py` share one server, and none is left behind.
"""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from portal.embedded import locks

ROLE = "portal"
PORT = 5432  # Only a part of the socket's file name: the server does not listen on the network.
_SOCKET_LIMIT = 100  # The kernel allows 107 bytes; macOS 103.

_held: dict[Path, int] = {}
_keepers: list[subprocess.Popen[bytes]] = []


class EmbeddedServerError(RuntimeError):
    """The embedded PostgreSQL did not start; the message ends with the last lines of its log."""


@dataclass(frozen=True)
class Home:
    """The folder of one embedded server. `testing`: no durability, and the role may make databases."""

    path: Path
    testing: bool = False

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def password_file(self) -> Path:
        return self.path / "password"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def users_lock(self) -> Path:
        return self.path / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.path / "keeper.lock"

    @property
    def start_lock(self) -> Path:
        return self.path / "start.lock"

    @property
    def socket_dir(self) -> Path:
        """Beside the data, or, where that path is too long for a socket, a private temporary folder."""
        beside = self.path / "run"
        if len(os.fsencode(_socket(beside))) <= _SOCKET_LIMIT:
            return beside
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        temporary = Path(tempfile.gettempdir())
        parent = temporary if len(os.fsencode(temporary)) < 60 else Path("/tmp")  # noqa: S108
        return parent / f"portal-pg-{os.geteuid()}-{digest}"


def hold(home: Home) -> None:
    """Make sure that the server runs and keeps running as long as this process lives, or until `release`.

    Raises EmbeddedServerError. Cheap when the process already holds it.
    """
    if home.path not in _held:
        home.path.mkdir(parents=True, exist_ok=True)
        # Waits here while a keeper is just stopping the server.
        descriptor = locks.acquire(home.users_lock, shared=True)
        try:
            ensure_running(home)
        except EmbeddedServerError:
            os.close(descriptor)
            raise
        _held[home.path] = descriptor


def release(home: Home, *, timeout: float = 15) -> bool:
    """Let go of the server and wait for it to stop. False when it still runs (somebody else uses it)."""
    descriptor = _held.pop(home.path, None)
    if descriptor is not None:
        os.close(descriptor)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if locks.is_free(home.keeper_lock):
            return True
        time.sleep(0.05)
    return False


def ensure_running(home: Home, *, timeout: float = 60) -> None:
    """Start a keeper when there is none, and wait until the server takes connections."""
    with locks.locked(home.start_lock):
        keeper = None if not locks.is_free(home.keeper_lock) else _start_keeper(home)
        deadline = time.monotonic() + timeout
        while not _answers(home):
            if keeper is not None and keeper.poll() is not None:
                raise EmbeddedServerError(_explain(home))
            if keeper is None and locks.is_free(home.keeper_lock):
                keeper = _start_keeper(home)
            if time.monotonic() > deadline:
                raise EmbeddedServerError(_explain(home))
            time.sleep(0.02)


def connection_parameters(home: Home) -> dict[str, str]:
    """What psycopg needs beside the database's name. Read each time: the keeper makes the password."""
    return {
        "host": str(home.socket_dir),
        "port": str(PORT),
        "user": ROLE,
        "password": home.password_file.read_text().strip(),
    }


def _socket(folder: Path) -> Path:
    return folder / f".s.PGSQL.{PORT}"


def _answers(home: Home) -> bool:
    """Whether the keeper lives and the server has said `ready` and listens."""
    if locks.is_free(home.keeper_lock):
        return False
    try:
        lines = (home.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(_socket(home.socket_dir))) == 0


def _start_keeper(home: Home) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "portal.embedded.keeper", str(home.path)]
    if home.testing:
        command.append("--testing")
    with home.log.open("ab") as log:
        keeper = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path(__file__).resolve().parents[2],
            # A session of its own: Ctrl-C in the terminal must not reach it.
            start_new_session=True,
        )
    # Kept, so that Python reaps it when it ends and does not warn that it still runs.
    _keepers.append(keeper)
    return keeper


def _explain(home: Home) -> str:
    lines = home.log.read_text(errors="replace").splitlines()[-12:]
    return f"The embedded PostgreSQL in {home.path} does not start. Its log ends:\n" + "\n".join(lines)
