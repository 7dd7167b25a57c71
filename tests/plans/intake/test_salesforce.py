import time
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import fromstring

import pytest

from plans.intake.facts import segment_for
from plans.intake.notices import Malformed, NoticeKind
from plans.intake.salesforce import ack, facts, fault, long_id, parse_outbound, same_org, without_session
from tests.crm_server import sample

ONE = sample("salesforce-outbound-one.xml")
OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def test_one_notification_becomes_one_notice_and_its_facts() -> None:
    org_id, [notice] = parse_outbound(ONE)
    deal = facts(notice.payload)
    assert org_id == deal.org_id == "00D5g000004XyZaEAK"
    assert notice.dedupe_key == "salesforce:00D5g000004XyZaEAK:04l5g00000XsWq1AAF"
    assert notice.external_id == deal.external_id == "0065g00000AbCdEAAV"
    assert notice.occurred_at == deal.occurred_at == datetime(2026, 11, 20, 16, 31, 7, tzinfo=UTC)
    assert (deal.name, deal.stage_id, deal.is_won) == ("Helvetia MedTech – Quality Suite", "Closed Won", True)
    assert (deal.amount, deal.currency, deal.closed_on) == (Decimal("64000.0"), "CHF", date(2026, 11, 20))
    assert (deal.account.name, deal.account.domain, deal.account.country) == (
        "Helvetia MedTech",
        "helvetia-medtech.example",
        "CH",
    )
    assert [(one.name, one.title, one.buying_role) for one in deal.contacts] == [
        ("Beatrice Keller", "Head of Quality", "Champion")
    ]
    assert deal.products == ("Quality Suite", "Audit Module")
    assert deal.contract.model_dump() == {
        "start": date(2026, 12, 1),
        "end": None,
        "term_months": 12,
        "arr": Decimal("64000.0"),
        "notice_days": 60,
    }
    assert segment_for(deal).segment == "mid-market"


def test_many_notifications_with_bare_fields() -> None:
    notices = parse_outbound(sample("salesforce-outbound-many.xml"))[1]
    deals = [facts(one.payload) for one in notices]
    assert [(one.name, one.amount, one.is_won) for one in deals] == [
        ("Rowan & Pike – Field Service", Decimal("21500.25"), True),
        ("Cedar Grid – Metering", Decimal("310000.0"), True),
        ("Lumen Retail – Pilot", None, False),
    ]
    assert deals[0].account.external_id == "0015g00000FgHiKAAV"
    assert deals[0].account.name == ""
    assert deals[2].account is None
    assert (deals[0].contacts, deals[0].contract) == ((), None)
    assert len({one.dedupe_key for one in notices}) == 3


def test_a_repeat_with_another_session_has_the_same_key() -> None:
    again = ONE.replace(b'<SessionId xsi:nil="true"/>', b"<SessionId>00D!AQ8AQ</SessionId>")
    assert again != ONE
    assert parse_outbound(again)[1] == parse_outbound(ONE)[1]
    other = ONE.replace(b"04l5g00000XsWq1AAF", b"04l5g00000XsWq9AAF")
    assert parse_outbound(other)[1][0].dedupe_key != parse_outbound(ONE)[1][0].dedupe_key


def test_another_kind_of_record_is_no_deal() -> None:
    [notice] = parse_outbound(ONE.replace(b"sf:Opportunity", b"sf:Contact"))[1]
    assert notice.kind == NoticeKind.OTHER


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (sample("salesforce-entities-attack.xml"), "document type or entities are not accepted"),
        (b'<!DOCTYPE x><x xmlns="y"/>', "document type or entities are not accepted"),
        (sample("salesforce-malformed-cut-off.xml"), "not XML: .*line 1"),
        (sample("salesforce-malformed-empty.xml"), "expected 1 to 100 notifications"),
        (b"<x/>", "expected a SOAP envelope"),
        (b"", "not XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><x/>', "not XML"),
        (ONE.replace(b"2005/09/outbound", b"2005/09/inbound"), "no notifications"),
        (ONE.replace(b"00D5g000004XyZaEAK", b"my org"), "OrganizationId: expected a Salesforce id"),
        (ONE.replace(b"<sf:Id>0065g00000AbCdEAAV</sf:Id>", b""), r"notification 0\.sObject\.Id"),
        (ONE.replace(b"16:31:07.000Z", b"noon"), "notification 0: not a moment"),
    ],
)
def test_malformed_messages_say_why(body, reason) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_outbound(body)


def test_the_attack_is_one_without_the_guard() -> None:
    """The sample really holds entities: an unguarded parser would expand them."""
    assert b"<!ENTITY" in sample("salesforce-entities-attack.xml")
    harmless = sample("salesforce-entities-attack.xml").replace(b"&secret;", b"")
    assert fromstring(harmless).find(".//{urn:sobject.enterprise.soap.sforce.com}Name").text == "ha" * 8


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("Amount", "lots", "an amount must be a decimal number"),
        ("CloseDate", "20 November", "opportunity 0065g00000AbCdEAAV: "),
        ("CurrencyIsoCode", "EURO", "currency: .*three letters"),
        ("Contract_Term_Months__c", "1.5", "opportunity 0065g00000AbCdEAAV: "),
    ],
)
def test_a_field_that_cannot_be_read_names_the_opportunity(field, value, reason) -> None:
    [notice] = parse_outbound(ONE)[1]
    payload = notice.payload | {"fields": notice.payload["fields"] | {field: value}}
    with pytest.raises(Malformed, match=reason):
        facts(payload)


def test_the_answer_is_one_ack_in_an_envelope() -> None:
    answer = fromstring(ack())
    assert answer.tag == f"{SOAP}Envelope"
    assert answer.findtext(f"{SOAP}Body/{OUTBOUND}notificationsResponse/{OUTBOUND}Ack") == "true"


def test_a_fault_tells_its_reason_and_nothing_breaks_out_of_it() -> None:
    answer = fromstring(fault("<Ack>true</Ack> & more"))
    assert answer.findtext(f"{SOAP}Body/{SOAP}Fault/faultstring") == "<Ack>true</Ack> & more"
    assert answer.findtext(f"{SOAP}Body/{SOAP}Fault/faultcode") == "soapenv:Client"
    assert b"Server" in fault("later", ours=True)
    assert answer.find(f".//{OUTBOUND}Ack") is None


def test_ids_of_15_and_18_characters_are_one() -> None:
    assert long_id("00D5g000004XyZa") == "00D5g000004XyZaEAK"
    assert long_id("001A0000006Vm9u") == "001A0000006Vm9uIAC"
    assert same_org("00D5g000004XyZa", "00D5g000004XyZaEAK")
    assert not same_org("00D5g000004XyZA", "00D5g000004XyZaEAK")
    assert not same_org("", "")


def test_a_session_is_not_kept() -> None:
    for session in (
        b"<SessionId>00D!AQ8AQ</SessionId>",
        b'<n:SessionId xmlns:n="x">00D!AQ8AQ</n:SessionId>',
        b'<SessionId xmlns="http://soap.sforce.com/2005/09/outbound">00D!AQ8AQ</SessionId>',
    ):
        kept = without_session(ONE.replace(b'<SessionId xsi:nil="true"/>', session))
        assert b"AQ8AQ" not in kept
        assert b"SessionId>" in kept
    assert without_session(ONE) == ONE


def test_a_body_made_to_be_slow_is_searched_quickly() -> None:
    began = time.process_time()
    without_session(b"<SessionId" * 100_000)
    without_session(b"<SessionId " * 100_000)
    assert time.process_time() - began < 1, "anybody may send this, without a secret"
