"""Objectives and their measurements, from the plan to the snapshot."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from plans.models import Measurement, Objective, Plan, Win
from plans.pages.objectives import amount
from plans.values import standing
from reports.recap.snapshot import Claim, Direction, Outcome, Side
from reports.recap.snapshot import Measurement as MeasurementFacts
from reports.recap.snapshot import Objective as ObjectiveFacts
from reports.recap.winning import Wins, is_worded, kept, page_of, standing_of, thanked

MOST_MEASUREMENTS = 24


class Read(NamedTuple):
    """An objective with all that was measured until the period's end, oldest first, and what the recap says."""

    objective: Objective
    measured: Sequence[Measurement]
    facts: ObjectiveFacts


def read_objectives(plan: Plan, period_from: date, period_to: date, zone: ZoneInfo) -> list[Read]:
    """The plan's objectives in order: two queries. Days are days in `zone`, where the account is."""
    measured: dict[object, list[Measurement]] = {}
    rows = Measurement.objects.filter(plan=plan, measured_on__lte=period_to)
    for one in rows.select_related("claimed_by", "accepted_by", "evidence").order_by(
        "measured_on", "claimed_at"
    ):
        measured.setdefault(one.objective_id, []).append(one)
    return [
        Read(one, (found := measured.get(one.pk, [])), _facts(one, found, plan.kickoff_on, period_from, zone))
        for one in plan.objectives.order_by("position")
    ]


def reached_objectives(
    read: Sequence[Read], in_period: Callable[[date], bool], wins: Wins, zone: ZoneInfo
) -> list[Outcome]:
    """Objectives that reached their target in the period and have kept it since: in the words of their win, where
    somebody has found some."""
    outcomes = []
    for objective, measured, _facts in read:
        run = _kept_target(objective, measured)
        if run and in_period(run[0].measured_on):
            outcomes.append(_outcome(objective, run, wins.of_objective.get(objective.pk), zone))
    return outcomes


def _outcome(objective: Objective, run: Sequence[Measurement], win: Win | None, zone: ZoneInfo) -> Outcome:
    """The number that is printed is the one that somebody stands behind: the last that was confirmed, else the one
    that brought the win, else the latest. A later one that nobody has confirmed stands with its objective."""
    sealed = next((one for one in reversed(run) if one.accepted_at), None)
    of_win = next((one for one in run if win and one.pk == win.measurement_id), None)
    shown = sealed or of_win or run[-1]
    before = amount(objective.baseline, objective) if objective.baseline is not None else ""
    after = amount(shown.value, objective)
    told = win if win and is_worded(win) else None
    stands = standing_of(told, zone) if told else standing(shown, zone)
    return Outcome(
        title=win.title if win else objective.title,
        detail=(told.story if told else "") or objective.metric,
        before=(told.before if told else "") or before,
        after=(told.after if told else "") or after,
        reached_on=run[0].measured_on,
        confirmed_by=_both(sealed) if sealed else "",
        confirmed_on=_day(sealed.accepted_at, zone) if sealed else None,
        credited=thanked(win, _measurers(run)) if win else _measurers(run),
        standing=kept(stands),
        objective=objective.title,
        next_step=win.next_step if win else "",
        page=page_of(win) if win else _page(objective),
    )


def _measurers(run: Sequence[Measurement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one.claimed_by) for one in run))


def _page(objective: Objective) -> str:
    return reverse("objective_detail", args=[objective.plan_id, objective.pk])


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def _facts(
    objective: Objective, measured: Sequence[Measurement], begun_on: date, period_from: date, zone: ZoneInfo
) -> ObjectiveFacts:
    inside = [one for one in measured if one.measured_on >= period_from]
    shown = {one.pk for one in inside[-MOST_MEASUREMENTS:]} | _carried(measured, period_from)
    standing = [one for one in measured if one.returned_at is None]
    return ObjectiveFacts(
        title=objective.title,
        metric=objective.metric,
        unit=objective.unit,
        direction=Direction(objective.direction),
        baseline=objective.baseline,
        baseline_on=begun_on,
        target=objective.target,
        due=objective.due_on,
        now=standing[-1].value if standing else None,
        measurements=tuple(_measurement(one, zone) for one in measured if one.pk in shown),
        measurements_more=sum(one.pk not in shown for one in inside),
        page=_page(objective),
    )


def _carried(measured: Sequence[Measurement], period_from: date) -> set[object]:
    """What is shown wherever it lies: where the period began from, what holds now, what was last confirmed."""
    standing = [one for one in measured if one.returned_at is None]
    before = [one for one in standing if one.measured_on < period_from]
    confirmed = [one for one in standing if one.accepted_at]
    return {one.pk for group in (before, standing, confirmed) for one in group[-1:]}


def _measurement(one: Measurement, zone: ZoneInfo) -> MeasurementFacts:
    states = {"accepted": Claim.CONFIRMED, "returned": Claim.RETURNED, "claimed": Claim.CLAIMED}
    return MeasurementFacts(
        date=one.measured_on,
        value=one.value,
        state=states[one.state],
        claimed_by=str(one.claimed_by),
        claimed_side=Side(one.claimed_side),
        confirmed_by=str(one.accepted_by or ""),
        confirmed_on=_day(one.accepted_at, zone),
        standing=None if one.returned_at else kept(standing(one, zone)),
    )


def _kept_target(objective: Objective, measured: Sequence[Measurement]) -> list[Measurement]:
    """The unbroken run of standing measurements at the target, up to the latest; empty if that is not there."""
    run: list[Measurement] = []
    for one in reversed([one for one in measured if one.returned_at is None]):
        if not objective.is_reached_by(one.value):
            break
        run.insert(0, one)
    return run


def _both(one: Measurement) -> str:
    """Who stands behind the number for the customer: who accepted it, or who entered it and who accepted it."""
    return str(one.accepted_by) if one.claimed_side == Side.VENDOR else f"{one.claimed_by}, {one.accepted_by}"
