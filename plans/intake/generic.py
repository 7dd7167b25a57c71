"""The one contract we publish, for Salesforce Flow callouts and for every other system.

`docs/integrate.md` explains it, `json_schema()` gives it to machines. Fields that we do not know are
ignored, so that a sender may send more than we read.
"""

from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from plans.intake.facts import (
    MOST_CONTACTS,
    MOST_PRODUCTS,
    AccountFacts,
    ContractFacts,
    Day,
    Days,
    DealFacts,
    Moment,
    Months,
    PersonFacts,
    money,
)
from plans.intake.notices import Malformed, Notice, NoticeKind, dedupe_key, explain, load_json
from plans.intake.text import clean, mail_address

DELETIONS = ("deleted", "deletion")

Text = Annotated[str, BeforeValidator(clean), Field(max_length=200)]
Identifier = Annotated[str, BeforeValidator(clean), Field(max_length=120)]
Currency = Annotated[
    str, BeforeValidator(lambda value: clean(value).upper()), Field(pattern=r"^([A-Z]{3})?$")
]
Amount = Annotated[
    Any,
    BeforeValidator(money),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^-?\d{1,14}(\.\d{1,4})?$"},
                {"type": "null"},
            ],
            "description": "Money in units of the currency, at most 4 decimal places; a text keeps it exact.",
        }
    ),
]


def _address(value: Any) -> str:
    """Strict, unlike what other CRMs get: who builds this body can mend it."""
    address = mail_address(value)
    if clean(value) and not address:
        raise ValueError("not an e-mail address")
    return address


Mail = Annotated[str, BeforeValidator(_address)]


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Opportunity(Part):
    id: Annotated[Identifier, Field(min_length=1, description="The deal's id in your system: one plan each.")]
    name: Annotated[Text, Field(min_length=1)]
    stage_name: Text = ""
    is_won: bool | None = Field(None, description="Without it the connection's winning stages decide.")
    amount: Amount = None
    currency: Currency = ""
    close_date: Day | None = None
    type: Text = ""


class Account(Part):
    id: Identifier = ""
    name: Annotated[Text, Field(min_length=1)]
    industry: Text = ""
    segment: Text = Field("", description="enterprise, mid-market or smb; else money decides.")
    domain: Text = ""
    country: Text = Field("", description="ISO 3166 code or English name, for public holidays.")
    time_zone: Text = Field("", description="IANA name such as Europe/Berlin, for due dates.")


class Person(Part):
    name: Text = ""
    email: Mail = ""


class Contact(Person):
    role: Text = Field("", description="The part in the purchase, such as champion or economic buyer.")
    title: Text = ""


class Contract(Part):
    start: Day | None = None
    end: Day | None = None
    term_months: Months | None = None
    arr: Amount = None
    notice_days: Days | None = None


class Body(Part):
    """What a sender posts to the generic endpoint when an opportunity is won or changes."""

    model_config = ConfigDict(extra="ignore", frozen=True, title="Opportunity delivery")

    event: Annotated[Text, Field(description="Such as opportunity.won or opportunity.deleted.")] = ""
    org_id: Identifier = ""
    opportunity: Opportunity
    account: Account | None = None
    owner: Person | None = None
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_CONTACTS)] = ()
    products: Annotated[tuple[Text, ...], Field(max_length=MOST_PRODUCTS)] = ()
    contract: Contract | None = None
    sent_at: Moment | None = None
    idempotency_key: Identifier = Field("", description="The same for each repeat of one message.")


def parse_body(body: bytes) -> tuple[str, list[Notice]]:
    """The sender's org id and the one notice of the body. Raises Malformed with path and message."""
    payload = load_json(body)
    told = _read(payload)
    state = told.idempotency_key or (told.sent_at.isoformat() if told.sent_at else sha256(body).hexdigest())
    gone = told.event.lower().endswith(DELETIONS)
    notice = Notice(
        dedupe_key("generic", told.org_id, told.opportunity.id, state),
        told.opportunity.id,
        told.sent_at,
        NoticeKind.DELETED if gone else NoticeKind.CHANGED,
        payload,
    )
    return told.org_id, [notice]


def facts(payload: dict[str, Any], source: Literal["webhook", "salesforce"] = "webhook") -> DealFacts:
    """The contract's body as facts. Raises Malformed with path and message."""
    told = _read(payload)
    deal = told.opportunity
    return DealFacts(
        source=source,
        external_id=deal.id,
        name=deal.name,
        amount=deal.amount,
        currency=deal.currency,
        closed_on=deal.close_date,
        kind=deal.type,
        is_won=deal.is_won,
        stage_id=deal.stage_name[:120],
        org_id=told.org_id,
        owner=PersonFacts(name=told.owner.name, email=told.owner.email) if told.owner else None,
        account=_account(told.account) if told.account else None,
        contacts=tuple(
            PersonFacts(name=one.name, email=one.email, title=one.title, buying_role=one.role)
            for one in told.contacts
        ),
        products=told.products,
        contract=ContractFacts(**told.contract.model_dump()) if told.contract else None,
        occurred_at=told.sent_at,
    )


def json_schema() -> dict[str, Any]:
    """The published contract as JSON Schema (2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Body.model_json_schema()}


def _read(payload: Any) -> Body:
    try:
        return Body.model_validate(payload)
    except ValidationError as error:
        raise Malformed(explain(error)) from error


def _account(told: Account) -> AccountFacts:
    return AccountFacts(
        external_id=told.id,
        name=told.name,
        industry=told.industry,
        segment=told.segment,
        domain=told.domain,
        country=told.country,
        time_zone=told.time_zone,
    )
