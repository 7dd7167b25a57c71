"""Reading a deal and its neighbours from HubSpot's CRM API (v3 objects and owners)."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from plans.intake import hubspot
from plans.intake.facts import MOST_CONTACTS, AccountFacts, DealFacts, Gap, PersonFacts
from plans.intake.notices import Malformed, load_json
from plans.intake.text import clean, cut

DEAL = (
    "dealname,amount,deal_currency_code,closedate,dealstage,pipeline,dealtype,hubspot_owner_id,"
    "hs_is_closed_won,hs_lastmodifieddate,hs_arr"
)
COMPANY = "name,domain,industry,segment,country,timezone"
CONTACT = "firstname,lastname,email,jobtitle,hs_buying_role"
LINE_ITEM = (
    "name,hs_recurring_billing_period,hs_recurring_billing_start_date,hs_recurring_billing_end_date,quantity"
)
MOST_BYTES = 2_000_000
MOST_NEIGHBOURS = 25
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class CrmUnavailable(Exception):
    """The CRM cannot answer now: try again, after `retry_after` seconds where it named them."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class CrmRefused(Exception):
    """The CRM answers, and not with what we asked for: trying again would change nothing."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class HubSpotClient:
    """One connection's reader. `timeout` is seconds for one answer, from connecting to its last byte."""

    def __init__(self, base_url: str, token: str, timeout: float = 5.0) -> None:
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise CrmRefused("the base address of the connection is no http address")
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.session = requests.Session()
        self.session.auth = _Bearer(token)
        # A proxy of the environment is for the way out; this machine is reached directly.
        self.session.trust_env = address.hostname not in LOOPBACK

    def __enter__(self) -> "HubSpotClient":
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()

    def deal(self, deal_id: str) -> DealFacts:
        """The deal with its company, contacts, owner and line items.

        Raises CrmUnavailable, CrmRefused, and Malformed when an answer cannot be understood. A neighbour
        that is gone, or line items and owners that the token may not read, become `gaps`.
        """
        if not hubspot.OBJECT_ID.fullmatch(deal_id):
            raise Malformed("a deal's id is made of digits")
        asked = {"properties": DEAL, "associations": "companies,contacts,line_items"}
        answer = self._get(f"/crm/v3/objects/deals/{deal_id}", asked)
        properties = _properties(answer)
        gaps: dict[Gap, None] = {}
        try:
            return hubspot.deal_facts(
                deal_id,
                properties,
                account=self._account(_neighbours(answer, "companies")),
                contacts=self._contacts(_neighbours(answer, "contacts"), gaps),
                owner=self._owner(properties.get("hubspot_owner_id", ""), gaps),
                line_items=self._line_items(_neighbours(answer, "line_items"), gaps),
                gaps=tuple(gaps),
            )
        except ValueError as error:
            raise error if isinstance(error, Malformed) else Malformed(cut(str(error), 500)) from error

    def _account(self, ids: list[str]) -> AccountFacts | None:
        for company_id in ids[:MOST_NEIGHBOURS]:
            found = self._neighbour(f"/crm/v3/objects/companies/{company_id}", COMPANY, skip=(404,))
            if found is not None:
                return hubspot.account_facts(company_id, found)
        return None

    def _contacts(self, ids: list[str], gaps: dict[Gap, None]) -> list[PersonFacts]:
        found = []
        for contact_id in ids[: min(MOST_NEIGHBOURS, MOST_CONTACTS)]:
            contact = self._neighbour(f"/crm/v3/objects/contacts/{contact_id}", CONTACT, skip=(404,))
            if contact is not None:
                found.append(hubspot.person_facts(contact_id, contact))
        if len(found) < len(ids):
            gaps["contacts"] = None
        return found

    def _owner(self, owner_id: str, gaps: dict[Gap, None]) -> PersonFacts | None:
        if not hubspot.OBJECT_ID.fullmatch(owner_id):
            return None
        try:
            owner = self._get(f"/crm/v3/owners/{owner_id}", {})
        except CrmRefused as error:
            if error.status not in (403, 404):
                raise
            gaps["owner"] = None
            return None
        name = f"{clean(owner.get('firstName'))} {clean(owner.get('lastName'))}"
        return PersonFacts(external_id=owner_id, name=name, email=clean(owner.get("email")))

    def _line_items(self, ids: list[str], gaps: dict[Gap, None]) -> list[dict[str, str]]:
        found = []
        for item_id in ids[:MOST_NEIGHBOURS]:
            item = self._neighbour(f"/crm/v3/objects/line_items/{item_id}", LINE_ITEM, skip=(403, 404))
            if item is not None:
                found.append(item)
        if len(found) < len(ids):
            gaps["line_items"] = None
        return found

    def _neighbour(self, path: str, properties: str, *, skip: tuple[int, ...]) -> dict[str, str] | None:
        try:
            return _properties(self._get(path, {"properties": properties}))
        except CrmRefused as error:
            if error.status in skip:
                return None
            raise

    def _get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        ends = time.monotonic() + self.timeout
        try:
            with self.session.get(
                self.base_url + path, params=params, timeout=self.timeout, stream=True, allow_redirects=False
            ) as response:
                _judge(response, path)
                body = _bounded(response, ends)
        except requests.Timeout as error:
            raise CrmUnavailable(f"no answer within {self.timeout:g} seconds") from error
        except requests.RequestException as error:
            raise CrmUnavailable(f"cannot be reached: {type(error).__name__}") from error
        try:
            answer = load_json(body)
        except Malformed as error:
            raise CrmUnavailable(f"the answer to {path} is {error}") from error
        if not isinstance(answer, dict):
            raise Malformed(f"the answer to {path} is not an object")
        return answer


class _Bearer(AuthBase):
    """The token as a header. As an auth object, so that no .netrc of the machine can take its place."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _judge(response: requests.Response, path: str) -> None:
    """Raise unless this is the answer itself."""
    status = response.status_code
    if status == 200:
        return
    if status in (408, 423, 425, 429) or status >= 500:
        raise CrmUnavailable(f"answered {status}", _seconds(response.headers.get("Retry-After", "")))
    reasons = {
        401: "the access token is not accepted",
        403: "the access token lacks a scope",
        404: "not found",
    }
    reason = reasons.get(status, "a redirect is not followed" if 300 <= status < 400 else "refused")
    raise CrmRefused(f"answered {status} to {path}: {reason}", status)


def _seconds(value: str) -> float | None:
    return min(float(value), 3600.0) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _bounded(response: requests.Response, ends: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(65_536):
        size += len(part)
        if size > MOST_BYTES:
            raise CrmRefused(f"the answer is larger than {MOST_BYTES} bytes", response.status_code)
        if time.monotonic() > ends:
            raise requests.Timeout("slow answer")
        parts.append(part)
    return b"".join(parts)


def _properties(answer: Mapping[str, Any]) -> dict[str, str]:
    properties = answer.get("properties")
    if not isinstance(properties, dict):
        raise Malformed("the CRM's answer has no properties")
    return hubspot.flat(properties)


def _neighbours(answer: Mapping[str, Any], kind: str) -> list[str]:
    """The associated ids once each, those of the primary kind (`deal_to_company`) before labelled ones."""
    associations = answer.get("associations")
    associations = associations if isinstance(associations, dict) else {}
    # The answer names line items with a space, the question with an underscore.
    found = associations.get(kind) or associations.get(kind.replace("_", " ")) or {}
    results = found.get("results", []) if isinstance(found, dict) else []
    rows = [row for row in results if isinstance(row, dict)]
    rows.sort(key=lambda row: str(row.get("type", "")).count("_") > 2)
    ids = [clean(row.get("id")) for row in rows]
    return list(dict.fromkeys(one for one in ids if hubspot.OBJECT_ID.fullmatch(one)))
