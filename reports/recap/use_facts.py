"""What a recap knows of how broadly the product is used; parts of its snapshot."""

from datetime import date
from typing import Literal

from pydantic import NonNegativeInt

from reports.snapshots import Frozen


class Used(Frozen):
    """People who used it at least once in a period, of those who could; None was not said. `how` says whether they
    were counted as they stand, or are at most or at least so many (`reports.adoption_facts`)."""

    active: NonNegativeInt | None = None
    seats: NonNegativeInt | None = None
    how: Literal["said", "at_most", "at_least"] = "said"

    @property
    def percent(self) -> int | None:
        """Rounded, halves up; it can be more than 100."""
        if self.active is None or not self.seats:
            return None
        return (200 * self.active + self.seats) // (2 * self.seats)


class UsedWeek(Used):
    """`first` and `last` are the days of the period that speaks for the week."""

    first: date
    last: date


class UsedTeam(Used):
    """`used` of the latest week; `before` is how it was in the first week in which the team is named, `course` the
    active people of the weeks of `Breadth.weeks` (None where nothing was said)."""

    name: str
    before: Used | None = None
    course: tuple[NonNegativeInt | None, ...] = ()


class UsedFeature(Frozen):
    """In the period: `active` is the highest number of people in a week, `teams` who they were."""

    name: str
    used: bool
    active: NonNegativeInt | None = None
    how: Literal["said", "at_most", "at_least"] = "said"
    teams: tuple[str, ...] = ()
    first_seen: date | None = None


class Tickets(Frozen):
    """What the customer asked of support, over `weeks` weeks of the period; `late` of the answers came later than was
    promised."""

    opened: NonNegativeInt
    closed: NonNegativeInt
    late: NonNegativeInt
    weeks: NonNegativeInt


class Breadth(Frozen):
    """How broadly the product is used: by week, team and feature, from the usage figures of the period. Teams and
    features are those with the most people first; `…_more` were left out."""

    weeks: tuple[UsedWeek, ...] = ()
    teams: tuple[UsedTeam, ...] = ()
    teams_more: NonNegativeInt = 0
    features: tuple[UsedFeature, ...] = ()
    features_more: NonNegativeInt = 0
    features_used: NonNegativeInt = 0
    tickets: Tickets | None = None
