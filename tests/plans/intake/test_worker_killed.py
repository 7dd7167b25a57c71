"""A worker that dies in the middle, by kill -9, loses nothing: a sweep finds the work and another worker does it."""

import asyncio
import subprocess
import threading

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Event, OutgoingMail
from plans.models import Delivery, Plan
from plans.services.telling import tell_plan_is_live
from portal.lib.queue import enqueue
from tests import processes
from tests.crm_server import sample
from tests.factories import UserFactory, make_live_plan
from tests.plans.intake.door import deliver
from tests.processes import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def kill_hard(process: subprocess.Popen[bytes]) -> None:
    """kill -9 for the worker and its children, by their ids."""
    parent = psutil.Process(process.pid)
    family = [*parent.children(recursive=True), parent]
    for member in family:
        member.kill()
    psutil.wait_procs(family, timeout=10)
    process.wait(10)


def test_in_the_middle_of_a_delivery(hubspot, playbooks, crm, real_queue, tmp_path) -> None:
    crm.mood.delay = 4.0
    with processes.worker(tmp_path, {}) as first:
        assert deliver(hubspot, "events", sample("hubspot-event-array.json")).status_code == 200
        wait_for(lambda: crm.requests, what="the question to the CRM")
        kill_hard(first)
    crm.mood.delay = 0.0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, Plan.objects.count()) == ("received", 1, 0)
    assert delivery.due_at > timezone.now(), "the dead worker still holds it"
    Delivery.objects.update(due_at=timezone.now())  # five minutes later
    with processes.worker(tmp_path, {}):
        enqueue("plans.sweep_deliveries")
        wait_for(lambda: Delivery.objects.get().processed_at, what="the delivery")
    assert (Delivery.objects.get().state, Delivery.objects.get().attempts) == ("processed", 2)
    plan = Plan.objects.get()
    assert plan.tasks.count() == plan.tasks_total
    assert Event.objects.filter(verb="plan.made").count() == 1


def test_between_the_statements_of_a_plan(hubspot, playbooks, crm, real_queue, tmp_path) -> None:
    """The worker dies inside the one transaction: nothing of the plan is there, nothing stays locked."""
    with connection.cursor() as cursor:
        # Whoever inserts a kickoff meeting (the last of a plan's rows) waits here.
        cursor.execute("SELECT pg_advisory_lock(1)")
        cursor.execute(
            "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER linger BEFORE INSERT ON plans_meeting FOR EACH ROW EXECUTE FUNCTION linger()"
        )
    try:
        with processes.worker(tmp_path, {}) as first:
            assert deliver(hubspot, "events", sample("hubspot-event-bare.json")).status_code == 200
            wait_for(_somebody_lingers, what="the worker within its transaction")
            kill_hard(first)
        assert (Plan.objects.count(), Delivery.objects.get().state) == (0, "received")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(1)")
            wait_for(lambda: not _somebody_lingers(), what="the end of the dead worker's transaction")
            cursor.execute("DROP FUNCTION linger() CASCADE")
    Delivery.objects.update(due_at=timezone.now())
    with processes.worker(tmp_path, {}):
        enqueue("plans.sweep_deliveries")
        wait_for(lambda: Delivery.objects.get().processed_at, what="the delivery")
    assert Plan.objects.get().state == "live"


def _somebody_lingers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0] > 0


def test_in_the_middle_of_a_mail(real_queue, smtp, tmp_path) -> None:
    taken = threading.Event()

    async def slowly(_server, _session, _envelope) -> str:
        taken.set()
        await asyncio.sleep(60)
        return "451 too late"

    smtp.handle_DATA = slowly
    plan = make_live_plan()
    person = UserFactory(name="Nora Whitfield")
    with processes.worker(tmp_path, {"EMAIL_URL": smtp.url}) as first:
        tell_plan_is_live(plan, person)
        assert taken.wait(20)
        kill_hard(first)
    del smtp.handle_DATA
    mail = OutgoingMail.objects.get()
    assert (mail.sent_at, mail.attempts, bool(mail.text)) == (None, 0, True)
    with processes.worker(tmp_path, {"EMAIL_URL": smtp.url}):
        wait_for(_nothing_is_locked, what="the end of the dead worker's transaction")
        enqueue("accounts.sweep_mail")
        wait_for(lambda: OutgoingMail.objects.get().sent_at, what="the mail")
    (message,) = smtp.messages
    assert message["To"] == person.email
    assert str(mail.pk) in message["Message-ID"]


def _nothing_is_locked() -> bool:
    return OutgoingMail.objects.raw("SELECT id FROM accounts_outgoingmail FOR UPDATE SKIP LOCKED")[:1] != []
