"""Objectives and their measurements, from the plan to the snapshot."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from plans.models import Measurement, Objective, Plan
from plans.pages.objectives import amount
from reports.recap.snapshot import Claim, Direction, Outcome, Side
from reports.recap.snapshot import Measurement as MeasurementFacts
from reports.recap.snapshot import Objective as ObjectiveFacts

MOST_MEASUREMENTS = 24

ToDay = Callable[[datetime], date]


class Read(NamedTuple):
    """An objective with all that was measured until the period's end, oldest first, and what the recap says."""

    objective: Objective
    measured: Sequence[Measurement]
    facts: ObjectiveFacts


def read_objectives(plan: Plan, period_from: date, period_to: date, day: ToDay) -> list[Read]:
    """The plan's objectives in order: two queries. `day` turns a moment into a day where the account is."""
    measured: dict[object, list[Measurement]] = {}
    rows = Measurement.objects.filter(plan=plan, measured_on__lte=period_to)
    for one in rows.select_related("claimed_by", "accepted_by").order_by("measured_on", "claimed_at"):
        measured.setdefault(one.objective_id, []).append(one)
    return [
        Read(one, (found := measured.get(one.pk, [])), _facts(one, found, plan.kickoff_on, period_from, day))
        for one in plan.objectives.order_by("position")
    ]


def reached_objectives(read: Sequence[Read], in_period: Callable[[date], bool], day: ToDay) -> list[Outcome]:
    """Objectives that reached their target in the period and have kept it since."""
    outcomes = []
    for objective, measured, facts in read:
        kept = _kept_target(objective, measured)
        if not kept or not in_period(kept[0].measured_on):
            continue
        sealed = next((one for one in reversed(kept) if one.accepted_at), None)
        before = amount(objective.baseline, objective) if objective.baseline is not None else ""
        outcomes.append(
            Outcome(
                title=objective.title,
                detail=facts.metric,
                before=before,
                after=amount(kept[-1].value, objective),
                reached_on=kept[0].measured_on,
                confirmed_by=_both(sealed) if sealed else "",
                confirmed_on=day(sealed.accepted_at) if sealed and sealed.accepted_at else None,
                credited=tuple(dict.fromkeys(str(one.claimed_by) for one in kept)),
            )
        )
    return outcomes


def _facts(
    objective: Objective, measured: Sequence[Measurement], begun_on: date, period_from: date, day: ToDay
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
        measurements=tuple(_measurement(one, day) for one in measured if one.pk in shown),
        measurements_more=sum(one.pk not in shown for one in inside),
    )


def _carried(measured: Sequence[Measurement], period_from: date) -> set[object]:
    """What is shown wherever it lies: where the period began from, what holds now, what was last confirmed."""
    standing = [one for one in measured if one.returned_at is None]
    before = [one for one in standing if one.measured_on < period_from]
    confirmed = [one for one in standing if one.accepted_at]
    return {one.pk for group in (before, standing, confirmed) for one in group[-1:]}


def _measurement(one: Measurement, day: ToDay) -> MeasurementFacts:
    states = {"accepted": Claim.CONFIRMED, "returned": Claim.RETURNED, "claimed": Claim.CLAIMED}
    return MeasurementFacts(
        date=one.measured_on,
        value=one.value,
        state=states[one.state],
        claimed_by=str(one.claimed_by),
        claimed_side=Side(one.claimed_side),
        confirmed_by=str(one.accepted_by or ""),
        confirmed_on=day(one.accepted_at) if one.accepted_at else None,
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
