"""What time it is. Everything that writes a time asks here, so that demo data can be made as of an earlier day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def now() -> datetime:
    """This moment, aware, in UTC; within `as_of` that moment instead."""
    return _as_of.get() or timezone.now()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let what happens inside have happened at `moment` (aware)."""
    token = _as_of.set(moment)
    try:
        yield
    finally:
        _as_of.reset(token)
