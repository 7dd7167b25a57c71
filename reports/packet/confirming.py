"""Which numbers of the recap the customer has not confirmed, and the recap without them. Pure."""

from collections.abc import Sequence

from portal.lib.figures import figure, with_unit
from reports.packet.snapshot import Unconfirmed
from reports.recap.snapshot import Claim, Measurement, Objective, Outcome, RecapSnapshot

EVIDENCED, CONFIRMED = "evidenced", "confirmed"

MOST_UNCONFIRMED = 40


def unconfirmed(recap: RecapSnapshot) -> list[Unconfirmed]:
    """Numbers that stand without the customer's word, by objective and day; then wins, by day."""
    numbers = [
        Unconfirmed(
            title=objective.title,
            unit=objective.unit,
            value=one.value,
            measured_on=one.date,
            claimed_by=one.claimed_by,
            evidenced=one.standing is not None and one.standing.state == EVIDENCED,
        )
        for objective in recap.objectives
        for one in objective.measurements
        if one.state is Claim.CLAIMED
    ]
    # The win of an objective is its number, which is listed already.
    wins = [
        Unconfirmed(
            title=one.title,
            measured_on=one.reached_on,
            evidenced=one.standing is not None and one.standing.state == EVIDENCED,
            win=True,
        )
        for one in recap.outcomes
        if not one.objective and not _is_confirmed(one)
    ]
    return numbers + wins


def without_unconfirmed(recap: RecapSnapshot) -> RecapSnapshot:
    """The same recap with confirmed numbers and wins only."""
    return recap.model_copy(
        update={
            "objectives": tuple(_confirmed(one) for one in recap.objectives),
            "outcomes": tuple(
                _as_confirmed(one, recap.objectives) for one in recap.outcomes if _is_confirmed(one)
            ),
        }
    )


def without_values(items: list[Unconfirmed]) -> list[Unconfirmed]:
    """What waits for a confirmation, without saying how much it is."""
    return [one.model_copy(update={"value": None}) for one in items]


def _is_confirmed(one: Outcome) -> bool:
    return one.standing.state == CONFIRMED if one.standing else one.confirmed_on is not None


def _as_confirmed(one: Outcome, objectives: Sequence[Objective]) -> Outcome:
    """A target may have been confirmed at one number and be at a later one now: the confirmed one is said."""
    for objective in objectives:
        latest, confirmed = objective.latest, objective.latest_confirmed
        if (
            objective.title == one.objective
            and latest
            and confirmed
            and one.after == _said(latest, objective)
        ):
            return one.model_copy(update={"after": _said(confirmed, objective)})
    return one


def _said(one: Measurement, objective: Objective) -> str:
    return with_unit(figure(one.value), objective.unit)


def _confirmed(one: Objective) -> Objective:
    kept = tuple(each for each in one.measurements if each.state is Claim.CONFIRMED)
    latest = one.latest_confirmed
    return one.model_copy(update={"measurements": kept, "now": latest.value if latest else None})
