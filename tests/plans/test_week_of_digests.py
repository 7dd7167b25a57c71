"""A week of digests: 50 people over 8 plans in 6 time zones, every hour of it, with a real mail server."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.mail import get_connection
from django.test import Client

from accounts.models import MailPreference, OutgoingMail, User
from accounts.services.mail import send_mail
from plans import jobs
from plans.models import Plan, Task
from plans.services.notifying import notify_plan, plans_to_notify
from portal.lib.workdays import calendar_of
from tests.factories import AccountFactory, StakeholderFactory, UserFactory, make_live_plan

pytestmark = pytest.mark.django_db
ZONES = {
    "Europe/Berlin": "DE", "America/New_York": "US", "Asia/Tokyo": "JP", "Pacific/Auckland": "NZ",
    "America/Los_Angeles": "US", "Asia/Kolkata": "IN",
}  # fmt: skip
# Good Friday is in it, a day off in Germany and New Zealand and elsewhere not.
FIRST = date(2026, 3, 29)
CAP = 3


@pytest.fixture
def people(db) -> dict[str, User]:
    """Eight accounts in six zones with six people each, two CSMs: fifty. Each has a late task or one that falls due."""
    csms = [
        UserFactory(name=f"Csm {n}", vendor_role="csm", time_zone=zone)
        for n, zone in enumerate(list(ZONES)[:2])
    ]
    began = datetime(2026, 3, 2, 12, tzinfo=UTC)
    everybody = list(csms)
    with time_machine.travel(began, tick=False):
        for number in range(8):
            zone = list(ZONES)[number % 6]
            account = AccountFactory(
                name=f"Company {number}", owner=csms[number % 2], time_zone=zone, country=ZONES[zone]
            )
            team = [
                StakeholderFactory(
                    account=account, user__name=f"Person {number}-{n}",
                    user__language="de" if n == 2 else "",
                    role=("champion", "sponsor", "contributor", "contributor", "viewer", "contributor")[n],
                ).user
                for n in range(6)
            ]  # fmt: skip
            plan = make_live_plan(
                account=account, owners={"champion": team[0], "csm": csms[number % 2]}, tasks=12,
                kickoff_on=date(2026, 3, 16),
            )  # fmt: skip
            for position, task in enumerate(plan.tasks.filter(side="customer").order_by("position")):
                task.owner, task.due_on = team[position], FIRST + timedelta(days=position - 1)
                task.save()
            everybody += team
    Plan.objects.update(notified_revision=999)
    return {person.email: person for person in everybody}


def test_a_week_of_digests(people, smtp, settings, monkeypatch):
    settings.PORTAL_MAILS_PER_WEEK = CAP
    server = urlsplit(smtp.url)
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host=server.hostname, port=server.port
    )
    monkeypatch.setattr(
        "django.core.mail.message.EmailMessage.get_connection", lambda *args, **rest: connection
    )
    assert len(people) == 50
    connection.open()
    arrived: dict[str, list[datetime]] = defaultdict(list)
    with time_machine.travel(datetime(2026, 3, 29, tzinfo=UTC), tick=False) as moment:
        for hour in range(7 * 24):
            moment.move_to(datetime(2026, 3, 29, tzinfo=UTC) + timedelta(hours=hour, minutes=3))
            before = len(smtp.messages)
            jobs.send_digests()
            if hour % 12 == 0:
                jobs.escalate()
                for plan_id in plans_to_notify():
                    notify_plan(plan_id)
            for row in OutgoingMail.objects.due():
                assert send_mail(row.pk), row
            now = datetime.now(UTC)
            for mail in smtp.messages[before:]:
                arrived[mail["To"]].append(now.astimezone(_zone_of(people[mail["To"]])))
    connection.close()
    _judge(people, smtp.messages, arrived)


def _judge(people, messages, arrived) -> None:
    assert len(messages) == OutgoingMail.objects.filter(sent_at__isnull=False).count()
    assert len(messages) > 60
    for address, moments in arrived.items():
        person = people[address]
        days = [moment.date() for moment in moments]
        assert max(Counter(days).values()) == 1, f"two mails a day to {address}"
        assert len(moments) <= CAP
        assert all(moment.hour == 8 for moment in moments), moments
        assert all(_works(person, day) for day in days), f"{address} has a day off: {days}"
    # Who has something to do hears of it.
    expected = set(
        Task.objects.filter(due_on__lt=FIRST + timedelta(days=5)).values_list("owner__email", flat=True)
    )
    assert expected <= set(arrived)
    for mail in messages:
        url = mail["List-Unsubscribe"].strip(" <>")
        assert url.startswith(f"{django_settings.PORTAL_PUBLIC_URL}/unsubscribe/")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_body(("plain",)) is not None
        language = people[mail["To"]].language or "en"
        assert f'<html lang="{language}">' in mail.get_body(("html",)).get_content()
    last = messages[-1]
    browser = Client(enforce_csrf_checks=True)
    path = last["List-Unsubscribe"].strip(" <>").removeprefix(django_settings.PORTAL_PUBLIC_URL)
    with time_machine.travel(datetime(2026, 4, 6, tzinfo=UTC)):
        assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    kept = MailPreference.objects.get(user__email=last["To"])
    assert not (kept.digest and kept.weekly)


def _zone_of(person: User) -> ZoneInfo:
    seat = person.stakeholders.select_related("account").first()
    return ZoneInfo(person.time_zone or seat.account.time_zone)


def _works(person: User, day: date) -> bool:
    seat = person.stakeholders.select_related("account").first()
    return calendar_of(seat.account.country if seat else "").is_working(day)
