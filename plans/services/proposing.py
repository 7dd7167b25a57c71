"""The side that has a task answers a date: it accepts the one that the other side gave, or asks for another."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.choices import MoveCause
from plans.models import DateProposal, Task
from plans.permissions import require_answer
from plans.services.consenting import Consent
from plans.services.locking import lock_plan, lock_task
from plans.services.moving import end_proposal, given_reason, put_moved, require_within
from plans.services.plan_dates import MovedBy
from plans.services.taking import (
    Act,
    record_on_task,
    require_open,
    require_running,
    save_task,
    settle_act,
    take_task,
)


@transaction.atomic
def propose_date(*, by: Actor, task: Task, version: int, proposed_on: date, reason: str) -> Act:
    """Ask for another day. Nothing moves until the other side agrees; a newer question takes the place of an older."""
    task = take_task(by, "task.propose", task, version)
    require_open(task)
    require_within(task.plan, "proposed_on", proposed_on, task.plan.ends_on)
    if proposed_on == task.due_on:
        raise ValidationError({"proposed_on": _("It is due on that day already.")})
    reason = given_reason(reason, _("Say why you need another day."))
    if task.proposed_on:
        end_proposal(task, by, accepted=False)
    DateProposal.objects.create(
        account_id=task.account_id,
        plan_id=task.plan_id,
        task=task,
        proposed_on=proposed_on,
        reason=reason,
        proposed_by=by.user,
        proposed_side=by.side,
    )
    old, task.proposed_on = task.due_on, proposed_on
    save_task(task, ["proposed_on"])
    event = record_on_task(
        by,
        task,
        Verb.TASK_DATE_PROPOSED,
        old={"due_on": old.isoformat()},
        new={"due_on": proposed_on.isoformat(), "reason": reason},
    )
    return settle_act(task, event)


@transaction.atomic
def answer_proposal(
    *, by: Actor, proposal: DateProposal, accept: bool, answer: str = "", consent: Consent | None = None
) -> Act:
    """Agree, and the task moves with all that follows; or decline, with a word. The other side than the asking one."""
    plan = lock_plan(proposal.plan_id)
    task = lock_task(proposal.task_id)
    task.plan = plan
    proposal = DateProposal.objects.select_related("proposed_by").get(pk=proposal.pk)
    require_answer(by, proposal)
    require_running(plan)
    if proposal.answered_at:
        raise ValidationError(_("This question has been answered already."))
    if accept:
        return put_moved(
            by,
            task,
            due_on=proposal.proposed_on,
            moved_by=MovedBy(by.user, MoveCause.PROPOSAL, proposal.reason),
            verb=Verb.TASK_DATE_ACCEPTED,
            consent=consent,
        )
    end_proposal(task, by, accepted=False, answer=answer.strip())
    save_task(task, ["proposed_on"])
    event = record_on_task(
        by,
        task,
        Verb.TASK_DATE_DECLINED,
        old={"due_on": task.due_on.isoformat()},
        new={"due_on": proposal.proposed_on.isoformat(), "reason": answer.strip()},
    )
    return settle_act(task, event)


@transaction.atomic
def accept_move(*, by: Actor, task: Task, version: int) -> Act:
    """Say that the day which the other side gave is good."""
    task = take_task(by, "task.accept_move", task, version)
    require_open(task)
    if not task.moved_by_side:
        raise ValidationError(_("There is no new date to accept."))
    task.moved_by_side = ""
    fields = ["moved_by_side"]
    if task.proposed_on:
        end_proposal(task, by, accepted=False)
        fields.append("proposed_on")
    save_task(task, fields)
    event = record_on_task(by, task, Verb.TASK_MOVE_ACCEPTED, new={"due_on": task.due_on.isoformat()})
    return settle_act(task, event)
