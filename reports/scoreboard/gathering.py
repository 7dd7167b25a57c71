"""The facts of a week's scoreboard: a fixed number of queries whatever the account's size, and no write.

Days are days where the account is. The account's tasks are those of its plans that are, or were, live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q
from django.db.models.functions import TruncDate

from accounts.choices import Side
from accounts.models import Account
from plans.models import Task, UsageFigure
from reports.adoption import Adoption, TeamUse, Use, WeekUse, read_adoption
from reports.base import common_facts
from reports.kinds import Asked
from reports.scoreboard.engaging import read_executives
from reports.scoreboard.snapshot import (
    FeaturePart,
    ScoreboardSnapshot,
    SupportPart,
    TasksPart,
    TeamUsers,
    Tickets,
    UsagePart,
    Users,
)

WEEK = timedelta(days=7)
MOST_TEAMS = 5
MOST_NAMES = 3


@dataclass(frozen=True)
class Weeks:
    """A week of an account by its Monday, and the week before."""

    account: Account
    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def last_monday(self) -> date:
        return self.monday - WEEK

    @property
    def zone(self) -> ZoneInfo:
        return self.account.zone

    def starts(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def gather(asked: Asked) -> ScoreboardSnapshot:
    """Read the week that the asked period begins in."""
    weeks = Weeks(asked.account, asked.period_from - timedelta(days=asked.period_from.weekday()))
    today = asked.account.today()
    adoption = read_adoption(asked.account.pk, weeks.last_monday, weeks.sunday)
    common = common_facts(asked) | {"period_from": weeks.monday, "period_to": weeks.sunday}
    return ScoreboardSnapshot(
        **common,
        over=weeks.sunday < today,
        usage=_usage(weeks, adoption),
        features=_features(weeks, adoption),
        executives=read_executives(
            weeks.account,
            weeks.starts(weeks.last_monday),
            weeks.starts(weeks.monday),
            weeks.starts(weeks.monday + WEEK),
        ),
        support=_support(weeks, adoption),
        tasks=_tasks(weeks, today),
    )


def _usage(weeks: Weeks, adoption: Adoption) -> UsagePart | None:
    """None where no figure has ever come."""
    now, before = adoption.week_of(weeks.monday), adoption.week_of(weeks.last_monday)
    latest = _latest_figure(weeks)
    if latest is None:
        return None
    teams = _teams(now, before)
    return UsagePart(
        now=_users(now.total) if now else None,
        before=_users(before.total) if before else None,
        figures_from=now.first if now else None,
        figures_to=now.last if now else None,
        latest=None if now else latest,
        teams=tuple(teams[:MOST_TEAMS]),
        teams_more=max(0, len(teams) - MOST_TEAMS),
    )


def _latest_figure(weeks: Weeks) -> date | None:
    figures = UsageFigure.objects.current().filter(account=weeks.account, period_to__lte=weeks.sunday)
    found: date | None = figures.aggregate(latest=Max("period_to"))["latest"]
    return found


def _teams(now: WeekUse | None, before: WeekUse | None) -> list[TeamUsers]:
    """Of both weeks, those with the most seats (or users) first."""
    here = {team.name: team for team in (now.teams if now else ())}
    there = {team.name: team for team in (before.teams if before else ())}
    rows = [
        TeamUsers(name=name, now=_of_team(here.get(name)), before=_of_team(there.get(name)))
        for name in here | there
    ]
    return sorted(rows, key=lambda row: (-_size(row), row.name.casefold()))


def _size(row: TeamUsers) -> int:
    return max((one.seats or one.active or 0 for one in (row.now, row.before) if one), default=0)


def _of_team(team: TeamUse | None) -> Users | None:
    return _users(team.use) if team else None


def _users(use: Use) -> Users:
    return Users(active=use.active, seats=use.seats, how=use.how.value)


def _features(weeks: Weeks, adoption: Adoption) -> FeaturePart | None:
    """None where no feature is known."""
    if not adoption.features:
        return None
    now, before = adoption.week_of(weeks.monday), adoption.week_of(weeks.last_monday)
    here, there = _names(now), _names(before)
    begun = [] if there is None or here is None else [name for name in here if name not in there]
    ended = [] if there is None or here is None else [name for name in there if name not in here]
    return FeaturePart(
        known=adoption.features_known,
        now=None if here is None else len(here),
        before=None if there is None else len(there),
        begun=tuple(begun[:MOST_NAMES]),
        begun_more=max(0, len(begun) - MOST_NAMES),
        ended=tuple(ended[:MOST_NAMES]),
        ended_more=max(0, len(ended) - MOST_NAMES),
    )


def _names(week: WeekUse | None) -> Sequence[str] | None:
    """The features used in a week; None where no figure of that week names any."""
    return [one.name for one in week.features if one.used] if week and week.features else None


def _support(weeks: Weeks, adoption: Adoption) -> SupportPart | None:
    now, before = adoption.support_of(weeks.monday), adoption.support_of(weeks.last_monday)
    if now is None and before is None:
        return None
    return SupportPart(
        now=Tickets(opened=now.opened, closed=now.closed, late=now.late) if now else None,
        before=Tickets(opened=before.opened, closed=before.closed, late=before.late) if before else None,
    )


def _tasks(weeks: Weeks, today: date) -> TasksPart:
    """One query. What falls due today is not late before tomorrow."""
    ends, began = weeks.starts(weeks.monday + WEEK), weeks.starts(weeks.monday)
    this_week = Q(due_on__gte=weeks.monday, due_on__lte=weeks.sunday)
    last_week = Q(due_on__gte=weeks.last_monday, due_on__lt=weeks.monday)
    settled = Q(due_on__lt=today) | Q(completed_at__isnull=False)
    in_time = Q(done_on__lte=F("due_on"))
    customer = Task.objects.filter(
        account=weeks.account, plan__live_at__isnull=False, side=Side.CUSTOMER
    ).annotate(done_on=TruncDate("completed_at", tzinfo=weeks.zone))
    return TasksPart(
        **customer.order_by().aggregate(
            due_now=Count("pk", filter=this_week & settled),
            on_time_now=Count("pk", filter=this_week & in_time),
            due_before=Count("pk", filter=last_week & settled),
            on_time_before=Count("pk", filter=last_week & in_time),
            ahead=Count("pk", filter=this_week & ~settled),
            done_now=Count("pk", filter=Q(completed_at__lt=ends)),
            done_before=Count("pk", filter=Q(completed_at__lt=began)),
            total=Count("pk"),
        )
    )
