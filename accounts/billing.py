"""What a contract's lines cost, and what is invoiced when. Pure: no database, no clock, exact fractions throughout.

A contract's clock is its months, counted from its first day (from 31 January: to 27 February, to 30 March …). A price
for a month buys one of them, a price for a year twelve, and so a year is twelve equal months. Of a month that is not
whole its days ÷ all its days are charged. A price "once" is charged on the line's first day, and never in part.

Everything is invoiced in advance. What has been charged of a line up to an invoice is rounded, not each invoice by
itself: so the parts of a line sum to its total, and a later change leaves what was invoiced before as it was. A change
in the middle of a period (`known_from`, `sold_until` with `cut_on`) makes an invoice of its own on that day, for the
rest of the period: charges of what begins, credits of what ends (docs/contracts.md).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from accounts.choices import Billing, PricePer
from portal.lib.money import add, exact, round_fraction

ONE_DAY = timedelta(days=1)
MONTHS = {Billing.YEARLY: 12, Billing.HALF_YEARLY: 6, Billing.QUARTERLY: 3, Billing.MONTHLY: 1}


@dataclass(frozen=True)
class Line:
    """What is sold from `starts_on` to `ends_on`, both included; no day at all where it ends on the day before.

    `counted_from` is the day from which the months count, the contract's first (the line's own if None). For changes
    in the middle of a term: `known_from` is the day on which the line was added; `sold_until` is the last day that
    it had before it was cut short, and `cut_on` the day on which that became known (the day after `ends_on` if None).
    """

    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_per: str
    discount_percent: Decimal
    starts_on: date
    ends_on: date
    counted_from: date | None = None
    known_from: date | None = None
    sold_until: date | None = None
    cut_on: date | None = None


@dataclass(frozen=True)
class Part:
    """What an invoice charges for one line, the `line`th; negative where days are credited that were charged before."""

    line: int
    name: str
    covers_from: date
    covers_to: date
    amount: Decimal


@dataclass(frozen=True)
class Invoice:
    """`amount` is the sum of the parts; below zero it is a credit note."""

    number: int
    covers_from: date
    covers_to: date
    invoiced_on: date
    due_on: date
    amount: Decimal
    parts: tuple[Part, ...]


def line_total(line: Line, currency: str) -> Decimal:
    """What the line costs in its whole term."""
    return round_fraction(_worth(line, line.ends_on), currency)


def contract_total(lines: Iterable[Line], currency: str) -> Decimal:
    """The sum of the lines' totals as they are printed."""
    return add([line_total(line, currency) for line in lines])


def yearly(line: Line, currency: str) -> Decimal:
    """What the line costs in a year; nothing for what is paid once."""
    if line.price_per == PricePer.ONCE:
        return round_fraction(Fraction(0), currency)
    return round_fraction(_unit_worth(line) * 12, currency)


def yearly_on(lines: Iterable[Line], day: date, currency: str) -> Decimal:
    """The money a year of the lines that run on the day."""
    return add([yearly(line, currency) for line in lines if line.starts_on <= day <= line.ends_on])


def prorated(amount: Decimal, part_days: int, all_days: int, currency: str) -> Decimal:
    """`amount` × `part_days` ÷ `all_days`, rounded once."""
    return round_fraction(Fraction(exact(amount)) * part_days / all_days, currency)


def schedule(
    lines: Sequence[Line], billing: str, starts_on: date, ends_on: date, currency: str, payment_days: int
) -> tuple[Invoice, ...]:
    """The invoices of a term in the order of their days; they sum to `contract_total` exactly."""
    counted = [replace(line, counted_from=starts_on) for line in lines]
    periods = list(billing_periods(billing, starts_on, ends_on))
    begins = [first for first, _last in periods]
    days = sorted({*begins, *(day for line in counted for day in _changes(line) if day >= starts_on)})
    billed = [_Billed(at, line, currency) for at, line in enumerate(counted)]
    invoices: list[Invoice] = []
    for day in days:
        period_to = periods[bisect_right(begins, day) - 1][1]
        parts = [part for one in billed for part in one.up_to(day, period_to)]
        if not parts:
            continue
        invoices.append(
            Invoice(
                number=len(invoices) + 1,
                covers_from=min([part.covers_from for part in parts] + [day] * (day in begins)),
                covers_to=period_to,
                invoiced_on=day,
                due_on=day + timedelta(days=payment_days),
                amount=add([part.amount for part in parts]),
                parts=tuple(parts),
            )
        )
    return tuple(invoices)


def billing_periods(billing: str, starts_on: date, ends_on: date) -> Iterator[tuple[date, date]]:
    """First and last day of what each regular invoice covers. The last one is cut where the term ends."""
    if billing == Billing.UPFRONT:
        yield starts_on, ends_on
        return
    step, count, first = MONTHS[Billing(billing)], 0, starts_on
    while first <= ends_on:
        count += 1
        following = months_after(starts_on, step * count)
        yield first, min(following - ONE_DAY, ends_on)
        first = following


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: a month after 31 January is 28 (29) February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class _Billed:
    """How far a line has been invoiced: the last day that is paid for, and the money."""

    def __init__(self, at: int, line: Line, currency: str) -> None:
        self.at, self.line, self.currency = at, line, currency
        self.until = line.starts_on - ONE_DAY
        self.amount = round_fraction(Fraction(0), currency)

    def up_to(self, day: date, period_to: date) -> Iterator[Part]:
        """What the invoice of `day`, which pays up to `period_to`, says of the line: nothing, or one part.

        What is paid once belongs to its first day.
        """
        line = self.line
        if line.known_from and day < line.known_from:
            return
        cut = line.sold_until is not None and day < _cut_on(line)
        until = min(line.sold_until if cut and line.sold_until else line.ends_on, period_to)
        if line.price_per == PricePer.ONCE:
            until = min(until, line.starts_on)
        until = max(until, line.starts_on - ONE_DAY)
        if until == self.until:
            return
        amount = round_fraction(_worth(line, until), self.currency)
        first, last = (self.until, until) if until > self.until else (until, self.until)
        yield Part(self.at, line.name, first + ONE_DAY, last, add([amount, -self.amount]))
        self.until, self.amount = until, amount


def _changes(line: Line) -> Iterator[date]:
    """The days on which the line becomes another one."""
    if line.known_from:
        yield line.known_from
    if line.sold_until is not None:
        yield _cut_on(line)


def _cut_on(line: Line) -> date:
    return line.cut_on or line.ends_on + ONE_DAY


def _worth(line: Line, until: date) -> Fraction:
    """What the line costs from its first day up to `until`, exactly."""
    if until < line.starts_on:
        return Fraction(0)
    if line.price_per == PricePer.ONCE:
        return _unit_worth(line)
    counted_from = line.counted_from or line.starts_on
    return _unit_worth(line) * (
        _months(counted_from, until + ONE_DAY) - _months(counted_from, line.starts_on)
    )


def _unit_worth(line: Line) -> Fraction:
    """A month of the line; all of it where it is paid once."""
    price = Fraction(exact(line.quantity)) * Fraction(exact(line.unit_price))
    price *= 1 - Fraction(exact(line.discount_percent)) / 100
    return price / 12 if line.price_per == PricePer.YEAR else price


def _months(counted_from: date, day: date) -> Fraction:
    """How many of the contract's months lie before the day; of the one that it is in, its days ÷ all its days."""
    whole = (day.year - counted_from.year) * 12 + day.month - counted_from.month
    if months_after(counted_from, whole) > day:
        whole -= 1
    begins, following = months_after(counted_from, whole), months_after(counted_from, whole + 1)
    return whole + Fraction((day - begins).days, (following - begins).days)
