"""A task's date moves, and what depends on it; and tasks that are pinned to their day.

Each act: guard → what moves (plans/rescheduling.py) → consent → the new days and their lines in the ledger → event →
counts, in one transaction under the plan's lock. `Unseen` is raised while the person has not agreed to what moves.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.choices import MoveCause
from plans.models import DateProposal, Plan, Task
from plans.rescheduling import Outcome, PlanDates, reschedule
from plans.services.consenting import Consent, require_consent
from plans.services.plan_dates import Loaded, MovedBy, load_dates, moved_ids, node_of, write_moves
from plans.services.taking import Act, record_on_task, require_open, save_task, settle_act, take_task
from portal.lib import clock
from portal.lib.days import long_day


@transaction.atomic
def move_task(
    *,
    by: Actor,
    task: Task,
    version: int,
    due_on: date,
    reason: str,
    cause: MoveCause = MoveCause.HAND,
    consent: Consent | None = None,
) -> Act:
    """Change the due date, and with it what follows. Both sides read the reason; a day outside the plan is refused."""
    task = take_task(by, "task.move", task, version)
    return put_moved(
        by,
        task,
        due_on=due_on,
        moved_by=MovedBy(by.user, cause, given_reason(reason)),
        verb=Verb.TASK_MOVED,
        consent=consent,
    )


def put_moved(
    by: Actor, task: Task, *, due_on: date, moved_by: MovedBy, verb: Verb, consent: Consent | None
) -> Act:
    """The change itself, for a task that is locked; an accepted proposal moves its task through here too."""
    _require_movable(task, due_on)
    loaded, node = load_dates(task.plan), node_of(task)
    outcome = reschedule(loaded.dates, loaded.dates.moved(node, due_on), root=node)
    _require_after_predecessors(loaded, outcome, node, due_on)
    require_consent(loaded, outcome, consent, root=node)
    agreed = moved_by.cause == MoveCause.PROPOSAL
    mine = agreed or by.side == task.side or not task.plan.live_at
    old, task.due_on = task.due_on, due_on
    _put_rule(task, outcome.after)
    task.moved_by_side = "" if mine else by.side
    task.edited_fields = sorted({*task.edited_fields, "due_on"})
    fields = ["due_on", "rule_anchor", "rule_offset", "moved_by_side", "edited_fields"]
    if task.proposed_on:
        end_proposal(task, by, accepted=agreed)
        fields.append("proposed_on")
    save_task(task, fields)
    act = write_moves(loaded, outcome, moved_by, root=task)
    others = outcome.others(node)
    event = record_on_task(
        by,
        task,
        verb,
        old={"due_on": old.isoformat()},
        new={"due_on": due_on.isoformat(), "reason": moved_by.reason, "moved": len(others), "act": str(act)},
    )
    return settle_act(task, event, moved_ids(loaded, others))


@transaction.atomic
def pin_task(*, by: Actor, task: Task, version: int) -> Act:
    """Keep the task on its day, whatever it depends on."""
    task = take_task(by, "plan.reschedule", task, version)
    require_open(task)
    if task.pinned_at:
        raise ValidationError(_("This task is pinned already."))
    # What it has come away from would move it, once it is let go.
    _put_rule(task, load_dates(task.plan).dates)
    task.pinned_at, task.pinned_by = clock.now(), by.user
    save_task(task, ["pinned_at", "pinned_by", "rule_anchor", "rule_offset"])
    return settle_act(task, record_on_task(by, task, Verb.TASK_PINNED))


@transaction.atomic
def unpin_task(*, by: Actor, task: Task, version: int, reason: str, consent: Consent | None = None) -> Act:
    """Let the day move again: the task goes where its rule and what it waits for put it."""
    task = take_task(by, "plan.reschedule", task, version)
    require_open(task)
    if not task.pinned_at:
        raise ValidationError(_("This task is not pinned."))
    loaded = load_dates(task.plan)
    return put_rescheduled(
        by,
        task,
        loaded,
        loaded.dates.pinned(node_of(task), False),
        moved_by=MovedBy(by.user, MoveCause.PIN, given_reason(reason)),
        verb=Verb.TASK_UNPINNED,
        consent=consent,
        write=lambda: Task.objects.filter(pk=task.pk).update(pinned_at=None, pinned_by=None),
    )


def put_rescheduled(
    by: Actor,
    task: Task,
    loaded: Loaded,
    after: PlanDates,
    *,
    moved_by: MovedBy,
    verb: Verb,
    consent: Consent | None,
    write: Callable[[], object],
    said: dict[str, Any] | None = None,
) -> Act:
    """For a task that is locked: something else that decides its day changes, and with it whatever follows.

    `after` are the dates as the change leaves them, `write` the change itself; `said` goes into the event.
    """
    outcome = reschedule(loaded.dates, after)
    require_consent(loaded, outcome, consent)
    write()
    if not any(move.key == node_of(task) for move in outcome.moves):
        save_task(task)
    act = write_moves(loaded, outcome, moved_by)
    task.refresh_from_db(fields=["due_on", "version", "moved_by_side"])
    new = {"reason": moved_by.reason, "moved": len(outcome.moves), "act": str(act), **(said or {})}
    event = record_on_task(by, task, verb, new=new)
    return settle_act(task, event, moved_ids(loaded, outcome.moves))


def end_proposal(task: Task, by: Actor, *, accepted: bool, answer: str = "") -> None:
    """The task's open proposal is answered; the caller saves the task."""
    DateProposal.objects.waiting().filter(task=task).update(
        accepted=accepted, answered_by=by.user, answered_at=clock.now(), answer=answer
    )
    task.proposed_on = None


def _require_movable(task: Task, due_on: date) -> None:
    require_open(task)
    require_within(task.plan, "due_on", due_on, task.plan.ends_on)
    if due_on == task.due_on:
        raise ValidationError({"due_on": _("It is due on that day already.")})


def require_within(plan: Plan, field: str, day: date, last: date) -> None:
    today = plan.account.today()
    if not today <= day <= last:
        words = {"first": long_day(today), "last": long_day(last)}
        raise ValidationError(
            {
                field: _("Choose a day from today, %(first)s, to the end of the plan, %(last)s.") % words
                if last == plan.ends_on
                else _("Choose a day from today, %(first)s, to %(last)s.") % words
            }
        )


def _require_after_predecessors(loaded: Loaded, outcome: Outcome, node: str, due_on: date) -> None:
    days = outcome.after.schedule.days
    if days[node] <= due_on:
        return
    before = max(outcome.after.open_waits.get(node, ()), key=lambda one: days[one])
    raise ValidationError(
        {
            "due_on": _("It waits for “%(task)s”, due on %(day)s. Choose that day or a later one.")
            % {"task": loaded.title(before), "day": long_day(days[before])}
        }
    )


def given_reason(reason: str, wanted: str = "") -> str:
    if not reason.strip():
        raise ValidationError({"reason": wanted or _("Say why the date moves.")})
    return reason.strip()


def _put_rule(task: Task, dates: PlanDates) -> None:
    node = dates.nodes[node_of(task)]
    task.rule_anchor, task.rule_offset = node.anchor, node.offset
