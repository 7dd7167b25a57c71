"""Figures as rows of CSV, in the columns that an import takes; formulas are neutralised."""

from collections.abc import Iterator
from decimal import Decimal

from accounts.models import Account
from plans.models import SupportFigure, UsageFigure
from plans.usage.cells import PLACES, TICKETS, USAGE, neutral

COLUMNS = ("account", "period_from", "period_to", *PLACES, *USAGE, *TICKETS)
TEMPLATE = (
    ("account", "week", *PLACES, *USAGE, *TICKETS),
    ("acme.example", "2026-W46", "", "", "", "120", "150", "", "", "", ""),
    ("acme.example", "2026-W46", "Sales", "", "", "48", "60", "", "", "", ""),
    ("acme.example", "2026-W46", "Sales", "", "Reports", "31", "", "412.5", "", "", ""),
    ("acme.example", "2026-W46", "", "", "", "", "", "", "9", "11", "1"),
)  # fmt: skip


def figures_as_rows(account: Account) -> Iterator[tuple[str, ...]]:
    """The head, then what holds now, the oldest period first."""
    yield COLUMNS
    own = str(account.pk)
    usage = UsageFigure.objects.current().filter(account=account)
    for one in usage.order_by("period_from", "period_to", *PLACES).iterator():
        numbers = (one.active_users, one.seats, one.quantity)
        yield _row(own, one, (one.team, one.role, one.feature), (*numbers, None, None, None))
    tickets = SupportFigure.objects.current().filter(account=account)
    for told in tickets.order_by("period_from", "period_to").iterator():
        yield _row(own, told, ("", "", ""), (None, None, None, told.opened, told.closed, told.late))


def _row(
    account: str,
    one: UsageFigure | SupportFigure,
    place: tuple[str, str, str],
    numbers: tuple[int | Decimal | None, ...],
) -> tuple[str, ...]:
    days = (one.period_from.isoformat(), one.period_to.isoformat())
    return (account, *days, *map(neutral, place), *map(_number, numbers))


def _number(number: int | Decimal | None) -> str:
    if number is None:
        return ""
    return f"{number.normalize():f}" if isinstance(number, Decimal) else str(number)
