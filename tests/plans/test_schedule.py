"""When things are due, whatever the rules, the country and the days."""

from datetime import UTC, date, datetime, timedelta
from graphlib import CycleError

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from plans.playbook.schema import DueRule
from plans.schedule import Schedule, schedule_playbook, schedule_rules
from plans.services.making import kickoff_day
from portal.lib.workdays import WorkCalendar, calendar_of
from tests.factories import AccountFactory, playbook_text

PLACES = st.sampled_from(["US", "DE-BY", "GB", "JP", "XX"])
KICKOFFS = st.dates(date(2025, 1, 1), date(2030, 12, 31))
MONDAY = date(2026, 11, 16)
WEEK = timedelta(days=7)
NO_HOLIDAYS = WorkCalendar()


@st.composite
def plans(draw) -> tuple[dict[str, DueRule], dict[str, list[str]]]:
    """Up to 12 tasks and 3 milestones; each is anchored on, and waits for, earlier ones only."""
    rules: dict[str, DueRule] = {}
    waits: dict[str, list[str]] = {}
    for number in range(draw(st.integers(1, 15))):
        node = f"milestone:m-{number}" if number % 5 == 4 else f"task:t-{number}"
        anchor = draw(st.sampled_from(["kickoff", "end", *rules]))
        low, high = (-120, 0) if anchor == "end" else (-30, 120)
        rules[node] = DueRule(anchor=anchor, offset=draw(st.integers(low, high)))
        tasks = [one for one in rules if one.startswith("task:") and one != node]
        if tasks and node.startswith("task:"):
            waits[node] = draw(st.lists(st.sampled_from(tasks), unique=True, max_size=3))
    order = draw(st.permutations(list(rules)))
    return {node: rules[node] for node in order}, waits


def made(plan, kickoff, *, place="XX", lead=5, length=200) -> tuple[Schedule, date, date]:
    starts, ends = kickoff - timedelta(days=lead), kickoff + timedelta(days=length)
    rules, waits = plan
    schedule = schedule_rules(
        rules, waits, starts_on=starts, kickoff_on=kickoff, ends_on=ends, calendar=calendar_of(place)
    )
    return schedule, starts, ends


@given(plans(), KICKOFFS, PLACES, st.integers(0, 30), st.integers(7, 500))
def test_every_day_is_a_working_day_within_the_plan(plan, kickoff, place, lead, length) -> None:
    schedule, starts, ends = made(plan, kickoff, place=place, lead=lead, length=length)
    assert set(schedule.days) == set(plan[0])
    for day in schedule.days.values():
        assert starts <= day <= ends
        assert calendar_of(place).is_working(day)


@given(plans(), KICKOFFS, PLACES, st.integers(7, 500))
def test_nothing_is_due_before_what_it_waits_for(plan, kickoff, place, length) -> None:
    schedule, _starts, _ends = made(plan, kickoff, place=place, length=length)
    for node, before in plan[1].items():
        assert all(schedule.days[one] <= schedule.days[node] for one in before)


@given(plans(), KICKOFFS, PLACES, st.integers(7, 500), st.randoms())
def test_the_order_of_the_rules_does_not_matter(plan, kickoff, place, length, chance) -> None:
    rules, waits = plan
    names = list(rules)
    chance.shuffle(names)
    shuffled = {name: rules[name] for name in names}, waits
    assert made(plan, kickoff, place=place, length=length) == made(
        shuffled, kickoff, place=place, length=length
    )


@given(plans(), KICKOFFS, PLACES, st.integers(7, 400))
def test_held_back_are_exactly_those_that_the_rules_put_past_the_end(plan, kickoff, place, length) -> None:
    """Reckoned here once more, from what each node was told and what it hangs on."""
    schedule, starts, ends = made(plan, kickoff, place=place, length=length)
    calendar = calendar_of(place)
    last = calendar.on_or_before(ends)
    past = set()
    for node, rule in plan[0].items():
        base = {"kickoff": calendar.on_or_after(kickoff), "end": last}.get(rule.anchor) or schedule.days[
            rule.anchor
        ]
        wanted = max(
            [calendar.add(base, rule.offset), *(schedule.days[one] for one in plan[1].get(node, ()))]
        )
        if wanted > last:
            past.add(node)
            assert schedule.days[node] == last
        else:
            assert schedule.days[node] == max(wanted, calendar.on_or_after(starts))
    assert schedule.held_back == past


@given(plans(), KICKOFFS, PLACES)
def test_a_later_kickoff_makes_nothing_earlier(plan, kickoff, place) -> None:
    rules, waits = plan
    fixed = {"starts_on": kickoff, "ends_on": kickoff + timedelta(days=400), "calendar": calendar_of(place)}
    one = schedule_rules(rules, waits, kickoff_on=kickoff, **fixed)
    later = schedule_rules(rules, waits, kickoff_on=kickoff + WEEK, **fixed)
    assert all(one.days[node] <= later.days[node] for node in rules)


@given(plans(), KICKOFFS)
def test_without_holidays_a_week_later_is_a_week_later(plan, kickoff) -> None:
    """Everything shifts by the week, when kickoff, start and end do."""
    one, _starts, _ends = made(plan, kickoff)
    later, _starts, _ends = made(plan, kickoff + WEEK)
    assert {node: day + WEEK for node, day in one.days.items()} == dict(later.days)
    assert one.held_back == later.held_back


def rule(anchor: str, offset: int = 0) -> DueRule:
    return DueRule(anchor=anchor, offset=offset)


def test_a_small_plan_by_hand() -> None:
    rules = {
        "task:a": rule("kickoff", 3),
        "task:b": rule("task:a", 2),
        "task:c": rule("kickoff", 1),
        "milestone:m": rule("task:b", 1),
        "task:early": rule("kickoff", -10),
        "task:last": rule("end", -1),
        "task:late": rule("end", 5),
    }
    schedule = schedule_rules(
        rules, {"task:c": ["task:b"]}, starts_on=MONDAY - timedelta(days=3), kickoff_on=MONDAY,
        ends_on=MONDAY + timedelta(days=19), calendar=WorkCalendar(frozenset({MONDAY + timedelta(days=1)})),
    )  # fmt: skip
    assert {node: (day - MONDAY).days for node, day in schedule.days.items()} == {
        "task:a": 4,  # Tuesday is off: Wednesday, Thursday, Friday
        "task:b": 8,  # over the weekend
        "task:c": 8,  # it waits for b
        "milestone:m": 9,
        "task:early": -3,  # held to the start
        "task:last": 17,  # the end is a Saturday: its Friday less one
        "task:late": 18,
    }
    assert schedule.held_back == {"task:late"}


def test_no_working_day_at_all() -> None:
    saturday = MONDAY + timedelta(days=5)
    schedule = schedule_rules(
        {"task:a": rule("kickoff", 3), "task:b": rule("end")}, {}, starts_on=saturday, kickoff_on=saturday,
        ends_on=saturday + timedelta(days=1), calendar=NO_HOLIDAYS,
    )  # fmt: skip
    assert set(schedule.days.values()) == {saturday + timedelta(days=1)}
    assert schedule.held_back == {"task:a", "task:b"}


def test_a_circle_is_the_callers_error() -> None:
    days = {"starts_on": MONDAY, "kickoff_on": MONDAY, "ends_on": MONDAY + WEEK, "calendar": NO_HOLIDAYS}
    with pytest.raises(CycleError):
        schedule_rules({"task:a": rule("task:b"), "task:b": rule("task:a")}, {}, **days)
    with pytest.raises(CycleError):
        schedule_rules({"task:a": rule("task:b"), "task:b": rule("end")}, {"task:b": ["task:a"]}, **days)


@pytest.mark.parametrize("country", ["US", "DE-BY", "GB", "JP", "XX"])
def test_a_whole_playbook(country) -> None:
    text = playbook_text(20, waits={"task-2": ["task-9"]})
    calendar = calendar_of(country)
    schedule = schedule_playbook(
        text,
        starts_on=MONDAY,
        kickoff_on=MONDAY + WEEK,
        ends_on=MONDAY + timedelta(days=300),
        calendar=calendar,
    )
    assert len(schedule.days) == 20 + 2 + 1
    assert schedule.days["task:task-2"] == schedule.days["task:task-9"]
    assert calendar.between(calendar.on_or_after(MONDAY + WEEK), schedule.days["objective:faster"]) == 90
    assert not schedule.held_back


# --- Time zones ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Tokyo", datetime(2026, 11, 20, 15, 0, tzinfo=UTC), date(2026, 11, 21)),
        ("America/Los_Angeles", datetime(2026, 11, 20, 7, 59, tzinfo=UTC), date(2026, 11, 19)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # summer time begins
        ("Europe/Berlin", datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Berlin", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),  # and ends
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("UTC", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_today_is_where_the_account_is(zone, moment, day) -> None:
    account = AccountFactory.build(time_zone=zone, owner=None)
    with time_machine.travel(moment, tick=False):
        assert account.today() == day


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "closed", "kickoff"),
    [
        ("US", date(2026, 11, 24), date(2026, 11, 27)),  # two days on, around Thanksgiving
        ("DE", date(2026, 11, 24), date(2026, 11, 26)),
        ("DE", date(2026, 11, 20), date(2026, 11, 24)),  # over the weekend
        ("DE", None, date(2026, 11, 20)),
        ("DE", date(2026, 1, 2), date(2026, 11, 20)),  # long ago: counted from today
    ],
)
def test_the_kickoff_is_the_lead_after_the_deal_closed(country, closed, kickoff) -> None:
    account = AccountFactory.build(country=country, time_zone="UTC", owner=None)
    with time_machine.travel(datetime(2026, 11, 18, 12, tzinfo=UTC), tick=False):
        assert kickoff_day(account, playbook_text(), closed) == kickoff
