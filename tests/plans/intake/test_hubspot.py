import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.intake.facts import is_won
from plans.intake.hubspot import embedded_facts, parse_events, parse_workflow
from plans.intake.hubspot_client import CrmRefused, CrmUnavailable, HubSpotClient
from plans.intake.notices import Malformed, NoticeKind
from portal.embedded.crm import DEMO_TOKEN
from tests.crm_server import crm, sample

__all__ = ["crm"]

EVENT = json.loads(sample("hubspot-event-bare.json"))


def key_of(event) -> str:
    return parse_events(json.dumps(event).encode())[1][0].dedupe_key


def client(crm, timeout=2.0, token=DEMO_TOKEN) -> HubSpotClient:
    return HubSpotClient(crm.address, token, timeout)


def test_an_array_of_events_is_ordered_by_when_they_happened() -> None:
    portal, notices = parse_events(sample("hubspot-event-array.json"))
    assert portal == "8421907"
    assert [(one.external_id, one.kind) for one in notices] == [
        ("5001", NoticeKind.OTHER),
        ("9001", NoticeKind.CHANGED),
        ("9001", NoticeKind.CHANGED),
    ]
    assert notices[-1].occurred_at == datetime(2026, 11, 20, 14, 5, 9, 412000, tzinfo=UTC)
    assert notices[-1].dedupe_key == "hubspot:8421907:deal.propertyChange:9001:100:1795183509412"
    assert notices[-1].payload["propertyValue"] == "closedwon"


def test_one_bare_event_is_taken() -> None:
    portal, [notice] = parse_events(sample("hubspot-event-bare.json"))
    assert (portal, notice.external_id, notice.kind) == ("8421907", "9003", NoticeKind.CHANGED)


def test_the_generic_form_tells_deals_by_their_object_type() -> None:
    body = sample("hubspot-event-generic.json")
    kinds = {one.external_id: one.kind for one in parse_events(body)[1]}
    assert kinds == {"9002": NoticeKind.CHANGED, "7002": NoticeKind.OTHER}
    kinds = {one.external_id: one.kind for one in parse_events(body, deal_object_type="0-2")[1]}
    assert kinds == {"9002": NoticeKind.OTHER, "7002": NoticeKind.CHANGED}


def test_a_deletion_is_told_as_one() -> None:
    assert parse_events(sample("hubspot-event-deletion.json"))[1][0].kind == NoticeKind.DELETED


@given(attempt=st.integers(0, 10), order=st.permutations(sorted(EVENT)))
def test_a_repeat_has_the_same_key(attempt, order) -> None:
    repeat = {name: EVENT[name] for name in order} | {"attemptNumber": attempt}
    assert key_of(repeat) == key_of(EVENT)


@given(
    name=st.sampled_from(["occurredAt", "eventId", "portalId", "objectId"]),
    more=st.integers(1, 10**6),
)
def test_another_event_has_another_key(name, more) -> None:
    assert key_of(EVENT | {name: EVENT[name] + more}) != key_of(EVENT)


def test_another_subscription_has_another_key() -> None:
    keys = {key_of(EVENT | {"subscriptionType": told}) for told in ("deal.creation", "deal.propertyChange")}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (sample("hubspot-malformed-cut-off.json"), "not JSON: Unterminated string.* line 1 column"),
        (sample("hubspot-malformed-no-object.json"), "event 0: expected an objectId of digits"),
        (b"[]", "array of 1 to 100"),
        (json.dumps([EVENT] * 101).encode(), "array of 1 to 100"),
        (b'"closedwon"', "array of 1 to 100"),
        (b"[1]", "event 0: expected an object"),
        (b"[NaN]", "NaN is no number"),
        (b"\xff\xfe{", "not UTF-8: byte 0"),
        (b"[" * 100_000, "nested too deep"),
        (json.dumps(EVENT | {"occurredAt": "soon"}).encode(), "event 0.occurredAt: not a moment"),
        (json.dumps(EVENT | {"occurredAt": 10**30}).encode(), "event 0.occurredAt: not a moment"),
        (json.dumps(EVENT | {"subscriptionType": "deal"}).encode(), "event 0.subscriptionType"),
        (json.dumps(EVENT | {"eventId": {}}).encode(), "event 0.eventId: expected a text"),
        (json.dumps([EVENT, EVENT | {"portalId": 1}]).encode(), "more than one portal"),
    ],
)
def test_malformed_events_say_where_and_why(body, reason) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_events(body)


def test_what_postgresql_cannot_store_is_taken_out_of_the_payload() -> None:
    body = json.dumps(EVENT | {"propertyValue": "closed\x00won \ud800 ü"}).encode()
    assert parse_events(body)[1][0].payload["propertyValue"] == "closedwon  ü"


def test_a_workflow_with_plain_properties_carries_its_deal() -> None:
    portal, [notice] = parse_workflow(sample("hubspot-workflow-plain.json"))
    facts = embedded_facts(notice.payload)
    assert (portal, notice.external_id) == ("", "9002")
    assert notice.dedupe_key == "hubspot-workflow::9002:2026-11-19T09%3A30%3A22.008Z"
    assert (facts.name, facts.amount, facts.currency) == (
        "Fjordline Analytics – Reporting Suite",
        Decimal("46800.50"),
        "NOK",
    )
    assert facts.closed_on == date(2026, 11, 19)
    assert facts.is_won is True
    assert facts.account is None


def test_a_workflow_with_values_reads_the_same() -> None:
    portal, [notice] = parse_workflow(sample("hubspot-workflow-valued.json"))
    facts = embedded_facts(notice.payload)
    assert (portal, facts.org_id, facts.external_id) == ("8421907", "8421907", "9001")
    assert facts.closed_on == date(2026, 11, 20)
    assert facts.occurred_at == datetime(2026, 11, 20, 14, 5, 9, 412000, tzinfo=UTC)
    assert facts.contract.arr == Decimal("184000.00")


def test_a_workflow_body_without_a_change_date_is_known_by_its_bytes() -> None:
    one, same, other = (
        parse_workflow(json.dumps({"id": 7, "properties": {"amount": amount}}).encode())[1][0].dedupe_key
        for amount in ("1.00", "1.00", "2.00")
    )
    assert one == same != other


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"id": 9001}', b'{"id": "x", "properties": {}}'])
def test_a_workflow_body_without_a_deal_is_malformed(body) -> None:
    with pytest.raises(Malformed):
        parse_workflow(body)


def test_a_deal_is_read_with_its_neighbours(crm) -> None:
    with client(crm) as reader:
        facts = reader.deal("9001")
    assert facts.name == "Northwind Logistics – Automation Platform"
    assert (facts.amount, facts.currency, facts.is_won) == (Decimal("368000.00"), "EUR", True)
    assert facts.account.model_dump() == {
        "external_id": "7001",
        "name": "Northwind Logistics",
        "domain": "northwind-logistics.example",
        "industry": "Logistics and supply chain",
        "segment": "Enterprise",
        "country": "DE",
        "time_zone": "Europe/Berlin",
    }
    assert [(one.name, one.title, one.buying_role) for one in facts.contacts] == [
        ("Priya Raman", "RevOps Lead", "Champion"),
        ("Henrik Vogel", "Chief Operating Officer", "Executive sponsor, Budget holder"),
        ("Amélie Dubois", "IT Administrator", "End user"),
        ("Tomasz Zieliński", "Head of Information Security", "Legal and compliance"),
    ]
    assert facts.contacts[2].email == "amelie.dubois@northwind-logistics.example"
    assert (facts.owner.name, facts.owner.email) == ("Mara Lindqvist", "mara.lindqvist@vendor.example")
    assert facts.products == ("Automation Platform – Enterprise", "Premium Onboarding")
    assert (facts.contract.start, facts.contract.term_months) == (date(2026, 12, 1), 24)
    assert facts.contract.arr == Decimal("184000.00")
    assert facts.gaps == ()
    assert len(crm.requests) == len(set(crm.requests)) == 9


def test_the_samples_are_what_the_server_answers(crm) -> None:
    for name, kind in (("deal", "deals"), ("company", "companies"), ("owner", "owners")):
        answer = json.loads(sample(f"hubspot-api-{name}.json"))
        assert crm.records[kind][answer["id"]] == answer
    for name, kind in (("contacts", "contacts"), ("line-items", "line_items")):
        for answer in json.loads(sample(f"hubspot-api-{name}.json")):
            assert crm.records[kind][answer["id"]] == answer


def test_a_deal_without_company_and_contacts_is_read(crm) -> None:
    facts = client(crm).deal("9005")
    assert (facts.account, facts.contacts, facts.owner, facts.gaps) == (None, (), None, ())


def test_closed_won_decides_before_the_stage(crm) -> None:
    open_deal = client(crm).deal("9004")
    assert open_deal.is_won is False
    assert not is_won(open_deal, {"contractsent"})
    silent = open_deal.model_copy(update={"is_won": None})
    assert is_won(silent, {"contractsent"})
    assert not is_won(silent, {"closedwon"})


def test_neighbours_that_cannot_be_read_are_gaps(crm) -> None:
    crm.mood.forbidden = frozenset({"line_items", "owners"})
    del crm.records["contacts"]["5003"]
    facts = client(crm).deal("9001")
    assert set(facts.gaps) == {"line_items", "owner", "contacts"}
    assert (facts.owner, facts.products) == (None, ())
    assert [one.external_id for one in facts.contacts] == ["5001", "5002", "5004"]


def test_a_missing_scope_for_companies_is_refused(crm) -> None:
    crm.mood.forbidden = frozenset({"companies"})
    with pytest.raises(CrmRefused, match="lacks a scope") as refused:
        client(crm).deal("9001")
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("mood", "reason", "retry_after"),
    [
        ({"down": True}, "answered 503", None),
        ({"too_many": 7}, "answered 429", 7.0),
        ({"too_many": 10**6}, "answered 429", 3600.0),
        ({"delay": 0.6}, "no answer within 0.2 seconds", None),
        ({"garbage": True}, "is not JSON", None),
    ],
)
def test_a_crm_that_cannot_answer_now_is_unavailable(crm, mood, reason, retry_after) -> None:
    vars(crm.mood).update(mood)
    with pytest.raises(CrmUnavailable, match=reason) as unavailable:
        client(crm, timeout=0.2 if "delay" in mood else 2).deal("9001")
    assert unavailable.value.retry_after == retry_after
    assert len(crm.requests) == 1


def test_a_crm_that_is_not_there_is_unavailable(crm) -> None:
    gone = client(crm)
    crm.server.server_close()
    with pytest.raises(CrmUnavailable):
        gone.deal("9001")


def test_a_crm_that_refuses_says_why(crm) -> None:
    with pytest.raises(CrmRefused, match="token is not accepted") as refused:
        client(crm, token="wrong").deal("9001")
    assert refused.value.status == 401
    with pytest.raises(CrmRefused, match="not found") as refused:
        client(crm).deal("9999")
    assert refused.value.status == 404


def test_a_redirect_is_not_followed(crm) -> None:
    crm.mood.redirect = crm.address + "/elsewhere"
    with pytest.raises(CrmRefused, match="redirect is not followed"):
        client(crm).deal("9001")
    assert len(crm.requests) == 1


def test_an_answer_without_end_is_refused(crm) -> None:
    crm.records["deals"]["9001"]["properties"]["dealname"] = "x" * 2_100_000
    with pytest.raises(CrmRefused, match="larger than"):
        client(crm).deal("9001")


@pytest.mark.parametrize("deal_id", ["../owners/301", "9001?x", "", "９００１"])
def test_an_id_that_is_no_number_never_becomes_an_address(crm, deal_id) -> None:
    with pytest.raises(Malformed):
        client(crm).deal(deal_id)
    assert crm.requests == []


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "api.example.com", "http://"])
def test_a_base_address_must_be_http(address) -> None:
    with pytest.raises(CrmRefused, match="base address"):
        HubSpotClient(address, "token")


def test_an_odd_amount_names_the_deal_and_the_field(crm) -> None:
    crm.records["deals"]["9001"]["properties"]["amount"] = "a lot"
    with pytest.raises(Malformed, match=r"deal 9001: an amount must be a decimal number"):
        client(crm).deal("9001")


def test_a_computed_amount_is_rounded_to_what_money_has(crm) -> None:
    crm.records["deals"]["9001"]["properties"]["hs_arr"] = "41666.666666666664"
    assert client(crm).deal("9001").contract.arr == Decimal("41666.6667")
