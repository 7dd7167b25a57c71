"""What the demo's customers bought: lines, limits of use, one amendment, and a pilot in another currency."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.choices import Billing, PricePer
from accounts.models import Account, Contract
from accounts.permissions import Actor
from accounts.services.amending import amend_contract
from accounts.services.contract_lines import Sold
from accounts.services.contracts import (
    Limit,
    Terms,
    add_contract,
    change_contract,
    current_contract,
    set_entitlements,
    set_lines,
)

TAX_NOTE = "Plus value added tax at the rate of the day."


@dataclass(frozen=True)
class Bought:
    number: str
    billing: str
    lines: tuple[Sold, ...]
    limits: tuple[Limit, ...]
    added: tuple[Sold, ...] = ()
    reason: str = ""
    notice_days: int = 90
    pilot: Sold | None = None


def _line(name: str, quantity: int, price: str, unit: str = "seats", **more: Any) -> Sold:
    return Sold(name=name, quantity=Decimal(quantity), unit_price=Decimal(price), unit=unit, **more)


def _seats(limit: int, beyond: str, price: str) -> Limit:
    return Limit(
        measure="seats", label="Seats", limit=Decimal(limit), unit="seats", fair_use_percent=110,
        beyond=beyond, overage_price=Decimal(price),
    )  # fmt: skip


# The yearly sums are those of the deals (`portal/demo/deals.py`).
BOUGHT = {
    "demo-aldergate": Bought(
        number="WP-2041",
        billing=Billing.QUARTERLY,
        lines=(
            _line("Workflow Platform", 150, "1000", discount_percent=Decimal(10)),
            _line("Premium support", 1, "36000", "package"),
            _line("Policy system connector", 1, "1250", "connector", price_per=PricePer.MONTH),
            _line("Onboarding", 1, "18000", "package", price_per=PricePer.ONCE),
        ),
        limits=(
            _seats(150, "Up to 165 people are fair use. Above that we agree on more seats within 30 days.", "75"),
            Limit(
                measure="feature:Approvals", label="Approvals", limit=Decimal(1200), unit="a week",
                fair_use_percent=125, beyond="Approvals above that wait until the night.",
            ),
        ),
        added=(_line("Workflow Platform, claims department", 20, "1000", discount_percent=Decimal(10)),),
        reason="The claims department works with it, too.",
        pilot=_line("Pilot, Tokyo office", 12, "9800", price_per=PricePer.MONTH),
    ),
    "demo-halden": Bought(
        number="WP-2077",
        billing=Billing.YEARLY,
        lines=(
            _line("Workflow Platform", 50, "90", price_per=PricePer.MONTH, discount_percent=Decimal(10)),
            _line("Support", 1, "3400", "package"),
        ),
        limits=(_seats(50, "Each seat above 55 is invoiced from the next month on.", "90"),),
    ),
    "demo-pico": Bought(
        number="WP-2093",
        billing=Billing.MONTHLY,
        lines=(_line("Workflow Platform", 20, "35", price_per=PricePer.MONTH),),
        limits=(_seats(20, "We ask first, then add a seat.", "35"),),
        notice_days=30,
    ),
    "demo-marlow": Bought(
        number="WP-1904",
        billing=Billing.YEARLY,
        lines=(_line("Workflow Platform", 28, "35", price_per=PricePer.MONTH),),
        limits=(_seats(28, "We ask first, then add a seat.", "35"),),
        notice_days=60,
    ),
    "demo-kestrel": Bought(
        number="WP-1861",
        billing=Billing.QUARTERLY,
        lines=(_line("Workflow Platform", 40, "35", price_per=PricePer.MONTH),),
        limits=(_seats(40, "We ask first, then add a seat.", "35"),),
        notice_days=30,
    ),
    "demo-orrin": Bought(
        number="WP-2098",
        billing=Billing.HALF_YEARLY,
        lines=(
            _line("Workflow Platform", 400, "500", discount_percent=Decimal(15)),
            _line("Platform", 1, "50000", "tenant"),
            _line("Sandbox", 1, "20000", "tenant"),
        ),
        limits=(_seats(400, "Up to 440 people are fair use.", "42"),),
    ),
}  # fmt: skip


def put_contract(account: Account, key: str, *, by: Actor, plan_id: UUID) -> None:
    """The number, lines and limits of what the deal brought; and what came before it."""
    contract, bought = current_contract(account), BOUGHT.get(key)
    if contract is None or bought is None:
        return
    if bought.pilot:
        _add_pilot(account, contract.starts_on, bought.pilot, by)
    terms = Terms(
        number=bought.number, starts_on=contract.starts_on, ends_on=contract.ends_on, currency=contract.currency,
        notice_days=bought.notice_days, billing=bought.billing, payment_days=30, tax_note=TAX_NOTE, arr=contract.arr,
    )  # fmt: skip
    change_contract(by=by, contract=contract, version=contract.version, terms=terms)
    set_lines(by=by, contract=contract, version=contract.version + 1, lines=bought.lines)
    set_entitlements(
        by=by, contract=contract, version=contract.version + 2, limits=bought.limits, plan_id=plan_id
    )


def put_amendment(account: Account, key: str, *, by: Actor, plan_id: UUID) -> None:
    """What was agreed later, from today on."""
    contract, bought = current_contract(account), BOUGHT.get(key)
    if contract is None or bought is None or not bought.added:
        return
    amend_contract(
        by=by, contract=contract, version=contract.version, effective_on=account.today(), reason=bought.reason,
        adds=bought.added, plan_id=plan_id,
    )  # fmt: skip


def _add_pilot(account: Account, before: date, line: Sold, by: Actor) -> Contract:
    """Half a year in yen, which knows no decimals; it ended before the deal."""
    ends_on = before - timedelta(days=1)
    terms = Terms(
        number="WP-1988", starts_on=before - timedelta(days=180), ends_on=ends_on, currency="JPY",
        billing=Billing.UPFRONT,
    )  # fmt: skip
    return add_contract(by=by, account=account, terms=terms, lines=[line])
