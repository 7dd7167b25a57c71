"""Whose turn it was: by hand on a table of cases, and by its laws against a slow reading of the same history."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.choices import Verb
from plans.choices import Waiting
from plans.turns import BOOKS, VERBS, Happening, Part, Turns, fold_turns
from portal.lib.workdays import WorkCalendar

CUSTOMER, VENDOR, DEPENDENCY, NOBODY = BOOKS
# A Monday; the Wednesday of the week after is a holiday.
LIVE = date(2026, 3, 2)
HOLIDAY = LIVE + timedelta(days=9)
CALENDAR = WorkCalendar(frozenset({HOLIDAY}))
A, B, C = (UUID(int=number) for number in (1, 2, 3))
FIRST, SECOND = UUID(int=11), UUID(int=12)


def day(number: int) -> date:
    return LIVE + timedelta(days=number)


def happens(number: int, verb: str, task: UUID = A, **more) -> Happening:
    return Happening(day(number), task, verb, **more)


def fold(happenings: Sequence[Happening], parts: Sequence[Part] = (), last: int = 4) -> Turns:
    parts = parts or [Part(A, "customer", FIRST)]
    return fold_turns(parts, happenings, live_on=LIVE, last=day(last), calendar=CALENDAR)


def test_its_verbs_are_verbs():
    assert set(VERBS) <= set(Verb.values)


@pytest.mark.parametrize(
    ("happenings", "spans"),
    [
        ([], [(CUSTOMER, 0, 4)]),
        ([happens(2, "task.completed", side="customer")], [(CUSTOMER, 0, 1), (None, 2, 3)]),
        ([happens(-3, "task.completed", side="vendor")], [(None, 0, 4)]),
        # What was done and undone on one day has not been.
        (
            [happens(2, "task.completed", side="customer"), happens(2, "task.reopened", side="customer")],
            [(CUSTOMER, 0, 4)],
        ),
        # Who clears the way is waited for; without a word it is the task's own side.
        (
            [happens(1, "task.blocked", on="vendor"), happens(3, "task.unblocked")],
            [(CUSTOMER, 0, 0), (VENDOR, 1, 2), (CUSTOMER, 3, 2)],
        ),
        ([happens(1, "task.blocked", on="nobody")], [(CUSTOMER, 0, 0), (NOBODY, 1, 4)]),
        ([happens(1, "task.blocked")], [(CUSTOMER, 0, 4)]),
        ([happens(1, "task.blocked", on="the weather")], [(CUSTOMER, 0, 4)]),
        # Evidence on what is done waits for the other side; on what is open it changes nothing.
        (
            [
                happens(1, "evidence.added", side="customer"),
                happens(2, "task.completed", side="customer"),
                happens(3, "evidence.accepted", side="vendor"),
            ],
            [(CUSTOMER, 0, 1), (VENDOR, 2, 1), (None, 3, 2)],
        ),
        (
            [
                happens(1, "evidence.added", side="customer"),
                happens(1, "task.completed", side="customer"),
                happens(3, "evidence.returned", side="vendor"),
                happens(3, "task.reopened", side="vendor"),
            ],
            [(CUSTOMER, 0, 0), (VENDOR, 1, 2), (CUSTOMER, 3, 2)],
        ),
        # A proposed day waits for the other side, until it answers or the task is done.
        (
            [
                happens(1, "task.date_proposed", side="customer"),
                happens(2, "task.date_declined", side="vendor"),
            ],
            [(CUSTOMER, 0, 0), (VENDOR, 1, 1), (CUSTOMER, 2, 3)],
        ),
        (
            [
                happens(1, "task.date_proposed", side="customer"),
                happens(2, "task.completed", side="customer"),
                happens(3, "task.reopened", side="customer"),
            ],
            [(CUSTOMER, 0, 0), (VENDOR, 1, 1), (None, 2, 1), (CUSTOMER, 3, 2)],
        ),
        # Moved by hand, it has its answer.
        (
            [happens(1, "task.date_proposed", side="customer"), happens(3, "task.moved", side="vendor")],
            [(CUSTOMER, 0, 0), (VENDOR, 1, 2), (CUSTOMER, 3, 2)],
        ),
        # A clock that goes backwards does not turn the order of a task's history.
        (
            [happens(3, "task.completed", side="customer"), happens(2, "task.reopened", side="customer")],
            [(CUSTOMER, 0, 4)],
        ),
        # A task that was added later was nobody's before.
        ([happens(2, "task.added", side="vendor")], [(CUSTOMER, 2, 3)]),
        ([happens(-1, "task.added", side="vendor")], [(CUSTOMER, 0, 4)]),
    ],
)
def test_one_task_from_monday_to_friday(happenings, spans):
    found = fold(happenings).tasks[A].spans
    assert [(span.waiting, (span.first - LIVE).days, span.days) for span in found] == spans


def test_weekends_and_holidays_are_booked_to_nobody_at_all():
    turn = fold([happens(5, "task.completed", side="customer")], last=20).tasks[A]
    assert [span.days for span in turn.spans] == [4, 9]
    assert turn.booked == {CUSTOMER: 4, VENDOR: 0, DEPENDENCY: 0, NOBODY: 0}


def test_what_waits_for_another_task_waits_for_no_side():
    parts = [Part(A, "customer", FIRST), Part(B, "vendor", SECOND, [A])]
    found = fold(
        [happens(2, "task.completed", side="customer"), happens(3, "task.reopened", side="customer")], parts
    )
    assert [span.waiting for span in found.tasks[B].spans] == [DEPENDENCY, VENDOR, DEPENDENCY]
    assert [span.waiting for span in found.milestones[SECOND].spans] == [NOBODY, VENDOR, NOBODY]
    assert [span.waiting for span in found.plan.spans] == [CUSTOMER, VENDOR, CUSTOMER]


def test_dependencies_hold_from_when_they_were_added_until_they_were_removed():
    added = [happens(2, "dependency.added", B, other=A)]
    parts = [Part(A, "customer", FIRST), Part(B, "vendor", FIRST, [A])]
    assert [span.waiting for span in fold(added, parts).tasks[B].spans] == [VENDOR, DEPENDENCY]
    removed = [happens(3, "dependency.removed", B, other=A)]
    parts = [Part(A, "customer", FIRST), Part(B, "vendor", FIRST)]
    assert [span.waiting for span in fold(removed, parts).tasks[B].spans] == [DEPENDENCY, VENDOR]


def test_the_plan_waits_for_the_first_task_in_its_order():
    parts = [Part(A, "vendor", FIRST), Part(B, "customer", FIRST), Part(C, "vendor", SECOND)]
    found = fold([happens(1, "task.completed", A), happens(3, "task.completed", B)], parts)
    assert found.plan.booked == {VENDOR: 2, CUSTOMER: 2, DEPENDENCY: 0, NOBODY: 0}
    assert found.milestones[FIRST].booked == {VENDOR: 0, CUSTOMER: 2, DEPENDENCY: 0, NOBODY: 2}
    assert found.milestones[SECOND].booked == {VENDOR: 4, CUSTOMER: 0, DEPENDENCY: 0, NOBODY: 0}


def test_a_plan_that_went_live_today_has_no_days_yet():
    found = fold([], last=0)
    assert found.plan.age == 0
    assert found.plan.now.waiting == CUSTOMER


def test_a_plan_without_tasks_waits_for_nobody():
    found = fold_turns([], [], live_on=LIVE, last=day(4), calendar=CALENDAR)
    assert found.plan.booked[NOBODY] == 4


# Laws. A history is any order of verbs over a few tasks, with days that mostly rise.
TASKS = [UUID(int=number) for number in range(1, 6)]


@st.composite
def histories(draw) -> tuple[list[Part], list[Happening]]:
    parts = [
        Part(
            task,
            draw(st.sampled_from(["customer", "vendor"])),
            draw(st.sampled_from([FIRST, SECOND])),
            draw(st.lists(st.sampled_from(TASKS[:number] or [TASKS[-1]]), max_size=2)) if number else (),
        )
        for number, task in enumerate(TASKS)
    ]
    happenings = draw(
        st.lists(
            st.builds(
                Happening,
                day=st.integers(-5, 40).map(day),
                task_id=st.sampled_from(TASKS),
                verb=st.sampled_from(VERBS),
                side=st.sampled_from(["customer", "vendor", ""]),
                on=st.sampled_from(["", "customer", "vendor", "nobody"]),
                other=st.sampled_from([None, *TASKS]),
            ),
            max_size=20,
        )
    )
    if draw(st.booleans()):
        happenings.sort(key=lambda what: what.day)
    return parts, happenings


@settings(max_examples=60)
@given(history=histories(), last=st.integers(0, 60))
def test_the_days_add_up_to_the_age(history, last):
    """Customer, vendor and nobody are the plan's age, exactly; a milestone's as well."""
    parts, happenings = history
    found = fold(happenings, parts, last)
    age = CALENDAR.between(LIVE, day(last))
    for line in (found.plan, *found.milestones.values()):
        assert line.booked[DEPENDENCY] == 0
        assert line.booked[CUSTOMER] + line.booked[VENDOR] + line.booked[NOBODY] == age
    for turn in found.tasks.values():
        ended = sum(span.days for span in turn.spans if span.waiting is None)
        assert turn.age + ended == sum(span.days for span in turn.spans) <= age


@settings(max_examples=60)
@given(history=histories(), more=st.data())
def test_moving_and_handing_over_rewrite_nothing(history, more):
    """Neither due dates nor owners are asked for, and the lines that tell of them change nothing."""
    parts, happenings = history
    # A move answers who asked for another day; else it is nothing to the turn.
    happenings = [what for what in happenings if what.verb != "task.date_proposed"]
    others = st.builds(
        Happening,
        day=st.integers(-5, 60).map(day),
        task_id=st.sampled_from(TASKS),
        verb=st.sampled_from(sorted(set(Verb.values) - ({*VERBS} - {"task.moved", "task.move_accepted"}))),
        side=st.sampled_from(["customer", "vendor"]),
    )
    told = sorted(happenings, key=lambda what: what.day)
    told_more = sorted([*told, *more.draw(st.lists(others, max_size=8))], key=lambda what: what.day)
    assert fold(told_more, parts, 60) == fold(told, parts, 60)


@settings(max_examples=60)
@given(history=histories(), cut=st.integers(0, 40), last=st.integers(0, 60))
def test_what_happens_later_leaves_what_was_booked(history, cut, last):
    """The bookings up to a day are the same whether one looks that day or later (dependencies aside: see below)."""
    parts, happenings = history
    rising = sorted(
        (what for what in happenings if not what.verb.startswith("dependency.")), key=lambda what: what.day
    )
    # A task that will be added later is not there yet, to one who looks before.
    until = min(cut, last)
    early = [what for what in rising if what.day <= day(until)]
    later = {what.task_id for what in rising[len(early) :] if what.verb == "task.added"}
    known = {what.task_id for what in early if what.verb == "task.added"}
    there = [part for part in parts if part.id not in later - known]
    assert _days(fold(early, there, until), until) == _days(fold(rising, parts, last), until)


def _days(found: Turns, until: int) -> list[Waiting | None]:
    """The plan's turn at the end of each day, read off its spans."""
    marks = [(span.first, span.waiting) for span in found.plan.spans]
    return [[turn for first, turn in marks if first <= day(number)][-1] for number in range(until + 1)]


@pytest.mark.parametrize("tasks", [400])
def test_a_year_of_four_hundred_tasks_is_folded_in_time(tasks):
    """A hundredth of what a day-by-day count would take; the limit is wide, for a busy machine."""
    import time

    ids = [UUID(int=number + 1) for number in range(tasks)]
    parts = [
        Part(
            one,
            "customer" if number % 2 else "vendor",
            UUID(int=9000 + number // 50),
            ids[max(0, number - 2) : number],
        )
        for number, one in enumerate(ids)
    ]
    happenings = []
    for number, one in enumerate(ids):
        happenings += [
            Happening(day(number % 200), one, "task.blocked", on="vendor"),
            Happening(day(number % 200 + 20), one, "task.unblocked"),
            Happening(day(number % 200 + 60), one, "task.completed", "vendor"),
        ]
    happenings.sort(key=lambda what: what.day)
    began = time.process_time()
    found = fold_turns(parts, happenings, live_on=LIVE, last=day(365), calendar=CALENDAR)
    assert time.process_time() - began < 0.5
    assert found.plan.age == CALENDAR.between(LIVE, day(365))
