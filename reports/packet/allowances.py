"""What was used of what the contract allows. Users and seats are those of the latest week that names them; what was
used of a feature is added up over the term so far."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Contract, Entitlement
from plans.models import UsageFigure
from reports.adoption import FEATURE
from reports.adoption_facts import Adoption, How, WeekUse
from reports.adoption_folding import Row, fold
from reports.packet.snapshot import Allowance

MOST_ALLOWANCES = 12
MOST_WEEKS = 53


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
    limit = {
        "label": one.label,
        "unit": one.unit,
        "limit": one.limit,
        "fair_limit": one.limit * one.fair_use_percent / 100,
        "beyond": one.beyond,
        "overage_price": one.overage_price,
    }
    return Allowance(**limit, **_use(one.measure, adoption))


def _use(measure: str, adoption: Adoption) -> dict[str, Any]:
    if not measure.startswith(FEATURE):
        number_of = _seats if measure == "seats" else _active
        return _of_weeks(adoption, number_of)
    name = measure.removeprefix(FEATURE)
    feature = next((one for one in adoption.features if one.name == name), None)
    if feature and feature.quantity is not None:
        weeks = [week for week in adoption.weeks if any(one.name == name for one in week.features)]
        days = {"used_from": min(week.first for week in weeks), "used_to": max(week.last for week in weeks)}
        return {"counted": "term", "used": feature.quantity, **days}
    return _of_weeks(adoption, lambda week: _feature_users(week, name))


def _of_weeks(adoption: Adoption, number_of: "Callable[[WeekUse], tuple[int | None, How]]") -> dict[str, Any]:
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
    course: list[tuple[date, Decimal]] = [
        (week.last, Decimal(each)) for week, each, _how in said[-MOST_WEEKS:]
    ]
    return {
        "used": Decimal(number),
        "used_from": latest.first,
        "used_to": latest.last,
        "how": how.value,
        "most": Decimal(most[1]),
        "most_to": most[0].last,
        "course": tuple(course),
    }


def _active(week: WeekUse) -> tuple[int | None, How]:
    return week.total.active, week.total.how


def _seats(week: WeekUse) -> tuple[int | None, How]:
    return week.total.seats, How.SAID


def _feature_users(week: WeekUse, name: str) -> tuple[int | None, How]:
    one = next((each for each in week.features if each.name == name), None)
    return (one.active, one.how) if one else (None, How.SAID)
