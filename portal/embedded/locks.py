"""Advisory file locks. The kernel drops them when the holder dies, whatever killed it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def acquire(path: Path, *, shared: bool = False) -> int:
    """Wait for the lock on `path` (made when missing) and return the file descriptor that holds it.

    Forked children share the lock; executed ones do not.
    """
    descriptor = _open(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    return descriptor


def try_acquire(path: Path) -> int | None:
    """The exclusive lock without waiting: its file descriptor, or None when somebody else holds it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_free(path: Path) -> bool:
    """Whether nobody holds `path` at this moment."""
    if not path.exists():
        return True
    descriptor = try_acquire(path)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` exclusively for the length of the block."""
    descriptor = acquire(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
