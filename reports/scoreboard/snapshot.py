"""What a weekly scoreboard knows, beside what every document does: five measures, this week and the one before."""

from datetime import date
from typing import Literal

from pydantic import NonNegativeInt

from reports.snapshots import Document, Frozen, Side


class Users(Frozen):
    """`how`: said as it stands, at most (teams added up), at least (counted by feature only)."""

    active: NonNegativeInt | None = None
    seats: NonNegativeInt | None = None
    how: Literal["said", "at_most", "at_least"] = "said"


class TeamUsers(Frozen):
    name: str
    now: Users | None = None
    before: Users | None = None


class UsagePart(Frozen):
    """`figures_from` to `figures_to` are the days that this week's figures are about; `latest` is the last day of
    any figure where none came for this week."""

    now: Users | None = None
    before: Users | None = None
    figures_from: date | None = None
    figures_to: date | None = None
    latest: date | None = None
    teams: tuple[TeamUsers, ...] = ()
    teams_more: NonNegativeInt = 0


class FeaturePart(Frozen):
    """How many features were used of the `known` ones; the names of those used this week but not last, and back."""

    known: NonNegativeInt
    now: NonNegativeInt | None = None
    before: NonNegativeInt | None = None
    begun: tuple[str, ...] = ()
    begun_more: NonNegativeInt = 0
    ended: tuple[str, ...] = ()
    ended_more: NonNegativeInt = 0


class Executive(Frozen):
    """What one person did in the week; `before` is how much they did in the one before, all together."""

    name: str
    side: Side
    acts: NonNegativeInt = 0
    comments: NonNegativeInt = 0
    signatures: NonNegativeInt = 0
    before: NonNegativeInt = 0

    @property
    def done(self) -> int:
        return self.acts + self.comments + self.signatures


class ExecutivePart(Frozen):
    """The counts are of all; `people` are those who did most."""

    people: tuple[Executive, ...] = ()
    total: NonNegativeInt = 0
    now: NonNegativeInt = 0
    before: NonNegativeInt = 0
    meetings_now: NonNegativeInt = 0
    meetings_before: NonNegativeInt = 0


class Tickets(Frozen):
    opened: NonNegativeInt
    closed: NonNegativeInt
    late: NonNegativeInt


class SupportPart(Frozen):
    now: Tickets | None = None
    before: Tickets | None = None


class TasksPart(Frozen):
    """The customer's tasks. `due` in the week (in a running one: up to yesterday, and what is done already), done
    `on_time` among them; `ahead` are still to fall due in it; `done` of all `total` at the week's end."""

    due_now: NonNegativeInt = 0
    on_time_now: NonNegativeInt = 0
    due_before: NonNegativeInt = 0
    on_time_before: NonNegativeInt = 0
    ahead: NonNegativeInt = 0
    done_now: NonNegativeInt = 0
    done_before: NonNegativeInt = 0
    total: NonNegativeInt = 0


class ScoreboardSnapshot(Document):
    """Everything one scoreboard prints. `over`: the week had ended when it was made."""

    kind: str = "scoreboard"
    schema_version: Literal[1] = 1
    over: bool = True
    usage: UsagePart | None = None
    features: FeaturePart | None = None
    executives: ExecutivePart = ExecutivePart()
    support: SupportPart | None = None
    tasks: TasksPart = TasksPart()

    @property
    def says_nothing(self) -> bool:
        """No figure of either week, nobody did anything, and nothing was due."""
        people, tasks = self.executives, self.tasks
        figures = [
            self.usage and (self.usage.now or self.usage.before),
            self.support,
        ]
        counts = (people.now, people.before, people.meetings_now, people.meetings_before, tasks.due_now)
        return not any(figures) and not any(counts) and not tasks.due_before
