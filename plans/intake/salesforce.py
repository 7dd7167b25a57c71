"""Salesforce outbound messages: SOAP in, one Ack out. Unsigned, so the organisation's id is all they prove.

An outbound message holds fields of the opportunity alone. What belongs to its account or its contacts comes
as formula fields under the names of FIELDS; each of them may be missing.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from plans.intake.facts import AccountFacts, ContractFacts, DealFacts, PersonFacts, day_of, rounded_money
from plans.intake.notices import Malformed, Notice, NoticeKind, dedupe_key, explain
from plans.intake.text import clean, moment

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MOST_NOTIFICATIONS = 100
RECORD_ID = re.compile(r"[A-Za-z0-9]{15}|[A-Za-z0-9]{18}")
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# What an admin may add to the message as formula fields: our word → the field's API name.
FIELDS = {
    "account_name": "Account_Name__c",
    "account_domain": "Account_Domain__c",
    "account_industry": "Account_Industry__c",
    "account_segment": "Account_Segment__c",
    "account_country": "Account_Country__c",
    "owner_name": "Owner_Name__c",
    "owner_email": "Owner_Email__c",
    "contact_name": "Primary_Contact_Name__c",
    "contact_email": "Primary_Contact_Email__c",
    "contact_title": "Primary_Contact_Title__c",
    "contact_role": "Primary_Contact_Role__c",
    "contract_start": "Contract_Start__c",
    "contract_end": "Contract_End__c",
    "contract_months": "Contract_Term_Months__c",
    "arr": "ARR__c",
    "notice_days": "Notice_Days__c",
    "products": "Products__c",
}
# `<SessionId>…</SessionId>`, whatever prefix and attributes it has. A start that never ends is given up at the next
# `<`: anybody may send one, and a search to the end of the body from each of them would take minutes.
SESSION = re.compile(rb"(<(?:\w+:)?SessionId(?:\s[^<>]*)?(?<!/)>)[^<]*(</)")


def parse_outbound(body: bytes) -> tuple[str, list[Notice]]:
    """The organisation's id (18 characters) and one notice per notification. Raises Malformed."""
    try:
        envelope = fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Malformed("a document type or entities are not accepted") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Malformed(f"not XML: {error}") from error
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise Malformed("expected a SOAP envelope")
    message = envelope.find(f"{{{SOAP}}}Body/{{{OUTBOUND}}}notifications")
    if message is None:
        raise Malformed("the envelope has no notifications")
    org_id = _record_id(message.findtext(f"{{{OUTBOUND}}}OrganizationId"), "OrganizationId")
    found = message.findall(f"{{{OUTBOUND}}}Notification")
    if not 1 <= len(found) <= MOST_NOTIFICATIONS:
        raise Malformed(f"expected 1 to {MOST_NOTIFICATIONS} notifications")
    return org_id, [_notice(one, f"notification {place}", org_id) for place, one in enumerate(found)]


def facts(payload: Mapping[str, Any]) -> DealFacts:
    """The opportunity of a notice's payload as facts. Raises Malformed with the path of the fault."""
    fields: Mapping[str, str] = payload["fields"]
    try:
        return DealFacts(
            source="salesforce",
            external_id=long_id(fields["Id"]),
            org_id=payload["org_id"],
            name=fields.get("Name", ""),
            amount=rounded_money(fields.get("Amount")),
            currency=fields.get("CurrencyIsoCode", ""),
            closed_on=day_of(fields.get("CloseDate")),
            kind=fields.get("Type", ""),
            is_won={"true": True, "false": False, "1": True, "0": False}.get(fields.get("IsWon", "").lower()),
            stage_id=fields.get("StageName", ""),
            owner=_owner(fields),
            account=_account(fields),
            contacts=_contacts(fields),
            products=tuple(name for name in _own(fields, "products").split(";") if name.strip()),
            contract=_contract(fields),
            occurred_at=moment(fields.get("SystemModstamp") or fields.get("LastModifiedDate")),
        )
    except ValidationError as error:
        raise Malformed(f"opportunity {fields['Id']}: {explain(error)}") from error
    except ValueError as error:
        raise Malformed(f"opportunity {fields['Id']}: {error}") from error


def ack() -> bytes:
    """The one answer that Salesforce takes as received, for all notifications of the message."""
    return _envelope(f'<notificationsResponse xmlns="{OUTBOUND}"><Ack>true</Ack></notificationsResponse>')


def without_session(body: bytes) -> bytes:
    """The message without the session that it may carry: a key to the sender's CRM, which we neither need nor keep."""
    return SESSION.sub(rb"\1\2", body)


def fault(reason: str, *, ours: bool = False) -> bytes:
    """A SOAP 1.1 fault: the sender's, or `ours`. Salesforce tries again after either."""
    code = "Server" if ours else "Client"
    text = escape(clean(reason))
    return _envelope(
        f"<soapenv:Fault><faultcode>soapenv:{code}</faultcode><faultstring>{text}</faultstring></soapenv:Fault>"
    )


def long_id(record_id: str) -> str:
    """The 18 characters of a Salesforce id; the last three say which of the first fifteen are capitals."""
    if len(record_id) != 15:
        return record_id
    parts = (record_id[start : start + 5] for start in (0, 5, 10))
    return record_id + "".join(
        CHECK[sum(1 << n for n, c in enumerate(part) if c.isupper())] for part in parts
    )


def same_org(one: str, other: str) -> bool:
    """Whether two ids, of 15 or 18 characters, name the same organisation. An empty one names none."""
    return bool(one) and long_id(one) == long_id(other)


def _notice(notification: Element, place: str, org_id: str) -> Notice:
    notification_id = _record_id(notification.findtext(f"{{{OUTBOUND}}}Id"), f"{place}.Id")
    record = notification.find(f"{{{OUTBOUND}}}sObject")
    if record is None:
        raise Malformed(f"{place}: expected an sObject")
    kind = record.get(f"{{{XSI}}}type", "").rpartition(":")[2]
    fields: dict[str, str] = {}
    for field in record:
        name = str(field.tag).rpartition("}")[2]
        if len(field) == 0 and field.get(f"{{{XSI}}}nil") not in ("true", "1"):
            fields[name] = clean(field.text)
    record_id = _record_id(fields.get("Id"), f"{place}.sObject.Id")
    try:
        occurred_at = moment(fields.get("SystemModstamp") or fields.get("LastModifiedDate"))
    except ValueError as error:
        raise Malformed(f"{place}: {error}") from error
    return Notice(
        dedupe_key("salesforce", org_id, notification_id),
        record_id,
        occurred_at,
        NoticeKind.CHANGED if kind == "Opportunity" else NoticeKind.OTHER,
        {"org_id": org_id, "notification_id": notification_id, "object": kind, "fields": fields},
    )


def _record_id(text: str | None, place: str) -> str:
    found = (text or "").strip()
    if not RECORD_ID.fullmatch(found):
        raise Malformed(f"{place}: expected a Salesforce id of 15 or 18 characters")
    return long_id(found)


def _own(fields: Mapping[str, str], word: str) -> str:
    return fields.get(FIELDS[word], "")


def _owner(fields: Mapping[str, str]) -> PersonFacts | None:
    person = PersonFacts(
        external_id=fields.get("OwnerId", ""),
        name=_own(fields, "owner_name"),
        email=_own(fields, "owner_email"),
    )
    return person if person.external_id or person.email else None


def _account(fields: Mapping[str, str]) -> AccountFacts | None:
    account = AccountFacts(
        external_id=fields.get("AccountId", ""),
        name=_own(fields, "account_name"),
        domain=_own(fields, "account_domain"),
        industry=_own(fields, "account_industry"),
        segment=_own(fields, "account_segment"),
        country=_own(fields, "account_country"),
    )
    return account if account.external_id or account.name else None


def _contacts(fields: Mapping[str, str]) -> tuple[PersonFacts, ...]:
    person = PersonFacts(
        name=_own(fields, "contact_name"),
        email=_own(fields, "contact_email"),
        title=_own(fields, "contact_title"),
        buying_role=_own(fields, "contact_role"),
    )
    return (person,) if person.name or person.email else ()


def _contract(fields: Mapping[str, str]) -> ContractFacts | None:
    contract = ContractFacts(
        start=day_of(_own(fields, "contract_start")),
        end=day_of(_own(fields, "contract_end")),
        term_months=_whole(_own(fields, "contract_months")),
        arr=rounded_money(_own(fields, "arr")),
        notice_days=_whole(_own(fields, "notice_days")),
    )
    return contract if contract != ContractFacts() else None


def _whole(text: str) -> int | None:
    """A whole number, which Salesforce writes as 12.0. ValueError when it is none."""
    return int(text.removesuffix(".0")) if text else None


def _envelope(content: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}">'
        f"<soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>\n"
    ).encode()
