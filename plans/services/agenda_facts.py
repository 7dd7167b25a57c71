"""What the agenda of a review is made of, read from the plan: a constant number of queries, whatever its size.

It stands among the services because holding a meeting freezes what its page has shown.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Window

from accounts.choices import Side
from plans.agendas import (
    AHEAD,
    WAITS_LONG,
    Agenda,
    Aim,
    Gain,
    Item,
    Move,
    Standing,
    Stop,
    Wanted,
    renewal_agenda,
    weekly_agenda,
)
from plans.choices import MeetingKind
from plans.models import (
    DateMove,
    DateProposal,
    Decision,
    Evidence,
    Measurement,
    Meeting,
    Milestone,
    Objective,
    Plan,
    Task,
    Win,
)
from portal.lib.workdays import calendar_of

# More acts and claims than this nobody could have shown: the page says how many more there are.
READ = 100


def agenda_of(meeting: Meeting, plan: Plan) -> Agenda:
    """The frozen one of a meeting that was held, the kickoff's own, or one made now from the plan's state."""
    if meeting.held_at or meeting.kind == MeetingKind.KICKOFF:
        return meeting.agenda
    last, until = _neighbours(meeting)
    if meeting.kind == MeetingKind.RENEWAL:
        return renewal_agenda(_for_renewal(meeting, plan, last), meeting.minutes)
    return weekly_agenda(_for_weekly(meeting, plan, last, until), meeting.minutes)


def _neighbours(meeting: Meeting) -> tuple[Meeting | None, date]:
    """The meeting that was held last before this one, and the day of the next: a week later while none is planned."""
    others = list(
        Meeting.objects.filter(plan=meeting.plan_id, cancelled_at__isnull=True)
        .exclude(pk=meeting.pk)
        .defer("agenda", "notes")
    )
    held = [(one.held_at, one.pk, one) for one in others if one.held_at]
    ahead = [one.planned_on for one in others if not one.held_at and one.planned_on > meeting.planned_on]
    last = max(held)[-1] if held else None
    return last, min(ahead, default=meeting.planned_on + timedelta(days=7))


def _for_weekly(meeting: Meeting, plan: Plan, last: Meeting | None, until: date) -> Standing:
    since = last.held_at if last else plan.live_at
    return Standing(
        today=plan.account.today(),
        until=until,
        ends_on=plan.ends_on,
        items=_items(meeting, plan, until),
        moves=_moves(plan.pk, since) if since else (),
        wanted=_wanted(plan),
        last=last.pk if last else None,
    )


def _for_renewal(meeting: Meeting, plan: Plan, last: Meeting | None) -> Standing:
    today = plan.account.today()
    return Standing(
        today=today,
        until=today + AHEAD,
        ends_on=plan.ends_on,
        items=_items(meeting, plan, today),
        wanted=_wanted(plan),
        aims=_aims(plan.pk),
        stops=_stops(plan),
        gains=_gains(plan.pk),
        last=last.pk if last else None,
    )


def _items(meeting: Meeting, plan: Plan, until: date) -> list[Item]:
    """Action items, and open tasks that are blocked or due by then; what this meeting itself made is no topic of it."""
    pressing = Q(completed_at__isnull=True) & (Q(blocked_at__isnull=False) | Q(due_on__lte=until))
    tasks = Task.objects.filter(Q(meeting__isnull=False) | pressing, plan=plan.pk).select_related("owner")
    tasks = tasks.exclude(meeting=meeting.pk)
    return [
        Item(
            id=task.pk,
            title=task.title,
            side=task.side,
            owner=str(task.owner or ""),
            due_on=task.due_on,
            done_on=task.completed_at.astimezone(plan.account.zone).date() if task.completed_at else None,
            blocked=task.blocked_at is not None,
            blocked_on=task.blocked_on or task.side,
            reason=task.blocked_reason,
            action_of=task.meeting_id,
        )
        for task in tasks.order_by("due_on", "position")[: READ * 5]
    ]


def _moves(plan_id: UUID, since: datetime) -> list[Move]:
    """One line an act, the newest first: of its dates the one that it was about, which has the shortest chain."""
    moves = (
        DateMove.objects.filter(plan=plan_id, at__gt=since)
        .annotate(dates=Window(Count("pk"), partition_by=[F("act")]))
        .order_by("act", "chain__len", "id")
        .distinct("act")
    )
    found = sorted(moves[:READ], key=lambda move: move.at, reverse=True)
    return [
        Move(move.title, move.old_on, move.new_on, move.reason, move.by_name, move.dates - 1)
        for move in found
    ]


def _wanted(plan: Plan) -> list[Wanted]:
    """Decisions that earlier meetings or this one left open, days that wait for an answer, reviews that take long."""
    decisions = Decision.objects.filter(plan=plan.pk, decided_at__isnull=True).order_by("position", "id")
    proposals = DateProposal.objects.waiting().filter(plan=plan.pk, task__completed_at__isnull=True)
    return [
        *(Wanted("decision", one.text, id=one.pk) for one in decisions[:READ]),
        *(
            Wanted(
                "proposal",
                one.task.title,
                one.reason,
                str(one.proposed_by),
                one.proposed_side,
                one.proposed_on,
                one.task_id,
            )
            for one in proposals.select_related("task", "proposed_by").order_by("proposed_at")[:READ]
        ),
        *_long_reviews(plan),
    ]


def _long_reviews(plan: Plan) -> list[Wanted]:
    claims = Evidence.objects.waiting().filter(plan=plan.pk).select_related("task", "claimed_by")
    days, today = calendar_of(plan.account.country), plan.account.today()
    found = []
    for claim in claims.order_by("claimed_at")[:READ]:
        day = claim.claimed_at.astimezone(plan.account.zone).date()
        if days.between(day, today) > WAITS_LONG:
            judge = Side(claim.claimed_side).other.value
            found.append(
                Wanted(
                    "evidence",
                    claim.task.title,
                    by=str(claim.claimed_by),
                    side=judge,
                    on=day,
                    id=claim.task_id,
                )
            )
    return found


def _aims(plan_id: UUID) -> list[Aim]:
    latest: dict[UUID, Measurement] = {}
    measured = Measurement.objects.standing().filter(plan=plan_id)
    for one in measured.order_by("measured_on", "claimed_at"):
        latest[one.objective_id] = one
    return [
        _aim(objective, latest.get(objective.pk))
        for objective in Objective.objects.filter(plan=plan_id).order_by("position")
    ]


def _aim(objective: Objective, last: Measurement | None) -> Aim:
    return Aim(
        title=objective.title,
        unit=objective.unit,
        start="" if objective.baseline is None else str(objective.baseline),
        now=str(last.value) if last else "",
        target=str(objective.target),
        by=objective.due_on,
        confirmed=bool(last and last.accepted_at),
        reached=bool(last and objective.is_reached_by(last.value)),
        id=objective.pk,
    )


def _stops(plan: Plan) -> list[Stop]:
    return [
        Stop(
            title=stop.title,
            due_on=stop.due_on,
            promised_on=stop.baseline_on or stop.due_on,
            reached_on=stop.reached_at.astimezone(plan.account.zone).date() if stop.reached_at else None,
        )
        for stop in Milestone.objects.filter(plan=plan.pk).order_by("due_on", "position")
    ]


def _gains(plan_id: UUID) -> list[Gain]:
    wins = Win.objects.standing().filter(plan=plan_id, confirmed_at__isnull=False)
    return [
        Gain(win.title, win.before, win.after, win.next_step) for win in wins.order_by("reached_on")[:READ]
    ]
