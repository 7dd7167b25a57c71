"""What a value recap knows, beside what every document does."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from reports.recap.roi_facts import Roi
from reports.recap.use_facts import Breadth
from reports.snapshots import Document, Frozen, Side, Standing

# `Measurement.date` hides the type of that name inside its class.
Day = date


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


class Claim(StrEnum):
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class MilestoneState(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"


class SideTasks(Frozen):
    """How many of one side's tasks in the plan are done, on the day the recap was made."""

    side: Side
    done: NonNegativeInt
    total: NonNegativeInt

    @model_validator(mode="after")
    def _not_more_than_all(self) -> Self:
        if self.done > self.total:
            raise ValueError("more tasks are done than there are")
        return self


class Summary(Frozen):
    """`progress_percent` is 0–100; milestones are counted once each: reached on time, reached late, or open
    (of which `milestones_overdue` have passed their date)."""

    tasks: tuple[SideTasks, ...]
    milestones_on_time: NonNegativeInt
    milestones_late: NonNegativeInt
    milestones_open: NonNegativeInt
    milestones_overdue: NonNegativeInt = 0
    progress_percent: Annotated[int, Field(ge=0, le=100)]


class Measurement(Frozen):
    """`confirmed_by` is who at the other side than `claimed_side` answered, and `confirmed_on` when; empty while
    nobody has."""

    date: Day
    value: Decimal
    state: Claim
    claimed_by: str = ""
    claimed_side: Side = Side.VENDOR
    confirmed_by: str = ""
    confirmed_on: Day | None = None
    standing: Standing | None = None

    @model_validator(mode="after")
    def _confirmed_by_someone(self) -> Self:
        if self.state is Claim.CONFIRMED and not (self.confirmed_by and self.confirmed_on):
            raise ValueError("a confirmed measurement names who confirmed it, and when")
        return self


class Objective(Frozen):
    """From `baseline` (None while nobody knows it) to `target` by `due`; `now` is the latest measurement that was
    not returned. `measurements` are in order of their days, `measurements_more` were left out. `page` is where the
    portal shows it, after `portal_address`."""

    title: str
    metric: str
    unit: str
    direction: Direction
    baseline: Decimal | None
    baseline_on: date | None = None
    target: Decimal
    due: date
    now: Decimal | None = None
    measurements: tuple[Measurement, ...] = ()
    measurements_more: NonNegativeInt = 0
    page: str = ""

    @model_validator(mode="after")
    def _now_is_measured(self) -> Self:
        latest = self.latest
        if self.now != (latest.value if latest else None):
            raise ValueError("`now` must be the latest measurement that was not returned")
        return self

    @property
    def latest(self) -> Measurement | None:
        standing = [one for one in self.measurements if one.state is not Claim.RETURNED]
        return _last(standing)

    @property
    def latest_confirmed(self) -> Measurement | None:
        confirmed = [one for one in self.measurements if one.state is Claim.CONFIRMED]
        return _last(confirmed)

    def is_met_by(self, value: Decimal) -> bool:
        return value >= self.target if self.direction is Direction.UP else value <= self.target


def _last(measurements: list[Measurement]) -> Measurement | None:
    """The latest by day; of two on one day the one that was entered last."""
    return sorted(measurements, key=lambda one: one.date)[-1] if measurements else None


class Outcome(Frozen):
    """Something reached: `before` and `after` are short texts with their unit ("12 days"). `objective` is the title
    of the objective whose target it is, "" for a milestone."""

    title: str
    detail: str = ""
    before: str = ""
    after: str = ""
    reached_on: date
    confirmed_by: str = ""
    confirmed_on: date | None = None
    credited: tuple[str, ...] = ()
    standing: Standing | None = None
    objective: str = ""
    next_step: str = ""
    page: str = ""


class Milestone(Frozen):
    title: str
    stage: str
    baseline_on: date | None
    due_on: date | None
    reached_on: date | None = None
    state: MilestoneState
    page: str = ""


class AcceptedEvidence(Frozen):
    """`digest` is the SHA-256 of a file, `address` that of a link; a note has neither."""

    title: str
    kind: Literal["file", "link", "note"]
    task: str
    claimed_by: str
    claimed_on: date
    accepted_by: str
    accepted_on: date
    digest: str = ""
    address: str = ""
    page: str = ""


class Person(Frozen):
    name: str
    title: str = ""
    side: Side
    tasks_done: NonNegativeInt = 0
    evidence_accepted: NonNegativeInt = 0


class NextStep(Frozen):
    title: str
    side: Side
    owner: str = ""
    due: date | None = None


class Waited(Frozen):
    """Working days that the plan, or a milestone, waited for each side, or for nobody."""

    customer: NonNegativeInt
    vendor: NonNegativeInt
    nobody: NonNegativeInt

    @property
    def days(self) -> int:
        return self.customer + self.vendor + self.nobody


class WaitedMilestone(Waited):
    title: str


class WaitedDays(Waited):
    """Of the whole plan, from the day it went live; `milestones` are those that anybody was waited for."""

    since: date
    milestones: tuple[WaitedMilestone, ...] = ()


class More(Frozen):
    """How many of each list were left out, so that the document says so. `milestones_elsewhere` were reached
    outside of the period."""

    outcomes: NonNegativeInt = 0
    milestones: NonNegativeInt = 0
    milestones_elsewhere: NonNegativeInt = 0
    evidence: NonNegativeInt = 0
    people: NonNegativeInt = 0
    next_steps: NonNegativeInt = 0


class RecapSnapshot(Document):
    """Everything one value recap prints."""

    schema_version: Literal[1] = 1
    summary: Summary
    objectives: tuple[Objective, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    evidence: tuple[AcceptedEvidence, ...] = ()
    people: tuple[Person, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    more: More = More()
    breadth: Breadth | None = None
    waited: WaitedDays | None = None
    roi: Roi | None = None

    @model_validator(mode="after")
    def _money_is_ours(self) -> Self:
        if self.roi is not None and self.audience != "internal":
            raise ValueError("what an account costs and earns is not for the customer")
        return self
