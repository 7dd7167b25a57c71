"""What a playbook file may say. Stored as JSON in the same shape; `Playbook.model_validate` reads it back."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_serializer,
)

from plans.asking import Form

KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ANCHOR = r"^(kickoff|end|(task|milestone):[a-z0-9]+(-[a-z0-9]+)*)$"

Key = Annotated[str, StringConstraints(pattern=KEY, max_length=60)]
Anchor = Annotated[str, StringConstraints(pattern=ANCHOR, max_length=80)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Unit = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=18, decimal_places=4)]

Segment = Literal["enterprise", "mid-market", "smb"]
Touch = Literal["high", "tech"]
Side = Literal["vendor", "customer"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DueRule(_Part):
    """A day, as a distance in working days from one anchor; negative is before it.

    `kickoff` is the plan's kickoff day, `end` the contract's last day, `task:<key>` and `milestone:<key>`
    the due day of that task or milestone.
    """

    anchor: Anchor
    offset: Annotated[StrictInt, Field(ge=-750, le=750)] = 0

    @property
    def target(self) -> tuple[str, str]:
        """Kind and key of the anchor: ("task", "send-users"), ("kickoff", "")."""
        kind, _, key = self.anchor.partition(":")
        return kind, key


class MatchRules(_Part):
    """Which deals a playbook is for. What is left out does not matter; ARR is in the contract's currency."""

    segments: tuple[Segment, ...] = ()
    touch: Touch | None = None
    min_arr: Annotated[Amount, Field(ge=0)] | None = None
    max_arr: Annotated[Amount, Field(ge=0)] | None = None
    products: tuple[Word, ...] = ()
    priority: StrictInt = 0


class Role(_Part):
    """A part to be played in the plan, and the hints by which a person of the CRM is found for it.

    `portal_role` is what the person may do in the portal; a vendor role without one is any colleague.
    """

    key: Key
    name: Title
    side: Side
    portal_role: Literal["sponsor", "champion", "contributor", "viewer", "csm", "executive"] | None = None
    persona: str = ""
    buying_roles: tuple[Word, ...] = ()
    title_words: tuple[Word, ...] = ()


class CriterionRule(_Part):
    """One line of a stage's gate. `of` is the key of the task or the milestone that it hangs on.

    A plain sentence is one that a person confirms; it is stored as a sentence, as it was before there were kinds.
    """

    text: Text
    kind: Literal["confirm", "task", "evidence", "form", "milestone", "signoff", "tasks"] = "confirm"
    of: Key | None = None

    @model_serializer
    def _shortest(self) -> str | dict[str, str]:
        if self.kind == "confirm":
            return self.text
        return {"text": self.text, "kind": self.kind} | ({"of": self.of} if self.of else {})


def _sentence(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


Criterion = Annotated[CriterionRule, BeforeValidator(_sentence)]


class Stage(_Part):
    key: Key
    name: Title
    purpose: Text
    owner: Key
    entry_criteria: tuple[Criterion, ...] = ()
    exit_criteria: tuple[Criterion, ...] = ()


class Milestone(_Part):
    key: Key
    stage: Key
    title: Title
    goal: Text
    first_value: StrictBool = False
    due: DueRule


class EvidenceRule(_Part):
    """What has to be shown before the task counts as done; `shows` is the sentence put beside the upload."""

    kind: Literal["none", "any", "file", "link"] = "none"
    shows: str = ""


class TaskRule(_Part):
    key: Key
    milestone: Key
    title: Title
    side: Side
    role: Key
    why: Text
    what: Text
    desired_result: Text
    estimate_minutes: Annotated[StrictInt, Field(ge=1, le=10_000)]
    due: DueRule
    evidence: EvidenceRule = EvidenceRule()
    waits_for: tuple[Key, ...] = ()
    next_step: str = ""
    # Left out where there is none, as it was before there were forms: a published text keeps its digest.
    form: Annotated[Form, Field(exclude_if=lambda form: not form)] = ()


class ObjectiveRule(_Part):
    """From `baseline` (asked of the customer when left out) to `target`, in `unit`, by `due`."""

    key: Key
    title: Title
    metric: Sentence
    unit: Unit
    direction: Literal["up", "down"]
    baseline: Amount | None = None
    target: Amount
    due: DueRule
    stage: Key


class AgendaItem(_Part):
    title: Title
    minutes: Annotated[StrictInt, Field(ge=1, le=480)]
    lead: Literal["vendor", "customer", "both"]
    notes: str = ""


class Kickoff(_Part):
    """The first meeting. `lead_days`: working days from the closed deal to the kickoff day."""

    lead_days: Annotated[StrictInt, Field(ge=0, le=60)]
    due: DueRule
    agenda: Annotated[tuple[AgendaItem, ...], Field(min_length=1)]


class NeedRule(_Part):
    """What a renewal needs in a window. `kind` is a word of `plans.choices.RenewalNeed`; all but `confirm` are found
    out by the portal. `role` plays it; left out, whoever leads that side."""

    key: Key
    text: Sentence
    side: Side
    kind: Literal[
        "confirm",
        "contract_lines",
        "usage",
        "recap",
        "confirmed_value",
        "security",
        "offer",
        "preference",
        "risks",
        "goals",
    ] = "confirm"
    role: Key | None = None


class WindowRule(_Part):
    """So many days before the contract's last day."""

    days: Annotated[StrictInt, Field(ge=1, le=730)]
    needs: Annotated[tuple[NeedRule, ...], Field(max_length=20)] = ()


class RenewalRules(_Part):
    windows: Annotated[tuple[WindowRule, ...], Field(min_length=1, max_length=12)]


class Playbook(_Part):
    key: Key
    name: Title
    version: Annotated[StrictInt, Field(ge=1)]
    summary: Text
    match: MatchRules
    go_live: Literal["review", "at_once"]
    meeting_cadence: Text
    kickoff: Kickoff
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1)]
    tasks: Annotated[tuple[TaskRule, ...], Field(min_length=1)]
    objectives: Annotated[tuple[ObjectiveRule, ...], Field(min_length=1)]
    # Left out where it is the usual one (plans/playbook/renewal.py), so that a published text keeps its digest.
    renewal: Annotated[RenewalRules | None, Field(exclude_if=lambda rules: rules is None)] = None
