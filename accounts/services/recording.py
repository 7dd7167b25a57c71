"""History is written here and nowhere else, in the transaction of the act itself."""

from typing import Any
from uuid import UUID

from accounts.models import Event, User


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
        new=new or {},
    )
