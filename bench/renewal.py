"""A renewal with all that a packet can print, on the measured plan: half a year of use, an offer, security papers."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.models import ContractLine, Entitlement, SecurityConfirmation
from accounts.services.contracts import current_contract
from plans.models import (
    OfferLine,
    Plan,
    Renewal,
    RenewalOption,
    SupportFigure,
    UsageFigure,
    UsageImport,
)

WEEKS = 26
TEAMS = ("Finance", "Operations", "Sales", "Service", "IT", "Legal")
FEATURES = ("Reports", "Approvals", "Exports", "API", "Mobile", "Alerts")
CHARTS = 12


def put_renewal(plan: Plan) -> Renewal:
    """Made by the first who asks; the database is thrown away with the day."""
    found = Renewal.objects.filter(plan=plan).first()
    if found:
        return found
    contract = current_contract(plan.account)
    here = {"account": plan.account, "plan": plan}
    _put_contract(contract, plan.account.today())
    _put_use(plan, contract.starts_on)
    for number in range(6):
        SecurityConfirmation.objects.create(
            account=plan.account, name=f"Certificate {number}", issuer="An auditor", url="https://trust.example",
            valid_until=contract.ends_on + timedelta(days=30 * number - 60),
        )  # fmt: skip
    renewal = Renewal.objects.create(contract=contract, **here)
    for position, kind in enumerate(("same", "expand", "longer")):
        starts = contract.ends_on + timedelta(days=1)
        option = RenewalOption.objects.create(
            renewal=renewal, kind=kind, position=position, name=kind, starts_on=starts,
            ends_on=starts + timedelta(days=364), billing="monthly", recommended=kind == "same", **here,
        )  # fmt: skip
        OfferLine.objects.bulk_create(
            OfferLine(
                option=option, position=line, name=f"Item {line}", quantity=Decimal(100), unit="users",
                unit_price=Decimal("9.99"), **here,
            )
            for line in range(8)
        )  # fmt: skip
    return renewal


def _put_contract(contract, today: date) -> None:
    """Limits with a chart each, and lines."""
    type(contract).objects.filter(pk=contract.pk).update(
        starts_on=today - timedelta(weeks=WEEKS + 4), ends_on=today + timedelta(days=120), currency="EUR"
    )
    contract.refresh_from_db()
    measures = ["active_users", "seats", *(f"feature:{name}" for name in FEATURES)]
    Entitlement.objects.bulk_create(
        Entitlement(
            account=contract.account, contract=contract, position=position, measure=measure, label=measure,
            limit=Decimal(200), fair_use_percent=110,
        )
        for position, measure in enumerate(measures)
    )  # fmt: skip
    ContractLine.objects.bulk_create(
        ContractLine(
            account=contract.account, contract=contract, position=line, name=f"Item {line}", quantity=Decimal(90),
            unit="users", unit_price=Decimal("9.99"), starts_on=contract.starts_on, ends_on=contract.ends_on,
        )
        for line in range(8)
    )  # fmt: skip


def _put_use(plan: Plan, begins: date) -> None:
    source = UsageImport.objects.create(file_name="bench.csv")
    monday = plan.account.today() - timedelta(days=plan.account.today().weekday() + 7 * WEEKS)
    figures, tickets = [], []
    for week in range(WEEKS):
        first = monday + timedelta(weeks=week)
        when = {
            "account": plan.account,
            "source": source,
            "period_from": first,
            "period_to": first + timedelta(days=6),
        }
        figures.append(UsageFigure(active_users=80 + 3 * week, seats=200, **when))
        figures += (UsageFigure(team=team, active_users=12 + week, seats=40, **when) for team in TEAMS)
        figures += (
            UsageFigure(feature=name, active_users=20 + week, quantity=Decimal(90 + 5 * week), **when)
            for name in FEATURES
        )
        tickets.append(SupportFigure(opened=9, closed=8, late=week % 3, **when))
    UsageFigure.objects.bulk_create(figures)
    SupportFigure.objects.bulk_create(tickets)
