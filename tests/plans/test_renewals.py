"""The arithmetic of renewals, on all days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import renewals
from plans.renewals import DECIDED, Item, Refused, State
from portal.lib.workdays import calendar_of

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
WINDOWS = st.lists(st.integers(1, 400), min_size=1, max_size=8, unique=True)
NOTICE = st.none() | st.integers(0, 400)
END = date(2027, 3, 31)


def test_the_usual_windows_of_a_term_that_ends_in_march():
    assert renewals.reached([180, 120, 90, 60, 30], END, date(2026, 12, 1)) == [180, 120]
    assert renewals.notice_day(END, 90) == date(2026, 12, 31)
    assert renewals.show_by(END, 90) == date(2026, 12, 17)
    assert renewals.due_day(180, "usage", [180, 120, 90], END, 90) == date(2026, 11, 30)
    # Shown in good time before the notice day, not on the day before the next window.
    assert renewals.due_day(120, "offer", [180, 120, 90], END, 90) == date(2026, 12, 17)
    assert renewals.due_day(30, "confirm", [60, 30], END, 90) == date(2027, 3, 16)


def test_an_offer_is_asked_for_earlier_where_the_notice_is_long():
    assert renewals.window_of(120, "offer", [180, 120, 90], END, 90) == 120
    assert renewals.window_of(120, "offer", [180, 120, 90], END, 120) == 180
    assert renewals.window_of(120, "offer", [180, 120, 90], END, 300) == 180
    assert renewals.window_of(120, "recap", [180, 120, 90], END, 120) == 120


@given(WINDOWS, DAYS, DAYS, st.integers(0, 60))
def test_a_window_that_is_reached_stays_so(windows, end, day, later):
    before = renewals.reached(windows, end, day)
    assert set(before) <= set(renewals.reached(windows, end, day + timedelta(days=later)))
    assert before == sorted(before, reverse=True)
    assert (max(windows) in before) == (end - timedelta(days=max(windows)) <= day)


@given(WINDOWS, DAYS, NOTICE, st.sampled_from(["offer", "usage"]))
def test_what_a_window_needs_is_owed_while_it_is_open(windows, end, notice, kind):
    for days in windows:
        due = renewals.due_day(days, kind, windows, end, notice)
        assert renewals.opens_on(end, days) <= due <= end
        later = [other for other in windows if other < days]
        if later and due > renewals.opens_on(end, days):
            assert due < renewals.opens_on(end, max(later))


@given(DAYS, st.integers(0, 400), st.integers(-400, 400))
def test_a_task_is_never_due_in_the_past(end, before, offset):
    calendar, today = calendar_of("DE"), end + timedelta(days=offset)
    assert renewals.task_day(end - timedelta(days=before), end, today, calendar) >= today


@given(DAYS, st.integers(0, 1200), st.integers(1, 5))
def test_the_next_term_follows_without_a_gap(start, length, times):
    end = start + timedelta(days=length)
    first, last = renewals.next_term(start, end, times)
    assert first == end + timedelta(days=1)
    assert last >= first
    assert abs((last - first).days + 1 - times * (length + 1)) <= 4 * times


def test_a_year_is_followed_by_a_year():
    assert renewals.next_term(date(2027, 3, 1), date(2028, 2, 29)) == (date(2028, 3, 1), date(2029, 2, 28))
    assert renewals.next_term(date(2026, 1, 31), date(2026, 2, 28)) == (date(2026, 3, 1), date(2026, 3, 31))
    assert renewals.next_term(date(2026, 1, 1), date(2026, 12, 31), 3) == (
        date(2027, 1, 1), date(2029, 12, 31),
    )  # fmt: skip


AMOUNTS = st.decimals(0, 10**9, places=4)


@given(AMOUNTS, AMOUNTS)
def test_two_amounts_make_one_decision(old, new):
    kind = renewals.kind_of(old, new)
    assert kind in DECIDED
    assert (kind == State.EXPANDED) == (new > old and new > 0)
    assert (kind == State.LOST) == (new == 0)
    assert renewals.kind_of(Decimal(5), Decimal(5)) == State.RENEWED


@given(st.lists(st.tuples(st.sampled_from(["ready", "unready", *DECIDED]), st.integers(0, 2)), max_size=12))
def test_a_decision_ends_it_and_ready_means_that_nothing_is_missing(acts):
    state = State.PREPARING
    for act, missing in acts:
        before = state
        try:
            state = renewals.after(state, act, missing=missing)
        except Refused:
            continue
        assert before not in DECIDED
        assert state != State.READY or (before == State.PREPARING and not missing)


def test_nothing_follows_a_decision():
    with pytest.raises(Refused):
        renewals.after(State.LOST, "ready")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["vendor", "customer"]), DAYS), max_size=8), DAYS)
def test_what_is_missing_is_owed_by_one_side_each(rows, today):
    items = [Item(str(n), side, met, due) for n, (met, side, due) in enumerate(rows)]
    found = renewals.tally(items, today)
    assert len(found.missing) == sum(not met for met, _, _ in rows)
    assert len(found.owed_by("vendor")) + len(found.owed_by("customer")) == len(found.missing)
    assert all(item.due_on < today for item in found.late)
