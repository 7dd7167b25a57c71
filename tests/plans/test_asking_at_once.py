"""A mention or a question may come at once: one a day, within the cap, while its reader is awake."""

from datetime import date, timedelta

import pytest

from accounts.models import MailPreference, OutgoingMail
from accounts.services.own_settings import change_mails
from plans.models import Digest, Notification, Plan
from plans.services.notifying import notify_plan
from portal.lib import clock
from tests.mornings import TUESDAY, at, deliver, morning, running_plan
from tests.plans.test_notifying import comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(account, owners) -> Plan:
    plan = running_plan(account=account, owners=owners)
    plan.tasks.update(due_on=TUESDAY + timedelta(days=90))
    return plan


def mention(plan, csm, person, *, day=TUESDAY, hour=15) -> list:
    with at(day, hour):
        comment(plan, csm, mentions=[person])
        notify_plan(plan.pk)
        return deliver()


def test_a_mention_comes_at_once(plan, csm, sponsor):
    (mail,) = mention(plan, csm, sponsor)
    assert mail.to == [sponsor.email]
    assert mail.subject == "Carla Csm mentioned you: “Task 1”"
    assert f"/plans/{plan.pk}/tasks/" in mail.body
    assert "unsubscribe" in mail.extra_headers["List-Unsubscribe"]
    digest = Digest.objects.get()
    assert (digest.kind, digest.day) == ("direct", TUESDAY)


def test_and_is_not_said_again_in_the_morning(plan, csm, sponsor):
    mention(plan, csm, sponsor)
    MailPreference.objects.create(user=sponsor, weekly=False)
    assert not [one for one in morning(TUESDAY + timedelta(days=1)) if one.to == [sponsor.email]]


def test_the_second_of_a_day_waits_for_the_morning(plan, csm, sponsor):
    assert len(mention(plan, csm, sponsor)) == 1
    assert mention(plan, csm, sponsor, hour=16) == []
    (mail,) = [one for one in morning(TUESDAY + timedelta(days=1)) if one.to == [sponsor.email]]
    assert "Carla Csm mentioned you" in mail.body


@pytest.mark.parametrize(
    ("day", "hour"), [(TUESDAY, 6), (TUESDAY, 20), (date(2026, 3, 14), 12), (date(2026, 4, 3), 12)]
)
def test_not_by_night_nor_on_a_day_off(plan, csm, sponsor, day, hour):
    assert mention(plan, csm, sponsor, day=day, hour=hour) == []
    assert Notification.objects.filter(user=sponsor, kind="mention", digest=None).exists()


def test_who_does_not_want_it_does_not_get_it(plan, csm, sponsor):
    change_mails(by=sponsor, digest=True, weekly=True, scoreboard=True, at_once=False)
    assert mention(plan, csm, sponsor) == []


def test_not_where_mail_is_stopped(plan, csm, sponsor):
    MailPreference.objects.create(user=sponsor, stopped_at=clock.now())
    assert mention(plan, csm, sponsor) == []


def test_not_beyond_the_cap(plan, csm, sponsor, settings):
    settings.PORTAL_MAILS_PER_WEEK = 1
    assert len(mention(plan, csm, sponsor)) == 1
    assert mention(plan, csm, sponsor, day=TUESDAY + timedelta(days=2)) == []


@pytest.mark.parametrize("change", ["read", "preference", "removed"])
def test_whether_it_holds_is_asked_when_it_leaves(plan, csm, sponsor, change):
    with at(TUESDAY, 15):
        comment(plan, csm, mentions=[sponsor])
        notify_plan(plan.pk)
        assert OutgoingMail.objects.filter(kind="direct", text="").count() == 1
        if change == "read":
            Notification.objects.update(read_at=clock.now())
        elif change == "preference":
            change_mails(by=sponsor, digest=True, weekly=True, scoreboard=True, at_once=False)
        else:
            sponsor.stakeholders.update(removed_at=clock.now())
        assert deliver() == []
    assert Digest.objects.get().mail is None, "it counts for nothing"
    assert Notification.objects.filter(digest__isnull=False).count() == 0


def test_a_comment_alone_waits(plan, csm, champion):
    with at(TUESDAY, 15):
        comment(plan, csm)
        notify_plan(plan.pk)
        assert deliver() == []
