"""Meetings: planned, moved, cancelled, written up, and held, which freezes the agenda and sends the recap."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event
from accounts.permissions import Actor
from plans.choices import MeetingKind
from plans.models import Decision, Meeting, Plan
from plans.services.agenda_facts import agenda_of
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.recapping import send_recap
from plans.services.recording import record_on
from plans.services.taking import require_running
from portal.lib import clock
from portal.lib.days import long_day

USUAL_MINUTES = {MeetingKind.KICKOFF: 60, MeetingKind.WEEKLY: 15, MeetingKind.RENEWAL: 30}
WEEK = timedelta(days=7)


class NotesConflict(Exception):
    """Somebody else has written notes since these were opened. Nothing was saved; `meeting` has what stands there."""

    def __init__(self, meeting: Meeting, latest: Event | None) -> None:
        super().__init__(f"notes of {meeting.pk} are at version {meeting.version}")
        self.meeting = meeting
        self.latest = latest


@transaction.atomic
def plan_meeting(
    *, by: Actor, plan: Plan, kind: str, day: date, at: time | None = None, minutes: int | None = None
) -> Meeting:
    """A weekly or a renewal review on a day of the plan, at a time of the account's zone or with none yet."""
    by.require("meeting.manage")
    plan = _lock(plan)
    if kind not in (MeetingKind.WEEKLY, MeetingKind.RENEWAL):
        raise ValidationError({"kind": _("The kickoff comes with the plan.")})
    _require_day(plan, day)
    _require_free(plan, kind, day)
    meeting = Meeting.objects.create(
        account_id=plan.account_id,
        plan=plan,
        kind=kind,
        planned_on=day,
        starts_at=_moment(plan, day, at),
        minutes=minutes or USUAL_MINUTES[MeetingKind(kind)],
    )
    _record(Verb.MEETING_PLANNED, by, meeting)
    touch_plan(plan.pk)
    return meeting


@transaction.atomic
def move_meeting(*, by: Actor, meeting: Meeting, day: date, at: time | None, minutes: int) -> Meeting:
    """Another day, time or length. The kickoff's day is the plan's: only its time moves here."""
    meeting = _take(by, "meeting.manage", meeting)
    _require_ahead(meeting)
    plan = meeting.plan
    if day != meeting.planned_on:
        if meeting.kind == MeetingKind.KICKOFF:
            raise ValidationError({"day": _("The kickoff moves with the plan: change the plan’s dates.")})
        _require_day(plan, day)
        _require_free(plan, meeting.kind, day)
    meeting.planned_on, meeting.starts_at, meeting.minutes = day, _moment(plan, day, at), minutes
    _save(meeting, "planned_on", "starts_at", "minutes")
    _record(Verb.MEETING_MOVED, by, meeting)
    touch_plan(plan.pk)
    return meeting


def move_meeting_day(meeting: Meeting, day: date) -> None:
    """For whoever moves the plan's days, within their transaction: the same time of day on another day."""
    if meeting.starts_at:
        zone = meeting.account.zone
        meeting.starts_at = datetime.combine(day, meeting.starts_at.astimezone(zone).time(), zone)
    meeting.planned_on = day
    _save(meeting, "planned_on", "starts_at")


@transaction.atomic
def cancel_meeting(*, by: Actor, meeting: Meeting) -> Meeting:
    meeting = _take(by, "meeting.manage", meeting)
    _require_ahead(meeting)
    if meeting.kind == MeetingKind.KICKOFF:
        raise ValidationError(_("A plan has its kickoff: it can be moved, not cancelled."))
    meeting.cancelled_at = clock.now()
    _save(meeting, "cancelled_at")
    _record(Verb.MEETING_CANCELLED, by, meeting)
    touch_plan(meeting.plan_id)
    return meeting


@transaction.atomic
def save_notes(*, by: Actor, meeting: Meeting, version: int, notes: str) -> Meeting:
    """Keep what was written. Raises NotesConflict when somebody else has saved since `version` was opened."""
    meeting = _take(by, "meeting.note", meeting)
    _put_notes(by, meeting, version, notes)
    touch_plan(meeting.plan_id)
    return meeting


@transaction.atomic
def hold_meeting(
    *, by: Actor, meeting: Meeting, version: int, notes: str, plan_next: bool = False
) -> Meeting:
    """Say that it was held: notes and agenda are kept as they are, and the recap goes out, once.

    `plan_next`: the next weekly review is planned with it, a week later at the same time, where there is none yet.
    """
    meeting = _take(by, "meeting.manage", meeting)
    _require_ahead(meeting)
    plan = meeting.plan
    if not plan.live_at:
        raise ValidationError(_("The plan is a draft. Make it live before you meet about it."))
    if meeting.planned_on > plan.account.today():
        raise ValidationError(_("This meeting lies ahead. Move it to today if you have held it already."))
    _put_notes(by, meeting, version, notes)
    meeting.agenda = agenda_of(meeting, plan)
    meeting.held_at, meeting.held_by = clock.now(), by.user
    _save(meeting, "agenda", "held_at", "held_by")
    _record(Verb.MEETING_HELD, by, meeting)
    day = day_of_next(meeting, plan) if plan_next else None
    if day:
        at = meeting.starts_at.astimezone(plan.account.zone).time() if meeting.starts_at else None
        plan_meeting(by=by, plan=plan, kind=meeting.kind, day=day, at=at, minutes=meeting.minutes)
    touch_plan(plan.pk)
    send_recap(meeting, by.user)
    return meeting


def day_of_next(meeting: Meeting, plan: Plan) -> date | None:
    """A week after the weekly review, or as many weeks as it takes to lie ahead.

    None for other meetings, past the plan's end, and where one is planned already.
    """
    today = plan.account.today()
    weeks = max(1, (today - meeting.planned_on).days // 7 + 1)
    day = meeting.planned_on + weeks * WEEK
    if meeting.kind != MeetingKind.WEEKLY or day > plan.ends_on:
        return None
    there = _standing(plan).filter(kind=meeting.kind, held_at__isnull=True, planned_on__gt=meeting.planned_on)
    return None if there.exists() else day


@transaction.atomic
def add_decision(*, by: Actor, meeting: Meeting, text: str, decided: bool) -> Decision:
    """What was decided, or what has to be: that comes up in each meeting until it is."""
    meeting = _take(by, "meeting.note", meeting)
    _require_not_cancelled(meeting)
    # The same words once more are a form that was sent twice.
    there = meeting.decisions.filter(text=text.strip(), decided_at__isnull=not decided).first()
    if there:
        return there
    decision = Decision(
        account_id=meeting.account_id,
        plan_id=meeting.plan_id,
        meeting=meeting,
        position=meeting.decisions.count() + 1,
        decided_at=None,
    )
    return _put_decision(by, decision, text, decided)


@transaction.atomic
def change_decision(*, by: Actor, meeting: Meeting, decision: Decision, text: str, decided: bool) -> Decision:
    """Word it anew, or decide what was wanted: then it is a decision of this meeting."""
    meeting = _take(by, "meeting.note", meeting)
    _require_not_cancelled(meeting)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if decision.decided_at and decision.meeting_id != meeting.pk:
        raise ValidationError(_("Another meeting has decided this already."))
    decision.meeting = meeting
    return _put_decision(by, decision, text, decided or decision.decided_at is not None)


def _put_decision(by: Actor, decision: Decision, text: str, decided: bool) -> Decision:
    if not text.strip():
        raise ValidationError({"text": _("Say what is decided, or what has to be.")})
    changed = decision.text != text.strip() or (decided and not decision.decided_at)
    decision.text = text.strip()
    if decided and not decision.decided_at:
        decision.decided_at, decision.decided_by = clock.now(), by.user
    decision.save()
    if decided and changed:
        record_on(
            decision,
            Verb.DECISION_MADE,
            by=by.user,
            subject=decision.text,
            new={"meeting": str(decision.meeting_id)},
        )
    touch_plan(decision.plan_id)
    return decision


def _put_notes(by: Actor, meeting: Meeting, version: int, notes: str) -> None:
    latest = Event.objects.filter(
        plan_id=meeting.plan_id, verb=Verb.MEETING_NOTED, new__meeting=str(meeting.pk)
    ).first()
    notes = notes.replace("\r\n", "\n").strip()
    if notes == meeting.notes:
        return
    if version != meeting.version:
        raise NotesConflict(meeting, latest)
    meeting.notes, meeting.version = notes, meeting.version + 1
    _save(meeting, "notes", "version")
    # Who writes along saves often: history names each person once in a row. What is changed after the meeting, when
    # the recap has gone out, is named each time.
    if latest is None or latest.actor_id != by.user.pk or meeting.held_at:
        _record(Verb.MEETING_NOTED, by, meeting)


def _lock(plan: Plan) -> Plan:
    """The plan as it is now, ours; its account is the one at hand. What is finished does not change any more."""
    account = plan.account
    plan = lock_plan(plan.pk)
    plan.account = account
    require_running(plan)
    return plan


def _take(by: Actor, action: str, meeting: Meeting) -> Meeting:
    by.require(action)
    plan = _lock(meeting.plan)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    meeting.plan, meeting.account = plan, plan.account
    return meeting


def _require_ahead(meeting: Meeting) -> None:
    _require_not_cancelled(meeting)
    if meeting.held_at:
        raise ValidationError(_("This meeting was held already."))


def _require_not_cancelled(meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise ValidationError(_("This meeting is cancelled."))


def _require_day(plan: Plan, day: date) -> None:
    today = plan.account.today()
    if not today <= day <= plan.ends_on:
        raise ValidationError(
            {
                "day": _("Choose a day from today, %(first)s, to the end of the plan, %(last)s.")
                % {"first": long_day(today), "last": long_day(plan.ends_on)}
            }
        )


def _require_free(plan: Plan, kind: str, day: date) -> None:
    """Twice the same on one day is a form that was sent twice."""
    if _standing(plan).filter(kind=kind, planned_on=day).exists():
        raise ValidationError({"day": _("There is such a meeting on this day already.")})


def _standing(plan: Plan) -> "QuerySet[Meeting]":
    return Meeting.objects.filter(plan=plan.pk, cancelled_at__isnull=True)


def _moment(plan: Plan, day: date, at: time | None) -> datetime | None:
    """A time of day is that of the account, whatever its clocks do between now and then."""
    return datetime.combine(day, at, plan.account.zone) if at else None


def _save(meeting: Meeting, *fields: str) -> None:
    meeting.changed_at = clock.now()
    meeting.save(update_fields=[*fields, "changed_at"])


def _record(verb: Verb, by: Actor, meeting: Meeting) -> None:
    record_on(
        meeting,
        verb,
        by=by.user,
        subject=str(MeetingKind(meeting.kind).label),
        new={"meeting": str(meeting.pk), "kind": meeting.kind, "day": meeting.planned_on.isoformat()},
    )
