"""What a review pack knows, beside what every document does: a period against the one before, and what comes."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import NonNegativeInt

from reports.snapshots import Document, Frozen, Side

MeasureKey = Literal["objective", "users", "features", "late_support", "milestones"]


class Standing(Frozen):
    """Who stands behind a number (`plans/values.py`)."""

    state: Literal["claimed", "evidenced", "confirmed"]
    name: str = ""
    day: date | None = None


class Measure(Frozen):
    """A number at the end of the period and at the end of the one before. Of an objective: `title`, `unit`, `target`
    by `due_on`, and `measured` in this period or not. Shares are percentages; `whole` and `whole_before` say of how
    many. Features are counted."""

    key: MeasureKey
    title: str = ""
    unit: str = ""
    before: Decimal | None = None
    now: Decimal | None = None
    whole: NonNegativeInt | None = None
    whole_before: NonNegativeInt | None = None
    more_is_better: bool = True
    target: Decimal | None = None
    due_on: date | None = None
    measured: bool = True
    reached: bool = False
    standing: Standing | None = None

    @property
    def tone(self) -> Literal["better", "worse", "level", "unknown"]:
        if self.now is None:
            return "unknown"
        if self.before is None:
            return "unknown" if not self.reached else "better"
        if self.now == self.before:
            return "level"
        return "better" if (self.now > self.before) is self.more_is_better else "worse"


class Shortfall(Frozen):
    """What was promised and is not there: a milestone reached late (`days`) or overdue, an objective past its day, a
    task that is blocked. Overdue tasks are counted by side (`n`)."""

    kind: Literal["milestone_late", "milestone_overdue", "objective_missed", "blocked", "tasks_overdue"]
    title: str = ""
    side: Side | None = None
    on: date | None = None
    days: NonNegativeInt = 0
    n: NonNegativeInt = 0
    reason: str = ""


class Step(Frozen):
    """A task or a milestone that falls due in the next 90 days."""

    kind: Literal["task", "milestone", "objective", "end"]
    title: str
    due_on: date
    side: Side | None = None
    owner: str = ""
    address: str = ""


class Wanted(Frozen):
    """A decision that somebody waits for. A proposal: `by` asks for the day `on` instead of `due_on`. A preference:
    the `options` that were offered, `on` the last day of the contract."""

    kind: Literal["decision", "proposal", "preference"]
    title: str = ""
    by: str = ""
    side: Side | None = None
    due_on: date | None = None
    on: date | None = None
    reason: str = ""
    options: tuple[str, ...] = ()
    address: str = ""


class ReviewSnapshot(Document):
    """Everything one review pack prints. `before_from` to `before_to` are the days that it is held against."""

    kind: str = "review"
    schema_version: Literal[1] = 1
    before_from: date
    before_to: date
    minutes: NonNegativeInt = 30
    meeting_on: date | None = None
    measures: tuple[Measure, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    shortfalls_more: NonNegativeInt = 0
    steps: tuple[Step, ...] = ()
    steps_more: NonNegativeInt = 0
    wanted: tuple[Wanted, ...] = ()
    wanted_more: NonNegativeInt = 0
    usage_known: bool = False
