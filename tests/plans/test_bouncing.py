"""Mail that came back stops mail, tells the CSM, and can be set right by hand."""

import base64
import json

import pytest
from django.urls import reverse

from accounts.choices import Verb
from accounts.models import BounceNotice, Event, MailPreference, OutgoingMail, Stakeholder
from accounts.services.mail import put_in_outbox, send_mail
from plans.models import Notification, Plan
from plans.services.notifying import notify_plan
from plans.services.telling import tell_plan_is_live
from tests.factories import AccountFactory, StakeholderFactory

pytestmark = pytest.mark.django_db
SECRET = "anymail:long-and-random"
DOOR = "/mail/bounces/"


@pytest.fixture(autouse=True)
def _open_door(settings):
    settings.PORTAL_BOUNCE_SECRET = SECRET


def event(person, **changes) -> dict:
    return {
        "event_type": "bounced",
        "timestamp": "2026-03-10T08:00:00+00:00",
        "event_id": "evt-1",
        "message_id": "<1@example.com>",
        "recipient": person.email,
        "reject_reason": "bounced",
        "description": "550 5.1.1 no such user",
        **changes,
    }


def report(client, body, *, secret=SECRET, raw=False):
    headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    data = body if raw else json.dumps(body)
    return client.post(DOOR, data, content_type="application/json", headers=headers)


def is_stopped(person) -> bool:
    return MailPreference.objects.filter(user=person, stopped_at__isnull=False).exists()


def test_a_hard_bounce_stops_mail_and_tells_the_csm(client, plan, champion, csm, mailoutbox):
    Plan.objects.update(notified_event=Event.objects.order_by("-pk").first().pk)
    answer = report(client, event(champion))
    assert (answer.status_code, answer.json()) == (200, {"events": 1, "taken": 1})
    assert is_stopped(champion)
    line = Event.objects.get(verb=Verb.MAIL_BOUNCED)
    assert (line.plan_id, line.subject, line.new) == (plan.pk, "Chloe Champion", {})
    notify_plan(plan.pk)
    one = Notification.objects.get(kind="bounced")
    assert (one.user, one.path) == (csm, f"/accounts/{plan.account_id}/")
    # No mail of ours goes there any more, but a code does.
    tell_plan_is_live(plan, champion)
    put_in_outbox(kind="sign_in", to=champion.email, subject="123456", text="Your code.")
    for row in OutgoingMail.objects.filter(to=champion.email):
        send_mail(row.pk)
    assert [mail.subject for mail in mailoutbox] == ["123456"]
    refused = OutgoingMail.objects.get(kind="plan_live")
    assert (refused.failed_at is None, refused.reason, refused.text) == (
        False,
        "Mail to this address is stopped.",
        "",
    )


def test_the_admins_see_whom_of_their_own_no_mail_reaches(client, enter, admin, csm, champion):
    assert "came back" not in enter(admin).get("/").content.decode()
    for person in (csm, champion):
        report(client, event(person, event_id=f"evt-{person.pk}"))
    text = enter(admin).get("/").content.decode()
    assert f"Mail to Carla Csm ({csm.email}) came back" in text
    assert champion.email not in text


def test_the_same_event_twice_is_one(client, plan, champion):
    report(client, event(champion))
    assert report(client, [event(champion), event(champion)]).json() == {"events": 2, "taken": 0}
    assert (BounceNotice.objects.count(), Event.objects.filter(verb=Verb.MAIL_BOUNCED).count()) == (1, 1)


def test_an_event_without_an_id_is_known_by_what_it_says(client, plan, champion):
    for _ in range(2):
        report(client, event(champion, event_id=None))
    assert BounceNotice.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({"event_type": "complained", "reject_reason": None}, True),
        ({"event_type": "rejected", "reject_reason": "invalid"}, True),
        ({"event_type": "rejected", "reject_reason": "blocked"}, False),
        ({"event_type": "bounced", "reject_reason": "timed_out"}, False),
        ({"event_type": "deferred"}, False),
        ({"event_type": "delivered"}, False),
        ({"event_type": "opened"}, False),
        ({"recipient": "CHLOE.Champion@example.com "}, True),
        ({"recipient": "nobody@example.com"}, False),
    ],
)
def test_what_stops_and_what_passes(client, plan, champion, changes, stops):
    assert report(client, event(champion, **changes)).status_code == 200
    assert is_stopped(champion) is stops


def test_unsubscribed_at_the_provider_is_unsubscribed_here(client, plan, champion):
    report(client, event(champion, event_type="unsubscribed"))
    preference = MailPreference.objects.get(user=champion)
    assert (preference.digest, preference.weekly, preference.at_once, preference.stopped_at) == (
        False, False, False, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'"text"', 400),
        (b"[1]", 400),
        (b"{}", 400),
        (b'{"event_type": "bounced"}', 400),
        (b'{"event_type": "bounced", "recipient": 1}', 400),
        (b'{"event_type": "bounced", "recipient": "no address"}', 400),
        (b'{"event_type": ["bounced"], "recipient": "a@b.c"}', 400),
        (b"[]", 200),
        (b'{"event_type": "bounced", "recipient": "a\\u0000@b.c", "description": "\\u0000"}', 200),
        (b'{"event_type": "%s", "recipient": "a@b.c"}' % (b"x" * 5000), 200),
        (b"x" * 1_100_000, 413),
    ],
)
def test_bad_input(client, body, status):
    answer = report(client, body, raw=True)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize("secret", ["", "anymail:wrong", "other:long-and-random", "anymail"])
def test_who_does_not_know_the_secret(client, champion, secret):
    answer = report(client, event(champion), secret=secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert not is_stopped(champion)


@pytest.mark.parametrize("header", ["Basic ???", "Bearer abc", "Basic", "Basic " + "é"])
def test_a_header_that_is_none(client, champion, header):
    answer = client.post(DOOR, "{}", content_type="application/json", headers={"Authorization": header})
    assert answer.status_code == 401


def test_without_a_secret_there_is_no_door(client, champion, settings):
    settings.PORTAL_BOUNCE_SECRET = ""
    assert report(client, event(champion)).status_code == 404
    assert client.get(DOOR).status_code == 405


def test_by_hand_and_back(enter, csm, champion, plan):
    where = [plan.account_id, Stakeholder.objects.get(user=champion).pk]
    client = enter(csm)
    page = f"/accounts/{plan.account_id}/"
    assert "Mail does not arrive" in client.get(page).content.decode()
    text = client.post(reverse("mail_stop", args=where), follow=True).content.decode()
    assert "No mail goes to Chloe Champion now." in text
    assert "Mail came back, none is sent" in text
    client.post(reverse("mail_stop", args=where))
    assert Event.objects.filter(verb=Verb.MAIL_BOUNCED, actor=csm).count() == 1
    assert BounceNotice.objects.get().account == plan.account
    assert "Mail to your address came back" in enter(champion).get("/settings/").content.decode()
    text = client.post(reverse("mail_resume", args=where), follow=True).content.decode()
    assert "Mail goes to Chloe Champion again." in text
    assert not is_stopped(champion)
    assert BounceNotice.objects.get().settled_by == csm
    assert Event.objects.filter(verb=Verb.MAIL_RESUMED, actor=csm).count() == 1
    client.post(reverse("mail_resume", args=where))
    assert Event.objects.filter(verb=Verb.MAIL_RESUMED).count() == 1


def test_at_the_vendor_one_lifts_it_oneself(client, enter, csm, champion):
    for person in (csm, champion):
        report(client, event(person, event_id=person.name))
        assert "none is sent at the moment" in enter(person).get("/settings/").content.decode()
        enter(person).post("/settings/mails/", {"digest": "on"})
    assert not is_stopped(csm)
    assert is_stopped(champion)
    assert list(BounceNotice.objects.filter(settled_by=csm).values_list("user", flat=True)) == [csm.pk]


def test_a_customer_is_not_told_of_it(enter, sponsor, champion, plan):
    MailPreference.objects.create(user=champion, stopped_at="2026-03-10T08:00Z")
    text = enter(sponsor).get(f"/accounts/{plan.account_id}/").content.decode()
    assert "Mail came back" not in text
    assert "Mail works again" not in text


def test_every_account_of_the_person_hears_of_it(client, champion, plan):
    other = AccountFactory()
    StakeholderFactory(account=other, user=champion)
    report(client, event(champion))
    rows = Event.objects.filter(verb=Verb.MAIL_BOUNCED)
    assert {(row.account_id, row.plan_id) for row in rows} == {(plan.account_id, plan.pk), (other.pk, None)}
