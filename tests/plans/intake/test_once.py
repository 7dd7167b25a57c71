"""The same deal, however often, in whatever shape, at whatever moment: one account, one plan."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from accounts.models import Account, Contract, Deal, Event, Stakeholder, User
from accounts.permissions import actor_on
from plans.models import Connection, Delivery, Plan
from plans.services.moving import move_task
from plans.services.working import reassign_task
from tests.crm_server import sample
from tests.plans.intake.door import deliver, take_in
from tests.processes import ROOT, environment

TOGETHER = 20
EVENT = json.loads(sample("hubspot-event-bare.json")) | {"objectId": 9001}
# Ten deliveries by a process of its own, begun when a line comes in.
CHILD = """
import sys, django
django.setup()
from plans.models import Connection
from tests.plans.intake.test_once import body_of
from tests.plans.intake.door import take_in
connection = Connection.objects.get(name="hubspot")
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    take_in(connection, *body_of(int(sys.argv[1]) + number))
print("done", flush=True)
"""


def body_of(number: int) -> tuple[str, bytes]:
    """Endpoint and body of deal 9001, in turn: an array, a bare event, the workflow's deal."""
    event = EVENT | {"eventId": 500 + number}
    if number % 3 == 0:
        return "events", json.dumps([event, event | {"eventId": 900 + number}]).encode()
    if number % 3 == 1:
        return "events", json.dumps(event).encode()
    return "workflow", sample("hubspot-workflow-valued.json")


def assert_one() -> Plan:
    """One of everything, and no delivery that was not worked on to its end."""
    assert [delivery.reason for delivery in Delivery.objects.filter(processed_at=None)] == []
    assert [delivery.reason for delivery in Delivery.objects.failed()] == []
    assert Account.objects.count() == Deal.objects.count() == Contract.objects.count() == 1
    assert Event.objects.filter(verb="plan.made").count() == 1
    assert (Stakeholder.objects.count(), User.objects.filter(vendor_role="").count()) == (4, 4)
    plan = Plan.objects.get()
    assert plan.tasks.count() == plan.tasks_total > 30
    return plan


@pytest.mark.django_db
def test_all_shapes_on_different_days(hubspot, playbooks) -> None:
    start = timezone.now()
    for number in range(6):
        with time_machine.travel(start + timedelta(days=number)):
            assert take_in(hubspot, *body_of(number)).state == "processed"
    plan = assert_one()
    assert plan.deal.external_id == "9001"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_the_same_moment(hubspot, playbooks) -> None:
    """Threads with connections of their own, all at the door and at work at once."""
    start, faults = threading.Barrier(TOGETHER), []

    def come(number: int) -> None:
        try:
            start.wait()
            take_in(hubspot, *body_of(number))
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Delivery.objects.count() == TOGETHER
    assert_one()


@pytest.mark.django_db(transaction=True)
def test_from_two_processes_at_once(hubspot, playbooks, real_queue) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(first)],
            cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for first in (0, 10)
    ]  # fmt: skip
    assert [child.stdout.readline() for child in children] == ["ready\n"] * 2
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    assert [child.communicate(timeout=60)[0] for child in children] == ["done\n"] * 2
    assert [child.returncode for child in children] == [0, 0]
    assert Delivery.objects.count() == TOGETHER
    assert_one()


@pytest.mark.django_db(transaction=True)
def test_one_delivery_taken_by_many_workers_is_worked_on_once(hubspot, playbooks) -> None:
    from plans.intake.services import process_delivery

    deliver(hubspot, "events", json.dumps(EVENT).encode())
    delivery = Delivery.objects.get()

    def work() -> None:
        process_delivery(delivery.pk)
        connections.close_all()

    _at_once(work, times=8)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("processed", 1)
    assert_one()


def _at_once(act: Callable[[], None], *, times: int) -> None:
    threads = [threading.Thread(target=act) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db
def test_the_same_company_from_two_crms_is_one_account_with_two_plans(hubspot, webhook, playbooks) -> None:
    take_in(hubspot, *body_of(1))
    told = {
        "opportunity": {"id": "9001", "name": "Expansion", "is_won": True},
        "account": {"id": "other", "name": "NORTHWIND", "domain": "https://www.northwind-logistics.example/"},
    }
    take_in(webhook, "deals", json.dumps(told).encode())
    assert Account.objects.count() == 1
    assert Plan.objects.count() == Deal.objects.count() == 2


# --- What a later delivery does ------------------------------------------------------------------------------


def later(
    hubspot: Connection, crm, number: int, *, contacts: list[str] | None = None, **properties: str
) -> Plan:
    """The deal has changed in the CRM and is delivered again."""
    deal = crm.records["deals"]["9001"]
    deal["properties"] |= properties | {"hs_lastmodifieddate": f"2026-11-21T10:00:0{number}.000Z"}
    if contacts is not None:
        rows = [{"id": one, "type": "deal_to_contact"} for one in contacts]
        deal["associations"] = deal["associations"] | {"contacts": {"results": rows}}
    assert (
        take_in(hubspot, "events", json.dumps(EVENT | {"eventId": 7000 + number}).encode()).state
        == "processed"
    )
    return Plan.objects.get()


@pytest.mark.django_db
def test_a_later_delivery_updates_deal_and_contract(hubspot, playbooks, crm) -> None:
    plan = later(hubspot, crm, 1)
    before = list(plan.tasks.values_list("pk", "due_on", "owner_id"))
    later(hubspot, crm, 2, amount="400000.00", hs_arr="200000.00", dealname="Northwind – bigger")
    deal = Deal.objects.get()
    assert (str(deal.amount), deal.name, str(deal.contract.arr)) == (
        "400000.0000", "Northwind – bigger", "200000.0000",
    )  # fmt: skip
    assert (deal.contract.starts_on, deal.contract.ends_on) == (date(2026, 12, 1), date(2028, 11, 30))
    assert list(plan.tasks.values_list("pk", "due_on", "owner_id")) == before


@pytest.mark.django_db
def test_a_later_delivery_that_says_less_takes_nothing_away(hubspot, playbooks, crm) -> None:
    plan = later(hubspot, crm, 1)
    deal = Deal.objects.get()
    hubspot.api_base = ""
    hubspot.save()
    bare = {"id": "9001", "properties": {"dealstage": "closedwon", "dealname": "Northwind"}}
    assert take_in(hubspot, "workflow", json.dumps(bare).encode()).state == "processed"
    after = Deal.objects.get()
    assert after.name == "Northwind"
    for field in ("amount", "currency", "closed_on", "products", "owner_email", "occurred_at", "account_id"):
        assert getattr(after, field) == getattr(deal, field) != "", field
    assert Contract.objects.get().arr == 184000
    assert Account.objects.get().name == "Northwind Logistics"
    assert (Plan.objects.get().gaps, Plan.objects.get().tasks_unowned) == ([], plan.tasks_unowned)


@pytest.mark.django_db
def test_later_contacts_take_unowned_tasks_but_no_hand_made_choice(hubspot, playbooks, crm, mara) -> None:
    plan = later(hubspot, crm, 1, contacts=[])
    assert plan.gaps == ["contacts"]
    unowned = plan.tasks.filter(side="customer", owner=None)
    assert unowned.count() == plan.tasks_unowned > 10
    by = actor_on(mara, plan.account_id)
    vendor_task = plan.tasks.filter(side="vendor").first()
    reassign_task(by=by, task=vendor_task, version=vendor_task.version, owner=None)
    moved = unowned.first()
    due = moved.due_on + timedelta(days=7)
    move_task(by=by, task=moved, version=moved.version, due_on=due, reason="Holidays.")
    versions = dict(plan.tasks.values_list("pk", "version"))

    plan = later(hubspot, crm, 2, contacts=["5001", "5002"])
    vendor_task.refresh_from_db()
    moved.refresh_from_db()
    assert vendor_task.owner is None, "somebody left it open on purpose"
    assert (moved.due_on, moved.owner is not None) == (due, True)
    assert plan.gaps == []
    assert plan.account.allowed_domains == ["northwind-logistics.example"]
    champion = plan.tasks.filter(role="champion").first()
    assert champion.owner.email == "priya.raman@northwind-logistics.example"
    assert champion.version == versions[champion.pk] + 1, "an open form must not overwrite it"
    assert plan.tasks_unowned == plan.tasks.filter(owner=None).count() < 20
    event = Event.objects.filter(plan_id=plan.pk, verb="plan.updated").get()
    assert event.actor is None
    assert event.new["owners"] > 5


@pytest.mark.django_db
def test_who_was_put_out_of_the_account_does_not_come_back_with_a_delivery(hubspot, playbooks, crm) -> None:
    plan = later(hubspot, crm, 1)
    put_out = Stakeholder.objects.get(user__email="priya.raman@northwind-logistics.example")
    Stakeholder.objects.filter(pk=put_out.pk).update(removed_at=timezone.now())
    plan.tasks.filter(owner=put_out.user).update(owner=None)
    plan = later(hubspot, crm, 2)
    assert not plan.tasks.filter(owner=put_out.user).exists()
    put_out.refresh_from_db()
    assert put_out.removed_at


@pytest.mark.django_db
def test_people_who_come_to_a_live_plan_are_invited_once(hubspot, playbooks, crm, mara, queued) -> None:
    from plans.services.going_live import make_live

    plan = later(hubspot, crm, 1, contacts=["5001"])
    make_live(plan=plan, by=actor_on(mara, plan.account_id))
    assert plan.account.invitations.count() == 1
    later(hubspot, crm, 2, contacts=["5001", "5002"])
    later(hubspot, crm, 3, contacts=["5001", "5002"])
    invited = plan.account.invitations.values_list("stakeholder__user__email", flat=True)
    assert sorted(invited) == [
        "henrik.vogel@northwind-logistics.example",
        "priya.raman@northwind-logistics.example",
    ]


@pytest.mark.django_db
def test_a_role_that_was_given_by_invitation_stays(hubspot, playbooks, crm, mara) -> None:
    from accounts.services.invitations import invite_colleague

    plan = later(hubspot, crm, 1, contacts=["5002"])
    by = actor_on(mara, plan.account_id)
    invite_colleague(
        by=by, account=plan.account, email="priya.raman@northwind-logistics.example", name="", role="viewer"
    )
    later(hubspot, crm, 2, contacts=["5001", "5002"])
    assert Stakeholder.objects.get(user__email__startswith="priya").role == "viewer"
