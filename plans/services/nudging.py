"""What is due or late of somebody's own tasks, and of what to remind them today."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q

from accounts.choices import Verb
from accounts.models import Event, Stakeholder
from plans.choices import NudgeKind
from plans.models import Nudge, Plan, Task
from plans.reminding import Sent, calendar_for, nudge_due, unanswered
from plans.services.readers import Reader

AHEAD = timedelta(days=14)
"""As far as two working days can reach over the longest holidays."""
BACK = timedelta(days=120)
MOST = 50
"""Reminders in one mail, the most urgent first; the others follow the next day."""


class OpenTask(NamedTuple):
    """In the order of `_COLUMNS`."""

    id: UUID
    owner_id: UUID
    plan_id: UUID
    account_id: UUID
    title: str
    due_on: date
    plan_name: str
    account_name: str
    country: str


_COLUMNS = (
    "id", "owner_id", "plan_id", "account_id", "title", "due_on", "plan__name", "plan__account__name",
    "plan__account__country",
)  # fmt: skip


@dataclass(frozen=True)
class Reminder:
    task: OpenTask
    kind: NudgeKind

    def row(self, reader: Reader, digest_id: UUID | None) -> Nudge:
        return Nudge(
            account_id=self.task.account_id,
            plan_id=self.task.plan_id,
            task_id=self.task.id,
            user=reader.user,
            kind=self.kind,
            due_on=self.task.due_on,
            sent_on=reader.day,
            digest_id=digest_id,
        )


def reminders_for(readers: Sequence[Reader]) -> dict[UUID, list[Reminder]]:
    """By person, the most urgent first: three queries, however many people and tasks there are.

    What was said today already is left out of account, so that asking again gives the same answer.
    """
    days = {reader.user.pk: reader.day for reader in readers}
    if not days:
        return {}
    tasks = _open_tasks(days)
    sent = _sent(days)
    answered = _answered(task.id for task in tasks if _is_silent(sent[task.owner_id, task.id]))
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for task in tasks:
        answered_at = answered.get(task.id)
        kind = nudge_due(
            task.due_on,
            days[task.owner_id],
            calendar_for(task.country),
            sent[task.owner_id, task.id],
            answered_on=answered_at.date() if answered_at else None,
            most=settings.PORTAL_NUDGES_BEFORE_ESCALATION,
        )
        if kind and len(found[task.owner_id]) < MOST:
            found[task.owner_id].append(Reminder(task, kind))
    return found


def _open_tasks(days: dict[UUID, date]) -> list[OpenTask]:
    """Ready tasks of theirs on running plans that they may see."""
    here = Stakeholder.objects.joined().filter(user=OuterRef("owner_id"), account=OuterRef("account_id"))
    tasks = (
        Task.objects.ready()
        .filter(owner__in=days, plan__in=Plan.objects.live().running())
        .filter(Q(side="vendor") & ~Q(owner__vendor_role="") | Exists(here))
        .filter(due_on__lte=max(days.values()) + AHEAD)
        .order_by("due_on", "position", "id")
    )
    return [OpenTask._make(row) for row in tasks.values_list(*_COLUMNS).iterator(2000)]


def _sent(days: dict[UUID, date]) -> dict[tuple[UUID, UUID], list[Sent]]:
    """What they were reminded of on earlier days, by person and task."""
    found: dict[tuple[UUID, UUID], list[Sent]] = defaultdict(list)
    rows = Nudge.objects.filter(
        user__in=days, step=0, task__completed_at=None, sent_on__gte=min(days.values()) - BACK
    )
    for user_id, task_id, kind, due_on, sent_on in rows.values_list(
        "user_id", "task_id", "kind", "due_on", "sent_on"
    ):
        if sent_on < days[user_id]:
            found[user_id, task_id].append(Sent(kind, due_on, sent_on))
    return found


def _is_silent(sent: Iterable[Sent]) -> bool:
    """So many reminders that it matters whether anybody has answered since."""
    return unanswered(sent, None) >= settings.PORTAL_NUDGES_BEFORE_ESCALATION


def _answered(task_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When somebody last did anything about the tasks."""
    ids = list(task_ids)
    if not ids:
        return {}
    rows = Event.objects.filter(task_id__in=ids).exclude(verb=Verb.TASK_ESCALATED).order_by()
    latest = rows.values("task_id").annotate(last=Max("at")).values_list("task_id", "last")
    return {task_id: at for task_id, at in latest if task_id}
