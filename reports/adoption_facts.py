"""How an account uses what it bought, from the figures that feeds and files brought. Read anew, never kept.

What a figure says is never split: a period belongs to the week (Monday to Sunday) that its last day is in, and so a
month stands in the week that it ends in. Of several periods in one week the one that lies most within it speaks for
the users, then the longer, then the one with more users; `WeekUse.first` and `last` say which it was.

Who is counted (`How`). A row without team, role and feature is the account's own word. Where there is none, the
teams are added up, or the roles; a person in two teams is then counted twice and one in no team not at all, so it
is "at most" for those who are in one. Users of two features are never added: where only features were counted, the
largest of them is "at least".

A feature was used in a week if anybody used it, or any of it was used. It is known if a figure has ever named it, or
a limit of a contract that runs in these days does.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


class How(StrEnum):
    """Whether a number of users was said as it stands, or follows from teams (at most) or features (at least)."""

    SAID = "said"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True)
class Use:
    """`active` people used it at least once, `seats` were assigned; None was not said."""

    active: int | None = None
    seats: int | None = None
    how: How = How.SAID

    @property
    def percent(self) -> int | None:
        """Active of seats, rounded; it can be more than 100. None without seats."""
        return percent_of(self.active, self.seats)


@dataclass(frozen=True)
class TeamUse:
    """A team, or a role within one (`roles` is then empty)."""

    name: str
    use: Use
    roles: tuple["TeamUse", ...] = ()


@dataclass(frozen=True)
class FeatureUse:
    """`active` is the highest of the days asked for, `quantity` the sum of periods that do not overlap. `first_seen`
    is the first day of the first period, ever, in which it was used. `entitled`: a limit of a contract names it."""

    name: str
    used: bool
    active: int | None
    how: How
    quantity: Decimal | None
    teams: tuple[str, ...]
    first_seen: date | None
    entitled: bool = False


@dataclass(frozen=True)
class WeekUse:
    """One week; `first` to `last` is the period whose users are given. A feature may come from another period."""

    monday: date
    first: date
    last: date
    total: Use
    teams: tuple[TeamUse, ...]
    features: tuple[FeatureUse, ...]

    @property
    def features_used(self) -> int:
        return sum(one.used for one in self.features)


@dataclass(frozen=True)
class SupportWeek:
    monday: date
    opened: int
    closed: int
    late: int


@dataclass(frozen=True)
class Adoption:
    """`weeks` and `support` are those for which something was said, oldest first; `features` all that are known."""

    weeks: tuple[WeekUse, ...] = ()
    support: tuple[SupportWeek, ...] = ()
    features: tuple[FeatureUse, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.weeks and not self.support

    @property
    def latest(self) -> WeekUse | None:
        return self.weeks[-1] if self.weeks else None

    @property
    def before(self) -> WeekUse | None:
        """The week before the latest of which anything is known."""
        return self.weeks[-2] if len(self.weeks) > 1 else None

    @property
    def features_known(self) -> int:
        return len(self.features)

    @property
    def features_used(self) -> int:
        """How many were used at any time in these days."""
        return sum(one.used for one in self.features)

    def week_of(self, day: date) -> WeekUse | None:
        return next((one for one in self.weeks if one.monday == monday_of(day)), None)

    def support_of(self, day: date) -> SupportWeek | None:
        return next((one for one in self.support if one.monday == monday_of(day)), None)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def percent_of(part: int | None, whole: int | None) -> int | None:
    """Rounded to the nearest, halves up; None where there is no whole."""
    return (200 * part + whole) // (2 * whole) if part is not None and whole else None
