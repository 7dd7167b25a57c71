"""The two days that frame a plan move: its kickoff and its end, and all that counts from them."""

from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event
from accounts.permissions import Actor
from accounts.services.recording import record
from plans.choices import MeetingKind, MoveCause
from plans.models import Meeting, Plan
from plans.rescheduling import PlanDates, reschedule
from plans.services.consenting import Consent, require_consent
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.meetings import move_meeting_day
from plans.services.moving import given_reason, require_within
from plans.services.plan_dates import MovedBy, load_dates, plan_line, write_moves
from plans.services.taking import require_running
from portal.lib.days import long_day

FARTHEST = timedelta(days=3660)
"""How far away a plan may end."""


@transaction.atomic
def move_kickoff(
    *, by: Actor, plan: Plan, kickoff_on: date, reason: str, consent: Consent | None = None
) -> Plan:
    """Another kickoff day: its meeting moves along, and all that counts from it."""
    plan = _take_plan(by, plan)
    require_within(plan, "kickoff_on", kickoff_on, plan.ends_on)
    if kickoff_on == plan.kickoff_on:
        raise ValidationError({"kickoff_on": _("The kickoff is on that day already.")})
    if Meeting.objects.filter(plan=plan, kind=MeetingKind.KICKOFF, held_at__isnull=False).exists():
        raise ValidationError({"kickoff_on": _("The kickoff has been held; its day does not move any more.")})
    old, plan.kickoff_on = plan.kickoff_on, kickoff_on
    _move_meeting(plan)
    return _put_plan(
        by,
        plan,
        "kickoff_on",
        old,
        MovedBy(by.user, MoveCause.KICKOFF, given_reason(reason)),
        Verb.KICKOFF_MOVED,
        consent,
    )


@transaction.atomic
def move_end(*, by: Actor, plan: Plan, ends_on: date, reason: str, consent: Consent | None = None) -> Plan:
    """Another last day of the plan, later or earlier. What counts back from it follows; what would lie past it is
    held back."""
    plan = _take_plan(by, plan)
    require_within(plan, "ends_on", ends_on, plan.account.today() + FARTHEST)
    if ends_on == plan.ends_on:
        raise ValidationError({"ends_on": _("The plan ends on that day already.")})
    if ends_on < plan.kickoff_on:
        raise ValidationError({"ends_on": _("The plan cannot end before its kickoff.")})
    old, plan.ends_on = plan.ends_on, ends_on
    return _put_plan(
        by,
        plan,
        "ends_on",
        old,
        MovedBy(by.user, MoveCause.END, given_reason(reason)),
        Verb.END_MOVED,
        consent,
    )


@transaction.atomic
def follow_contract(*, plan: Plan, ends_on: date) -> bool:
    """A draft whose contract has another last day now ends with it, unless somebody has set the end by hand.

    A live plan stays as both sides agreed: its page of dates says that the contract says otherwise.
    """
    plan = lock_plan(plan.pk)
    by_hand = Event.objects.filter(plan_id=plan.pk, verb=Verb.END_MOVED, actor__isnull=False)
    if plan.state != "draft" or ends_on in (plan.ends_on, plan.kickoff_on) or by_hand.exists():
        return False
    old, plan.ends_on = plan.ends_on, ends_on
    reason = _("The contract ends on %(day)s now.") % {"day": long_day(ends_on)}
    moved_by = MovedBy(None, MoveCause.DELIVERY, reason)
    _put_plan(None, plan, "ends_on", old, moved_by, Verb.END_MOVED, None)
    return True


def _take_plan(by: Actor, plan: Plan) -> Plan:
    by.require("plan.reschedule")
    plan = lock_plan(plan.pk)
    require_running(plan)
    return plan


def _put_plan(
    by: Actor | None,
    plan: Plan,
    field: str,
    old: date,
    moved_by: MovedBy,
    verb: Verb,
    consent: Consent | None,
) -> Plan:
    """`plan` has its new day in `field` already; the dates before are those with the old one."""
    new = getattr(plan, field)
    setattr(plan, field, old)
    loaded = load_dates(plan)
    setattr(plan, field, new)
    outcome = reschedule(loaded.dates, _with_day(loaded.dates, field, new))
    # A draft that follows its contract has nobody to ask.
    if by:
        require_consent(loaded, outcome, consent)
    plan.save(update_fields=[field])
    act = write_moves(loaded, outcome, moved_by, own=[plan_line(plan, moved_by, old, new)])
    record(
        verb,
        account_id=plan.account_id,
        plan_id=plan.pk,
        by=by.user if by else None,
        subject=plan.name,
        old={"due_on": old.isoformat()},
        new={
            "due_on": new.isoformat(),
            "reason": moved_by.reason,
            "moved": len(outcome.moves),
            "act": str(act),
        },
    )
    touch_plan(plan.pk)
    return plan


def _with_day(dates: PlanDates, field: str, day: date) -> PlanDates:
    return replace(dates, kickoff_on=day) if field == "kickoff_on" else replace(dates, ends_on=day)


def _move_meeting(plan: Plan) -> None:
    """The kickoff meeting, at the same time of another day."""
    kickoffs = Meeting.objects.filter(plan=plan, kind=MeetingKind.KICKOFF, held_at__isnull=True)
    for meeting in kickoffs.select_related("account"):
        move_meeting_day(meeting, plan.kickoff_on)
