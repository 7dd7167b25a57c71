"""How broadly the product is used, from the usage figures to the snapshot."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from reports.adoption import Adoption, FeatureUse, TeamUse, Use, WeekUse, read_adoption
from reports.recap.use_facts import Breadth, Tickets, Used, UsedFeature, UsedTeam, UsedWeek

MOST_WEEKS = 26
MOST_TEAMS = 20
MOST_FEATURES = 24
MOST_TEAMS_OF_FEATURE = 6


def read_breadth(account_id: UUID, first: date, last: date) -> Breadth | None:
    """None where nothing is known about these days. Of many weeks the latest."""
    return breadth_of(read_adoption(account_id, first, last))


def breadth_of(adoption: Adoption) -> Breadth | None:
    if adoption.is_empty:
        return None
    weeks = adoption.weeks[-MOST_WEEKS:]
    teams = sorted(_latest_teams(weeks), key=lambda one: (-(one.use.active or 0), one.name))
    features = sorted(
        adoption.features, key=lambda one: (not one.used, -(one.active or 0), -(one.quantity or 0), one.name)
    )
    return Breadth(
        weeks=tuple(_week(one) for one in weeks),
        teams=tuple(_team(one, weeks) for one in teams[:MOST_TEAMS]),
        teams_more=max(0, len(teams) - MOST_TEAMS),
        features=tuple(_feature(one) for one in features[:MOST_FEATURES]),
        features_more=max(0, len(features) - MOST_FEATURES),
        features_used=adoption.features_used,
        tickets=_tickets(adoption),
    )


def _latest_teams(weeks: Sequence[WeekUse]) -> Sequence[TeamUse]:
    """Of the latest week that names teams: not every feed says them each week."""
    return next((week.teams for week in reversed(weeks) if week.teams), ())


def _week(one: WeekUse) -> UsedWeek:
    return UsedWeek(**_used(one.total), first=one.first, last=one.last)


def _team(one: TeamUse, weeks: Sequence[WeekUse]) -> UsedTeam:
    course = [next((team.use for team in week.teams if team.name == one.name), None) for week in weeks]
    before = next((use for use in course if use is not None), None)
    return UsedTeam(
        **_used(one.use),
        name=one.name,
        before=Used(**_used(before)) if before is not None and before is not one.use else None,
        course=tuple(use.active if use else None for use in course),
    )


def _feature(one: FeatureUse) -> UsedFeature:
    return UsedFeature(
        name=one.name,
        used=one.used,
        active=one.active,
        how=one.how.value,
        teams=one.teams[:MOST_TEAMS_OF_FEATURE],
        first_seen=one.first_seen,
    )


def _tickets(adoption: Adoption) -> Tickets | None:
    weeks = adoption.support
    if not weeks:
        return None
    return Tickets(
        opened=sum(one.opened for one in weeks),
        closed=sum(one.closed for one in weeks),
        late=sum(one.late for one in weeks),
        weeks=len(weeks),
    )


def _used(use: Use) -> dict[str, Any]:
    return {"active": use.active, "seats": use.seats, "how": use.how.value}
