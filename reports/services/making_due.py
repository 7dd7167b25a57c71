"""Documents that make themselves. What is due is found by one function a kind, each a line of `DUE`.

A run that dies, or two at once, are harmless: the plan is locked, and a document that the portal has made by itself
since it was due is not made again, whatever became of it.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.choices import StakeholderRole
from accounts.models import Stakeholder
from accounts.services.branding import read_vendor
from plans.models import Plan, RenewalWindow, UsageFigure
from plans.services.locking import lock_plan
from portal.lib import clock
from reports.adoption import monday_of
from reports.models import DocumentKind, Edition
from reports.scoreboard.weeks import WEEK, last_full_week
from reports.services.requesting import request_edition

# What was due longer ago is no news: a portal that starts late begins with what comes next.
FRESH = timedelta(days=14)
# From this window on a renewal has its packet; a new one with each window that opens, and once it is ready.
PACKET_AHEAD = 120

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """A document that has been due since `since`. The plan comes with its account."""

    kind: str
    plan: Plan
    since: datetime
    period_from: date
    period_to: date
    subject_id: UUID | None = None


def make_due() -> int:
    """Ask for what is due; answers how many documents that makes."""
    return sum(_ask(wanted) for find in DUE for wanted in find() if not _is_made(wanted))


def due_recaps() -> Iterator[Wanted]:
    """A recap of each so many days (a setting of the vendor's) since the kickoff, once they are over there."""
    days = read_vendor().recap_after_days
    begun = Plan.objects.live().running().filter(kickoff_on__lte=clock.now() - timedelta(days=days - 1))
    for plan in begun.select_related("account"):
        today = plan.account.today()
        over = (today - plan.kickoff_on).days // days
        due_on = plan.kickoff_on + timedelta(days=over * days)
        if over and today - due_on < FRESH:
            yield Wanted(
                kind=DocumentKind.RECAP,
                plan=plan,
                since=datetime.combine(due_on, time(), plan.account.zone),
                period_from=due_on - timedelta(days=days),
                period_to=due_on - timedelta(days=1),
            )


def due_packets() -> Iterator[Wanted]:
    """A packet for each renewal that is ahead: a draft until it is ready."""
    reached = RenewalWindow.objects.filter(
        renewal__decided_at__isnull=True,
        plan__live_at__isnull=False,
        days_before__lte=PACKET_AHEAD,
        reached_at__isnull=False,
    )
    latest = reached.order_by("renewal_id", "days_before").distinct("renewal_id")
    for window in latest.select_related("renewal", "plan__account"):
        today = window.plan.account.today()
        yield Wanted(
            kind=DocumentKind.PACKET,
            plan=window.plan,
            since=max(filter(None, (window.reached_at, window.renewal.ready_at))),
            period_from=today,
            period_to=today,
            subject_id=window.renewal_id,
        )


def due_scoreboards() -> Iterator[Wanted]:
    """The week that ended last, of each running plan, once a figure of that week has come for its account."""
    lately = UsageFigure.objects.current().filter(period_to__gte=clock.now() - FRESH)
    ends: dict[UUID, set[date]] = {}
    for account_id, day in lately.order_by().values_list("account_id", "period_to").distinct():
        ends.setdefault(account_id, set()).add(monday_of(day))
    for plan in Plan.objects.live().running().filter(account__in=ends).select_related("account"):
        monday = last_full_week(plan.account.today())
        if monday in ends[plan.account_id]:
            yield Wanted(
                kind=DocumentKind.SCOREBOARD,
                plan=plan,
                since=datetime.combine(monday + WEEK, time(), plan.account.zone),
                period_from=monday,
                period_to=monday + timedelta(days=6),
            )


DUE: tuple[Callable[[], Iterator[Wanted]], ...] = (due_recaps, due_packets, due_scoreboards)


def _is_made(wanted: Wanted) -> bool:
    ours = Edition.objects.filter(requested_by__isnull=True, requested_at__gte=wanted.since)
    return ours.filter(kind=wanted.kind, plan=wanted.plan, subject_id=wanted.subject_id).exists()


def _ask(wanted: Wanted) -> bool:
    try:
        with transaction.atomic():
            lock_plan(wanted.plan.pk)
            if _is_made(wanted):
                return False
            request_edition(
                by=None,
                kind=wanted.kind,
                plan=wanted.plan,
                subject_id=wanted.subject_id,
                period_from=wanted.period_from,
                period_to=wanted.period_to,
                language=_language(wanted.plan.account_id),
            )
            return True
    except ValidationError as error:
        logger.warning("A %s of plan %s is due and was refused: %s", wanted.kind, wanted.plan.pk, error)
        return False


def _language(account_id: UUID) -> str:
    """That of the sponsor, for whom it is, or of the champion; "" where neither has chosen one."""
    readers = Stakeholder.objects.joined().filter(account_id=account_id, user__is_active=True)
    readers = readers.exclude(user__language="").order_by("joined_at", "pk")
    for role in (StakeholderRole.SPONSOR, StakeholderRole.CHAMPION):
        if language := readers.filter(role=role).values_list("user__language", flat=True).first():
            return language
    return ""
