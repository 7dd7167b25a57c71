"""What lines cost and what is invoiced when, by hand and as laws that hold for every contract."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.billing import (
    Invoice,
    Line,
    billing_periods,
    contract_total,
    line_total,
    months_after,
    prorated,
    schedule,
    yearly,
    yearly_on,
)
from accounts.choices import Billing, PricePer
from portal.lib.money import add, round_money, smallest

DAY = timedelta(days=1)
JAN, DEC = date(2026, 1, 1), date(2026, 12, 31)


def line(price: str = "1200", *, first: date = JAN, last: date = DEC, **more: object) -> Line:
    plain = Line("Seats", Decimal(1), "seat", Decimal(price), PricePer.YEAR, Decimal(0), first, last)
    return replace(plain, **more)


def amounts(invoices: tuple[Invoice, ...]) -> list[tuple[date, str]]:
    return [(one.invoiced_on, str(one.amount)) for one in invoices]


def test_a_line_is_quantity_by_price_less_the_discount():
    seats = line("99.90", quantity=Decimal(25), discount_percent=Decimal("12.5"))
    assert line_total(seats, "EUR") == Decimal("2185.31")  # 2497.50 - 312.1875, a half cent up
    assert yearly(replace(seats, price_per=PricePer.MONTH), "EUR") == Decimal("26223.75")
    assert line_total(replace(seats, price_per=PricePer.ONCE), "JPY") == 2185
    assert yearly(replace(seats, price_per=PricePer.ONCE), "EUR") == 0


def test_a_year_is_twelve_months_from_the_first_day_leap_year_or_not():
    for first in (date(2023, 3, 1), date(2024, 2, 29), date(2026, 1, 31)):
        year = line(first=first, last=months_after(first, 12) - DAY)
        assert line_total(year, "EUR") == 1200
        assert line_total(replace(year, ends_on=months_after(first, 36) - DAY), "EUR") == 3600


def test_part_of_a_month_is_its_days_by_all_its_days():
    # January and ten of the twenty-eight days of February.
    assert line_total(line(last=date(2026, 2, 10)), "EUR") == Decimal("135.71")
    assert line_total(line(first=date(2026, 2, 11), counted_from=JAN), "EUR") == Decimal("1064.29")
    assert prorated(Decimal(100), 10, 28, "EUR") == Decimal("35.71")


@pytest.mark.parametrize(
    ("billing", "days"),
    [
        (Billing.UPFRONT, ["2026-01-31"]),
        (Billing.YEARLY, ["2026-01-31", "2027-01-31"]),
        (Billing.HALF_YEARLY, ["2026-01-31", "2026-07-31", "2027-01-31"]),
        (Billing.QUARTERLY, ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]),
    ],
)
def test_anniversaries_at_the_end_of_a_month(billing, days):
    """The term has a year and a month; the last period is the month that is left."""
    first, last = date(2026, 1, 31), date(2027, 2, 27)
    periods = list(billing_periods(billing, first, last))
    assert [str(begins) for begins, _ends in periods] == days
    assert periods[-1][1] == last
    assert (
        add([one.amount for one in schedule([line(first=first, last=last)], billing, first, last, "EUR", 30)])
        == 1300
    )


def test_monthly_from_31_january():
    first, last = date(2026, 1, 31), date(2026, 5, 30)
    invoices = schedule([line("100", first=first, last=last)], Billing.MONTHLY, first, last, "EUR", 14)
    assert amounts(invoices) == [
        (date(2026, 1, 31), "8.33"),
        (date(2026, 2, 28), "8.34"),
        (date(2026, 3, 31), "8.33"),
        (date(2026, 4, 30), "8.33"),
    ]
    assert [one.covers_to for one in invoices] == [
        date(2026, 2, 27), date(2026, 3, 30), date(2026, 4, 29), date(2026, 5, 30),
    ]  # fmt: skip
    assert [one.number for one in invoices] == [1, 2, 3, 4]
    assert invoices[0].due_on == date(2026, 2, 14)


def test_what_is_paid_once_is_on_the_invoice_of_its_first_day():
    setup = line("500", first=date(2026, 5, 10), price_per=PricePer.ONCE)
    invoices = schedule([line(), setup], Billing.QUARTERLY, JAN, DEC, "EUR", 30)
    assert [str(one.amount) for one in invoices] == ["300.00", "800.00", "300.00", "300.00"]
    assert [part.name for part in invoices[2].parts] == ["Seats"]


def test_seats_that_are_added_in_the_middle_have_an_invoice_of_their_own():
    """From 15 May: 17 of 31 days of May, then June; from July on they are on the regular ones."""
    day = date(2026, 5, 15)
    more = line("600", first=day, known_from=day)
    invoices = schedule([line(), more], Billing.QUARTERLY, JAN, DEC, "EUR", 30)
    assert amounts(invoices) == [
        (JAN, "300.00"),
        (date(2026, 4, 1), "300.00"),
        (day, "77.42"),
        (date(2026, 7, 1), "450.00"),
        (date(2026, 10, 1), "450.00"),
    ]
    assert (invoices[2].covers_from, invoices[2].covers_to) == (day, date(2026, 6, 30))
    assert contract_total([line(), replace(more, counted_from=JAN)], "EUR") == Decimal("1577.42")


def test_what_ends_in_the_middle_is_credited_on_that_day():
    ended = line(last=date(2026, 9, 30), sold_until=DEC)
    invoices = schedule([ended], Billing.UPFRONT, JAN, DEC, "EUR", 30)
    assert amounts(invoices) == [(JAN, "1200.00"), (date(2026, 10, 1), "-300.00")]
    credit = invoices[1].parts[0]
    assert (credit.covers_from, credit.covers_to) == (date(2026, 10, 1), DEC)


def test_a_change_that_is_entered_late_is_settled_on_the_day_of_entry():
    """No invoice that has gone out becomes another one."""
    late = date(2026, 5, 20)
    ended = line(last=date(2026, 2, 28), sold_until=DEC, cut_on=late)
    more = line("2400", first=date(2026, 3, 1), known_from=late)
    invoices = schedule([ended, more], Billing.QUARTERLY, JAN, DEC, "EUR", 30)
    assert amounts(invoices) == [
        (JAN, "300.00"),
        (date(2026, 4, 1), "300.00"),
        (late, "400.00"),
        (date(2026, 7, 1), "600.00"),
        (date(2026, 10, 1), "600.00"),
    ]
    assert invoices[2].covers_from == date(2026, 3, 1)


def test_money_a_year_is_that_of_the_lines_that_run():
    lines = [
        line(last=date(2026, 6, 30)),
        line("2000", first=date(2026, 7, 1)),
        line("9", price_per=PricePer.ONCE),
    ]
    assert yearly_on(lines, date(2026, 6, 30), "EUR") == 1200
    assert yearly_on(lines, DEC, "EUR") == 2000


def test_no_lines_no_invoices():
    assert schedule([], Billing.MONTHLY, JAN, DEC, "EUR", 30) == ()
    assert contract_total([], "EUR") == 0


@st.composite
def contracts(draw):
    """A term of up to four years, lines within it; some were added or cut short by amendments, some late."""
    first = draw(st.dates(date(2023, 1, 1), date(2027, 12, 31)))
    last = first + timedelta(days=draw(st.integers(0, 1500)))
    inside = st.integers(0, (last - first).days).map(lambda days: first + timedelta(days=days))
    lines = []
    for number in range(draw(st.integers(1, 4))):
        starts, sold = sorted((draw(inside), draw(inside)))
        ends = sold
        if draw(st.booleans()):
            ends = starts - DAY + timedelta(days=draw(st.integers(0, (sold - starts).days)))
        late = draw(st.sampled_from([0, 0, 45]))
        lines.append(
            Line(
                name=f"Line {number}",
                quantity=draw(st.decimals(0, 10_000, places=draw(st.integers(0, 4)))),
                unit="seat",
                unit_price=draw(st.decimals(0, 10_000, places=4)),
                price_per=draw(st.sampled_from(PricePer.values)),
                discount_percent=draw(st.decimals(0, 100, places=4)),
                starts_on=starts,
                ends_on=ends,
                counted_from=first,
                known_from=starts + timedelta(days=late) if draw(st.booleans()) else None,
                sold_until=sold if ends < sold else None,
                cut_on=ends + DAY + timedelta(days=late) if ends < sold else None,
            )
        )
    billing, currency = draw(st.sampled_from(Billing.values)), draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    return lines, billing, first, last, currency


LAWS = settings(max_examples=60, deadline=None)


@LAWS
@given(contracts())
def test_the_schedule_sums_to_the_contract(contract):
    lines, billing, first, last, currency = contract
    invoices = schedule(lines, billing, first, last, currency, 30)
    assert add([one.amount for one in invoices]) == contract_total(lines, currency)
    for at, one in enumerate(lines):
        parts = [part.amount for invoice in invoices for part in invoice.parts if part.line == at]
        assert add(parts) == line_total(one, currency)
    for invoice in invoices:
        assert (
            invoice.amount == round_money(invoice.amount, currency) == add([p.amount for p in invoice.parts])
        )
    assert [one.invoiced_on for one in invoices] == sorted({one.invoiced_on for one in invoices})
    assert [one.number for one in invoices] == list(range(1, len(invoices) + 1))


@LAWS
@given(contracts())
def test_no_day_of_a_line_is_billed_twice_or_left_out(contract):
    lines, billing, first, last, currency = contract
    invoices = schedule(lines, billing, first, last, currency, 30)
    for at, one in enumerate(lines):
        billed: Counter[date] = Counter()
        paid_until = one.starts_on - DAY
        for part in (part for invoice in invoices for part in invoice.parts if part.line == at):
            charges = part.covers_from == paid_until + DAY
            assert charges or part.covers_to == paid_until
            paid_until = part.covers_to if charges else part.covers_from - DAY
            for days in range((part.covers_to - part.covers_from).days + 1):
                billed[part.covers_from + timedelta(days=days)] += 1 if charges else -1
        last_day = min(one.ends_on, one.starts_on) if one.price_per == PricePer.ONCE else one.ends_on
        wanted = {one.starts_on + timedelta(days=n) for n in range((last_day - one.starts_on).days + 1)}
        assert {day for day, times in billed.items() if times} == wanted
        assert set(billed.values()) <= {0, 1}


@LAWS
@given(contracts())
def test_an_amendment_changes_no_invoice_before_its_day(contract):
    """Without what each change did, the schedule is the same up to the day on which it became known."""
    lines, billing, first, last, currency = contract
    after = schedule(lines, billing, first, last, currency, 30)
    for at, one in enumerate(lines):
        if one.sold_until is not None:
            before = replace(one, ends_on=one.sold_until, sold_until=None, cut_on=None)
            known = one.cut_on
        elif one.known_from is not None:
            before, known = None, one.known_from
        else:
            continue
        others = [*lines[:at], *([before] if before else []), *lines[at + 1 :]]
        untouched = schedule(others, billing, first, last, currency, 30)
        past = [(i.invoiced_on, i.amount, i.covers_to) for i in after if i.invoiced_on < known]
        assert past == [(i.invoiced_on, i.amount, i.covers_to) for i in untouched if i.invoiced_on < known]


@LAWS
@given(contracts())
def test_each_part_is_within_a_minor_unit_of_its_share(contract):
    """A part is the price of its own days as if they stood alone, which is rounded itself."""
    lines, billing, first, last, currency = contract
    for invoice in schedule(lines, billing, first, last, currency, 30):
        for part in invoice.parts:
            one = lines[part.line]
            if one.price_per != PricePer.ONCE:
                alone = replace(one, starts_on=part.covers_from, ends_on=part.covers_to)
                difference = abs(Fraction(abs(part.amount)) - Fraction(line_total(alone, currency)))
                assert difference < Fraction(smallest(currency)) * 3 / 2
