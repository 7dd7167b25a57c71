"""What moves when something changes, whatever the plan, the country and the change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.rescheduling import LINKS, Node, Outcome, PlanDates, reschedule
from plans.schedule import schedule_rules
from portal.lib.workdays import WorkCalendar, calendar_of

PLACES = st.sampled_from(["US", "DE-BY", "GB", "JP", "XX"])
MONDAY = date(2026, 11, 16)
WEEK = timedelta(days=7)
PLAIN = WorkCalendar()


KINDS = ("move", "kickoff", "end", "pin", "wait", "release")


@st.composite
def plans(draw, *, stands_fast: bool = True) -> PlanDates:
    """Up to 15 dates whose days are those of their rules; with tasks that are done, pinned, or stand for themselves.

    One task at least is open.
    """
    kickoff = draw(st.dates(date(2025, 1, 1), date(2030, 12, 31)))
    calendar = calendar_of(draw(PLACES))
    nodes: dict[str, Node] = {}
    waits: dict[str, frozenset[str]] = {}
    for number in range(draw(st.integers(2, 15))):
        key = f"milestone:m-{number}" if number % 5 == 4 else f"task:t-{number}"
        anchor = draw(st.sampled_from(["kickoff", "end", *nodes]))
        low, high = (-60, 0) if anchor == "end" else (-10, 60)
        nodes[key] = Node(key, kickoff, anchor, draw(st.integers(low, high)))
        tasks = [one for one in nodes if one.startswith("task:") and one != key]
        if tasks and key.startswith("task:"):
            waits[key] = draw(st.frozensets(st.sampled_from(tasks), max_size=3))
    length = draw(st.integers(14, 400))
    made = PlanDates(nodes, waits, kickoff, kickoff, kickoff + timedelta(days=length), calendar)
    made = _placed(made)
    return _placed(draw(_standing(made))) if stands_fast else made


@st.composite
def _standing(draw, made: PlanDates) -> PlanDates:
    """Up to four of its dates stand fast."""
    stays_open = draw(st.sampled_from([key for key in made.nodes if key.startswith("task:")]))
    for key in draw(st.sets(st.sampled_from(sorted(made.nodes)), max_size=4)):
        change = draw(st.sampled_from(["pinned", "own"] if key == stays_open else ["done", "pinned", "own"]))
        node = made.nodes[key]
        node = node._replace(anchor="", offset=0) if change == "own" else node._replace(**{change: True})
        made = replace(made, nodes={**made.nodes, key: node})
    return made


def _placed(dates: PlanDates) -> PlanDates:
    days = dates.schedule.days
    return replace(dates, nodes={key: node._replace(day=days[key]) for key, node in dates.nodes.items()})


@st.composite
def changes(
    draw, kinds: Sequence[str] = KINDS, *, to_working_days: bool = False, **facts
) -> tuple[PlanDates, PlanDates, str]:
    """A plan, the plan with one thing changed, and the task that was moved by hand ("" when it was something else)."""
    before = draw(plans(**facts))
    kind = draw(st.sampled_from(kinds))
    if kind == "kickoff":
        days = timedelta(draw(st.integers(0, (before.ends_on - before.kickoff_on).days)))
        return before, replace(before, kickoff_on=before.kickoff_on + days), ""
    if kind == "end":
        return before, replace(before, ends_on=before.ends_on + timedelta(draw(st.integers(-10, 60)))), ""
    open_tasks = [key for key, node in before.nodes.items() if key.startswith("task:") and not node.done]
    key = draw(st.sampled_from(open_tasks))
    if kind == "pin":
        return before, before.pinned(key, not before.nodes[key].pinned), ""
    if kind == "move":
        day = draw(st.sampled_from(_free_days(before, key, to_working_days)))
        after = before.moved(key, day)
        assert after.schedule.days[key] == day
        return before, after, key
    possible = [one for one in open_tasks if not before.circle(key, one)]
    if kind == "wait" and possible:
        return before, before.waiting(key, draw(st.sampled_from(possible))), ""
    return before, before.not_waiting(key, draw(st.sampled_from(open_tasks))), ""


def _free_days(dates: PlanDates, key: str, to_working_days: bool) -> list[date]:
    """Where a person may put this task: not before what it waits for, unless it is pinned."""
    waits = [] if dates.nodes[key].pinned else dates.open_waits.get(key, [])
    first = max([dates.starts_on, *(dates.nodes[one].day for one in waits)])
    days = [first + timedelta(number) for number in range((dates.ends_on - first).days + 1)]
    return [one for one in days if dates.calendar.is_working(one)] if to_working_days else days


def outcome_of(change) -> Outcome:
    before, after, root = change
    return reschedule(before, after, root=root)


@given(changes())
def test_no_task_comes_before_what_it_waits_for_unless_it_is_pinned(change) -> None:
    after = outcome_of(change).after
    for key, before in after.open_waits.items():
        if not (after.nodes[key].pinned or after.nodes[key].done):
            assert all(after.nodes[one].day <= after.nodes[key].day for one in before)


def test_a_date_that_is_held_back_does_not_come_before_what_it_waits_for() -> None:
    """The plan ends on a Sunday; the first task is put on the Saturday before, the second asks for a day after that."""
    begins, saturday = MONDAY, MONDAY + timedelta(days=12)
    nodes = {
        "task:one": Node("task:one", saturday, "", 0),
        "task:two": Node("task:two", begins, "kickoff", 10),
    }
    waits = {"task:two": frozenset(["task:one"])}
    made = PlanDates(nodes, waits, begins, begins, saturday + timedelta(days=1), PLAIN).schedule
    assert made.days["task:two"] == saturday
    assert made.held_back == {"task:two"}


@given(changes())
def test_every_open_date_lies_within_the_plan(change) -> None:
    after = outcome_of(change).after
    for node in after.nodes.values():
        assert node.done or after.starts_on <= node.day <= after.ends_on


@given(changes())
def test_what_a_rule_moves_lands_on_a_working_day(change) -> None:
    _before, after, root = change
    for move in outcome_of(change).moves:
        if move.key != root and after.nodes[move.key].anchor and not move.held_back:
            assert after.calendar.is_working(move.new), move


@given(changes())
def test_what_is_done_never_moves(change) -> None:
    outcome = outcome_of(change)
    assert not [move for move in outcome.moves if change[0].nodes[move.key].done]


@given(changes())
def test_what_is_pinned_stays_within_the_plan(change) -> None:
    _before, after, root = change
    for move in outcome_of(change).moves:
        node = after.nodes[move.key]
        assert not node.pinned or move.key == root or node.day > after.ends_on


@given(plans())
def test_no_change_moves_nothing(dates) -> None:
    assert reschedule(dates, replace(dates)).moves == ()
    for key, node in dates.nodes.items():
        if not node.done:
            same = reschedule(dates, dates.moved(key, node.day), root=key)
            assert same.moves == ()
            assert same.after.schedule.days == dates.schedule.days


# A day that is no working day stands for itself from then on.
@given(changes(["move", "kickoff", "end", "wait", "release"], stands_fast=False, to_working_days=True))
def test_a_change_and_its_reverse_restore_every_day(change) -> None:
    before, after, root = change
    there = reschedule(before, after, root=root)
    if root:
        back = there.after.moved(root, before.nodes[root].day)
        assert back.schedule.days[root] == before.nodes[root].day
    else:
        back = replace(
            there.after,
            kickoff_on=before.kickoff_on,
            ends_on=before.ends_on,
            waits=before.waits,
        )
    again = reschedule(there.after, back, root=root)
    assert {key: node.day for key, node in again.after.nodes.items()} == {
        key: node.day for key, node in before.nodes.items()
    }


@given(changes(["move"]))
def test_only_what_hangs_on_the_change_moves(change) -> None:
    _before, after, root = change
    reached, ahead = {root}, [root]
    while ahead:
        here = ahead.pop()
        found = {key for key in after.nodes if here in after._hangs_on(key)} - reached
        reached |= found
        ahead += found
    outcome = outcome_of(change)
    assert {move.key for move in outcome.moves} <= reached
    for move in outcome.moves:
        assert (move.chain[0], move.chain[-1]) == (root, move.key)


@given(changes())
def test_each_link_of_a_chain_moved_and_the_plan_is_what_its_rules_say(change) -> None:
    outcome = outcome_of(change)
    moved = {move.key for move in outcome.moves} | {"kickoff", "end", "…"}
    assert all(set(move.chain) <= moved for move in outcome.moves)
    assert outcome.after.schedule.days == {key: node.day for key, node in outcome.after.nodes.items()}


@given(changes())
def test_nothing_is_put_on_the_last_day_without_being_named(change) -> None:
    outcome = outcome_of(change)
    assert {move.key for move in outcome.moves if move.held_back} <= outcome.held_back
    before = change[0].schedule
    for move in outcome.moves:
        wanted = outcome.after.schedule.wanted.get(move.key)
        if wanted and wanted > outcome.after.ends_on and before.wanted[move.key] <= change[0].ends_on:
            assert move.key in outcome.held_back


def tasks(*nodes: Node, waits=None, days=60, **facts) -> PlanDates:
    made = PlanDates(
        {node.key: node for node in nodes},
        {key: frozenset(before) for key, before in (waits or {}).items()},
        MONDAY,
        MONDAY,
        MONDAY + timedelta(days=days),
        PLAIN,
        **facts,
    )
    return _placed(made)


def task(key: str, anchor: str = "kickoff", offset: int = 0, **facts) -> Node:
    return Node(f"task:{key}", MONDAY, anchor, offset, **facts)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def moved(outcome: Outcome) -> dict[str, int]:
    return {move.key.removeprefix("task:"): (move.new - MONDAY).days for move in outcome.moves}


def test_who_only_waits_moves_when_it_would_be_passed_and_who_is_anchored_keeps_its_distance() -> None:
    dates = tasks(
        task("a", offset=1),
        task("waits", offset=4),
        task("anchored", "task:a", 2),
        task("free", offset=3),
        waits={"task:waits": ["task:a"]},
    )
    one = reschedule(dates, dates.moved("task:a", day(2)), root="task:a")
    assert moved(one) == {"a": 2, "anchored": 4}
    far = reschedule(dates, dates.moved("task:a", day(8)), root="task:a")
    assert moved(far) == {"a": 8, "waits": 8, "anchored": 10}
    assert {move.key: move.chain for move in far.moves}["task:waits"] == ("task:a", "task:waits")


def test_a_day_of_rest_may_be_chosen_and_what_waits_for_it_starts_on_a_working_day() -> None:
    dates = tasks(task("a", offset=1), task("b", offset=2), waits={"task:b": ["task:a"]})
    outcome = reschedule(dates, dates.moved("task:a", day(5)), root="task:a")
    assert moved(outcome) == {"a": 5, "b": 7}
    assert outcome.after.nodes["task:a"].anchor == ""


def test_what_would_pass_the_end_is_held_on_its_last_working_day() -> None:
    dates = tasks(task("a", offset=1), task("b", "task:a", 5), days=12)
    outcome = reschedule(dates, dates.moved("task:a", day(11)), root="task:a")
    assert moved(outcome) == {"a": 11, "b": 11}
    assert outcome.held_back == {"task:b"}
    # Later it goes to where its rule wants it, when there is room.
    longer = reschedule(outcome.after, replace(outcome.after, ends_on=day(40)))
    assert moved(longer) == {"b": 18}
    assert longer.moves[0].chain == ("end", "task:b")


def test_a_pinned_task_stays_and_it_is_said_that_it_comes_too_early() -> None:
    dates = tasks(task("a", offset=1), task("b", offset=2, pinned=True), waits={"task:b": ["task:a"]})
    dates = replace(dates, nodes={**dates.nodes, "task:b": dates.nodes["task:b"]._replace(day=day(2))})
    outcome = reschedule(dates, dates.moved("task:a", day(9)), root="task:a")
    assert moved(outcome) == {"a": 9}
    assert outcome.crossed == (("task:b", "task:a"),)
    assert moved(reschedule(outcome.after, outcome.after.pinned("task:b", False))) == {"b": 9}


def test_the_kickoff_takes_along_what_counts_from_it_but_not_what_counts_from_the_end() -> None:
    dates = tasks(task("a", offset=1), task("last", "end", -2), task("b", "task:a", 1))
    outcome = reschedule(dates, replace(dates, kickoff_on=day(7)))
    assert moved(outcome) == {"a": 8, "b": 9}
    assert [move.chain for move in outcome.moves] == [
        ("kickoff", "task:a"),
        ("kickoff", "task:a", "task:b"),
    ]


def test_what_had_come_away_from_its_rule_stays_where_it_is_and_moves_with_its_anchor() -> None:
    dates = tasks(task("a", offset=1), task("b", offset=3))
    loose = replace(dates, nodes={**dates.nodes, "task:b": dates.nodes["task:b"]._replace(day=day(9))})
    settled = loose.settled()
    assert reschedule(settled, settled.moved("task:a", day(2)), root="task:a").others("task:a") == []
    assert moved(reschedule(settled, replace(settled, kickoff_on=day(7)))) == {"a": 8, "b": 16}


def test_what_waited_for_a_task_that_is_done_stays_on_its_day() -> None:
    dates = tasks(task("a", offset=5), task("b", offset=2), waits={"task:b": ["task:a"]})
    assert dates.nodes["task:b"].day == day(7)
    done = replace(
        dates, nodes={**dates.nodes, "task:a": dates.nodes["task:a"]._replace(done=True)}
    ).settled()
    assert done.schedule.days["task:b"] == day(7)
    earlier = reschedule(done, done.moved("task:b", day(3)), root="task:b")
    assert moved(earlier) == {"b": 3}


def test_a_long_chain_names_its_first_link_and_its_last_ones() -> None:
    dates = tasks(task("t0", offset=1), *(task(f"t{n}", f"task:t{n - 1}", 1) for n in range(1, 30)), days=200)
    outcome = reschedule(dates, dates.moved("task:t0", day(3)), root="task:t0")
    chain = next(move.chain for move in outcome.moves if move.key == "task:t29")
    assert (chain[:2], chain[-1]) == (("task:t0", "…"), "task:t29")
    assert len(chain) <= LINKS


@pytest.mark.parametrize(
    ("anchor", "waits", "circle"),
    [
        ("kickoff", {"task:b": ["task:a"]}, ["task:a", "task:b", "task:a"]),
        ("task:a", {}, ["task:a", "task:b", "task:a"]),
        ("kickoff", {"task:b": ["task:c"], "task:c": ["task:a"]}, ["task:a", "task:b", "task:c", "task:a"]),
        ("kickoff", {}, []),
    ],
)
def test_a_circle_is_named_by_its_way_round(anchor, waits, circle) -> None:
    dates = tasks(task("a"), task("b", anchor), task("c"), waits=waits)
    assert dates.circle("task:a", "task:b") == circle
    assert dates.circle("task:a", "task:a") == ["task:a", "task:a"]


@given(plans(), st.data())
def test_what_no_circle_is_found_for_can_be_scheduled(dates, data) -> None:
    names = [key for key in dates.nodes if key.startswith("task:")]
    key, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    if not dates.circle(key, other):
        dates.waiting(key, other).schedule  # noqa: B018 – raises CycleError when there is one


@settings(max_examples=50)
@given(PLACES, st.dates(date(2025, 1, 1), date(2030, 12, 31)), st.integers(-200, 200))
def test_a_span_adds_as_the_calendar_does(place, start, number) -> None:
    calendar = calendar_of(place)
    span = calendar.span(start - timedelta(days=400), start + timedelta(days=400))
    there = calendar.add(start, number)
    assert span.add(start, number) == there
    assert span.add(start, span.distance(start, there)) == there


def test_nothing_fits_where_no_day_is_a_working_day() -> None:
    saturday = MONDAY + timedelta(days=5)
    schedule = schedule_rules(
        {"task:a": task("a")}, {}, starts_on=saturday, kickoff_on=saturday, ends_on=saturday + timedelta(days=1),
        calendar=PLAIN,
    )  # fmt: skip
    assert schedule.days == {"task:a": saturday + timedelta(days=1)}
    assert schedule.held_back == {"task:a"}
