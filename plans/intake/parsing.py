"""One place that knows which shape arrives at which endpoint."""

from plans.intake import generic, hubspot, salesforce
from plans.intake.facts import DealFacts
from plans.intake.notices import Malformed, Notice, Parsed

# connection kind → its endpoints, the first being the usual one.
ENDPOINTS = {
    "hubspot": ("events", "workflow"),
    "salesforce": ("outbound", "flow"),
    "webhook": ("deals",),
}
XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})


def parse(
    kind: str,
    endpoint: str,
    body: bytes,
    content_type: str = "",
    *,
    deal_object_type: str = hubspot.DEAL_OBJECT_TYPE,
) -> Parsed:
    """What the delivery says. Raises Malformed; an unknown kind or endpoint is a KeyError of the caller."""
    if endpoint not in ENDPOINTS[kind]:
        raise KeyError(endpoint)
    _check_type(endpoint, content_type)
    if not body.strip():
        raise Malformed("the body is empty")
    if kind == "hubspot" and endpoint == "events":
        org_id, notices = hubspot.parse_events(body, deal_object_type=deal_object_type)
    elif kind == "hubspot":
        org_id, notices = hubspot.parse_workflow(body)
    elif endpoint == "outbound":
        org_id, notices = salesforce.parse_outbound(body)
    else:
        org_id, notices = generic.parse_body(body)
    return Parsed(tuple(notices), org_id)


def facts_in(kind: str, endpoint: str, notice: Notice) -> DealFacts | None:
    """The facts that the notice itself carries; None where only the CRM's API can tell. Raises Malformed."""
    if kind == "hubspot":
        return hubspot.embedded_facts(notice.payload) if endpoint == "workflow" else None
    if endpoint == "outbound":
        return salesforce.facts(notice.payload)
    return generic.facts(notice.payload, "salesforce" if kind == "salesforce" else "webhook")


def _check_type(endpoint: str, content_type: str) -> None:
    """JSON where JSON belongs and XML where XML belongs; a missing type is let through."""
    given = content_type.partition(";")[0].strip().lower()
    if not given:
        return
    fits = (
        given in XML_TYPES
        if endpoint == "outbound"
        else given == "application/json" or given.endswith("+json")
    )
    if not fits:
        raise Malformed(f"unexpected content type {given[:60]}")
