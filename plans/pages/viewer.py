"""A task as plain facts, and what it asks of the person who looks. Pure: no query, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from accounts.choices import Side
from plans.choices import EvidenceNeed


class TaskFacts(NamedTuple):
    """What a row is made of, in the order of `plans.pages.loading.load_tasks`.

    `waits`: something that it waits for is open. `proved`: evidence of the kind that it needs stands.
    `claims`: the sides that have claimed evidence which nobody has judged yet. `asks`: it is a form to fill in.
    """

    id: UUID
    milestone_id: UUID
    title: str
    side: str
    role: str
    owner_id: UUID | None
    owner_name: str | None
    owner_email: str | None
    due_on: date
    completed_at: datetime | None
    blocked_at: datetime | None
    evidence_need: str
    version: int
    waits: bool
    proved: bool
    claims: Sequence[str]
    blocked_on: str = ""
    pinned_at: datetime | None = None
    proposed_on: date | None = None
    moved_by_side: str = ""
    talk_count: int = 0
    asks: bool = False

    @property
    def ready(self) -> bool:
        """Open, not blocked, and nothing that it waits for is open."""
        return self.completed_at is None and self.blocked_at is None and not self.waits

    @property
    def completable(self) -> bool:
        return self.ready and (self.evidence_need == EvidenceNeed.NONE or self.proved)

    @property
    def turns_with_others(self) -> bool:
        """Whether it changes whose turn it is when something that it waits for is done or opened again."""
        return self.completed_at is None and self.blocked_at is None and self.proposed_on is None

    @property
    def clears(self) -> str:
        """Who clears the way of what is blocked: a side, or "nobody"."""
        return self.blocked_on or self.side


@dataclass(frozen=True)
class Viewer:
    """Who looks. `works`: may act on tasks of the own side; `leads`: tasks without an owner are theirs to
    take up; `reviews`: is asked to judge what the other side has claimed."""

    user_id: UUID
    side: str
    works: bool
    leads: bool
    reviews: bool

    @cached_property
    def other_side(self) -> str:
        return Side(self.side).other.value

    def is_asked_to_work(self, task: TaskFacts) -> bool:
        if not (self.works and task.ready and task.side == self.side) or task.proposed_on is not None:
            return False
        return task.owner_id == self.user_id or (task.owner_id is None and self.leads)

    def is_asked(self, task: TaskFacts) -> bool:
        return self.is_asked_to_work(task) or self.is_asked_to_review(task) or self.is_asked_to_answer(task)

    def is_stuck(self, task: TaskFacts) -> bool:
        """Their own task is blocked, or waits for an answer about its day: it stays in sight until it goes on,
        though there is nothing to do now."""
        stuck = task.completed_at is None and (task.blocked_at is not None or task.proposed_on is not None)
        return self.works and stuck and task.owner_id == self.user_id

    def is_asked_to_review(self, task: TaskFacts) -> bool:
        return self.reviews and bool(task.claims) and self.other_side in task.claims

    def is_asked_to_answer(self, task: TaskFacts) -> bool:
        """The other side asks for another day."""
        asked = task.proposed_on is not None and task.completed_at is None
        return self.reviews and asked and task.side == self.other_side

    def is_to_accept(self, task: TaskFacts) -> bool:
        """The other side has moved a task that is theirs to do or to see to."""
        moved = task.moved_by_side == self.other_side and task.completed_at is None
        return moved and task.side == self.side and (task.owner_id == self.user_id or self.leads)
