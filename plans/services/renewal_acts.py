"""What every act on a renewal begins with, and what it leaves. The plan is locked first, then the renewal."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event, User
from accounts.services.recording import record
from plans import renewals
from plans.models import Renewal, RenewalItem, Task
from plans.renewals import State
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan, lock_task
from plans.services.readiness import Readiness, readiness
from plans.services.taking import require_running, save_task
from plans.services.working import settle_milestone
from portal.lib import clock


class RenewalConflict(Exception):
    """Somebody else changed the renewal since it was shown. Nothing was written; `renewal` is as it is now."""

    def __init__(self, renewal: Renewal) -> None:
        super().__init__(f"renewal {renewal.pk} is at version {renewal.version}")
        self.renewal = renewal


def lock_renewal(renewal: Renewal) -> Renewal:
    """As it is now, ours until the transaction ends, with contract, plan, account and owner."""
    lock_plan(renewal.plan_id)
    rows = Renewal.objects.select_for_update(of=("self",))
    return rows.select_related("contract", "plan__account__owner").get(pk=renewal.pk)


def take_renewal(renewal: Renewal, version: int | None) -> Renewal:
    """Guard: nobody was faster (None asks for no version), and it is not decided yet."""
    locked = lock_renewal(renewal)
    if version is not None and locked.version != version:
        raise RenewalConflict(locked)
    require_running(locked.plan)
    if locked.decided_at:
        raise ValidationError(_("This renewal is decided; nothing in it changes any more."))
    return locked


def state_of(renewal: Renewal) -> State:
    return State(renewal.state)


def save_renewal(renewal: Renewal, *fields: str) -> None:
    """Every act on a renewal raises its version."""
    renewal.version += 1
    renewal.save(update_fields=[*fields, "version"])


def record_on_renewal(
    verb: Verb, renewal: Renewal, by: User | None, subject: str = "", **new: object
) -> Event:
    """Both sides read this: amounts and reasons do not belong into it."""
    return record(
        verb,
        account_id=renewal.account_id,
        plan_id=renewal.plan_id,
        by=by,
        subject=subject or str(renewal.contract),
        new={"renewal": str(renewal.pk), **new},
    )


def settle(renewal: Renewal) -> Readiness:
    """After an act, and on the beat: tasks whose need is met are closed, and `ready` is taken back where it no longer
    holds. For a locked renewal; answers how it stands. Counts the plan anew where something changed."""
    standing = readiness(renewal)
    done = [line.item for line in standing.lines if line.met]
    changed = close_tasks(done)
    if renewal.ready_at and standing.missing:
        unready(renewal, standing)
        changed = True
    if changed:
        touch_plan(renewal.plan_id)
    return standing


def unready(renewal: Renewal, standing: Readiness) -> None:
    """Ready no more; the history says what is missing."""
    renewals.after(state_of(renewal), "unready")
    renewal.ready_at = renewal.ready_by = None
    save_renewal(renewal, "ready_at", "ready_by")
    missing = [line.key for line in standing.missing]
    record_on_renewal(Verb.RENEWAL_UNREADY, renewal, None, missing=missing)


def close_tasks(items: list[RenewalItem], reason: str = "") -> bool:
    """The portal sees that they are done; one that is blocked, or whose day is asked about, is left to people."""
    closed = False
    for item in items:
        task = item.task
        if task is None or task.completed_at or task.blocked_at or task.proposed_on:
            continue
        closed = _close(task.pk, reason) or closed
    return closed


def _close(task_id: UUID, reason: str) -> bool:
    task: Task = lock_task(task_id)
    if task.completed_at or task.blocked_at or task.proposed_on:
        return False
    task.completed_at, task.moved_by_side = clock.now(), ""
    save_task(task, ["completed_at", "moved_by_side"])
    record(
        Verb.TASK_COMPLETED,
        account_id=task.account_id,
        plan_id=task.plan_id,
        task_id=task.pk,
        by=None,
        subject=task.title,
        new={"reason": reason} if reason else None,
    )
    settle_milestone(None, task)
    return True
