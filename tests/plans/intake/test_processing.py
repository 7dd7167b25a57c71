"""What becomes of a delivery: applied, ignored, tried again, failed, put back."""

import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Account, Deal
from accounts.permissions import actor_at_vendor
from plans import jobs
from plans.intake import services
from plans.intake.hubspot_client import HubSpotClient
from plans.intake.services import LEASE, MAX_ATTEMPTS, process_delivery, put_back, replay_delivery
from plans.models import Delivery, Notice, Plan
from tests.crm_server import sample
from tests.plans.intake.door import deliver, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]
ARRAY = sample("hubspot-event-array.json")
FULL = json.loads(sample("generic-full.json"))


def received(connection, body=ARRAY, endpoint="events") -> Delivery:
    assert deliver(connection, endpoint, body).status_code == 200
    return Delivery.objects.get()


def works_on(delivery) -> Delivery:
    process_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_an_event_is_fetched_and_becomes_an_account_and_a_plan(hubspot, crm, mara) -> None:
    delivery = take_in(hubspot, "events", ARRAY)
    assert (delivery.state, delivery.reason, delivery.attempts) == ("processed", "", 1)
    account = Account.objects.get()
    assert (account.name, account.segment, account.country, account.time_zone, account.owner) == (
        "Northwind Logistics", "enterprise", "DE", "Europe/Berlin", mara,
    )  # fmt: skip
    assert sorted(account.stakeholders.values_list("user__email", flat=True)) == [
        "amelie.dubois@northwind-logistics.example",
        "henrik.vogel@northwind-logistics.example",
        "priya.raman@northwind-logistics.example",
        "tomasz.zielinski@northwind-logistics.example",
    ]
    plan = Plan.objects.get()
    assert (plan.state, plan.gaps, plan.playbook_version.playbook.key) == (
        "draft",
        [],
        "enterprise-high-touch",
    )
    assert "Enterprise account, high touch" in plan.choice_reason
    assert any("/crm/v3/objects/deals/9001?" in path for path in crm.requests)
    assert any("/crm/v3/owners/301" in path for path in crm.requests)


def test_each_notice_says_what_became_of_it(hubspot) -> None:
    delivery = take_in(hubspot, "events", ARRAY)
    told = {one.external_id: (one.state, one.reason) for one in delivery.notices.filter(external_id="5001")}
    assert told == {"5001": ("ignored", "Not about a deal.")}
    first, second = delivery.notices.filter(external_id="9001")
    assert (first.state, first.reason) == ("applied", "A plan was made.")
    assert (second.state, second.reason) == ("applied", "The plan was there; it was updated.")
    assert second.plan == Plan.objects.get()
    assert second.account == Account.objects.get()


def test_a_deal_without_company_or_contacts_makes_a_draft_that_names_the_gaps(hubspot) -> None:
    take_in(hubspot, "events", sample("hubspot-event-no-company.json"))
    plan = Plan.objects.get()
    assert (plan.state, plan.gaps) == ("draft", ["company", "contacts", "contract"])
    assert plan.tasks_total > 10
    assert plan.tasks.filter(side="customer", owner__isnull=False).count() == 0
    assert plan.account.name == plan.deal.name


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            sample("hubspot-event-not-won.json"),
            "Stage “contractsent” is not a winning stage of this connection.",
        ),
        (sample("hubspot-event-deletion.json"), "The deal was deleted in the CRM; nothing is deleted here."),
    ],
)
def test_what_is_no_won_deal_is_ignored_with_its_reason(body, reason, hubspot) -> None:
    delivery = take_in(hubspot, "events", body)
    (notice,) = delivery.notices.all()
    assert (delivery.state, notice.state, notice.reason) == ("processed", "ignored", reason)
    assert (Account.objects.count(), Deal.objects.count(), Plan.objects.count()) == (0, 0, 0)


def test_a_deletion_leaves_what_is_there(hubspot) -> None:
    take_in(hubspot, "events", ARRAY)
    body = sample("hubspot-event-deletion.json").replace(b"9004", b"9001")
    assert take_in(hubspot, "events", body).state == "processed"
    assert Plan.objects.count() == Deal.objects.count() == 1


def test_an_unknown_stage_is_ignored_until_the_connection_knows_it(webhook) -> None:
    opportunity = {"id": "1", "name": "n", "stage_name": "Signed"}
    delivery = take_in(webhook, "deals", json.dumps({"opportunity": opportunity}).encode())
    (notice,) = delivery.notices.all()
    assert notice.reason == "Stage “Signed” is not a winning stage of this connection."
    webhook.winning_stages = ["Signed"]
    webhook.save()
    put_back(delivery)
    assert works_on(delivery).state == "processed"
    notice.refresh_from_db()
    assert (notice.state, notice.reason, Plan.objects.count()) == ("applied", "A plan was made.", 1)


def test_older_news_than_known_are_ignored(webhook) -> None:
    take_in(webhook, "deals", json.dumps(FULL).encode())
    older = FULL | {"sent_at": "2026-11-20T18:22:04Z", "idempotency_key": "older"}
    older["opportunity"] = FULL["opportunity"] | {"amount": "1.00"}
    delivery = take_in(webhook, "deals", json.dumps(older).encode())
    assert delivery.notices.get().reason == "Older than what is known of this deal."
    assert str(Deal.objects.get().amount) == "9600.1000"


def test_a_repeat_is_no_second_notice(hubspot) -> None:
    take_in(hubspot, "events", ARRAY)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        again = take_in(hubspot, "events", ARRAY.replace(b'"attemptNumber": 0', b'"attemptNumber": 1'))
    assert (again.state, again.notices.count(), Notice.objects.count()) == ("processed", 0, 3)


# --- The CRM fails -----------------------------------------------------------------------------------------


def fail(crm, monkeypatch, how: str) -> str:
    """Put the CRM into a bad mood; the reason that is then given."""
    monkeypatch.setattr(services, "HubSpotClient", partial(HubSpotClient, timeout=0.3))
    if how == "down":
        crm.mood.down = True
        return "answered 503"
    if how == "slow":
        crm.mood.delay = 0.6
        return "no answer within 0.3 seconds"
    if how == "garbage":
        crm.mood.garbage = True
        return "is not JSON"
    crm.server.shutdown()
    crm.server.server_close()
    return "cannot be reached"


@pytest.mark.parametrize("how", ["down", "slow", "garbage", "gone"])
def test_a_crm_that_fails_is_asked_again_later(how, hubspot, crm, monkeypatch, queued) -> None:
    delivery = received(hubspot)
    reason = fail(crm, monkeypatch, how)
    with time_machine.travel(timezone.now(), tick=False):
        works_on(delivery)
        assert (delivery.state, delivery.attempts) == ("received", 1)
        assert reason in delivery.reason
        assert delivery.due_at == timezone.now() + timedelta(seconds=30)
    assert queued.named("plans.process_delivery") == [(str(delivery.pk),)] * 2
    assert Plan.objects.count() == 0
    if how != "gone":
        crm.mood.down = crm.mood.garbage = False
        crm.mood.delay = 0.0
        with time_machine.travel(timezone.now() + timedelta(seconds=31)):
            assert works_on(delivery).state == "processed"
        assert Plan.objects.count() == 1


def test_a_crm_that_names_a_wait_gets_it(hubspot, crm) -> None:
    crm.mood.too_many = 400
    delivery = received(hubspot)
    with time_machine.travel(timezone.now(), tick=False):
        works_on(delivery)
        assert delivery.due_at == timezone.now() + timedelta(seconds=400)
    assert delivery.reason == "answered 429"


def test_the_waits_double_and_then_it_has_failed(hubspot, crm, queued) -> None:
    crm.mood.down = True
    start = timezone.now()
    with time_machine.travel(start, tick=False) as now:
        delivery = received(hubspot)
        waits = []
        while works_on(delivery).state == "received":
            waits.append((delivery.due_at - timezone.now()).total_seconds())
            process_delivery(delivery.pk)
            assert Delivery.objects.get().attempts == len(waits), "not before it is due"
            now.move_to(delivery.due_at)
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert (delivery.state, delivery.reason, delivery.attempts) == ("failed", "answered 503", MAX_ATTEMPTS)
    assert list(Delivery.objects.failed()) == [delivery]
    assert services.due_delivery_ids() == []


def test_a_failed_one_is_replayed_by_an_admin_only(hubspot, crm, admin, mara, queued) -> None:
    crm.mood.refused = True
    delivery = works_on(received(hubspot))
    assert delivery.state == "failed"
    assert "the access token is not accepted" in delivery.reason
    with pytest.raises(PermissionDenied):
        replay_delivery(by=actor_at_vendor(mara), delivery=delivery)
    crm.mood.refused = False
    queued.clear()
    replay_delivery(by=actor_at_vendor(admin), delivery=delivery)
    assert (str(delivery.pk),) in queued.named("plans.process_delivery")
    assert works_on(delivery).state == "processed"
    assert (delivery.reason, delivery.attempts, Plan.objects.count()) == ("", 1, 1)


def test_a_refused_one_stays_refused(hubspot) -> None:
    deliver(hubspot, "events", ARRAY, now=timezone.now() - timedelta(hours=1))
    delivery = Delivery.objects.get()
    with pytest.raises(ValidationError, match="refused"):
        put_back(delivery)
    assert works_on(delivery).state == "refused"
    assert (delivery.attempts, Notice.objects.count()) == (0, 0)


def test_one_bad_deal_does_not_stop_the_others(hubspot) -> None:
    events = json.loads(ARRAY)
    events.append(events[0] | {"objectId": 9999, "occurredAt": 1})
    delivery = take_in(hubspot, "events", json.dumps(events).encode())
    assert (delivery.state, Plan.objects.count()) == ("failed", 1)
    assert "answered 404" in delivery.reason


def test_a_body_put_back_after_400_still_has_to_be_from_the_organisation(salesforce) -> None:
    body = sample("salesforce-malformed-cut-off.xml")
    assert deliver(salesforce, "outbound", body).status_code == 400
    whole = sample("salesforce-outbound-one.xml").replace(b"00D5g000004XyZaEAK", b"00D5g000009ZzZzEAA")
    Delivery.objects.update(body=whole)  # as if we had learnt to read what we could not
    delivery = Delivery.objects.get()
    put_back(delivery)
    assert "another organisation" in works_on(delivery).reason
    assert (delivery.state, Plan.objects.count()) == ("failed", 0)


# --- We fail -------------------------------------------------------------------------------------------------


def test_a_fault_of_ours_keeps_the_delivery_and_is_tried_again(hubspot, monkeypatch) -> None:
    def broken(*_arguments, **_named) -> None:
        raise ZeroDivisionError("a bug")

    delivery = received(hubspot)
    with monkeypatch.context() as patch:
        patch.setattr("plans.intake.applying.make_plan", broken)
        works_on(delivery)
    assert (delivery.state, delivery.reason) == ("received", "ZeroDivisionError: a bug")
    assert (Account.objects.count(), Deal.objects.count()) == (0, 0), "nothing is left half-made"
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert works_on(delivery).state == "processed"
    assert Plan.objects.count() == 1


def test_a_worker_has_a_delivery_for_itself_until_its_lease_ends(hubspot, monkeypatch) -> None:
    delivery = received(hubspot)
    with time_machine.travel(timezone.now(), tick=False) as now:
        monkeypatch.setattr(services, "_split", lambda _delivery: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            process_delivery(delivery.pk)
        monkeypatch.undo()
        now.shift(LEASE - timedelta(seconds=1))
        works_on(delivery)
        assert (delivery.state, delivery.attempts, services.due_delivery_ids()) == ("received", 1, [])
        now.shift(1)
        assert services.due_delivery_ids() == [str(delivery.pk)]
        works_on(delivery)
    assert (delivery.state, delivery.attempts) == ("processed", 2)


def test_who_lost_the_lease_does_not_write_over_the_one_who_has_it(hubspot, monkeypatch) -> None:
    delivery = received(hubspot)
    split = services._split

    def slowly(taken) -> list[Notice]:
        """While the first worker dawdles, its lease ends and a second one finishes the work."""
        monkeypatch.setattr(services, "_split", split)
        Delivery.objects.update(due_at=timezone.now())
        process_delivery(delivery.pk)
        raise ZeroDivisionError

    monkeypatch.setattr(services, "_split", slowly)
    works_on(delivery)
    assert (delivery.state, delivery.reason, delivery.attempts) == ("processed", "", 2)


def test_a_delivery_that_kills_every_worker_is_given_up(hubspot) -> None:
    delivery = received(hubspot)
    Delivery.objects.update(attempts=MAX_ATTEMPTS)
    works_on(delivery)
    assert (delivery.state, delivery.reason) == ("failed", "The work on this delivery was cut off 8 times.")
    assert Plan.objects.count() == 0


def test_running_it_twice_is_harmless(hubspot) -> None:
    delivery = works_on(received(hubspot))
    revision = Plan.objects.get().revision
    works_on(delivery)
    assert (delivery.attempts, Plan.objects.get().revision) == (1, revision)


def test_the_sweep_sends_what_is_due(hubspot, queued) -> None:
    delivery = received(hubspot)
    queued.clear()
    jobs.sweep_deliveries()
    assert (str(delivery.pk),) in queued.named("plans.process_delivery")
    jobs.process_delivery(str(delivery.pk))
    assert services.due_delivery_ids() == []
    jobs.process_delivery("00000000-0000-0000-0000-000000000000")


def test_what_was_refused_is_forgotten_after_a_month(hubspot) -> None:
    now = timezone.now()
    old, new = (
        Delivery.objects.create(
            connection=hubspot, endpoint="events", body=b"x", refused_at=now - timedelta(days=days)
        )
        for days in (31, 29)
    )
    failed = Delivery.objects.create(
        connection=hubspot, endpoint="events", body=b"x", failed_at=now - timedelta(days=99)
    )
    assert services.forget_refused() == 1
    assert set(Delivery.objects.all()) == {new, failed}
    assert not Delivery.objects.filter(pk=old.pk).exists()
