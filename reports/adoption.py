"""How an account uses what it bought, read from the figures. What the numbers mean stands in `adoption_facts`."""

from datetime import date
from uuid import UUID

from django.db.models import Min, Q

from accounts.models import Entitlement
from plans.models import SupportFigure, UsageFigure
from reports.adoption_facts import (
    Adoption,
    FeatureUse,
    How,
    SupportWeek,
    TeamUse,
    Use,
    WeekUse,
    monday_of,
    percent_of,
)
from reports.adoption_folding import Row, Tickets, fold

__all__ = [
    "Adoption",
    "FeatureUse",
    "How",
    "SupportWeek",
    "TeamUse",
    "Use",
    "WeekUse",
    "monday_of",
    "percent_of",
    "read_adoption",
]

FEATURE = "feature:"


def read_adoption(account_id: UUID, first: date, last: date) -> Adoption:
    """What holds now about the periods that end from `first` to `last`, both included: four queries."""
    ended = {"account": account_id, "period_to__gte": first, "period_to__lte": last}
    rows = UsageFigure.objects.current().filter(**ended).values_list(
        "period_from", "period_to", "team", "role", "feature", "active_users", "seats", "quantity"
    )  # fmt: skip
    tickets = (
        SupportFigure.objects.current()
        .filter(**ended)
        .values_list("period_from", "period_to", "opened", "closed", "late")
    )
    used = Q(active_users__gt=0) | Q(quantity__gt=0)
    known = (
        UsageFigure.objects.current()
        .filter(account=account_id, period_to__lte=last)
        .exclude(feature="")
        .order_by()
        .values_list("feature")
        .annotate(first_seen=Min("period_from", filter=used))
    )
    entitled = Entitlement.objects.filter(
        account=account_id,
        measure__startswith=FEATURE,
        contract__starts_on__lte=last,
        contract__ends_on__gte=first,
    ).values_list("measure", flat=True)
    return fold(
        [Row(*row) for row in rows],
        [Tickets(*row) for row in tickets],
        dict(known),
        {measure.removeprefix(FEATURE) for measure in entitled},
    )
