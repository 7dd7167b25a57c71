"""The packets that the tests print: a renewal with everything in it, and one with nothing."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Contract
from plans.choices import OptionKind
from plans.models import OfferLine, Renewal, RenewalOption
from reports.kinds import Asked
from reports.packet.gathering import gather
from reports.packet.snapshot import PacketSnapshot

BEGINS, ENDS = date(2025, 11, 1), date(2026, 10, 31)


def renewal_of(plan, **changes) -> Renewal:
    """The renewal of a contract of a year that ends in four months."""
    facts = {"number": "C-7", "currency": "EUR", "notice_days": 90, "arr": Decimal(12000), "payment_days": 30}
    contract = Contract.objects.create(
        account=plan.account, starts_on=BEGINS, ends_on=ENDS, **facts | changes
    )
    return Renewal.objects.create(account=plan.account, plan=plan, contract=contract)


def option_of(renewal: Renewal, kind: str = OptionKind.SAME, *, years: int = 1, **changes) -> RenewalOption:
    here = {"account": renewal.account, "plan": renewal.plan}
    starts = ENDS + timedelta(days=1)
    option = RenewalOption.objects.create(
        **here, renewal=renewal, kind=kind, position=len(OptionKind.values) and renewal.options.count(),
        name=f"Option {kind}", starts_on=starts, ends_on=date(starts.year + years, 10, 31), billing="quarterly",
        **changes,
    )  # fmt: skip
    for position, (name, quantity, price, per, discount) in enumerate(
        (("Platform", "250", "39.99", "month", "7.5"), ("Onboarding", "1", "1000.01", "once", "0"))
    ):
        OfferLine.objects.create(
            **here, option=option, position=position, name=name, quantity=Decimal(quantity), unit="users",
            unit_price=Decimal(price), price_per=per, discount_percent=Decimal(discount),
        )  # fmt: skip
    return option


def gathered(renewal: Renewal, **changes) -> PacketSnapshot:
    plan = renewal.plan
    facts = {
        "account": plan.account, "plan": plan, "subject_id": renewal.pk, "period_from": plan.account.today(),
        "period_to": plan.account.today(), "language": "en", "paper": "a4", "audience": "internal",
    }  # fmt: skip
    return gather(Asked(**facts | changes))
