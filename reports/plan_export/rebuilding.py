"""How a plan stood at the end of a day, put together from its history. No database, no clock.

Forwards from the first event: what was done, blocked, added, opened. Backwards from today: who owned it, which day
held, what it waited for. A task without any event of completion is as its row says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from accounts.choices import Verb
from plans.choices import MoveCause

DONE = (Verb.TASK_COMPLETED, Verb.TASK_REOPENED)
BLOCKS = (Verb.TASK_BLOCKED, Verb.TASK_UNBLOCKED, Verb.TASK_COMPLETED)
HANDS = (Verb.TASK_REASSIGNED, Verb.TASK_PASSED)
WAITS = (Verb.DEPENDENCY_ADDED, Verb.DEPENDENCY_REMOVED)
STAGES = (Verb.STAGE_OPENED, Verb.STAGE_CLOSED, Verb.STAGE_REOPENED)
VERBS = (*DONE, *BLOCKS, *HANDS, *WAITS, *STAGES, Verb.TASK_ADDED, Verb.PLAN_UPDATED)


class Happened(NamedTuple):
    """A line of history, in the order in which it was written."""

    task_id: UUID | None
    verb: str
    at: datetime
    actor: str
    subject: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]


class Moved(NamedTuple):
    """A line of the ledger of dates. `thing` is the task, milestone or objective; None for the plan's own days."""

    thing: UUID | None
    cause: str
    old_on: date
    at: datetime


class Done(NamedTuple):
    at: datetime
    by: str


class Block(NamedTuple):
    reason: str
    on: str


@dataclass
class Past:
    """`ends` is the first moment after the day."""

    ends: datetime
    events: dict[UUID, list[Happened]] = field(default_factory=dict)
    stages: list[Happened] = field(default_factory=list)
    later_moves: dict[object, Moved] = field(default_factory=dict)
    owners_filled: bool = False

    @classmethod
    def of(cls, events: Iterable[Happened], moves: Iterable[Moved], ends: datetime) -> "Past":
        """`events` in the order in which they were written, `moves` in any."""
        past = cls(ends)
        for event in events:
            if event.task_id:
                past.events.setdefault(event.task_id, []).append(event)
            elif event.verb in STAGES:
                past.stages.append(event)
            elif event.verb == Verb.PLAN_UPDATED and event.at >= ends and event.new.get("owners"):
                past.owners_filled = True
        for move in sorted(moves, key=lambda move: move.at, reverse=True):
            if move.at >= ends:
                past.later_moves[move.thing or move.cause] = move
        return past

    def had(self, task_id: UUID) -> bool:
        """Whether the task was there: those of the playbook always, one that was added since it was."""
        added = self._first(task_id, Verb.TASK_ADDED)
        return added is None or added.at < self.ends

    def done(self, task_id: UUID, at: datetime | None, by: str) -> Done | None:
        """`at` and `by` are those of its row today, for one whose completion nobody recorded."""
        told = [event for event in self.events.get(task_id, ()) if event.verb in DONE]
        if not told:
            return Done(at, by) if at and at < self.ends else None
        last = self._last(told)
        return Done(last.at, last.actor) if last and last.verb == Verb.TASK_COMPLETED else None

    def block(self, task_id: UUID) -> Block | None:
        last = self._last([event for event in self.events.get(task_id, ()) if event.verb in BLOCKS])
        if last is None or last.verb != Verb.TASK_BLOCKED:
            return None
        return Block(str(last.new.get("reason", "")), str(last.new.get("on", "")))

    def owner(self, task_id: UUID, now: str) -> str:
        """Whom the first change after the day took it from; without one, who has it today."""
        later = (
            event for event in self.events.get(task_id, ()) if event.verb in HANDS and event.at >= self.ends
        )
        first = next(later, None)
        return str(first.old.get("owner", "")) if first else now

    def waits(self, task_id: UUID, now: Iterable[UUID]) -> set[UUID]:
        """What it waits for today, with what was added since taken away, and what was taken away put back."""
        found = set(now)
        for event in reversed(self.events.get(task_id, ())):
            if event.verb in WAITS and event.at >= self.ends:
                other = UUID(str(event.new["waits_for"]))
                (found.discard if event.verb == Verb.DEPENDENCY_ADDED else found.add)(other)
        return found

    def day(self, thing: UUID, now: date) -> date:
        move = self.later_moves.get(thing)
        return move.old_on if move else now

    def plan_day(self, cause: MoveCause, now: date) -> date:
        """The kickoff's or the end's."""
        move = self.later_moves.get(cause.value)
        return move.old_on if move else now

    def stage(self, stage_id: UUID, name: str) -> tuple[datetime | None, datetime | None]:
        """When it was opened, and closed; the first stage's opening is told by its name alone."""
        opened = closed = None
        for event in self.stages:
            told = str(event.new.get("stage", ""))
            if event.at >= self.ends or (told != str(stage_id) if told else event.subject != name[:200]):
                continue
            if event.verb == Verb.STAGE_CLOSED:
                closed = event.at
            else:
                closed = None
                opened = opened or event.at
        return opened, closed

    def _first(self, task_id: UUID, verb: Verb) -> Happened | None:
        return next((event for event in self.events.get(task_id, ()) if event.verb == verb), None)

    def _last(self, told: Sequence[Happened]) -> Happened | None:
        return next((event for event in reversed(told) if event.at < self.ends), None)
