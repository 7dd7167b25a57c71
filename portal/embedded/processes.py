"""Children that do not outlive their parent."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send signal `number` when the parent dies. For `preexec_fn`; a no-op outside Linux.

    It must run after a change of user, which clears it: `Popen(user=…)` keeps that order.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def stop_with_parent() -> None:
    """`die_with_parent` with SIGINT: PostgreSQL's fast shutdown, which loses nothing."""
    die_with_parent(signal.SIGINT)
