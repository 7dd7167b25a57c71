"""When to remind whom: the pure rules, by table and by chance."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.choices import NudgeKind
from plans.reminding import (
    EVERY,
    Sent,
    calendar_for,
    is_morning,
    is_next_rung_due,
    is_under_cap,
    is_week_due,
    may_come_at_once,
    nudge_due,
    unanswered,
    zone_for,
)

# A Monday; no holidays near it in Germany but 3 April 2026 (Good Friday) and 6 April (Easter Monday).
MONDAY = date(2026, 3, 9)
DE = calendar_for("DE")
BEFORE, TODAY, OVERDUE = NudgeKind.BEFORE, NudgeKind.TODAY, NudgeKind.OVERDUE


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("due", "on", "sent", "kind"),
    [
        (day(4), day(1), [], None),  # Friday's, on Tuesday: three working days
        (day(4), day(2), [], BEFORE),
        (day(4), day(3), [], BEFORE),  # the day before was a day off, or beyond the cap
        (day(4), day(3), [Sent(BEFORE, day(4), day(2))], None),
        (day(4), day(3), [Sent(BEFORE, day(3), day(1))], BEFORE),  # about another date: it moved
        (day(4), day(4), [Sent(BEFORE, day(4), day(2))], TODAY),
        (day(0), day(1), [], OVERDUE),
        (day(0), day(1), [Sent(TODAY, day(0), day(0))], None),  # told yesterday
        (day(0), day(2), [Sent(TODAY, day(0), day(0))], OVERDUE),
        (day(3), day(7), [Sent(OVERDUE, day(3), day(4))], None),  # Friday, then Monday: one working day
        (day(3), day(8), [Sent(OVERDUE, day(3), day(4))], OVERDUE),
        (day(0), day(9), [Sent(OVERDUE, day(0), day(n)) for n in (2, 4)], OVERDUE),
        (day(0), day(11), [Sent(OVERDUE, day(0), day(n)) for n in (2, 4, 8)], None),  # the ladder's turn
        (date(2026, 4, 7), date(2026, 3, 31), [], None),
        (date(2026, 4, 7), date(2026, 4, 1), [], BEFORE),  # Easter lies between
    ],
)
def test_of_what_to_remind(due, on, sent, kind):
    assert nudge_due(due, on, DE, sent, answered_on=None, most=3) == kind


def test_an_answer_starts_the_ladder_anew():
    sent = [Sent(OVERDUE, day(0), day(n)) for n in (2, 4, 8)]
    assert unanswered(sent, None) == 3
    assert unanswered(sent, day(8)) == 0
    assert nudge_due(day(0), day(10), DE, sent, answered_on=day(9), most=3) == OVERDUE
    assert not is_next_rung_due(sent, [], day(11), DE, answered_on=day(9), most=3)


@pytest.mark.parametrize(
    ("on", "told", "due"),
    [
        (day(9), [], False),  # the third reminder was on the 8th: a working day later there is still time
        (day(10), [], True),
        (day(14), [day(10)], False),
        (day(18), [day(10)], True),  # six working days after the champion
        (day(18), [day(10), day(17)], False),
    ],
)
def test_the_next_rung(on, told, due):
    sent = [Sent(OVERDUE, day(0), day(n)) for n in (2, 4, 8)]
    assert is_next_rung_due(sent, told, on, DE, answered_on=None, most=3) is due


def test_two_reminders_move_nobody_up():
    assert not is_next_rung_due([Sent(OVERDUE, day(0), day(2))], [], day(30), DE, answered_on=None, most=3)


@given(
    due=st.integers(-40, 40).map(day),
    first=st.integers(-40, 0).map(day),
    country=st.sampled_from(["DE", "US", "JP", "", "XX"]),
    most=st.integers(1, 5),
)
def test_nobody_is_nagged(due, first, country, most):
    """Over three months of working mornings: each date is announced once, and what is late at most `most` times,
    never on two working days in a row."""
    calendar = calendar_for(country)
    sent: list[Sent] = []
    for offset in range(90):
        on = first + timedelta(days=offset)
        if not calendar.is_working(on):
            continue
        kind = nudge_due(due, on, calendar, sent, answered_on=None, most=most)
        if kind:
            sent.append(Sent(kind, due, on))
    kinds = [one.kind for one in sent]
    assert kinds.count(BEFORE) <= 1
    assert kinds.count(TODAY) <= 1
    assert kinds.count(OVERDUE) <= most
    late = [one.sent_on for one in sent if one.kind == OVERDUE]
    assert all(calendar.between(a, b) >= EVERY for a, b in pairwise(late))
    assert all(one.sent_on > due for one in sent if one.kind == OVERDUE)


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 7))
def test_never_over_the_cap_in_any_seven_days(wanted, most):
    sent: list[date] = []
    for offset in sorted(wanted):
        if is_under_cap(sent, day(offset), most):
            sent.append(day(offset))
    for offset in range(60):
        assert sum(day(offset) <= one < day(offset + 7) for one in sent) <= most


@pytest.mark.parametrize(
    ("hour", "minute", "morning"),
    [(7, 59, False), (8, 0, True), (11, 59, True), (12, 0, False), (20, 0, False), (0, 0, False)],
)
def test_the_morning_ends_at_noon(hour, minute, morning):
    assert is_morning(datetime(2026, 3, 9, hour, minute, tzinfo=UTC), 8) is morning


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (datetime(2026, 3, 9, 6, 59), False),
        (datetime(2026, 3, 9, 7, 0), True),
        (datetime(2026, 3, 9, 19, 59), True),
        (datetime(2026, 3, 9, 20, 0), False),
        (datetime(2026, 3, 14, 12, 0), False),  # Saturday
        (datetime(2026, 4, 3, 12, 0), False),  # Good Friday
    ],
)
def test_a_question_comes_by_day(at, may):
    assert may_come_at_once(at, DE) is may


def test_the_week_begins_with_its_first_working_mornings():
    assert is_week_due([], day(0))
    assert is_week_due([day(-7)], day(1))
    assert not is_week_due([day(0)], day(1))
    assert not is_week_due([], day(3))


@pytest.mark.parametrize(
    ("own", "account", "zone"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("", None, "UTC"),
        ("Mars/Base", "Europe/Berlin", "Europe/Berlin"),
        ("Mars/Base", "", "UTC"),
    ],
)
def test_whose_zone_holds(own, account, zone):
    assert str(zone_for(own, account)) == zone
