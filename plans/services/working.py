"""What a person can do with a task. Each act: guard → change → event → counts, in one transaction.

`version` is the task's version that the person saw; `Conflict` is raised when it has moved on. `PermissionDenied`
means 403, `ValidationError` a message beside the field.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.choices import EvidenceNeed, Waiting
from plans.models import Evidence, Milestone, Task
from plans.services.knowing import missing_answers
from plans.services.moving import end_proposal
from plans.services.recording import record_on
from plans.services.taking import Act, record_on_task, require_open, save_task, settle_act, take_task
from plans.services.telling import tell_new_owner
from plans.services.winning import drop_unconfirmed, find_win_of_milestone
from portal.lib import clock
from portal.lib.prepared import PreparedRows


@transaction.atomic
def complete_task(*, by: Actor, task: Task, version: int) -> Act:
    """Mark the task done. Refused while it is blocked, waits for another, or lacks evidence or answers."""
    task = take_task(by, "task.complete", task, version)
    require_completable(task)
    _require_answers(task)
    return put_completed(by, task)


def require_completable(task: Task) -> None:
    """Open, not blocked, and with all that it needs from elsewhere."""
    require_open(task)
    if task.blocked_at:
        raise ValidationError(_("This task is blocked. Unblock it first."))
    _require_predecessors(task)
    _require_evidence(task)


def put_completed(by: Actor, task: Task) -> Act:
    """The change itself, for a task that is locked and may be completed; sending a form comes through here too."""
    task.completed_at, task.completed_by = clock.now(), by.user
    # Its day is no question any more.
    if task.proposed_on:
        end_proposal(task, by, accepted=False)
    task.moved_by_side = ""
    fields = ["completed_at", "completed_by", "proposed_on", "moved_by_side"]
    return _put(by, task, Verb.TASK_COMPLETED, fields)


@transaction.atomic
def reopen_task(*, by: Actor, task: Task, version: int, reason: str = "") -> Act:
    task = take_task(by, "task.reopen", task, version)
    if not task.completed_at:
        raise ValidationError(_("This task is open already."))
    return put_reopened(by, task, reason)


def put_reopened(by: Actor, task: Task, reason: str) -> Act:
    """The change itself, for a task that is locked; returned evidence reopens its task through here too."""
    task.completed_at = task.completed_by = None
    return _put(by, task, Verb.TASK_REOPENED, ["completed_at", "completed_by"], new={"reason": reason})


@transaction.atomic
def block_task(*, by: Actor, task: Task, version: int, reason: str, on: str = "") -> Act:
    """Say that the task cannot go on, and why; the reason is for both sides to read.

    `on` is who clears the way: a side, or "nobody" for somebody outside both companies; "" is the task's own side.
    """
    task = take_task(by, "task.block", task, version)
    require_open(task)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is in the way.")})
    on = on or task.side
    if on not in (*Side.values, Waiting.NOBODY):
        raise ValidationError(
            {"on": _("Say who can clear the way: one of the two companies, or somebody else.")}
        )
    task.blocked_on = on
    task.blocked_at, task.blocked_by, task.blocked_reason = clock.now(), by.user, reason.strip()
    return _put(
        by,
        task,
        Verb.TASK_BLOCKED,
        ["blocked_at", "blocked_by", "blocked_reason", "blocked_on"],
        new={"reason": reason.strip(), "on": on},
    )


@transaction.atomic
def unblock_task(*, by: Actor, task: Task, version: int) -> Act:
    task = take_task(by, "task.block", task, version)
    if not task.blocked_at:
        raise ValidationError(_("This task is not blocked."))
    task.blocked_at, task.blocked_by, task.blocked_reason, task.blocked_on = None, None, "", ""
    return _put(by, task, Verb.TASK_UNBLOCKED, ["blocked_at", "blocked_by", "blocked_reason", "blocked_on"])


@transaction.atomic
def reassign_task(*, by: Actor, task: Task, version: int, owner: User | None) -> Act:
    """Give the task to another person of its side; None puts it back to "needs an owner"."""
    task = take_task(by, "task.reassign", task, version)
    if owner and not possible_owners(task).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("This person cannot own a task of this side.")})
    old, task.owner = task.owner, owner
    task.edited_fields = _edited(task, "owner")
    act = _put(
        by,
        task,
        Verb.TASK_REASSIGNED,
        ["owner", "edited_fields"],
        old={"owner": str(old) if old else ""},
        new={"owner": str(owner) if owner else ""},
    )
    tell_new_owner(task, by.user)
    return act


def possible_owners(task: Task) -> Any:
    """The people who may own the task: vendor people, or the account's stakeholders, by its side."""
    if task.side == Side.VENDOR:
        return User.objects.vendor()
    present = Stakeholder.objects.present().filter(account_id=task.account_id)
    return User.objects.filter(is_active=True, pk__in=present.values("user"))


def _put(
    by: Actor,
    task: Task,
    verb: Verb,
    fields: list[str],
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Act:
    """Change, record, count."""
    save_task(task, fields)
    event = record_on_task(by, task, verb, old=old, new=new)
    if verb in (Verb.TASK_COMPLETED, Verb.TASK_REOPENED):
        settle_milestone(by.user, task)
    return settle_act(task, event)


def settle_milestone(by: User | None, task: Task) -> None:
    """A milestone is reached with its last task, and no longer when one is reopened."""
    milestone = Milestone.objects.filter(pk=task.milestone_id)
    if task.completed_at and not Task.objects.open().filter(milestone_id=task.milestone_id).exists():
        changed, verb = (
            milestone.filter(reached_at__isnull=True).update(reached_at=task.completed_at),
            Verb.MILESTONE_REACHED,
        )
    elif not task.completed_at:
        changed, verb = (
            milestone.filter(reached_at__isnull=False).update(reached_at=None),
            Verb.MILESTONE_REOPENED,
        )
    else:
        return
    if changed:
        stop = milestone.select_related("account").get()
        record_on(task, verb, by=by, subject=stop.title)
        if stop.reached_at:
            find_win_of_milestone(stop, by)
        elif stop.first_value:
            drop_unconfirmed(by=by, milestone=stop)


def _require_predecessors(task: Task) -> None:
    waiting = [title for (title,) in _open_before(task.pk)]
    if waiting:
        raise ValidationError(_("This task waits for: %(tasks)s.") % {"tasks": ", ".join(waiting)})


def _require_evidence(task: Task) -> None:
    if task.evidence_need == EvidenceNeed.NONE:
        return
    evidence = Evidence.objects.standing().filter(task=task)
    if task.evidence_need != EvidenceNeed.ANY:
        evidence = evidence.filter(kind=task.evidence_need)
    if not evidence.exists():
        raise ValidationError(_("Add the evidence first: %(wanted)s") % {"wanted": task.evidence_wanted})


def _require_answers(task: Task) -> None:
    missing = missing_answers(task)
    if missing:
        questions = ", ".join(question.label for question in missing[:3])
        raise ValidationError(
            _("Answer the questions of this task first: %(questions)s") % {"questions": questions}
        )


def _edited(task: Task, field: str) -> list[str]:
    return sorted({*task.edited_fields, field})


_open_before = PreparedRows(
    lambda task_id: (
        Task.objects.open().filter(dependants__task=task_id).order_by("position").values_list("title")[:3]
    )
)
