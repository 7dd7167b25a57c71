"""Mail is a row first: kept, sent once, tried again, given up; whatever becomes of its message."""

import threading
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.core import mail as outbox
from django.db import connections
from django.utils import timezone

from accounts import jobs
from accounts.models import Event, OutgoingMail
from accounts.services import mail
from accounts.services.mail import MAX_ATTEMPTS, due_mail_ids, put_in_outbox, send_mail
from plans.services.telling import tell_plan_is_live
from plans.services.working import complete_task, reassign_task
from portal.lib import queue
from tests.factories import actor, task_of

REAL_SEND = queue._send


def a_mail(to: str = "nora@example.com", subject: str = "Your plan") -> OutgoingMail:
    return put_in_outbox(kind="test", to=to, subject=subject, text="Hello.", html="<p>Hello.</p>")


@pytest.mark.django_db
def test_a_mail_is_sent_once_and_emptied(queued, mailoutbox) -> None:
    row = a_mail()
    assert queued == [("accounts.send_mail", (str(row.pk),))]
    assert send_mail(row.pk) is True
    assert send_mail(row.pk) is False
    (message,) = mailoutbox
    assert (message.to, message.subject, message.body) == (["nora@example.com"], "Your plan", "Hello.")
    assert message.alternatives[0][0] == "<p>Hello.</p>"
    assert message.extra_headers["Message-ID"] == f"<{row.pk}@127.0.0.1>"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    row.refresh_from_db()
    assert (row.text, row.html, row.sent_at is None) == ("", "", False)
    assert due_mail_ids() == []


@pytest.mark.django_db
def test_words_are_in_the_persons_language_and_subjects_in_one_line(plan, champion) -> None:
    champion.language = "de"
    champion.save()
    tell_plan_is_live(plan, champion)
    row = OutgoingMail.objects.get()
    assert row.to == champion.email
    assert "\n" not in row.subject
    assert plan.name in row.text
    assert plan.name in row.html
    assert f"/plans/{plan.pk}" in row.text


@pytest.mark.django_db
def test_a_server_that_refuses_is_asked_again_for_about_a_day(monkeypatch, mailoutbox) -> None:
    def refuse(_message) -> None:
        raise ConnectionRefusedError("nobody there")

    row = a_mail()
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as now, monkeypatch.context() as patch:
        now.shift(1)
        patch.setattr(outbox.EmailMultiAlternatives, "send", refuse)
        while row.failed_at is None:
            assert send_mail(row.pk) is False
            row.refresh_from_db()
            assert send_mail(row.pk) is False
            waits.append((row.due_at - timezone.now()).total_seconds())
            now.move_to(row.due_at)
    assert waits[:8] == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert (len(waits), row.attempts, row.reason) == (MAX_ATTEMPTS, MAX_ATTEMPTS, "nobody there")
    assert 20 * 3600 < sum(waits) < 28 * 3600
    assert due_mail_ids() == []
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_mail_that_cannot_be_sent_at_all_stands_in_nobodys_way(mailoutbox) -> None:
    """Its error is no OSError; it once left the row due for ever."""
    bad, good = a_mail(subject="two\nlines"), a_mail()
    assert send_mail(bad.pk) is False
    assert send_mail(good.pk) is True
    bad.refresh_from_db()
    assert (bad.attempts, bad.sent_at) == (1, None)
    assert "Header values can't contain newlines" in bad.reason
    assert due_mail_ids() == []
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_the_sweep_finds_what_is_due_and_nothing_else(queued) -> None:
    due, later, sent, failed = (a_mail() for _ in range(4))
    OutgoingMail.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    OutgoingMail.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    OutgoingMail.objects.filter(pk=failed.pk).update(failed_at=timezone.now())
    before = len(queued)
    jobs.sweep_mail()
    assert list(queued)[before:] == [("accounts.send_mail", (str(due.pk),))]
    assert due_mail_ids() == [str(due.pk)]


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_it_once(monkeypatch) -> None:
    row, sent = a_mail(), []
    start, first = threading.Barrier(6), threading.Event()

    def send(_message) -> None:
        sent.append(1)
        first.wait(0.5)  # long enough for the others to come

    monkeypatch.setattr(outbox.EmailMultiAlternatives, "send", send)

    def work() -> None:
        start.wait()
        send_mail(row.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent == [1]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_keeps_the_act_and_its_mail(
    plan, csm, champion, contributor, monkeypatch, queued, caplog, mailoutbox
) -> None:
    """Somebody completes a task and hands on another while no broker answers; the sweep sends the mail later."""
    with monkeypatch.context() as patch:
        patch.setattr(queue, "_send", REAL_SEND)
        patch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
        patch.setattr(current_app, "_pool", None)
        patch.setattr(current_app.amqp, "_producer_pool", None)
        done, handed = task_of(plan, 1), task_of(plan, 3)
        complete_task(by=actor(champion, plan), task=done, version=done.version)
        reassign_task(by=actor(csm, plan), task=handed, version=handed.version, owner=contributor)
    assert "accounts.send_mail was not sent" in caplog.text
    assert task_of(plan, 1).completed_by == champion
    assert task_of(plan, 3).owner == contributor
    verbs = Event.objects.filter(plan_id=plan.pk).values_list("verb", flat=True)
    assert {"task.completed", "task.reassigned"} <= set(verbs)
    assert queued == []
    jobs.sweep_mail()
    ((mail_id,),) = queued.named("accounts.send_mail")
    jobs.send_mail(mail_id)
    (message,) = mailoutbox
    assert message.to == [contributor.email]
    assert handed.title in message.body


@pytest.mark.django_db
def test_a_pretended_mail_leaves_nothing(queued) -> None:
    mail.pretend_outbox(kind="x", to="nobody@example.com", subject="s", text="t", html="h")
    assert OutgoingMail.objects.count() == 0
    assert len(queued.named("accounts.send_mail")) == 1
