"""History of a plan: a line about one of its parts."""

from typing import Any
from uuid import UUID

from accounts.models import Event, User
from accounts.services.recording import record
from plans.models.plan import PartOfPlan


def record_on(
    part: PartOfPlan,
    verb: str,
    *,
    by: User | None,
    subject: str,
    task_id: UUID | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Event:
    """As `record`, on the plan and the account of the part."""
    return record(
        verb,
        account_id=part.account_id,
        plan_id=part.plan_id,
        task_id=task_id,
        by=by,
        subject=subject,
        old=old,
        new=new,
    )
