"""From the event log to people's inboxes: who is told, once, and never who must not be."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import Event, OutgoingMail, Stakeholder
from accounts.services.people import remove_from_account
from accounts.services.recording import record
from plans import jobs
from plans.models import Comment, Digest, Mention, Notification, Plan
from plans.services.counting import touch_plan
from plans.services.evidence import return_evidence
from plans.services.inboxes import seen_by
from plans.services.notifying import EVENTS, FRESH, forget_old, notify_plan, plans_to_notify
from plans.services.working import complete_task, reassign_task
from tests.factories import EvidenceFactory, StakeholderFactory, actor, make_draft_plan, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(plan) -> Plan:
    """Nothing is left to tell of how it was made."""
    newest = Event.objects.order_by("-pk").first().pk
    Plan.objects.filter(pk=plan.pk).update(notified_revision=F("revision"), notified_event=newest)
    plan.refresh_from_db()
    return plan


def told() -> set[tuple[str, str, str]]:
    rows = Notification.objects.values_list("user__name", "kind", "subject")
    return set(rows)


def comment(plan, author, words="Who knows?", *, mentions=(), vendor_only=False) -> Comment:
    """As the conversation records it."""
    task = task_of(plan, 1)
    made = Comment.objects.create(
        plan=plan, account_id=plan.account_id, task=task, author=author, side=author.side, body=words,
        vendor_only=vendor_only,
    )  # fmt: skip
    for person in mentions:
        Mention.objects.create(plan=plan, account_id=plan.account_id, comment=made, person=person)
    record(
        Verb.COMMENT_ADDED, account_id=plan.account_id, plan_id=plan.pk, task_id=task.pk, by=author,
        subject=task.title, new={"comment": str(made.pk)},
    )  # fmt: skip
    touch_plan(plan.pk)
    return made


def test_an_act_is_told_once(plan, csm, champion, contributor):
    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    assert Notification.objects.count() == 0, "the act itself tells nobody"
    assert plans_to_notify() == [str(plan.pk)]
    assert notify_plan(plan.pk) == 1
    one = Notification.objects.get()
    assert (one.user, one.kind, one.subject, one.by_name) == (contributor, "your_turn", "Task 1", "Carla Csm")
    assert one.path == f"/plans/{plan.pk}/tasks/{task.pk}/"
    assert (notify_plan(plan.pk), plans_to_notify()) == (0, [])


def test_told_twice_is_told_once(plan, csm, contributor):
    """A run whose end got lost comes again."""
    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    notify_plan(plan.pk)
    Plan.objects.filter(pk=plan.pk).update(notified_revision=0, notified_event=0)
    notify_plan(plan.pk)
    assert Notification.objects.filter(user=contributor).count() == 1


def test_a_run_that_breaks_leaves_the_plan_due(plan, csm, contributor, monkeypatch):
    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    with monkeypatch.context() as patch:
        patch.setattr("plans.services.notifying.ask_at_once", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            notify_plan(plan.pk)
    assert (Notification.objects.count(), plans_to_notify()) == (0, [str(plan.pk)])
    assert notify_plan(plan.pk) == 1


def test_the_sweep_sends_what_is_due(plan, csm, contributor, queued):
    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    jobs.sweep_notifications()
    assert queued.named("plans.notify_plan") == [(str(plan.pk),)]
    jobs.notify_plan(str(plan.pk))
    assert told() == {("Colin Contributor", "your_turn", "Task 1")}


def test_who_wrote_who_is_named_and_whose_task_it_is(plan, csm, champion, sponsor, contributor):
    comment(plan, contributor)
    comment(plan, csm, mentions=[sponsor])
    notify_plan(plan.pk)
    assert told() == {
        ("Chloe Champion", "comment", "Task 1"),
        ("Colin Contributor", "comment", "Task 1"),
        ("Sam Sponsor", "mention", "Task 1"),
    }


def test_a_note_of_the_vendor_stays_there(plan, csm, admin, champion, contributor):
    comment(plan, contributor)
    notify_plan(plan.pk)
    Notification.objects.all().delete()
    # A customer who is named by mistake, and one who wrote before, hear nothing of it.
    comment(plan, csm, mentions=[admin, champion], vendor_only=True)
    notify_plan(plan.pk)
    assert told() == {("Ada Admin", "mention", "Task 1")}


def test_an_edit_names_nobody_twice(plan, csm, sponsor, champion):
    made = comment(plan, csm, mentions=[sponsor])
    notify_plan(plan.pk)
    Mention.objects.create(plan=plan, account_id=plan.account_id, comment=made, person=champion)
    record(
        Verb.COMMENT_EDITED, account_id=plan.account_id, plan_id=plan.pk, task_id=made.task_id, by=csm,
        subject="Task 1", new={"comment": str(made.pk)},
    )  # fmt: skip
    touch_plan(plan.pk)
    notify_plan(plan.pk)
    assert Notification.objects.filter(user=sponsor, kind="mention").count() == 1
    assert Notification.objects.filter(user=champion, kind="mention").count() == 1


def test_returned_goes_to_who_claimed(plan, csm, champion, contributor):
    proof = EvidenceFactory(task=task_of(plan, 1), claimed_by=contributor)
    return_evidence(by=actor(csm, plan), evidence=proof, reason="The page is empty.")
    notify_plan(plan.pk)
    assert told() == {("Colin Contributor", "returned", "Task 1")}


def test_who_was_removed_or_closed_out_or_has_not_come_in_is_not_told(plan, csm, champion, contributor):
    invited = StakeholderFactory(account=plan.account, joined_at=None).user
    comment(plan, contributor)
    comment(plan, invited)
    remove_from_account(by=actor(csm, plan), stakeholder=Stakeholder.objects.get(user=contributor))
    champion.is_active = False
    champion.save()
    comment(plan, csm)
    notify_plan(plan.pk)
    assert told() == set()


def test_and_who_is_removed_later_sees_it_no_more(plan, csm, contributor, enter):
    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    notify_plan(plan.pk)
    assert seen_by(contributor).count() == 1
    remove_from_account(by=actor(csm, plan), stakeholder=Stakeholder.objects.get(user=contributor))
    assert seen_by(contributor).count() == 0
    text = enter(contributor).get("/inbox/").content.decode()
    assert "Task 1" not in text
    assert "tray-count" not in text


def test_a_draft_concerns_nobody(account, owners, csm):
    draft = make_draft_plan(account=account, owners=owners)
    assert notify_plan(draft.pk) == 0
    draft.refresh_from_db()
    assert draft.notified_revision == draft.revision
    assert plans_to_notify() == []


def test_what_happened_long_ago_is_history(plan, csm, contributor):
    from portal.lib import clock

    task = task_of(plan, 1)
    with clock.as_of(timezone.now() - FRESH - timedelta(hours=1)):
        reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    assert notify_plan(plan.pk) == 0
    assert plans_to_notify() == []


def test_more_events_than_one_run_reads_are_left_to_the_next(plan, csm, monkeypatch):
    monkeypatch.setattr("plans.services.notifying.EVENTS", 2)
    for _ in range(3):
        comment(plan, csm)
    assert EVENTS > 2
    assert notify_plan(plan.pk) == 2
    assert plans_to_notify() == [str(plan.pk)]
    while plans_to_notify():
        notify_plan(plan.pk)
    assert Notification.objects.filter(kind="comment").count() == 3


def test_who_acts_on_a_task_has_seen_what_was_said_of_it(plan, csm, champion):
    comment(plan, csm)
    notify_plan(plan.pk)
    assert Notification.objects.unread().filter(user=champion).count() == 1
    task = task_of(plan, 1)
    complete_task(by=actor(champion, plan), task=task, version=task.version)
    notify_plan(plan.pk)
    assert Notification.objects.unread().filter(user=champion).count() == 0


def test_queries_do_not_grow_with_what_happened(plan, csm, sponsor):
    counts = []
    for times in (1, 6):
        for _ in range(times):
            comment(plan, csm, mentions=[sponsor])
        # Nobody is asked by mail: that is counted elsewhere.
        Digest.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            notify_plan(plan.pk)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


@pytest.mark.django_db(transaction=True)
def test_while_somebody_acts_the_run_does_not_wait(plan, csm, contributor):
    """The plan's row is held by the act; the run leaves it to the next one."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def run() -> int:
        try:
            return notify_plan(plan.pk)
        finally:
            connections.close_all()

    task = task_of(plan, 1)
    reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=contributor)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Plan.objects.select_for_update().get(pk=plan.pk)
            assert pool.submit(run).result(timeout=10) == 0
        assert pool.submit(run).result(timeout=10) == 1


def test_the_tray_is_emptied_after_ninety_days(plan, champion):
    for days in (89, 91):
        Notification.objects.create(
            account_id=plan.account_id, plan=plan, user=champion, kind="comment", subject=str(days), path="/",
            created_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip
    forget_old()
    assert [one.subject for one in Notification.objects.all()] == ["89"]


def test_no_mail_leaves_for_what_only_stands_in_the_portal(plan, csm, champion):
    comment(plan, csm)
    notify_plan(plan.pk)
    assert OutgoingMail.objects.count() == 0
