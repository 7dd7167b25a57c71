"""HubSpot's two ways of telling: webhook events (ids only) and the workflow action (the deal itself).

Shapes as its developer pages give them: an array of 1–100 events, classic or generic; a bare object from
the test button; the workflow's deal with `properties.x` or `properties.x.value`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from plans.intake.facts import AccountFacts, ContractFacts, DealFacts, Gap, PersonFacts, day_of, rounded_money
from plans.intake.notices import Malformed, Notice, NoticeKind, dedupe_key, explain, load_json
from plans.intake.text import clean, moment

DEAL_OBJECT_TYPE = "0-3"
MOST_EVENTS = 100
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OBJECT_ID = re.compile(r"[0-9]{1,20}")
PERIOD = re.compile(r"P(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:\d{1,4}D)?")
GONE = frozenset({"deletion", "privacyDeletion"})


def parse_events(body: bytes, *, deal_object_type: str = DEAL_OBJECT_TYPE) -> tuple[str, list[Notice]]:
    """The portal's id and one notice per event, oldest first. Raises Malformed."""
    events = load_json(body)
    events = [events] if isinstance(events, dict) else events
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise Malformed(f"expected an array of 1 to {MOST_EVENTS} events, or one event")
    notices = [_event(event, f"event {place}", deal_object_type) for place, event in enumerate(events)]
    portals = {clean(event.get("portalId")) for event in events}
    if len(portals) > 1:
        raise Malformed("the events come from more than one portal")
    return portals.pop(), sorted(notices, key=lambda notice: notice.occurred_at or LONG_AGO)


def parse_workflow(body: bytes) -> tuple[str, list[Notice]]:
    """The portal's id ("" where not given) and one notice that carries the deal. Raises Malformed."""
    deal = load_json(body)
    if not isinstance(deal, dict) or not isinstance(deal.get("properties"), dict):
        raise Malformed("expected one deal with its properties")
    deal_id = _object_id(deal.get("objectId", deal.get("id")), "deal")
    properties = flat(deal["properties"])
    portal = _text(deal.get("portalId"), "portalId")
    changed = properties.get("hs_lastmodifieddate")
    # Nothing in this body is unique to one sending, and that is right: the same state is no news.
    state = changed or sha256(body).hexdigest()
    payload = {"id": deal_id, "portalId": portal, "properties": properties}
    key = dedupe_key("hubspot-workflow", portal, deal_id, state)
    occurred_at = _moment(changed, "properties.hs_lastmodifieddate")
    return portal, [Notice(key, deal_id, occurred_at, NoticeKind.CHANGED, payload)]


def flat(properties: Mapping[str, Any]) -> dict[str, str]:
    """`{"x": "1"}` and `{"x": {"value": "1"}}` alike as `{"x": "1"}`, without what is empty or no scalar."""
    found = {}
    for name, value in properties.items():
        value = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(value, bool):
            value = "true" if value else "false"
        text = clean(value) if isinstance(value, str | int) else ""
        if text:
            found[name] = text
    return found


def embedded_facts(payload: Mapping[str, Any]) -> DealFacts:
    """What a workflow notice itself tells of its deal: no company, no people. Raises Malformed."""
    return deal_facts(payload["id"], payload["properties"], org_id=payload.get("portalId", ""))


def deal_facts(
    deal_id: str,
    properties: Mapping[str, str],
    *,
    org_id: str = "",
    account: AccountFacts | None = None,
    contacts: Sequence[PersonFacts] = (),
    owner: PersonFacts | None = None,
    line_items: Sequence[Mapping[str, str]] = (),
    gaps: Sequence[Gap] = (),
) -> DealFacts:
    """HubSpot's words for a deal and its neighbours as facts. Raises Malformed with the path of the fault."""
    won = properties.get("hs_is_closed_won", "").lower()
    try:
        return DealFacts(
            source="hubspot",
            external_id=deal_id,
            org_id=org_id,
            name=properties.get("dealname", ""),
            amount=rounded_money(properties.get("amount")),
            currency=properties.get("deal_currency_code", ""),
            closed_on=day_of(properties.get("closedate")),
            kind=properties.get("dealtype", ""),
            is_won={"true": True, "false": False}.get(won),
            stage_id=properties.get("dealstage", ""),
            pipeline=properties.get("pipeline", ""),
            owner=owner,
            account=account,
            contacts=tuple(contacts),
            products=tuple(item["name"] for item in line_items if item.get("name")),
            contract=_contract(properties, line_items),
            occurred_at=moment(properties.get("hs_lastmodifieddate")),
            gaps=tuple(gaps),
        )
    except ValidationError as error:
        raise Malformed(f"deal {deal_id}: {explain(error)}") from error
    except ValueError as error:
        raise Malformed(f"deal {deal_id}: {error}") from error


def account_facts(company_id: str, properties: Mapping[str, str]) -> AccountFacts:
    return AccountFacts(
        external_id=company_id,
        name=properties.get("name", ""),
        domain=properties.get("domain", ""),
        industry=_spoken(properties.get("industry", "")),
        segment=properties.get("segment", ""),
        country=properties.get("country", ""),
        time_zone=properties.get("timezone", ""),
    )


def person_facts(contact_id: str, properties: Mapping[str, str]) -> PersonFacts:
    """A contact. Of several buying roles (`CHAMPION;END_USER`) all are kept, in words."""
    roles = properties.get("hs_buying_role", "").split(";")
    return PersonFacts(
        external_id=contact_id,
        name=f"{properties.get('firstname', '')} {properties.get('lastname', '')}",
        email=properties.get("email", ""),
        title=properties.get("jobtitle", ""),
        buying_role=", ".join(_spoken(role) for role in roles if role),
    )


def _event(event: Any, place: str, deal_object_type: str) -> Notice:
    if not isinstance(event, dict):
        raise Malformed(f"{place}: expected an object")
    told = _text(event.get("subscriptionType"), f"{place}.subscriptionType")
    thing, _dot, act = told.partition(".")
    if not act:
        raise Malformed(f"{place}.subscriptionType: expected a name such as deal.propertyChange")
    object_id = _object_id(event.get("objectId"), place)
    object_type = _text(event.get("objectTypeId"), f"{place}.objectTypeId")
    about_deal = thing == "deal" or (thing == "object" and object_type == deal_object_type)
    kind = (NoticeKind.DELETED if act in GONE else NoticeKind.CHANGED) if about_deal else NoticeKind.OTHER
    portal, event_id, occurred = (
        _text(event.get(name), f"{place}.{name}") for name in ("portalId", "eventId", "occurredAt")
    )
    # Never the attempt number: it counts the repeats of one event.
    subscription = f"{told}/{object_type}" if thing == "object" else told
    key = dedupe_key("hubspot", portal, subscription, object_id, event_id, occurred)
    return Notice(key, object_id, _moment(occurred, f"{place}.occurredAt"), kind, event)


def _object_id(value: Any, place: str) -> str:
    """The id as digits, and nothing else: it becomes a part of an address."""
    text = _text(value, f"{place}.objectId")
    if not OBJECT_ID.fullmatch(text):
        raise Malformed(f"{place}: expected an objectId of digits")
    return text


def _text(value: Any, place: str) -> str:
    try:
        return clean(value)
    except ValueError as error:
        raise Malformed(f"{place}: {error}") from error


def _moment(value: str | None, place: str) -> datetime | None:
    try:
        return moment(value)
    except ValueError as error:
        raise Malformed(f"{place}: {error}") from error


def _contract(deal: Mapping[str, str], items: Sequence[Mapping[str, str]]) -> ContractFacts | None:
    starts = _days(items, "hs_recurring_billing_start_date")
    ends = _days(items, "hs_recurring_billing_end_date")
    terms = [months for item in items if (months := _months(item.get("hs_recurring_billing_period", "")))]
    arr = rounded_money(deal.get("hs_arr"))
    if not (starts or ends or terms or arr is not None):
        return None
    return ContractFacts(
        start=min(starts, default=None),
        end=max(ends, default=None),
        term_months=max(terms, default=None),
        arr=arr,
    )


def _days(items: Sequence[Mapping[str, str]], name: str) -> list[date]:
    return [day for item in items if (day := day_of(item.get(name)))]


def _months(period: str) -> int:
    """Whole months of an ISO 8601 period such as P1Y, P12M or P52W; 0 when it says less than a month."""
    found = PERIOD.fullmatch(period)
    years, months, weeks = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return years * 12 + months + round(weeks * 12 / 52)


def _spoken(word: str) -> str:
    """`LOGISTICS_AND_SUPPLY_CHAIN`, as HubSpot keeps its choices, as "Logistics and supply chain"."""
    return word.replace("_", " ").capitalize() if word.isupper() else word
