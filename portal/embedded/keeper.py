"""The keeper (`python -m portal.embedded.keeper HOME`): runs the embedded PostgreSQL while somebody uses it.

It knows no Django. When the keeper itself is killed, the kernel tells the server to stop.
"""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from portal.embedded import locks
from portal.embedded.cluster import prepare, server_command
from portal.embedded.postgres import Home
from portal.embedded.processes import stop_with_parent

_PAUSE = 0.2
_LOG_LIMIT = 5_000_000


def main(arguments: list[str]) -> int:
    """Keep the server in the folder `arguments[0]`. 0 when it was stopped in order."""
    home = Home(Path(arguments[0]), testing="--testing" in arguments[1:])
    if locks.try_acquire(home.keeper_lock) is None:
        return 0  # Somebody was quicker.
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if home.log.exists() and home.log.stat().st_size > _LOG_LIMIT:
        home.log.write_text("")
    user = prepare(home)
    _end_leftover(home)
    server = _start(home, user)
    while server.poll() is None:
        # The exclusive lock is kept until this process has gone: a newcomer waits for it.
        if stopping or locks.try_acquire(home.users_lock) is not None:
            return _stop(server)
        time.sleep(_PAUSE)
    return server.returncode or 1


def _start(home: Home, user: str | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        server_command(home),
        stdin=subprocess.DEVNULL,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        umask=0o077,
        preexec_fn=stop_with_parent,
        # The C library's message catalogue and sort order have no say in the server.
        env={"PATH": os.defpath, "LC_ALL": "C"},
    )


def _stop(server: subprocess.Popen[bytes]) -> int:
    server.send_signal(signal.SIGINT)  # Fast: transactions are rolled back, data is flushed.
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
    return 0


def _end_leftover(home: Home) -> None:
    """Deal with what a killed keeper or machine left: a server that still runs, or a pid file that lies."""
    pid_file = home.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        process = psutil.Process(pid)
        ours = process.name() == "postgres" and str(home.data) in process.cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        ours = False
    if ours:
        process.send_signal(signal.SIGINT)
        psutil.wait_procs([process], timeout=20)
    else:
        # The number may belong to another program by now, and PostgreSQL would refuse to start.
        pid_file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
