"""The morning digest: to whom, when, how often; and what it says is true when it leaves."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.choices import Verb
from accounts.models import Event, MailPreference, OutgoingMail, Stakeholder
from accounts.services.mail import send_mail
from accounts.services.own_settings import change_mails
from accounts.services.people import remove_from_account
from plans import jobs
from plans.models import Digest, Notification, Nudge, Plan, Task
from plans.services.digesting import forget_empty, make_digests, run_digests
from plans.services.going_live import finish_plan
from plans.services.readers import mornings
from plans.services.working import block_task, complete_task, reassign_task
from portal.lib import clock
from tests.factories import AccountFactory, StakeholderFactory, UserFactory, actor, task_of
from tests.mornings import TUESDAY, at, deliver, morning, running_plan

pytestmark = pytest.mark.django_db
NEW_YORK, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")


@pytest.fixture
def plan(account, owners) -> Plan:
    """Task 1 is the champion's and late; the others are far away. Nobody wants the week's follow-up."""
    plan = running_plan(account=account, owners=owners)
    for leader in {owners["csm"], owners["champion"]}:
        MailPreference.objects.create(user=leader, weekly=False)
    plan.tasks.exclude(key="task-1").update(due_on=TUESDAY + timedelta(days=60))
    plan.tasks.filter(key="task-1").update(due_on=TUESDAY - timedelta(days=1))
    return plan


def to(messages) -> list[str]:
    return [message.to[0] for message in messages]


def test_who_has_something_late_gets_one_mail(plan, champion, csm, viewer):
    (mail,) = morning()
    assert mail.to == [champion.email]
    assert mail.subject == "Waiting for you: Task 1"
    assert "1 day late" in mail.body
    assert "Tuesday, 10 March 2026" in mail.body
    assert f"/plans/{plan.pk}/tasks/" in mail.alternatives[0][0]
    nudge = Nudge.objects.get()
    assert (nudge.user, nudge.kind, nudge.step, nudge.sent_on) == (champion, "overdue", 0, TUESDAY)
    assert nudge.digest.mail.kind == "digest"
    # However often the beat comes.
    assert [morning(minute=minute) for minute in (10, 15)] == [[], []]
    assert morning(hour=11) == []


def test_the_outbox_holds_no_words(plan):
    with at(TUESDAY):
        run_digests()
    row = OutgoingMail.objects.get()
    assert (row.kind, row.subject, row.text, row.html) == ("digest", "", "", "")


def test_one_click_ends_it(plan, champion, client):
    (mail,) = morning()
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.body
    assert address in mail.alternatives[0][0]
    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not MailPreference.objects.get(user=champion).digest
    assert morning(TUESDAY + timedelta(days=2)) == []


@pytest.mark.parametrize(
    ("day", "hour", "zone"),
    [
        (TUESDAY, 7, None),
        (TUESDAY, 12, None),
        (TUESDAY, 20, None),
        (date(2026, 3, 14), 8, None),  # Saturday
        (date(2026, 3, 15), 8, None),
        (date(2026, 4, 3), 8, None),  # Good Friday in Germany
        (date(2026, 4, 6), 8, None),
        (TUESDAY, 8, NEW_YORK),  # morning there, not in Berlin
    ],
)
def test_never_outside_of_the_morning_never_on_a_day_off(plan, day, hour, zone):
    assert morning(day, hour, **({"zone": zone} if zone else {})) == []


def test_the_own_zone_goes_before_the_accounts(plan, champion):
    champion.time_zone = "Asia/Tokyo"
    champion.save()
    assert morning() == []
    assert to(morning(zone=TOKYO)) == [champion.email]


def test_a_zone_that_nobody_knows_is_utc(plan, champion):
    champion.time_zone = "Mars/Base"
    champion.save()
    assert champion.email in to(morning(zone=ZoneInfo("UTC")))


def test_vendor_people_have_weekends_only(plan, csm):
    """Good Friday is a day off on the German account, not for the CSM of whom no country is known."""
    plan.tasks.filter(key="task-2").update(due_on=date(2026, 4, 2))
    csm.time_zone = "Europe/Berlin"
    csm.save()
    assert to(morning(date(2026, 4, 3))) == [csm.email]


def test_words_are_in_the_persons_language(plan, champion):
    champion.language = "de"
    champion.save()
    (mail,) = morning()
    assert '<html lang="de">' in mail.alternatives[0][0]
    assert "Dienstag, 10. März 2026" in mail.body


def test_over_all_plans_one_mail(plan, champion, owners):
    other = AccountFactory(name="Globex", owner=plan.account.owner)
    StakeholderFactory(account=other, user=champion, role="contributor")
    second = running_plan(account=other, owners={"champion": champion})
    (mail,) = morning()
    assert plan.name in mail.body
    assert second.name in mail.body
    assert mail.subject == "Waiting for you: Task 1, and 2 more"


def test_before_on_the_day_and_after(plan, champion):
    plan.tasks.filter(key="task-1").update(due_on=TUESDAY + timedelta(days=2))
    days = [TUESDAY + timedelta(days=n) for n in range(9)]
    got = [day for day in days if morning(day)]
    kinds = list(Nudge.objects.order_by("sent_on").values_list("kind", flat=True))
    assert kinds == ["before", "today", "overdue", "overdue"]
    # Tuesday, Thursday; then Monday's week begins with the follow-up, which says it, too.
    assert got[:2] == [days[0], days[2]]


@pytest.mark.parametrize("why", ["done", "blocked", "waits", "draft", "finished", "far"])
def test_what_does_not_wait_for_them_is_not_said(plan, champion, csm, why):
    task = task_of(plan, 1)
    with at(TUESDAY - timedelta(days=1), 15):
        if why == "done":
            complete_task(by=actor(champion, plan), task=task, version=task.version)
        elif why == "blocked":
            block_task(by=actor(champion, plan), task=task, version=task.version, reason="No key.")
        elif why == "waits":
            task.dependencies.create(plan=plan, account_id=plan.account_id, waits_for=task_of(plan, 2))
        elif why == "draft":
            Plan.objects.update(live_at=None)
        elif why == "finished":
            finish_plan(plan=plan, by=actor(csm, plan), completed=False)
        else:
            Task.objects.filter(pk=task.pk).update(due_on=TUESDAY + timedelta(days=5))
        Plan.objects.update(notified_revision=99)
    assert champion.email not in to(morning())
    assert not Nudge.objects.filter(user=champion).exists()


@pytest.mark.parametrize(
    "change", ["reassigned", "done", "removed", "closed", "preference", "stopped", "moved"]
)
def test_whether_it_holds_is_asked_when_it_leaves(plan, champion, csm, contributor, change):
    """The mail is in the outbox already; what changes until it is sent counts."""
    with at(TUESDAY):
        run_digests()
        assert OutgoingMail.objects.count() == 1
        task = task_of(plan, 1)
        if change == "reassigned":
            reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
        elif change == "done":
            complete_task(by=actor(champion, plan), task=task, version=task.version)
        elif change == "removed":
            remove_from_account(by=actor(csm, plan), stakeholder=Stakeholder.objects.get(user=champion))
        elif change == "closed":
            finish_plan(plan=plan, by=actor(csm, plan), completed=False)
        elif change == "preference":
            change_mails(by=champion, digest=False, weekly=True, scoreboard=True, at_once=True)
        elif change == "stopped":
            MailPreference.objects.filter(user=champion).update(stopped_at=clock.now())
        else:
            Task.objects.filter(pk=task.pk).update(due_on=TUESDAY + timedelta(days=30))
        sent = deliver()
    assert champion.email not in to(sent)
    row = OutgoingMail.objects.get(kind="digest")
    assert (row.sent_at, row.failed_at is not None) == (None, True)
    if change != "stopped":
        assert not Nudge.objects.filter(digest__isnull=False).exists()
        assert Digest.objects.get(user=champion).mail is None


def test_a_server_that_was_down_for_hours_sends_what_still_holds_that_morning(plan, champion, monkeypatch):
    def refuse(_message) -> None:
        raise ConnectionRefusedError("nobody there")

    with time_machine.travel(0) as clock_of_test, monkeypatch.context() as patch:
        clock_of_test.move_to(f"{TUESDAY}T07:05:00Z")
        patch.setattr(outbox.EmailMultiAlternatives, "send", refuse)
        run_digests()
        row = OutgoingMail.objects.get()
        assert send_mail(row.pk) is False
    Task.objects.filter(key="task-3").update(due_on=TUESDAY)
    with at(TUESDAY, 10, 30):
        (mail,) = deliver()
    # As it is at half past ten: a second task has come to it.
    assert mail.subject == "Waiting for you: Task 1, and 1 more"
    assert Nudge.objects.count() == 2


def test_after_noon_it_is_tomorrows(plan, champion, monkeypatch):
    with at(TUESDAY):
        run_digests()
    with at(TUESDAY, 12, 1):
        assert deliver() == []
    assert Nudge.objects.count() == 0
    assert to(morning(TUESDAY + timedelta(days=1))) == [champion.email]


def test_the_cap_holds_and_what_was_not_said_waits(plan, champion, settings):
    settings.PORTAL_MAILS_PER_WEEK = 2
    for back in (1, 2):
        day = TUESDAY - timedelta(days=back)
        sent = OutgoingMail.objects.create(kind="digest", to=champion.email, subject="", sent_at=clock.now())
        Digest.objects.create(user=champion, day=day, mail=sent)
    assert morning() == []
    assert Nudge.objects.count() == 0
    assert to(morning(TUESDAY + timedelta(days=6))) == [champion.email]


def test_news_come_with_it_once(plan, champion):
    Task.objects.filter(key="task-1").update(due_on=TUESDAY + timedelta(days=50))
    one = Notification.objects.create(
        account_id=plan.account_id, plan=plan, user=champion, kind="review_wanted", subject="Report",
        by_name="Carla", path=f"/plans/{plan.pk}/",
    )  # fmt: skip
    (mail,) = morning()
    assert mail.subject == "Carla asks for your review: “Report”"
    one.refresh_from_db()
    assert one.digest.user == champion
    assert one.read_at is None, "a mail is not the inbox"
    assert morning(TUESDAY + timedelta(days=1)) == []


def test_what_was_read_is_no_news(plan, champion):
    Task.objects.filter(key="task-1").update(due_on=TUESDAY + timedelta(days=50))
    Notification.objects.create(
        account_id=plan.account_id, plan=plan, user=champion, kind="comment", subject="x", path="/",
        read_at=clock.now(),
    )  # fmt: skip
    assert morning() == []


def test_who_wants_no_digest_is_reminded_in_the_portal_alone(plan, champion):
    change_mails(by=champion, digest=False, weekly=False, scoreboard=True, at_once=False)
    assert morning() == []
    # Their silence counts for the ladder all the same.
    assert Nudge.objects.get().digest is None


def test_the_week_comes_on_its_first_working_morning_instead_of_the_digest(
    plan, champion, sponsor, csm, viewer
):
    csm.time_zone = "Europe/Berlin"
    csm.save()
    MailPreference.objects.update(weekly=True)
    monday = TUESDAY + timedelta(days=6)
    with at(monday - timedelta(days=3)):
        task = task_of(plan, 3)
        complete_task(by=actor(champion, plan), task=task, version=task.version)
    Plan.objects.update(notified_revision=99)
    mails = {mail.to[0]: mail for mail in morning(monday)}
    assert set(mails) == {champion.email, sponsor.email, csm.email}
    hers = mails[champion.email]
    assert hers.subject == "Waiting for you: Task 1"
    assert "1 task was finished" in hers.body
    assert "✓ Task 3" in hers.body
    assert mails[sponsor.email].subject == f"Your week: {plan.name}"
    assert "List-Unsubscribe" in mails[sponsor.email].extra_headers
    assert morning(monday, 9) == []
    assert set(Digest.objects.filter(day=monday, mail__isnull=False).values_list("kind", flat=True)) == {
        "weekly"
    }
    assert morning(monday + timedelta(days=1), 9) == []


def test_who_wants_no_week_gets_the_day(plan, champion):
    change_mails(by=champion, digest=True, weekly=False, scoreboard=True, at_once=True)
    mails = {mail.to[0]: mail for mail in morning(TUESDAY + timedelta(days=6))}
    assert "Your plans this week" not in mails[champion.email].body
    assert Digest.objects.get(user=champion, mail__isnull=False).kind == "daily"


def test_the_database_holds_one_a_day(champion):
    Digest.objects.create(user=champion, day=TUESDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(user=champion, day=TUESDAY, kind="weekly")
    Digest.objects.create(user=champion, day=TUESDAY, kind="direct")


def many(plan, people: int) -> None:
    for number in range(people):
        someone = StakeholderFactory(
            account=plan.account, user__name=f"P {number} {plan.pk.hex[:4]}", role="viewer"
        ).user
        task = task_of(plan, 1)
        Task.objects.create(
            plan=plan, account_id=plan.account_id, milestone_id=task.milestone_id, key=f"more-{number}",
            position=100 + number, title=f"More {number}", side="customer", owner=someone,
            due_on=TUESDAY - timedelta(days=1),
        )  # fmt: skip


def test_queries_of_a_batch_do_not_grow_with_its_people(account, owners, champion):
    counts = []
    for people in (0, 25):
        plan = running_plan(account=AccountFactory(owner=account.owner), owners=owners)
        StakeholderFactory(account=plan.account, user=champion)
        many(plan, people)
        Digest.objects.all().delete()
        Nudge.objects.all().delete()
        with at(TUESDAY):
            ((day, zones),) = mornings(clock.now()).items()
            with CaptureQueriesContext(connection) as seen:
                assert make_digests(day, zones) >= 1
            counts.append(len(seen))
            assert make_digests(day, zones) is None
    # The people, their last mails, tasks, reminders, news, the leaders (two); mails, digests, reminders put down.
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_a_run_that_breaks_in_the_middle_is_taken_up(plan, champion, monkeypatch):
    many(plan, 7)
    monkeypatch.setattr("plans.services.digesting.BATCH", 3)
    kept = make_digests

    def breaks(day, zones):
        if Digest.objects.filter(mail__isnull=False).count() >= 3:
            raise SystemExit("killed")
        return kept(day, zones)

    with at(TUESDAY):
        with monkeypatch.context() as patch:
            patch.setattr("plans.services.digesting.make_digests", breaks)
            with pytest.raises(SystemExit):
                run_digests()
        half = OutgoingMail.objects.count()
        assert 0 < half < 8
        jobs.send_digests()
        sent = deliver()
    assert sorted(to(sent)) == sorted({mail.to[0] for mail in sent})
    assert len(sent) == 8
    assert Nudge.objects.count() == 8


def test_rows_without_a_mail_are_forgotten(champion):
    with at(TUESDAY - timedelta(days=20)):
        Digest.objects.create(user=champion, day=TUESDAY - timedelta(days=20))
    with at(TUESDAY):
        Digest.objects.create(user=champion, day=TUESDAY)
        forget_empty()
    assert [one.day for one in Digest.objects.all()] == [TUESDAY]


@hypothesis_settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 23)), min_size=4, max_size=9),
    cap=st.integers(1, 4),
    zone=st.sampled_from(["", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Auckland"]),
)
def test_at_whatever_hour_the_beat_comes(plan, champion, settings, steps, cap, zone):
    """Two weeks of runs at any hour: never two a day, never over the cap, never by night or on a day off."""
    settings.PORTAL_MAILS_PER_WEEK = cap
    champion.time_zone = zone
    champion.save()
    Task.objects.filter(key="task-3").update(due_on=TUESDAY + timedelta(days=4))
    home = ZoneInfo(zone or "Europe/Berlin")
    got = []
    with transaction.atomic():
        for offset, hour in sorted(set(steps)):
            for _mail in morning(TUESDAY + timedelta(days=offset), hour, zone=ZoneInfo("UTC")):
                if _mail.to == [champion.email]:
                    with at(TUESDAY + timedelta(days=offset), hour, zone=ZoneInfo("UTC")):
                        got.append(clock.now().astimezone(home))
        transaction.set_rollback(True)
    days = [moment.date() for moment in got]
    assert len(days) == len(set(days))
    assert all(8 <= moment.hour < 12 and moment.weekday() < 5 for moment in got)
    for day in days:
        assert sum(day - timedelta(days=7) < one <= day for one in days) <= cap


def test_a_person_without_plans_is_not_looked_at(champion):
    UserFactory(name="Nobody")
    assert morning() == []
    assert not Digest.objects.filter(user__name="Nobody").exists()
    assert not Event.objects.filter(verb=Verb.TASK_ESCALATED).exists()
