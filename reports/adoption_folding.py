"""Figures become an account's adoption, by the rules that stand in `adoption_facts`: no database, no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeVar

from reports.adoption_facts import (
    Adoption,
    FeatureUse,
    How,
    SupportWeek,
    TeamUse,
    Use,
    WeekUse,
    monday_of,
)

T = TypeVar("T")
K = TypeVar("K")

SIX_DAYS = timedelta(days=6)


class Row(NamedTuple):
    """A figure as it came; "" is "all of them"."""

    first: date
    last: date
    team: str
    role: str
    feature: str
    active: int | None
    seats: int | None
    quantity: Decimal | None


class Tickets(NamedTuple):
    first: date
    last: date
    opened: int
    closed: int
    late: int


def fold(
    rows: Sequence[Row],
    tickets: Sequence[Tickets] = (),
    first_seen: Mapping[str, date | None] | None = None,
    entitled: Iterable[str] = (),
) -> Adoption:
    """Make an account's adoption of its rows, in any order.

    `first_seen` names the features that are known, and since when they are used; `entitled` those of contracts.
    """
    seen, sold = dict(first_seen or {}), set(entitled)
    names = sorted({row.feature for row in rows if row.feature} | seen.keys() | sold, key=str.casefold)
    by_name = _grouped(rows, lambda row: row.feature)
    return Adoption(
        weeks=tuple(_week(monday, group, seen) for monday, group in sorted(_grouped(rows, _monday).items())),
        support=tuple(
            _support(monday, group) for monday, group in sorted(_grouped(tickets, _monday).items())
        ),
        features=tuple(
            _feature(name, by_name.get(name, []), seen.get(name), entitled=name in sold) for name in names
        ),
    )


def _week(monday: date, rows: Sequence[Row], seen: Mapping[str, date | None]) -> WeekUse:
    people = [row for row in rows if not row.feature] or rows
    periods = _grouped(people, lambda row: (row.first, row.last))
    first, last = max(
        periods, key=lambda days: (*_fit(monday, *days), _users(periods[days]).active or 0, days)
    )
    # Rows of features in the same period are looked at where nothing else says how many users there are.
    chosen = [row for row in rows if (row.first, row.last) == (first, last)]
    features = sorted(_grouped((row for row in rows if row.feature), lambda row: row.feature).items())
    return WeekUse(
        monday=monday,
        first=first,
        last=last,
        total=_users(chosen),
        teams=_parts(chosen, "team"),
        features=tuple(_feature(name, group, seen.get(name)) for name, group in features),
    )


def _parts(rows: Sequence[Row], of: Literal["team", "role"]) -> tuple[TeamUse, ...]:
    """The teams of an account, with their roles; or the roles of a team."""
    groups = _grouped((row for row in rows if getattr(row, of)), lambda row: str(getattr(row, of)))
    return tuple(
        TeamUse(
            name,
            _users([_without(row, of) for row in group]),
            _parts([_without(row, of) for row in group], "role") if of == "team" else (),
        )
        for name, group in sorted(groups.items(), key=lambda one: one[0].casefold())
    )


def _without(row: Row, of: Literal["team", "role"]) -> Row:
    return row._replace(team="") if of == "team" else row._replace(role="")


def _users(rows: Sequence[Row]) -> Use:
    """The users of rows of one period, by the rule that stands above."""
    plain = [row for row in rows if not row.feature]
    seats, _how = _counted({(row.team, row.role): row.seats for row in plain})
    active, how = _counted({(row.team, row.role): row.active for row in plain})
    counted = {row.team for row in plain if row.team and row.active is not None}
    others = {row.team for row in rows if row.team and row.active is not None} - counted
    if active is None or (how is How.AT_MOST and counted and others):
        # A team of which only features were counted has no number that could be added to the others'.
        active = max((row.active for row in rows if row.active is not None), default=None)
        how = How.AT_LEAST if active is not None else How.SAID
    return Use(active, seats, how)


def _counted(places: Mapping[tuple[str, str], int | None]) -> tuple[int | None, How]:
    """The number of the account; else the sum of its teams (of a team's roles, where it has no number); else of
    its roles."""
    said = {place: number for place, number in places.items() if number is not None}
    if ("", "") in said:
        return said["", ""], How.SAID
    teams = {team for team, _role in said if team}
    if teams:
        return sum(_of_team(said, team) for team in teams), How.AT_MOST
    return (sum(said.values()), How.AT_MOST) if said else (None, How.SAID)


def _of_team(said: Mapping[tuple[str, str], int], team: str) -> int:
    if (team, "") in said:
        return said[team, ""]
    return sum(number for (name, _role), number in said.items() if name == team)


def _feature(
    name: str, rows: Sequence[Row], first_seen: date | None, *, entitled: bool = False
) -> FeatureUse:
    """A feature in all of the rows' periods: the highest number of users, and what was used of it."""
    periods = _grouped((row._replace(feature="") for row in rows), lambda row: (row.first, row.last))
    users = [_users(group) for group in periods.values()]
    most = max(
        (one for one in users if one.active is not None), key=lambda one: one.active or 0, default=Use()
    )
    used = [row for row in rows if row.active or row.quantity]
    apart = _apart(periods)
    sums = [_quantity(periods[days]) for days in apart]
    known = [one for one in sums if one is not None]
    return FeatureUse(
        name=name,
        used=bool(used),
        active=most.active,
        how=most.how,
        quantity=sum(known, Decimal(0)) if known else None,
        teams=tuple(sorted({row.team for row in used if row.team}, key=str.casefold)),
        first_seen=first_seen,
        entitled=entitled,
    )


def _quantity(rows: Sequence[Row]) -> Decimal | None:
    """Quantities add up: the account's own number, else those of its teams, else of roles."""
    said = {(row.team, row.role): row.quantity for row in rows if row.quantity is not None}
    if ("", "") in said:
        return said["", ""]
    teams = {team for team, _role in said if team}
    if not teams:
        return sum(said.values(), Decimal(0)) if said else None
    whole = {team for team in teams if (team, "") in said}
    return sum(
        (number for (team, role), number in said.items() if team and (not role or team not in whole)),
        Decimal(0),
    )


def _support(monday: date, tickets: Sequence[Tickets]) -> SupportWeek:
    periods = {(one.first, one.last): one for one in tickets}
    kept = [periods[days] for days in _apart(periods, monday)]
    return SupportWeek(
        monday,
        sum(one.opened for one in kept),
        sum(one.closed for one in kept),
        sum(one.late for one in kept),
    )


def _apart(periods: Iterable[tuple[date, date]], monday: date | None = None) -> list[tuple[date, date]]:
    """Periods of which no two share a day: those that fit the week best come first, without a week the longest."""
    kept: list[tuple[date, date]] = []

    def order(days: tuple[date, date]) -> Any:
        fit = _fit(monday, *days) if monday else ((days[1] - days[0]).days, 0)
        return (*fit, days)

    for first, last in sorted(periods, key=order, reverse=True):
        if all(last < begins or first > ends for begins, ends in kept):
            kept.append((first, last))
    return sorted(kept)


def _fit(monday: date, first: date, last: date) -> tuple[int, int]:
    """How few days of a period lie outside of the week, and how many inside."""
    covered = (min(last, monday + SIX_DAYS) - max(first, monday)).days
    return covered - (last - first).days, covered


def _monday(row: Row | Tickets) -> date:
    return monday_of(row.last)


def _grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
