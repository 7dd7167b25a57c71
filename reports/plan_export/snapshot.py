"""What a plan export knows, beside what every document does: the plan as it stood at the end of one day."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import NonNegativeInt

from reports.snapshots import Document, Frozen, Side

Day = date
TaskState = Literal["done", "blocked", "late", "waiting", "open"]
Clears = Literal["", "vendor", "customer", "nobody"]
PlanState = Literal["draft", "live", "completed", "closed"]
Said = Literal["claimed", "confirmed", "returned"]


class TaskRow(Frozen):
    """`due_on` is the day that held then, `baseline_on` the one agreed when the plan went live. `waits_for` are the
    titles of what had to be done first and was not."""

    title: str
    side: Side
    owner: str = ""
    state: TaskState
    due_on: date
    baseline_on: date | None = None
    done_on: date | None = None
    done_by: str = ""
    waits_for: tuple[str, ...] = ()
    waits_more: NonNegativeInt = 0
    blocked_on: Clears = ""
    blocked_reason: str = ""


class MilestoneRow(Frozen):
    title: str
    goal: str = ""
    state: Literal["reached", "late", "open"]
    due_on: date
    baseline_on: date | None = None
    reached_on: date | None = None
    tasks: tuple[TaskRow, ...] = ()


class StageRow(Frozen):
    name: str
    purpose: str = ""
    state: Literal["closed", "open", "ahead"]
    opened_on: date | None = None
    closed_on: date | None = None
    milestones: tuple[MilestoneRow, ...] = ()


class MeasuredRow(Frozen):
    """`state` is how it stood that day; `name` and `answered_on` are of who confirmed or returned it."""

    day: Day
    value: Decimal
    state: Said
    claimed_by: str = ""
    claimed_side: Side = Side.VENDOR
    name: str = ""
    answered_on: Day | None = None


class ObjectiveRow(Frozen):
    title: str
    metric: str = ""
    unit: str = ""
    direction: Literal["up", "down"] = "up"
    baseline: Decimal | None = None
    target: Decimal
    due_on: date
    measurements: tuple[MeasuredRow, ...] = ()
    measurements_more: NonNegativeInt = 0


class PersonRow(Frozen):
    """`role` is a word of the customer's people or the vendor's; `invited` had not come in yet."""

    name: str
    side: Side
    role: str = ""
    title: str = ""
    tasks: NonNegativeInt = 0
    invited: bool = False


class PlanExportSnapshot(Document):
    """Everything one plan export prints. `state` is that of the plan then; of a draft nothing else is told.

    `rebuilt`: the day was over when it was made, so that it was put together from the history. `unsure` names what the
    history could not tell: owners (a CRM filled some in later).
    """

    kind: str = "plan_export"
    schema_version: Literal[1] = 1
    state: PlanState = "live"
    kickoff_on: date | None = None
    ends_on: date | None = None
    rebuilt: bool = False
    unsure: tuple[Literal["owners"], ...] = ()
    stages: tuple[StageRow, ...] = ()
    objectives: tuple[ObjectiveRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    people_more: NonNegativeInt = 0
