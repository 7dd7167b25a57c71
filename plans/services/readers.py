"""Who reads a mail of ours, where they are, and what may be sent to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import Account, MailPreference, Stakeholder, User
from plans.models import Digest, Plan
from plans.reminding import WEEK, calendar_for, is_morning, is_under_cap, is_week_due, zone_for
from portal.lib import clock
from portal.lib.workdays import WorkCalendar


@dataclass
class Reader:
    """A person on a day of their own. `mailed` are the days of the mails of these kinds in the last week or so."""

    user: User
    zone: ZoneInfo
    calendar: WorkCalendar
    day: date
    mailed: list[date] = field(default_factory=list)
    weeks: list[date] = field(default_factory=list)
    asked_today: bool = False
    had_today: bool = False

    @property
    def preference(self) -> MailPreference:
        try:
            return self.user.mail_preference
        except ObjectDoesNotExist:
            return MailPreference(user=self.user)

    @property
    def reachable(self) -> bool:
        return self.user.is_active and self.preference.stopped_at is None

    @property
    def under_cap(self) -> bool:
        return is_under_cap(self.mailed, self.day, settings.PORTAL_MAILS_PER_WEEK)

    @property
    def works_today(self) -> bool:
        return self.calendar.is_working(self.day)

    @property
    def wants_week(self) -> bool:
        return self.preference.weekly and is_week_due(self.weeks, self.day)


def mornings(now: datetime) -> dict[date, list[str]]:
    """The zones in which it is morning, by the day that it is there; weekends are left out."""
    names = {"UTC", *_distinct(User.objects.exclude(time_zone="")), *_distinct(Account.objects.all())}
    found: dict[date, list[str]] = defaultdict(list)
    for name in names:
        local = now.astimezone(zone_for(name, None))
        if is_morning(local, settings.PORTAL_DIGEST_HOUR) and local.weekday() < 5:
            found[local.date()].append(name)
    return found


def waiting_for(day: date, zones: Iterable[str]) -> "QuerySet[User]":
    """People in these zones who had no digest of that day: at the vendor, and on accounts with a running plan."""
    had = Digest.objects.filter(user=OuterRef("pk"), day=day).exclude(kind="direct")
    return readers().filter(~Exists(had), zone__in=list(zones))  # type: ignore[misc]


def readers() -> "QuerySet[User]":
    """Active people with `zone` and `country`: of the account that they joined first, where they chose no zone."""
    here = Stakeholder.objects.joined().filter(user=OuterRef("pk")).order_by("joined_at", "id")
    running = Plan.objects.live().running().filter(account=OuterRef("account_id"))
    return (
        User.objects.filter(is_active=True)
        .filter(~Q(vendor_role="") | Exists(here.filter(Exists(running)).order_by()))
        .annotate(
            country=Subquery(here.values("account__country")[:1]),
            zone=Coalesce(
                NullIf(F("time_zone"), Value("")),
                Subquery(here.values("account__time_zone")[:1]),
                Value("UTC"),
            ),
        )
        .select_related("mail_preference")
        .order_by("pk")
    )


def put_on_day(people: Iterable[User], now: datetime | None = None) -> list[Reader]:
    """The people (of `readers`) with their day and what they were sent lately: one query."""
    now = now or clock.now()
    made = {person.pk: _reader(person, now) for person in people}
    earliest = min((reader.day for reader in made.values()), default=now.date()) - WEEK
    rows = Digest.objects.filter(user__in=made, day__gt=earliest - timedelta(days=1))
    for user_id, kind, day, mail_id in rows.values_list("user_id", "kind", "day", "mail_id"):
        reader = made[user_id]
        if mail_id:
            reader.mailed.append(day)
            reader.weeks += [day] if kind == "weekly" else []
            reader.asked_today |= kind == "direct" and day == reader.day
        reader.had_today |= kind != "direct" and day == reader.day
    return list(made.values())


def reader_of(user_id: UUID, now: datetime | None = None) -> Reader | None:
    """One person as they are now; None for who gets no mail at all."""
    return next(iter(put_on_day(readers().filter(pk=user_id), now)), None)


def _reader(person: User, now: datetime) -> Reader:
    zone = zone_for(person.zone, None)  # type: ignore[attr-defined]
    country = "" if person.is_vendor else person.country  # type: ignore[attr-defined]
    return Reader(person, zone, calendar_for(country), now.astimezone(zone).date())


def _distinct(rows: "QuerySet[User] | QuerySet[Account]") -> Iterable[str]:
    return rows.order_by().values_list("time_zone", flat=True).distinct()
