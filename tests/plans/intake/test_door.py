"""The door over HTTP: who is let in, what is kept, and how fast the answer comes."""

import socket
import statistics
import time
from datetime import timedelta

import pytest
import requests
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from plans.intake import receiving
from plans.intake.addresses import address_of
from plans.models import Connection, Delivery, Notice, Plan
from tests.crm_server import SAMPLES, sample
from tests.plans.intake.door import ORG, SECRET, deliver, post, signed

EVENT = sample("hubspot-event-bare.json")
ONE = sample("salesforce-outbound-one.xml")
FULL = sample("generic-full.json")
ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    b"</soapenv:Body></soapenv:Envelope>\n"
)
# file → connection, endpoint, answer
DOORS = {
    "generic-full.json": ("webhook", "deals", 200),
    "generic-minimal.json": ("webhook", "deals", 200),
    "generic-bad-fields.json": ("webhook", "deals", 400),
    "generic-malformed-infinity.json": ("webhook", "deals", 400),
    "hubspot-event-array.json": ("hubspot", "events", 200),
    "hubspot-event-bare.json": ("hubspot", "events", 200),
    "hubspot-event-deletion.json": ("hubspot", "events", 200),
    "hubspot-event-generic.json": ("hubspot", "events", 200),
    "hubspot-event-no-company.json": ("hubspot", "events", 200),
    "hubspot-event-not-won.json": ("hubspot", "events", 200),
    "hubspot-event-unknown-deal.json": ("hubspot", "events", 200),
    "hubspot-malformed-cut-off.json": ("hubspot", "events", 400),
    "hubspot-malformed-no-object.json": ("hubspot", "events", 400),
    "hubspot-workflow-plain.json": ("hubspot", "workflow", 200),
    "hubspot-workflow-valued.json": ("hubspot", "workflow", 200),
    "salesforce-entities-attack.xml": ("salesforce", "outbound", 400),
    "salesforce-flow.json": ("salesforce", "flow", 200),
    "salesforce-malformed-cut-off.xml": ("salesforce", "outbound", 400),
    "salesforce-malformed-empty.xml": ("salesforce", "outbound", 400),
    "salesforce-outbound-many.xml": ("salesforce", "outbound", 200),
    "salesforce-outbound-one.xml": ("salesforce", "outbound", 200),
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def by_name(hubspot, salesforce, webhook) -> dict[str, Connection]:
    return {one.name: one for one in (hubspot, salesforce, webhook)}


def only_delivery() -> Delivery:
    return Delivery.objects.get()


def test_no_sample_is_forgotten() -> None:
    present = {path.name for path in SAMPLES.iterdir() if not path.name.startswith("hubspot-api-")}
    assert present == set(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_each_sample_is_answered_and_kept_as_it_came(name, by_name, queued) -> None:
    connection, endpoint, status = DOORS[name]
    answer = deliver(by_name[connection], endpoint, sample(name))
    assert answer.status_code == status, answer.content
    delivery = only_delivery()
    assert bytes(delivery.body) == sample(name)
    assert (delivery.connection.name, delivery.endpoint) == (connection, endpoint)
    if status == 200:
        assert (delivery.state, delivery.reason) == ("received", "")
        assert queued.named("plans.process_delivery") == [(str(delivery.pk),)]
    else:
        assert delivery.state == "failed"
        assert len(delivery.reason) > 15
        assert delivery.reason[:40].encode() in answer.content
        assert queued == []
    assert Plan.objects.count() == Notice.objects.count() == 0, "nothing is worked on while the CRM waits"


@pytest.mark.parametrize("name", ["salesforce-outbound-one.xml", "salesforce-outbound-many.xml"])
def test_salesforce_gets_one_ack_to_the_letter(name, salesforce) -> None:
    answer = deliver(salesforce, "outbound", sample(name))
    assert answer.content == ACK
    assert answer.headers["Content-Type"].startswith("text/xml")


def test_salesforce_is_told_a_refusal_as_a_fault(salesforce) -> None:
    answer = deliver(salesforce, "outbound", sample("salesforce-entities-attack.xml"))
    assert b"<faultstring>a document type or entities are not accepted</faultstring>" in answer.content
    assert b"Ack" not in answer.content


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"null", b"[]", b"{", b"\xff\xfe{", b"[" * 100_000, b'{"a": 1e999}']
)
def test_malformed_json_is_kept_with_its_reason(body, hubspot) -> None:
    assert deliver(hubspot, "events", body).status_code == 400
    assert only_delivery().state == "failed"
    assert bytes(only_delivery().body) == body
    assert only_delivery().reason


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2201-01-01T00:00:00Z"]
)
def test_a_moment_that_no_deal_could_have_is_malformed(moment, webhook, hubspot) -> None:
    body = FULL.replace(b"2026-11-20T18:22:05Z", moment.encode())
    assert body != FULL
    assert deliver(webhook, "deals", body).status_code == 400
    body = EVENT.replace(b"1795168803550", f'"{moment}"'.encode())
    assert deliver(hubspot, "events", body).status_code == 400
    assert {one.state for one in Delivery.objects.all()} == {"failed"}


# --- Who it is -------------------------------------------------------------------------------------------


def refused(answer) -> Delivery:
    assert answer.status_code == 401, answer.content
    delivery = Delivery.objects.get(refused_at__isnull=False)
    assert delivery.state == "refused"
    assert delivery.reason.encode() in answer.content
    assert (Plan.objects.count(), Notice.objects.count()) == (0, 0)
    return delivery


@pytest.mark.parametrize(
    ("age", "reason"),
    [(timedelta(minutes=5, seconds=1), "older than five minutes"), (timedelta(minutes=-2), "in the future")],
)
def test_stale_and_future_signatures_of_hubspot(age, reason, hubspot, queued) -> None:
    answer = deliver(hubspot, "events", EVENT, now=timezone.now() - age)
    assert reason in refused(answer).reason
    assert queued == []


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_stale_and_future_signatures_of_a_webhook(age, webhook, queued) -> None:
    refused(deliver(webhook, "deals", FULL, now=timezone.now() - age))
    assert queued == []


@pytest.mark.parametrize(
    ("name", "endpoint", "header", "value"),
    [
        ("hubspot", "events", "X-HubSpot-Signature-v3", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
        ("hubspot", "events", "X-HubSpot-Signature-v3", "ünïcode"),
        ("hubspot", "events", "X-HubSpot-Request-Timestamp", "soon"),
        ("hubspot", "workflow", "X-HubSpot-Signature", "0" * 64),
        ("salesforce", "flow", "Authorization", "Bearer another"),
        ("salesforce", "flow", "Authorization", "Basic YTpi"),
        ("webhook", "deals", "webhook-signature", "v1,AAAA"),
        ("webhook", "deals", "webhook-signature", "nonsense"),
        ("webhook", "deals", "webhook-timestamp", "x"),
        ("webhook", "deals", "webhook-id", "msg_other"),
    ],
)
def test_forged_signatures(name, endpoint, header, value, by_name, queued) -> None:
    body = {"events": EVENT, "workflow": sample("hubspot-workflow-plain.json"), "flow": sample("salesforce-flow.json"),
            "deals": FULL}[endpoint]  # fmt: skip
    headers = signed(by_name[name], endpoint, body)
    assert header in headers
    delivery = refused(post(by_name[name], endpoint, body, headers | {header: value}))
    assert bytes(delivery.body) == body
    assert queued == []


@pytest.mark.parametrize(
    ("name", "endpoint"), [("hubspot", "events"), ("salesforce", "flow"), ("webhook", "deals")]
)
def test_no_signature_at_all(name, endpoint, by_name) -> None:
    refused(post(by_name[name], endpoint, EVENT, {"Content-Type": "application/json"}))


def test_a_changed_body_or_address_breaks_the_signature(hubspot) -> None:
    headers = signed(hubspot, "events", EVENT)
    assert post(hubspot, "events", EVENT + b" ", headers).status_code == 401
    assert post(hubspot, "workflow", EVENT, headers).status_code == 401
    assert post(hubspot, "events", EVENT, headers, path="/intake/hubspot/events?a=1").status_code == 401
    assert post(hubspot, "events", EVENT, headers).status_code == 200


@pytest.mark.parametrize(
    ("name", "endpoint", "body"), [("hubspot", "events", EVENT), ("webhook", "deals", FULL)]
)
def test_a_replayed_signature_is_refused_and_kept(name, endpoint, body, by_name, queued) -> None:
    headers = signed(by_name[name], endpoint, body)
    assert post(by_name[name], endpoint, body, headers).status_code == 200
    assert refused(post(by_name[name], endpoint, body, headers)).reason == "this signature was used before"
    assert len(queued) == 1


def test_a_replay_with_a_second_signature_appended_is_one(webhook) -> None:
    headers = signed(webhook, "deals", FULL)
    assert post(webhook, "deals", FULL, headers).status_code == 200
    again = headers | {"webhook-signature": headers["webhook-signature"] + " v1,AAAA"}
    refused(post(webhook, "deals", FULL, again))


def test_a_repeat_with_a_signature_of_its_own_is_acknowledged(by_name) -> None:
    for minutes in (0, 1):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            for name, endpoint, body in (("hubspot", "events", EVENT), ("webhook", "deals", FULL)):
                assert deliver(by_name[name], endpoint, body).status_code == 200
    assert deliver(by_name["salesforce"], "outbound", ONE).content == ACK
    assert deliver(by_name["salesforce"], "outbound", ONE).content == ACK
    assert Delivery.objects.count() == 6


def test_salesforce_of_another_organisation(salesforce, queued) -> None:
    other = ONE.replace(ORG.encode(), b"00D5g000009ZzZzEAA")
    assert "another organisation" in refused(deliver(salesforce, "outbound", other)).reason
    assert queued == []


def test_salesforce_with_the_organisation_in_15_characters(salesforce) -> None:
    salesforce.org_id = ORG[:15]
    salesforce.save()
    assert deliver(salesforce, "outbound", ONE).content == ACK


@pytest.mark.parametrize("secret", ["wrong", "x" * 43, SECRET[:-1], SECRET + "x", "%C3%BC"])
def test_salesforce_with_a_wrong_secret_in_the_path(secret, salesforce, queued) -> None:
    headers = signed(salesforce, "outbound", ONE)
    answer = post(salesforce, "outbound", ONE, headers, path=f"/intake/salesforce/outbound/{secret}")
    refused(answer)
    assert queued == []


def test_what_strangers_send_fills_no_disk(salesforce) -> None:
    headers = signed(salesforce, "outbound", ONE)
    path = "/intake/salesforce/outbound/wrong"
    body = b"<SessionId>00D!AQ8AQ</SessionId>" + b"x" * 1_000_000
    for _time in range(receiving.MOST_REFUSED_A_MINUTE + 5):
        assert post(salesforce, "outbound", body, headers, path=path).status_code == 401
    kept = Delivery.objects.all()
    assert len(kept) == receiving.MOST_REFUSED_A_MINUTE
    assert {len(one.body) for one in kept} == {receiving.REFUSED_BYTES}
    assert b"AQ8AQ" not in bytes(kept[0].body)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert post(salesforce, "outbound", body, headers, path=path).status_code == 401
    assert len(Delivery.objects.all()) == receiving.MOST_REFUSED_A_MINUTE + 1
    assert deliver(salesforce, "outbound", ONE).content == ACK, "who has the secret is always let in"


def test_a_connection_whose_secrets_are_lost_lets_nobody_in(by_name) -> None:
    Connection.objects.update(secret="", token="")
    for name, endpoint in (("hubspot", "events"), ("salesforce", "flow"), ("webhook", "deals")):
        connection, body = by_name[name], FULL
        assert deliver(connection, endpoint, body).status_code == 401
        assert post(connection, endpoint, body, {"Authorization": "Bearer "}).status_code == 401
    assert deliver(by_name["salesforce"], "outbound", ONE).status_code == 401


def test_headers_of_another_scheme_change_nothing(salesforce) -> None:
    """They once were a KeyError on the way to the digest of the signature."""
    body = sample("salesforce-flow.json")
    headers = signed(salesforce, "flow", body) | {"webhook-signature": "v1,x", "X-HubSpot-Signature-v3": "x"}
    assert post(salesforce, "flow", body, headers).status_code == 200
    assert post(salesforce, "flow", body, headers).status_code == 200


# --- What there is not, and what is too much ---------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/intake/unknown/events",
        "/intake/hubspot/deals",
        "/intake/hubspot/events/secret",
        "/intake/salesforce/outbound",
        f"/intake/salesforce/flow/{SECRET}",
        "/intake/webhook/events",
        "/intake/webhook/",
    ],
)
def test_unknown_addresses(path, by_name) -> None:
    headers = signed(by_name["hubspot"], "events", EVENT)
    assert post(by_name["hubspot"], "events", EVENT, headers, path=path).status_code == 404
    assert Delivery.objects.count() == 0


def test_a_disabled_connection_is_not_there(hubspot) -> None:
    hubspot.disabled_at = timezone.now()
    hubspot.save()
    assert deliver(hubspot, "events", EVENT).status_code == 404
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post(method, hubspot) -> None:
    assert getattr(Client(), method)("/intake/hubspot/events").status_code == 405
    assert Delivery.objects.count() == 0


def test_a_megabyte_is_taken_and_a_byte_more_is_not(hubspot) -> None:
    exact = EVENT + b" " * (1024 * 1024 - len(EVENT))
    assert deliver(hubspot, "events", exact).status_code == 200
    answer = deliver(hubspot, "events", exact + b" ")
    assert (answer.status_code, answer.json()) == (413, {"error": "The body is larger than 1 MB."})
    assert Delivery.objects.count() == 1


def test_a_length_that_lies_is_not_believed(hubspot) -> None:
    headers = signed(hubspot, "events", EVENT)
    assert post(hubspot, "events", EVENT, headers, CONTENT_LENGTH=str(2**31)).status_code == 413
    assert post(hubspot, "events", EVENT, headers, CONTENT_LENGTH="many").status_code == 413
    long = EVENT + b" " * 1024 * 1024
    headers = signed(hubspot, "events", long)
    assert post(hubspot, "events", long, headers, CONTENT_LENGTH=str(len(EVENT))).status_code == 401
    assert bytes(only_delivery().body) == EVENT, "no more was read than was announced"


# --- Kept first, quickly, without secrets --------------------------------------------------------------------


def test_a_fault_of_ours_keeps_the_delivery(hubspot, monkeypatch) -> None:
    def broken(*_arguments, **_named) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(receiving, "parse", broken)
    with pytest.raises(RuntimeError):
        deliver(hubspot, "events", EVENT)
    assert (only_delivery().state, only_delivery().reason) == ("failed", "RuntimeError: a bug")
    assert bytes(only_delivery().body) == EVENT


def test_a_broker_that_is_down_costs_nothing_but_time(hubspot, monkeypatch) -> None:
    from portal.lib import queue

    def down(*_arguments) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(queue, "_send", down)
    assert deliver(hubspot, "events", EVENT).status_code == 200
    assert list(Delivery.objects.due()) == [only_delivery()]


def test_no_secret_is_kept_in_the_headers(by_name) -> None:
    for name, endpoint, body in (
        ("hubspot", "events", EVENT),
        ("hubspot", "workflow", sample("hubspot-workflow-plain.json")),
        ("salesforce", "flow", sample("salesforce-flow.json")),
        ("salesforce", "outbound", ONE),
        ("webhook", "deals", FULL),
    ):
        headers = signed(by_name[name], endpoint, body) | {"Cookie": "session=abc", "User-Agent": "CRM/1"}
        sent = {
            key: value
            for key, value in headers.items()
            if "ignature" in key or key in ("Authorization", "Cookie")
        }
        assert post(by_name[name], endpoint, body, headers).status_code == 200
        kept = Delivery.objects.first().headers
        assert kept["user-agent"] == "CRM/1"
        for value in (SECRET, by_name[name].secret, by_name[name].token, *sent.values()):
            assert not value or value in ("v2", "v3") or value not in str(kept)
        assert set(kept) <= set(receiving.KEPT_HEADERS)


def test_the_door_costs_four_queries(by_name, django_assert_num_queries) -> None:
    """The connection; the delivery within a savepoint of its own, because its signature may be a replay."""
    for name, endpoint, body in (
        ("hubspot", "events", EVENT),
        ("hubspot", "events", sample("hubspot-event-array.json")),
        ("salesforce", "outbound", sample("salesforce-outbound-many.xml")),
        ("webhook", "deals", FULL),
    ):
        with django_assert_num_queries(4):
            assert deliver(by_name[name], endpoint, body).status_code == 200


def test_the_door_answers_within_300_ms(by_name) -> None:
    """The median of twenty, of the longest message: CRM.md's hundred events."""
    took = []
    one = sample("hubspot-event-array.json")[1:].rpartition(b"]")[0].split(b"},")[0] + b"}"
    for number in range(20):
        body = b"[" + b",".join(
            one.replace(b'"eventId": 100', b'"eventId": 1%02d%02d' % (number, n)) for n in range(100)
        )
        start = time.perf_counter()
        assert deliver(by_name["hubspot"], "events", body + b"]").status_code == 200
        took.append(time.perf_counter() - start)
    assert statistics.median(took) < 0.3


# --- For real ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_over_real_http(web, hubspot, salesforce, webhook, capsys) -> None:
    for name, (connection, endpoint, status) in DOORS.items():
        if status == 200:
            call_command("deliver", str(SAMPLES / name), connection=connection, endpoint=endpoint, to=web)
            assert capsys.readouterr().out.startswith("200 ")
    assert {one.state for one in Delivery.objects.all()} == {"received"}
    address = web + "/intake/hubspot/events"
    headers = signed(hubspot, "events", EVENT)
    assert (
        requests.post(address, iter([EVENT[:50], EVENT[50:]]), headers=headers, timeout=5).status_code == 200
    )
    assert bytes(Delivery.objects.first().body) == EVENT, "sent in chunks, without a length"
    too_much = (b" " * 65_536 for _ in range(20))
    answer = requests.post(address, too_much, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (413, {"error": "The body is larger than 1 MB."})
    assert requests.post(address, b" " * 1_048_577, headers=headers, timeout=5).status_code == 413
    assert b" 413 " in _announced(web, 50_000_000)
    secret = address_of(salesforce, "outbound", secret=SECRET).partition("/intake")[2]
    answer = requests.post(f"{web}/intake{secret}", ONE, headers={"Content-Type": "text/xml"}, timeout=5)
    assert answer.content == ACK


def _announced(origin: str, length: int) -> bytes:
    """The first line of the answer to a request that announces a length, and sends nothing."""
    host, port = origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        request = f"POST /intake/hubspot/events HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n"
        line.sendall(request.encode())
        return line.recv(200)
