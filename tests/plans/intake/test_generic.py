import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.intake import parsing
from plans.intake.generic import Body, facts, json_schema, parse_body
from plans.intake.notices import Malformed, NoticeKind
from tests.crm_server import sample

FULL = json.loads(sample("generic-full.json"))
DOCS = Path(__file__).parents[3] / "docs"


def changed(part, **fields) -> bytes:
    return json.dumps(FULL | {part: FULL[part] | fields}).encode()


def test_the_full_contract_becomes_facts() -> None:
    org_id, [notice] = parse_body(sample("generic-full.json"))
    deal = facts(notice.payload)
    assert (org_id, notice.external_id, notice.kind) == ("tidepool-crm", "OPP-2041", NoticeKind.CHANGED)
    assert notice.dedupe_key == "generic:tidepool-crm:OPP-2041:OPP-2041-won-1"
    assert (deal.source, deal.name, deal.amount, deal.currency) == (
        "webhook",
        "Tidepool Studio – Starter",
        Decimal("9600.10"),
        "USD",
    )
    assert (deal.is_won, deal.stage_id, deal.closed_on) == (True, "Won", date(2026, 11, 20))
    assert (deal.account.name, deal.account.country, deal.account.time_zone) == (
        "Tidepool Studio",
        "US",
        "America/Chicago",
    )
    assert [(one.email, one.buying_role, one.title) for one in deal.contacts] == [
        ("nora@tidepool.example", "champion", "Operations Manager"),
        ("sam@tidepool.example", "economic buyer", "Managing Partner"),
        ("lena@tidepool.example", "end user", "Studio Coordinator"),
    ]
    assert (deal.contract.end, deal.contract.notice_days) == (date(2027, 11, 30), 30)
    assert deal.occurred_at == datetime(2026, 11, 20, 18, 22, 5, tzinfo=UTC)


def test_the_least_that_is_accepted() -> None:
    body = sample("generic-minimal.json")
    org_id, [notice] = parse_body(body)
    deal = facts(notice.payload)
    assert (org_id, deal.external_id, deal.is_won, deal.amount) == ("", "OPP-2042", True, None)
    assert (deal.account, deal.contacts, deal.contract) == (None, (), None)
    assert parse_body(body)[1][0].dedupe_key == notice.dedupe_key
    assert parse_body(body + b" ")[1][0].dedupe_key != notice.dedupe_key


def test_a_flow_callout_is_a_salesforce_deal() -> None:
    parsed = parsing.parse("salesforce", "flow", sample("salesforce-flow.json"), "application/json")
    deal = parsing.facts_in("salesforce", "flow", parsed.notices[0])
    assert (parsed.org_id, deal.source, deal.external_id) == (
        "00D5g000004XyZaEAK",
        "salesforce",
        "0065g00000QwErTAAV",
    )
    assert deal.amount == 52000


@given(st.decimals("-99999999999999", "99999999999999", places=4))
def test_an_amount_is_exact_as_number_and_as_text(amount) -> None:
    text = format(amount, "f")
    for written in (text, f'"{text}"'):
        body = f'{{"opportunity": {{"id": "1", "name": "n", "amount": {written}}}}}'.encode()
        assert facts(parse_body(body)[1][0].payload).amount == amount


def test_the_key_is_the_senders_or_the_moment_of_sending() -> None:
    again = FULL | {"opportunity": FULL["opportunity"] | {"name": "Another name"}}
    assert (
        parse_body(json.dumps(again).encode())[1][0].dedupe_key
        == "generic:tidepool-crm:OPP-2041:OPP-2041-won-1"
    )
    timed = {name: value for name, value in FULL.items() if name != "idempotency_key"}
    assert parse_body(json.dumps(timed).encode())[1][0].dedupe_key.endswith(
        ":2026-11-20T18%3A22%3A05+00%3A00"
    )


def test_a_deletion_is_told_as_one() -> None:
    body = json.dumps(FULL | {"event": "opportunity.deleted"}).encode()
    assert parse_body(body)[1][0].kind == NoticeKind.DELETED


def test_each_fault_is_told_with_its_path() -> None:
    with pytest.raises(Malformed) as malformed:
        parse_body(sample("generic-bad-fields.json"))
    told = str(malformed.value)
    assert "opportunity.id: Field required" in told
    assert "opportunity.amount: Value error, an amount must be a decimal number" in told
    assert "contacts.0.email: Value error, not an e-mail address" in told
    assert "and 1 more" in told
    assert "twelve" not in told


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (sample("generic-malformed-infinity.json"), "Infinity is no number"),
        (b"[]", "body: Input should be"),
        (b"{}", "opportunity: Field required"),
        (changed("opportunity", amount=True), "opportunity.amount"),
        (changed("opportunity", amount="1.00001"), "at most 4 decimal places"),
        (changed("opportunity", amount="1e15"), "below 10"),
        (changed("opportunity", amount="NaN"), "finite"),
        (changed("opportunity", currency="EURO"), "opportunity.currency"),
        (changed("opportunity", close_date="20.11.2026"), "opportunity.close_date"),
        (changed("opportunity", id="x" * 121), "opportunity.id: .*at most 120"),
        (changed("opportunity", id=" "), "opportunity.id: .*at least 1"),
        (changed("opportunity", name=["a"]), "opportunity.name: .*expected a text"),
        (changed("account", name=""), "account.name"),
        (changed("contract", notice_days=-1), "contract.notice_days"),
        (json.dumps(FULL | {"contacts": [{}] * 51}).encode(), "contacts: .*at most 50"),
        (json.dumps(FULL | {"sent_at": "2026-11-20T18:22:05"}).encode(), "sent_at: .*timezone"),
    ],
)
def test_bad_bodies_are_refused(body, reason) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_body(body)


def test_a_whole_number_with_10_000_digits_is_malformed() -> None:
    body = b'{"opportunity": {"id": "1", "name": "n", "amount": ' + b"9" * 10_000 + b"}}"
    with pytest.raises(Malformed):
        parse_body(body)


@pytest.mark.parametrize(
    ("kind", "endpoint", "content_type", "body", "reason"),
    [
        ("webhook", "deals", "text/xml", b"{}", "unexpected content type text/xml"),
        ("salesforce", "outbound", "application/json", b"<x/>", "unexpected content type"),
        ("webhook", "deals", "application/json", b" \n", "the body is empty"),
        ("hubspot", "workflow", "application/x-www-form-urlencoded", b"{}", "unexpected content type"),
    ],
)
def test_what_cannot_be_this_endpoints_is_malformed(kind, endpoint, content_type, body, reason) -> None:
    with pytest.raises(Malformed, match=reason):
        parsing.parse(kind, endpoint, body, content_type)


@pytest.mark.parametrize(
    ("kind", "endpoint", "name", "content_type", "count"),
    [
        ("hubspot", "events", "hubspot-event-array.json", "application/json", 3),
        ("hubspot", "events", "hubspot-event-generic.json", "application/json;charset=utf-8", 2),
        ("hubspot", "workflow", "hubspot-workflow-plain.json", "", 1),
        ("salesforce", "outbound", "salesforce-outbound-many.xml", "text/xml; charset=UTF-8", 3),
        ("webhook", "deals", "generic-full.json", "application/cloudevents+json", 1),
    ],
)
def test_every_endpoint_finds_its_parser(kind, endpoint, name, content_type, count) -> None:
    parsed = parsing.parse(kind, endpoint, sample(name), content_type)
    assert len(parsed.notices) == count
    for notice in parsed.notices:
        told = parsing.facts_in(kind, endpoint, notice)
        assert (told is None) == ((kind, endpoint) == ("hubspot", "events"))
        assert json.loads(json.dumps(notice.payload)) == notice.payload


def test_an_endpoint_of_another_kind_is_the_callers_error() -> None:
    with pytest.raises(KeyError):
        parsing.parse("webhook", "workflow", b"{}")


def test_the_published_schema_is_the_models() -> None:
    published = json.loads((DOCS / "contract.schema.json").read_text("utf-8"))
    assert published == json_schema()
    assert set(published["properties"]) == set(Body.model_fields) == set(FULL)


def test_the_example_of_the_documentation_is_accepted() -> None:
    page = (DOCS / "integrate.md").read_text("utf-8")
    example = page.split("<!-- example -->")[1].split("```json")[1].split("```")[0]
    deal = facts(parse_body(example.encode())[1][0].payload)
    assert (deal.account.name, deal.is_won, len(deal.contacts)) == ("Tidepool Studio", True, 2)
