"""Contracts for tests: a year of seats and support from 1 January, and what one says to change it."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Account, Contract, ContractLine, User
from accounts.services.contract_lines import Sold
from accounts.services.contracts import Terms, add_contract
from tests.factories import actor

JAN, DEC = date(2026, 1, 1), date(2026, 12, 31)


def terms(**changes: Any) -> Terms:
    return Terms(**{"starts_on": JAN, "ends_on": DEC, "currency": "EUR", "notice_days": 90, **changes})


def sold(name: str = "Seats", price: str = "1200", **changes: Any) -> Sold:
    return Sold(**{"name": name, "quantity": Decimal(1), "unit_price": Decimal(price), **changes})


def make_contract(
    account: Account, by: User, *, lines: tuple[Sold, ...] | None = None, **changes: Any
) -> Contract:
    """Seats for 1,200 and support for 600 a year, invoiced every three months."""
    wanted = (sold(), sold("Support", "600")) if lines is None else lines
    changes.setdefault("billing", "quarterly")
    return add_contract(by=actor(by, account), account=account, terms=terms(**changes), lines=wanted)


def line_of(contract: Contract, name: str) -> ContractLine:
    return contract.lines.get(name=name)
