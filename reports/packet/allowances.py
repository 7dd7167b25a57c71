"""What was used of what the contract allows: people, seats, and how much of a feature, in the latest week that says
so, with the highest of the term beside. A limit on a feature is one for each week (or whatever the figures' period is).
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from accounts.models import Contract, Entitlement
from plans.models import UsageFigure
from reports.adoption import FEATURE
from reports.adoption_facts import Adoption, How, WeekUse
from reports.adoption_folding import Row, fold
from reports.packet.snapshot import Allowance

MOST_ALLOWANCES = 12
MOST_WEEKS = 53

Number = tuple[Decimal | int | None, How]
NumberOf = Callable[[WeekUse], Number]


def read_use(contract: Contract, today: date) -> tuple[Adoption, Sequence[Entitlement]]:
    """How it was used in the contract's term so far, and the contract's limits in order: two queries.

    Features are those that were used in the term and those that the contract names.
    """
    limits = list(contract.entitlements.all())
    rows = (
        UsageFigure.objects.current()
        .filter(account=contract.account_id, period_to__gte=contract.starts_on, period_to__lte=today)
        .values_list(
            "period_from", "period_to", "team", "role", "feature", "active_users", "seats", "quantity"
        )
    )
    entitled = [one.measure.removeprefix(FEATURE) for one in limits if one.measure.startswith(FEATURE)]
    return fold([Row(*row) for row in rows], entitled=entitled), limits


def allowances_of(limits: Sequence[Entitlement], adoption: Adoption) -> list[Allowance]:
    return [_allowance(one, adoption) for one in limits[:MOST_ALLOWANCES]]


def _allowance(one: Entitlement, adoption: Adoption) -> Allowance:
    limit: dict[str, Any] = {
        "label": one.label,
        "unit": one.unit,
        "limit": one.limit,
        "fair_limit": _fair_limit(one),
        "beyond": one.beyond,
        "overage_price": one.overage_price,
    }
    return Allowance(**limit, **_use(one.measure, adoption))


def _fair_limit(one: Entitlement) -> Decimal:
    """Nobody is a part of a person or of a seat: that is rounded down."""
    limit = one.limit * one.fair_use_percent / 100
    return (
        limit if one.measure.startswith(FEATURE) else max(one.limit, limit.quantize(Decimal(1), ROUND_FLOOR))
    )


def _use(measure: str, adoption: Adoption) -> dict[str, Any]:
    number_of = _number_of(measure, adoption)
    said = [
        (week, number, how)
        for week in adoption.weeks
        for number, how in [number_of(week)]
        if number is not None
    ]
    if not said:
        return {}
    latest, number, how = said[-1]
    most = max(said, key=lambda one: one[1])
    return {
        "used": Decimal(number),
        "used_from": latest.first,
        "used_to": latest.last,
        "how": how.value,
        "most": Decimal(most[1]),
        "most_to": most[0].last,
        "course": tuple((week.last, Decimal(each)) for week, each, _how in said[-MOST_WEEKS:]),
    }


def _number_of(measure: str, adoption: Adoption) -> NumberOf:
    """How a week's number is found. A feature is measured by its quantity, where that is ever said, else by people."""
    if not measure.startswith(FEATURE):
        return _seats if measure == "seats" else _active
    name = measure.removeprefix(FEATURE)
    feature = next((one for one in adoption.features if one.name == name), None)
    by_quantity = feature is not None and feature.quantity is not None
    return lambda week: _of_feature(week, name, by_quantity=by_quantity)


def _active(week: WeekUse) -> Number:
    return week.total.active, week.total.how


def _seats(week: WeekUse) -> Number:
    return week.total.seats, How.SAID


def _of_feature(week: WeekUse, name: str, *, by_quantity: bool) -> Number:
    one = next((each for each in week.features if each.name == name), None)
    if one is None:
        return None, How.SAID
    return (one.quantity, How.SAID) if by_quantity else (one.active, one.how)
