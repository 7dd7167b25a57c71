"""What is still open, as it is: tasks that are late or blocked, and the evidence of the plan with its answers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from django.db.models import Count, Q, Window
from django.urls import reverse

from plans.choices import Waiting
from plans.models import Evidence, Plan, Task
from reports.packet.snapshot import EvidenceCount, EvidenceRow, OpenTask
from reports.snapshots import Side

MOST_TASKS = 60
MOST_EVIDENCE = 400
MOST_WORDS = 120

ToDay = Callable[[datetime], date]

# As the snapshot may have them, and nothing else.
_KINDS: dict[str, Literal["file", "link", "note"]] = {"file": "file", "link": "link", "note": "note"}
_STATES: dict[str, Literal["claimed", "accepted", "returned"]] = {
    "claimed": "claimed",
    "accepted": "accepted",
    "returned": "returned",
}


def read_tasks(plan: Plan, today: date) -> tuple[list[OpenTask], int]:
    """Those of both sides that are late or blocked, the oldest first, and how many more there are: one query."""
    rows = (
        Task.objects.open()
        .filter(Q(due_on__lt=today) | Q(blocked_at__isnull=False), plan=plan)
        .select_related("owner")
        .annotate(all=Window(Count("pk")))
        .order_by("due_on", "position", "pk")[:MOST_TASKS]
    )
    found: list[Any] = list(rows)
    listed = [_task(one, today) for one in found]
    return listed, found[0].all - len(found) if found else 0


def read_evidence(plan: Plan, day: ToDay) -> tuple[list[EvidenceRow], EvidenceCount]:
    """The latest `MOST_EVIDENCE` pieces, by day, and how many there are in all: one query."""
    accepted, returned = Q(accepted_at__isnull=False), Q(returned_at__isnull=False)
    rows = (
        Evidence.objects.filter(plan=plan)
        .select_related("task", "claimed_by", "accepted_by", "returned_by")
        .annotate(
            total=Window(Count("pk")),
            accepted=Window(Count("pk", filter=accepted)),
            returned=Window(Count("pk", filter=~accepted & returned)),
        )
        .order_by("-claimed_at", "-pk")[:MOST_EVIDENCE]
    )
    found: list[Any] = list(rows)
    if not found:
        return [], EvidenceCount()
    total, good, bad = found[0].total, found[0].accepted, found[0].returned
    counted = EvidenceCount(total=total, accepted=good, returned=bad, claimed=total - good - bad)
    return [_evidence(one, day) for one in reversed(found)], counted


def _task(one: Task, today: date) -> OpenTask:
    blocked = one.blocked_at is not None
    return OpenTask(
        title=one.title,
        side=Side(one.side),
        owner=str(one.owner or ""),
        due_on=one.due_on,
        late_days=max(0, (today - one.due_on).days),
        blocked=blocked,
        blocked_on=one.blocked_on or Waiting.NOBODY if blocked else "",
        blocked_reason=one.blocked_reason if blocked else "",
        page=reverse("task_detail", args=[one.plan_id, one.pk]),
    )


def _evidence(one: Evidence, day: ToDay) -> EvidenceRow:
    answered_by, answered_at = (
        (one.accepted_by, one.accepted_at) if one.accepted_at else (one.returned_by, one.returned_at)
    )
    return EvidenceRow(
        title=_title(one),
        kind=_KINDS[one.kind],
        task=one.task.title,
        state=_STATES[one.state],
        claimed_by=str(one.claimed_by),
        claimed_on=day(one.claimed_at),
        answered_by=str(answered_by or ""),
        answered_on=day(answered_at) if answered_at else None,
        digest=one.sha256,
        page=reverse("task_detail", args=[one.plan_id, one.task_id]),
    )


def _title(one: Evidence) -> str:
    """The file's name, the note, or where a link without a note leads to."""
    note = " ".join(one.note.split())
    return one.file_name or note[:MOST_WORDS] or urlsplit(one.url).hostname or one.url[:MOST_WORDS]
