"""The return on an account, reckoned so that no amount of money counts twice. Pure: no database, no clock.

    ROI = (Expansion + Renewal Revenue Preserved + Churn Avoided − Account Cost) ÷ Account Cost

All amounts are money a year in one currency, except the cost, which is what was spent. A contract and those that
renewed it are one `Strand`: what it was worth before the period, where it came up for renewal, and what changed since.
What is there in the end has two parts, and each goes into one term only:

- what came on top of what was there: Expansion;
- what was there and has stayed, if it came up for renewal: Renewal Revenue Preserved; or, where the contract was
  exposed in a cohort, Churn Avoided: the cohort's (baseline − actual churn) × its revenue, shared out by the revenue
  that stayed. Where a cohort lost more than its baseline, the difference is taken off those who left, by what they
  took along.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from portal.lib.money import add, exact, round_fraction, round_money

ROUND = Decimal("0.0001")


class Term(StrEnum):
    EXPANSION = "expansion"
    PRESERVED = "preserved"
    CHURN_AVOIDED = "churn_avoided"
    COST = "cost"


@dataclass(frozen=True)
class Range:
    """As it is with the cautious, the likely and the hopeful baseline."""

    low: Decimal
    base: Decimal
    high: Decimal


@dataclass(frozen=True)
class Change:
    """Money a year that came (or went, below zero) with an amendment or a renewal, the row `kind` `id`."""

    kind: str
    id: UUID
    amount: Decimal


@dataclass(frozen=True)
class Exposed:
    """A member of a cohort whose fate is known: its revenue, and how much of that has stayed."""

    revenue: Decimal
    stayed: Decimal


@dataclass(frozen=True)
class Cohort:
    """`members` are those of one currency; the baselines are percent of revenue."""

    id: UUID
    low: Decimal
    base: Decimal
    high: Decimal
    members: tuple[Exposed, ...]


@dataclass(frozen=True)
class Strand:
    """A contract and those after it. `decided` is the renewal that kept or lost it, None where none came up."""

    currency: str
    changes: tuple[Change, ...]
    decided: UUID | None = None
    worth: Decimal = Decimal(0)
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Cost:
    id: UUID
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Row:
    """What a term is made of; the rows of a term sum to it exactly."""

    term: Term
    kind: str
    id: UUID
    amount: Range


@dataclass(frozen=True)
class Return:
    """`ratio` is a share of 1, None where the cost is 0: then it is not defined."""

    currency: str
    expansion: Range
    preserved: Range
    churn_avoided: Range
    cost: Range
    ratio: Range | None
    rows: tuple[Row, ...]


def reckon(strands: Sequence[Strand], costs: Sequence[Cost]) -> tuple[Return, ...]:
    """A return for each currency in which there is money, in the order of their codes: currencies are never mixed."""
    codes = sorted({one.currency for one in strands} | {one.currency for one in costs})
    return tuple(_reckon_in(code, strands, costs) for code in codes)


def churn_of(members: Iterable[Exposed]) -> Fraction | None:
    """The share of the revenue that left; None where no fate is known."""
    known = list(members)
    revenue = sum((Fraction(one.revenue) for one in known), Fraction(0))
    stayed = sum((Fraction(one.stayed) for one in known), Fraction(0))
    return 1 - stayed / revenue if revenue else None


def _reckon_in(currency: str, strands: Sequence[Strand], costs: Sequence[Cost]) -> Return:
    rows = [row for one in strands if one.currency == currency for row in _rows_of(one)]
    rows += [
        Row(Term.COST, "cost", one.id, _same(exact(one.amount))) for one in costs if one.currency == currency
    ]
    terms = {term: _sum(row.amount for row in rows if row.term == term) for term in Term}
    return Return(
        currency=currency,
        expansion=terms[Term.EXPANSION],
        preserved=terms[Term.PRESERVED],
        churn_avoided=terms[Term.CHURN_AVOIDED],
        cost=terms[Term.COST],
        ratio=_ratio(terms),
        rows=tuple(rows),
    )


def _rows_of(strand: Strand) -> Iterable[Row]:
    growth = add([change.amount for change in strand.changes])
    if growth > 0:
        yield from (
            Row(Term.EXPANSION, change.kind, change.id, _same(change.amount))
            for change in strand.changes
            if change.amount
        )
    if strand.decided is None:
        return
    before = max(strand.worth, Decimal(0))
    stayed = min(before, max(add([before, growth]), Decimal(0)))
    if strand.cohort is None:
        yield Row(Term.PRESERVED, "renewal", strand.decided, _same(stayed))
    else:
        yield Row(Term.CHURN_AVOIDED, "renewal", strand.decided, _avoided(strand, before, stayed))


def _avoided(strand: Strand, before: Decimal, stayed: Decimal) -> Range:
    """This contract's part of what its cohort avoided."""
    cohort = strand.cohort
    actual = churn_of(cohort.members) if cohort else None
    if cohort is None or actual is None:
        return _same(round_money(0, strand.currency))

    def part(baseline: Decimal) -> Decimal:
        expected = Fraction(baseline) / 100
        if expected >= actual:
            # (baseline − actual) × revenue ÷ the revenue that stayed, for each unit that stayed; 1 at most.
            share = (expected - actual) / (1 - actual) if actual < 1 else Fraction(0)
            return round_fraction(share * Fraction(stayed), strand.currency)
        return round_fraction((expected - actual) / actual * Fraction(before - stayed), strand.currency)

    return Range(part(cohort.low), part(cohort.base), part(cohort.high))


def _ratio(terms: dict[Term, Range]) -> Range | None:
    gains = [terms[Term.EXPANSION], terms[Term.PRESERVED], terms[Term.CHURN_AVOIDED]]
    cost = Fraction(terms[Term.COST].base)
    if not cost:
        return None

    def share(which: str) -> Decimal:
        gained = sum((Fraction(getattr(one, which)) for one in gains), Fraction(0))
        ten_thousandths = round_fraction((gained - cost) / cost * 10_000, "JPY")
        return ten_thousandths * ROUND

    return Range(share("low"), share("base"), share("high"))


def _same(amount: Decimal) -> Range:
    return Range(amount, amount, amount)


def _sum(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    return Range(*(add([getattr(one, which) for one in found]) for which in ("low", "base", "high")))
