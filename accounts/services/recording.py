"""History is written here and nowhere else, in the transaction of the act itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from accounts.models import Event, User

# An event cannot be changed afterwards, and no service need know through which door its person came.
_door: ContextVar[str] = ContextVar("door", default="")


@contextmanager
def recorded_from(door: str) -> Iterator[None]:
    """Every event of the block says `"from": door` in its `new`: "mail" for an answer from a mail's link."""
    before = _door.set(door)
    try:
        yield
    finally:
        _door.reset(before)


def record(
    verb: str,
    *,
    account_id: UUID,
    by: User | None,
    plan_id: UUID | None = None,
    task_id: UUID | None = None,
    subject: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Event:
    """Add one line of history; `by` is None when the portal itself acted. `old`/`new` are JSON-serialisable."""
    door = {"from": _door.get()} if _door.get() else {}
    return Event.objects.create(
        verb=verb,
        account_id=account_id,
        plan_id=plan_id,
        task_id=task_id,
        actor=by,
        actor_name=str(by) if by else "",
        actor_side=by.side if by else "",
        subject=subject[:200],
        old=old or {},
        new={**(new or {}), **door},
    )


def record_on_each(
    verb: str, news: Mapping[UUID, dict[str, Any]], *, by: User | None, subject: str = ""
) -> None:
    """One line on each account for an act that concerns many; `news` is the `new` of each account."""
    side = by.side if by else ""
    Event.objects.bulk_create(
        (
            Event(
                verb=verb,
                account_id=account_id,
                actor=by,
                actor_name=str(by) if by else "",
                actor_side=side,
                subject=subject[:200],
                new=new,
            )
            for account_id, new in news.items()
        ),
        batch_size=500,
    )
