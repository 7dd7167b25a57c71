"""What an admin sees of deliveries and connections, and the replay."""

import json

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from plans.models import Connection, Delivery, Notice
from plans.views.deliveries import PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(db) -> Connection:
    return Connection.objects.create(
        name="hubspot", kind="hubspot", secret="sEcReT-of-the-connection", token="tOkEn-to-read"
    )


def deliver(connection: Connection, **facts) -> Delivery:
    body = facts.pop("body", json.dumps([{"objectId": 7}]).encode())
    return Delivery.objects.create(connection=connection, endpoint="workflow", body=body, **facts)


def detail(delivery: Delivery) -> str:
    return reverse("delivery_detail", args=[delivery.pk])


def test_newest_first_with_state_and_outcome(enter, admin, connection, plan):
    applied = deliver(connection, processed_at=timezone.now())
    Notice.objects.create(
        connection=connection, delivery=applied, dedupe_key="1", external_id="7", kind="changed",
        applied_at=timezone.now(), plan=plan, account=plan.account,
    )  # fmt: skip
    deliver(connection, failed_at=timezone.now(), reason="The CRM answered 500.")
    answer = enter(admin).get(reverse("deliveries"))
    rows = answer.context["deliveries"]
    assert [(row["state_label"], row["plan_label"]) for row in rows] == [
        ("Failed", ""),
        ("Processed", plan.name),
    ]
    text = answer.content.decode()
    assert "The CRM answered 500." in text
    assert f'href="/plans/{plan.pk}/"' in text


@pytest.mark.parametrize(
    ("show", "count"),
    [("", 4), ("failed", 1), ("received", 1), ("processed", 1), ("refused", 1), ("nonsense", 4)],
)
def test_the_state_filters(enter, admin, connection, show, count):
    now = timezone.now()
    deliver(connection)
    deliver(connection, processed_at=now)
    deliver(connection, failed_at=now)
    deliver(connection, refused_at=now)
    answer = enter(admin).get(reverse("deliveries"), {"show": show})
    assert len(answer.context["deliveries"]) == count
    assert [tab["count"] for tab in answer.context["tabs"]] == [4, 1, 1, 1, 1]


def test_pages_and_one_connection(enter, admin, connection):
    other = Connection.objects.create(name="salesforce", kind="salesforce")
    deliver(other)
    for _ in range(PAGE + 1):
        deliver(connection)
    client = enter(admin)
    answer = client.get(reverse("deliveries"), {"connection": "hubspot", "show": "received", "page": 2})
    assert len(answer.context["deliveries"]) == 1
    assert "?show=received&amp;connection=hubspot&amp;page=1" in answer.content.decode()


def test_as_many_queries_for_many(enter, admin, connection):
    client = enter(admin)
    counts = []
    for more in (1, 9):
        for n in range(more):
            delivery = deliver(connection)
            Notice.objects.create(
                connection=connection, delivery=delivery, dedupe_key=f"{more}-{n}", external_id="7", kind="x"
            )
        with CaptureQueriesContext(database) as seen:
            client.get(reverse("deliveries"))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


def test_the_detail_shows_what_came_escaped(enter, admin, connection):
    delivery = deliver(
        connection,
        body=b'<script>alert("x")</script>',
        headers={"user-agent": "HubSpot <b>"},
        failed_at=timezone.now(),
        reason="Malformed <JSON>",
    )
    text = enter(admin).get(detail(delivery)).content.decode()
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in text
    assert '<script>alert("x")' not in text
    assert "HubSpot &lt;b&gt;" in text
    assert "Malformed &lt;JSON&gt;" in text


def test_the_detail_shows_notices_with_their_reason(enter, admin, connection):
    delivery = deliver(connection, processed_at=timezone.now())
    Notice.objects.create(
        connection=connection, delivery=delivery, dedupe_key="1", external_id="deal-7", kind="changed",
        ignored_at=timezone.now(), reason="Stage “x” is not a winning stage.",
    )  # fmt: skip
    text = enter(admin).get(detail(delivery)).content.decode()
    assert "changed deal-7" in text
    assert "Ignored" in text
    assert "Stage “x” is not a winning stage." in text


@pytest.mark.parametrize(("size", "cut"), [(20_000, False), (20_001, True)])
def test_a_long_body_is_cut_and_says_so(enter, admin, connection, size, cut):
    answer = enter(admin).get(detail(deliver(connection, body=b"a" * size)))
    body = answer.context["body"]
    assert body.startswith("a" * 20_000)
    assert ("cut here" in body) == cut


def test_bytes_that_are_no_text_are_shown_somehow(enter, admin, connection):
    answer = enter(admin).get(detail(deliver(connection, body=b"\xff\xfe\x00x")))
    assert answer.status_code == 200
    assert "�" in answer.context["body"]


def test_a_failed_delivery_is_replayed(enter, admin, connection, queued):
    delivery = deliver(connection, failed_at=timezone.now(), reason="Down.", attempts=8)
    answer = enter(admin).post(reverse("delivery_replay", args=[delivery.pk]))
    assert answer.url == detail(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("received", "")
    assert queued.named("plans.process_delivery") == [(str(delivery.pk),)]


def test_a_refused_delivery_stays_refused(enter, admin, connection, queued):
    delivery = deliver(connection, refused_at=timezone.now(), reason="Wrong signature.")
    client = enter(admin)
    assert "Process it again" not in client.get(detail(delivery)).content.decode()
    answer = client.post(reverse("delivery_replay", args=[delivery.pk]), follow=True)
    assert "This delivery was refused" in answer.content.decode()
    assert queued.named("plans.process_delivery") == []


def test_a_get_replays_nothing(enter, admin, connection):
    delivery = deliver(connection)
    assert enter(admin).get(reverse("delivery_replay", args=[delivery.pk])).status_code == 405


@pytest.mark.parametrize("kind", ["csm", "executive", "sponsor", "stranger"])
def test_all_of_this_is_the_admins(enter, everybody, connection, kind):
    delivery = deliver(connection, failed_at=timezone.now())
    client = enter(everybody[kind])
    assert client.get(reverse("deliveries")).status_code == 403
    assert client.get(detail(delivery)).status_code == 403
    assert client.get(reverse("connections")).status_code == 403
    assert client.post(reverse("delivery_replay", args=[delivery.pk])).status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "failed"


def test_connections_show_addresses_and_no_secret(enter, admin, connection):
    Connection.objects.create(name="sf", kind="salesforce", secret="hidden-in-the-path")
    deliver(connection, failed_at=timezone.now())
    answer = enter(admin).get(reverse("connections"))
    text = answer.content.decode()
    assert "/intake/hubspot/" in text
    assert "/intake/sf/" in text
    for secret in ("sEcReT", "tOkEn", "hidden-in-the-path"):
        assert secret not in text
    by_name = {row["name"]: row for row in answer.context["connections"]}
    assert by_name["hubspot"]["state_label"] == "1 failed"
    assert by_name["sf"]["last_label"] == ""


def test_without_a_connection_the_page_says_what_else(enter, admin):
    assert reverse("deal_create") in enter(admin).get(reverse("connections")).content.decode()
