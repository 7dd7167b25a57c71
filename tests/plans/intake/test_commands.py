"""The operator's commands: connections, deliver, replay_deliveries, load_playbooks."""

import socket
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from plans.intake.services import process_delivery
from plans.models import Delivery, Plan, PlaybookVersion
from tests.crm_server import SAMPLES, sample
from tests.plans.intake.door import SECRET, deliver

pytestmark = pytest.mark.django_db
EVENT = sample("hubspot-event-bare.json")


def test_connections_are_listed_with_their_addresses_and_without_secrets(
    hubspot, salesforce, webhook, capsys
) -> None:
    webhook.disabled_at = timezone.now()
    webhook.save()
    call_command("connections")
    printed = capsys.readouterr().out
    assert [line.split() for line in printed.splitlines()] == [
        ["hubspot", "hubspot", "open", "http://127.0.0.1:8000/intake/hubspot/events"],
        ["hubspot", "hubspot", "open", "http://127.0.0.1:8000/intake/hubspot/workflow"],
        ["salesforce", "salesforce", "open", "http://127.0.0.1:8000/intake/salesforce/outbound/SECRET"],
        ["salesforce", "salesforce", "open", "http://127.0.0.1:8000/intake/salesforce/flow"],
        ["webhook", "webhook", "disabled", "http://127.0.0.1:8000/intake/webhook/deals"],
    ]
    assert SECRET not in printed


def test_deliver_says_what_is_wrong(hubspot, tmp_path) -> None:
    file = str(SAMPLES / "hubspot-event-bare.json")
    with pytest.raises(CommandError, match="There is no connection “nobody”"):
        call_command("deliver", file, connection="nobody")
    with pytest.raises(CommandError, match="hubspot has the endpoints events, workflow"):
        call_command("deliver", file, connection="hubspot", endpoint="deals")
    with pytest.raises(CommandError, match="No such file"):
        call_command("deliver", str(tmp_path / "none"), connection="hubspot")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(CommandError, match="Nothing answers at http"):
            call_command(
                "deliver", file, connection="hubspot", to=f"http://127.0.0.1:{taken.getsockname()[1]}"
            )


def test_a_failed_delivery_is_replayed(hubspot, playbooks, crm, queued, capsys) -> None:
    crm.mood.refused = True
    deliver(hubspot, "events", EVENT)
    delivery = Delivery.objects.get()
    process_delivery(delivery.pk)
    crm.mood.refused = False
    queued.clear()
    call_command("replay_deliveries", "--failed")
    assert capsys.readouterr().out == f"{delivery.pk}: queued\n"
    assert (str(delivery.pk),) in queued.named("plans.process_delivery")
    process_delivery(delivery.pk)
    assert Plan.objects.count() == 1
    call_command("replay_deliveries", "--failed")
    assert capsys.readouterr().out == ""
    call_command("replay_deliveries", str(delivery.pk))
    process_delivery(delivery.pk)
    assert (Plan.objects.count(), Delivery.objects.get().state) == (1, "processed")


def test_replay_wants_to_know_what(hubspot) -> None:
    deliver(hubspot, "events", EVENT, now=timezone.now().replace(year=2020))
    with pytest.raises(CommandError, match="Name deliveries, or say --failed"):
        call_command("replay_deliveries")
    with pytest.raises(CommandError, match="Name deliveries, or say --failed"):
        call_command("replay_deliveries", str(uuid4()), "--failed")
    with pytest.raises(CommandError, match="Not known: "):
        call_command("replay_deliveries", str(uuid4()))
    with pytest.raises(CommandError, match="nobody knows who sent it"):
        call_command("replay_deliveries", str(Delivery.objects.get().pk))


def test_playbooks_are_loaded_once(db, capsys) -> None:
    call_command("load_playbooks")
    assert capsys.readouterr().out.count("published") == 3
    call_command("load_playbooks")
    assert capsys.readouterr().out.count("unchanged") == 3
    assert PlaybookVersion.objects.count() == 3


def test_a_faulty_playbook_is_named_by_line_and_nothing_is_published(db, tmp_path, capsys) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("key: Bad Key\nname: x\n")
    good = SAMPLES.parents[2] / "plans" / "playbooks" / "mid-market.yaml"
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("load_playbooks", str(good), str(file))
    assert f"{file}:1:" in capsys.readouterr().err
    assert PlaybookVersion.objects.count() == 0
    call_command("load_playbooks", str(good), "--check")
    assert PlaybookVersion.objects.count() == 0


def test_a_changed_text_under_a_published_number_is_refused(db, tmp_path) -> None:
    good = (SAMPLES.parents[2] / "plans" / "playbooks" / "mid-market.yaml").read_text()
    call_command("load_playbooks")
    file = tmp_path / "changed.yaml"
    file.write_text(good.replace("lead_days: 3", "lead_days: 4"))
    with pytest.raises(CommandError, match="Raise its number"):
        call_command("load_playbooks", str(file))
    file.write_text(good.replace("lead_days: 3", "lead_days: 4").replace("\nversion: 2", "\nversion: 3"))
    call_command("load_playbooks", str(file))
    newest = {v.playbook.key: v.number for v in PlaybookVersion.objects.newest()}
    assert newest["mid-market"] == 3
