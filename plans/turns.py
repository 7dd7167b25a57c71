"""Whose turn it was on each day, folded from what happened to the tasks. Pure: no database, no clock.

docs/turn.md says it in words. Due dates and owners are not asked for, so that moving a date or handing a task over
cannot change what was booked before.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from plans.choices import Waiting
from portal.lib.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
SIDES = (Waiting.CUSTOMER, Waiting.VENDOR)
BOOKS = (*SIDES, Waiting.DEPENDENCY, Waiting.NOBODY)
_OTHER = {Waiting.CUSTOMER.value: Waiting.VENDOR, Waiting.VENDOR.value: Waiting.CUSTOMER}

VERBS = (
    "task.added",
    "task.completed",
    "task.reopened",
    "task.blocked",
    "task.unblocked",
    "task.date_proposed",
    "task.date_accepted",
    "task.date_declined",
    "task.moved",
    "task.move_accepted",
    "evidence.added",
    "evidence.accepted",
    "evidence.returned",
    "dependency.added",
    "dependency.removed",
)
"""What can change whose turn it is."""


class Part(NamedTuple):
    """A task, in the plan's order: its side, its milestone, and what it waits for today."""

    id: UUID
    side: str
    milestone_id: UUID
    waits_for: Sequence[UUID] = ()


class Happening(NamedTuple):
    """A line of history, in the order in which it was written. `day` is the account's.

    `side` is the actor's; `on` says who clears the way of what is blocked; `other` is the task that is waited for.
    """

    day: date
    task_id: UUID
    verb: str
    side: str = ""
    on: str = ""
    other: UUID | None = None


class Span(NamedTuple):
    """From the day `first` on it was this turn, for `days` working days; None: it had ended."""

    waiting: Waiting | None
    first: date
    days: int


@dataclass(frozen=True)
class Turn:
    """Of a task, a milestone or a plan; the spans are in order, the last is how it stands."""

    spans: Sequence[Span]

    @property
    def now(self) -> Span:
        return self.spans[-1]

    @cached_property
    def booked(self) -> dict[Waiting, int]:
        days = dict.fromkeys(BOOKS, 0)
        for span in self.spans:
            if span.waiting is not None:
                days[span.waiting] += span.days
        return days

    @property
    def age(self) -> int:
        """Working days that somebody, or nobody, has been waited for."""
        return sum(self.booked.values())


class Turns(NamedTuple):
    plan: Turn
    milestones: Mapping[UUID, Turn]
    tasks: Mapping[UUID, Turn]


def fold_turns(
    parts: Sequence[Part],
    happenings: Sequence[Happening],
    *,
    live_on: date,
    last: date,
    calendar: WorkCalendar,
) -> Turns:
    """Book each working day after `live_on` up to `last` (today, or when the plan ended) by the turn at its end."""
    tasks = {part.id: _Task(number, part) for number, part in enumerate(parts)}
    followers = _put_past_dependencies(tasks, happenings)
    plan = _Line()
    milestones = {part.milestone_id: _Line() for part in parts}
    done: set[UUID] = set()
    for day, found in _by_day(happenings, live_on):
        moved = {id(task): task for task in (tasks.values() if day == live_on else ())}
        for what in found:
            for task in _apply(what, tasks, followers, done):
                moved[id(task)] = task
        lines = {id(plan): plan}
        for task in moved.values():
            if task.turns_to(task.turn(done), day):
                own = milestones[task.milestone_id]
                lines[id(own)] = own
                plan.put(task)
                own.put(task)
        for line in (plan, *milestones.values()) if day == live_on else lines.values():
            line.close(day)
    window = _Window(calendar, live_on, last)
    return Turns(
        window.book(plan.marks),
        {key: window.book(line.marks) for key, line in milestones.items()},
        {key: window.book(task.marks) for key, task in tasks.items() if task.marks},
    )


class _Task:
    """How a task stands while the history is read."""

    def __init__(self, number: int, part: Part) -> None:
        self.number, self.side, self.milestone_id = number, part.side, part.milestone_id
        self.before = set(part.waits_for)
        self.added, self.done, self.blocked, self.proposed = True, False, "", ""
        self.claims: dict[str, int] = {}
        self.marks: list[tuple[date, Waiting | None]] = []

    def turn(self, done: set[UUID]) -> Waiting | None:
        if self.done:
            return next((_OTHER[side] for side, open_claims in self.claims.items() if open_claims), None)
        if self.blocked:
            return Waiting(self.blocked)
        if self.proposed:
            return _OTHER[self.proposed]
        return Waiting(self.side) if self.before <= done else Waiting.DEPENDENCY

    def turns_to(self, turn: Waiting | None, day: date) -> bool:
        """Note the turn at the end of `day`; False where nothing is new."""
        if not self.added or (self.marks and self.marks[-1][1] == turn):
            return False
        self.marks.append((day, turn))
        return True

    @property
    def waits_for_a_side(self) -> bool:
        return self.marks[-1][1] in SIDES


@dataclass
class _Line:
    """The tasks of a plan or a milestone that wait for a side, by their number; the first one's turn is its turn."""

    marks: list[tuple[date, Waiting | None]] = field(default_factory=list)
    _waiting: list[int] = field(default_factory=list)
    _tasks: dict[int, _Task] = field(default_factory=dict)

    def put(self, task: _Task) -> None:
        if task.waits_for_a_side:
            if task.number not in self._tasks:
                insort(self._waiting, task.number)
                self._tasks[task.number] = task
        elif self._tasks.pop(task.number, None):
            del self._waiting[bisect_left(self._waiting, task.number)]

    def close(self, day: date) -> None:
        turn = self._tasks[self._waiting[0]].marks[-1][1] if self._waiting else Waiting.NOBODY
        if not self.marks or self.marks[-1][1] != turn:
            self.marks.append((day, turn))


@dataclass(frozen=True)
class _Window:
    """The working days that count: after `after`, up to `last`."""

    calendar: WorkCalendar
    after: date
    last: date

    def book(self, marks: Sequence[tuple[date, Waiting | None]]) -> Turn:
        ends = [*(day for day, _turn in marks[1:]), self.last + ONE_DAY]
        return Turn(
            [
                Span(turn, first, self._count(first, end))
                for (first, turn), end in zip(marks, ends, strict=True)
            ]
        )

    def _count(self, first: date, end: date) -> int:
        """From `first` up to the day before `end`."""
        start, stop = max(first - ONE_DAY, self.after), min(end - ONE_DAY, self.last)
        return self.calendar.between(start, stop) if start < stop else 0


def _put_past_dependencies(
    tasks: Mapping[UUID, _Task], happenings: Sequence[Happening]
) -> dict[UUID, list[_Task]]:
    """Let each task wait for what it waited for at first, and be there only if it was; then who ever waits for whom."""
    ever = {key: set(task.before) for key, task in tasks.items()}
    for what in reversed(happenings):
        task = tasks.get(what.task_id)
        if task is None:
            continue
        if what.verb == "task.added":
            task.added = False
        elif what.other is not None:
            ever[what.task_id].add(what.other)
            if what.verb == "dependency.added":
                task.before.discard(what.other)
            elif what.verb == "dependency.removed":
                task.before.add(what.other)
    followers: dict[UUID, list[_Task]] = {}
    for key, others in ever.items():
        for other in others:
            followers.setdefault(other, []).append(tasks[key])
    return followers


def _by_day(happenings: Iterable[Happening], live_on: date) -> Iterable[tuple[date, Iterable[Happening]]]:
    """In order, beginning with the day on which the plan went live, and all that was before.

    The order in which a task's history was written counts more than its clock: a line that says it is of an
    earlier day than the line before is of the same.
    """
    latest: dict[UUID, date] = {}
    dated = []
    for what in happenings:
        day = latest[what.task_id] = max(what.day, latest.get(what.task_id, live_on))
        dated.append((day, what))
    dated.sort(key=lambda pair: pair[0])
    if not dated or dated[0][0] != live_on:
        yield live_on, ()
    for day, found in groupby(dated, key=lambda pair: pair[0]):
        yield day, [what for _day, what in found]


def _apply(
    what: Happening, tasks: Mapping[UUID, _Task], followers: Mapping[UUID, Sequence[_Task]], done: set[UUID]
) -> list[_Task]:
    """Let it happen; answers whose turn may be another now. Who is not among `tasks` can still be waited for."""
    verb, task = what.verb, tasks.get(what.task_id)
    if task is not None:
        _change(task, what)
    moved = [] if task is None else [task]
    if verb in ("task.completed", "task.reopened"):
        (done.add if verb == "task.completed" else done.discard)(what.task_id)
        moved += followers.get(what.task_id, ())
    return moved


def _change(task: _Task, what: Happening) -> None:
    verb = what.verb
    if verb == "task.added":
        task.added = True
    elif verb == "task.completed":
        task.done, task.blocked, task.proposed = True, "", ""
    elif verb == "task.reopened":
        task.done = False
    elif verb == "task.blocked":
        task.blocked = what.on if what.on in BOOKS else task.side
    elif verb == "task.unblocked":
        task.blocked = ""
    elif verb == "task.date_proposed":
        task.proposed = what.side if what.side in _OTHER else task.side
    elif verb in ("task.date_accepted", "task.date_declined", "task.moved", "task.move_accepted"):
        # A task that is moved by hand has its answer.
        task.proposed = ""
    elif verb == "evidence.added" and what.side in _OTHER:
        task.claims[what.side] = task.claims.get(what.side, 0) + 1
    elif verb in ("evidence.accepted", "evidence.returned") and what.side in _OTHER:
        # The other side has judged what this one claimed.
        claimant = _OTHER[what.side].value
        task.claims[claimant] = max(0, task.claims.get(claimant, 0) - 1)
    elif verb == "dependency.added" and what.other is not None:
        task.before.add(what.other)
    elif verb == "dependency.removed" and what.other is not None:
        task.before.discard(what.other)
