"""What the customer uses of what the contract allows, as the latest figures say it: three queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Sum

from accounts.models import Contract, Entitlement
from plans.models import UsageFigure

FEATURE = "feature:"


@dataclass(frozen=True)
class Use:
    """`used` is None where nobody has said it. `fair_limit` is the end of fair use. Users and seats are of the latest
    week, what is used of a feature is added up from the term's first day."""

    entitlement: Entitlement
    used: Decimal | None
    used_to: date | None
    fair_limit: Decimal

    @property
    def standing(self) -> str:
        """within, fair (beyond the limit, in fair use), beyond, or unknown."""
        if self.used is None:
            return "unknown"
        if self.used <= self.entitlement.limit:
            return "within"
        return "fair" if self.used <= self.fair_limit else "beyond"


def use_of_limits(contract: Contract) -> list[Use]:
    """The contract's limits in their order, each with its use."""
    limits = list(contract.entitlements.all())
    if not limits:
        return []
    latest = _latest(contract.account_id)
    features = _features(contract)
    found = []
    for one in limits:
        name = one.measure.removeprefix(FEATURE)
        used, until = (
            features.get(name, (None, None)) if name != one.measure else latest.get(name, (None, None))
        )
        found.append(Use(one, used, until, one.limit * one.fair_use_percent / 100))
    return found


def _latest(account_id: UUID) -> dict[str, tuple[Decimal, date]]:
    """Active users and seats of the latest period: of all together, else of the teams added up."""
    figures = UsageFigure.objects.current().filter(account=account_id, feature="", role="")
    last = figures.aggregate(last=Max("period_to"))["last"]
    if last is None:
        return {}
    rows = list(figures.filter(period_to=last))
    whole = [row for row in rows if not row.team] or rows
    found = {}
    for name in ("active_users", "seats"):
        said = [getattr(row, name) for row in whole if getattr(row, name) is not None]
        if said:
            found[name] = (Decimal(sum(said)), last)
    return found


def _features(contract: Contract) -> dict[str, tuple[Decimal | None, date]]:
    figures = UsageFigure.objects.current().filter(
        account=contract.account_id, team="", role="", period_from__gte=contract.starts_on
    )
    rows = figures.exclude(feature="").order_by().values_list("feature")
    return {
        name: (total, last)
        for name, total, last in rows.annotate(total=Sum("quantity"), last=Max("period_to"))
    }  # fmt: skip
