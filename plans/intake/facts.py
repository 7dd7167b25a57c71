"""What is known about one deal, whichever CRM said it. Frozen, bounded, free of the CRM's own words.

Text is cleaned of what PostgreSQL cannot store and cut at its column's length; an identifier is refused
when too long, because a cut one could name another thing. Money is a Decimal and never was a float.
"""

import re
from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from plans.intake.places import country_code, known_zone
from plans.intake.text import clean, cut, mail_address, moment, sane_day, sane_moment

SEGMENTS = {
    "enterprise": "enterprise",
    "ent": "enterprise",
    "strategic": "enterprise",
    "midmarket": "mid-market",
    "mm": "mid-market",
    "commercial": "mid-market",
    "smb": "smb",
    "smallbusiness": "smb",
    "smallandmediumbusiness": "smb",
    "startup": "smb",
}
LONG_FRACTION = re.compile(r"-?\d{1,14}\.\d{5,40}")
MOST_CONTACTS = 50
MOST_PRODUCTS = 100


def money(value: Any) -> Decimal | None:
    """An exact amount with at most 14 digits before the point and 4 after it. A float is refused."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | float):
        raise ValueError("an amount must be a decimal number or a text, not a float")
    try:
        amount = Decimal(value.strip() if isinstance(value, str) else value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError("an amount must be a decimal number") from error
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 14:
        raise ValueError("an amount must be finite and below 10^14")
    if amount != amount.quantize(Decimal("0.0001")):
        raise ValueError("an amount may have at most 4 decimal places")
    return amount


def rounded_money(value: str | None) -> Decimal | None:
    """A CRM's amount, whose computed fields come with more decimals than money has: rounded to four."""
    if value and LONG_FRACTION.fullmatch(value):
        return money(round(Decimal(value), 4))
    return money(value)


def _currency(value: Any) -> str:
    code = clean(value).upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise ValueError("a currency is a code of three letters, as in ISO 4217")
    return code


def _domain(value: Any) -> str:
    name = clean(value).lower().removeprefix("https://").removeprefix("http://").split("/")[0]
    return cut(name.removeprefix("www.").rstrip("."), 253)


def _text(length: int) -> BeforeValidator:
    return BeforeValidator(lambda value: cut(clean(value), length))


Name = Annotated[str, _text(200)]
Words = Annotated[str, _text(120)]
Code = Annotated[str, _text(64)]
Identifier = Annotated[str, BeforeValidator(clean), Field(max_length=120)]
Mail = Annotated[str, BeforeValidator(mail_address)]
Money = Annotated[Decimal | None, BeforeValidator(money)]
Days = Annotated[int, Field(ge=0, le=3660)]
Day = Annotated[date, AfterValidator(sane_day)]
Moment = Annotated[AwareDatetime, AfterValidator(sane_moment)]
Gap = Literal["contacts", "line_items", "owner"]
Months = Annotated[int, Field(ge=1, le=240)]


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonFacts(Facts):
    """A person at the customer or at the vendor. `email` is "" when the CRM's was no address."""

    name: Name = ""
    email: Mail = ""
    title: Name = ""
    buying_role: Words = ""
    external_id: Identifier = ""


class AccountFacts(Facts):
    """The customer company. `country` is an ISO 3166 code or "", `time_zone` an IANA name or ""."""

    external_id: Identifier = ""
    name: Name = ""
    domain: Annotated[str, BeforeValidator(_domain)] = ""
    industry: Words = ""
    segment: Code = ""
    country: Annotated[str, BeforeValidator(country_code)] = ""
    time_zone: Annotated[str, BeforeValidator(known_zone)] = ""


class ContractFacts(Facts):
    """The term that was bought. `arr` is money a year, in the deal's currency."""

    start: Day | None = None
    end: Day | None = None
    term_months: Months | None = None
    arr: Money = None
    notice_days: Days | None = None


class DealFacts(Facts):
    """One opportunity. `is_won` is None where the CRM did not say: then the stage decides (`is_won`)."""

    source: Literal["hubspot", "salesforce", "webhook", "manual"]
    external_id: Annotated[Identifier, Field(min_length=1)]
    name: Name = ""
    amount: Money = None
    currency: Annotated[str, BeforeValidator(_currency)] = ""
    closed_on: Day | None = None
    kind: Code = ""
    is_won: bool | None = None
    stage_id: Identifier = ""
    pipeline: Identifier = ""
    org_id: Identifier = ""
    owner: PersonFacts | None = None
    account: AccountFacts | None = None
    contacts: Annotated[tuple[PersonFacts, ...], Field(max_length=MOST_CONTACTS)] = ()
    products: Annotated[tuple[Name, ...], Field(max_length=MOST_PRODUCTS)] = ()
    contract: ContractFacts | None = None
    occurred_at: Moment | None = None
    # What the CRM knows of but did not give; a plan is made all the same and says so.
    gaps: tuple[Gap, ...] = ()


class SegmentChoice(NamedTuple):
    """`because` is "segment" (the CRM said so), "arr", "amount" or "nothing"; `measure` the money a year."""

    segment: str
    because: Literal["segment", "arr", "amount", "nothing"]
    measure: Decimal | None


def is_won(facts: DealFacts, winning_stages: frozenset[str] | set[str]) -> bool:
    """The CRM's own word where it gave one, else whether the stage is one of the winning ones."""
    if facts.is_won is not None:
        return facts.is_won
    return facts.stage_id in winning_stages


def segment_for(
    facts: DealFacts,
    *,
    enterprise_from: Decimal = Decimal(100_000),
    mid_market_from: Decimal = Decimal(20_000),
) -> SegmentChoice:
    """The account's segment: as the CRM names it, else by money a year in the deal's own currency.

    Money a year is the contract's ARR, else the amount × 12 ÷ term (the whole amount for a term of up to
    a year or none). No exchange rates: the thresholds are rough and a CSM may correct the segment.
    """
    said = facts.account.segment if facts.account else ""
    named = SEGMENTS.get("".join(letter for letter in said.lower() if letter.isalnum()))
    if named:
        return SegmentChoice(named, "segment", None)
    because, measure = _money_a_year(facts)
    if measure is None:
        return SegmentChoice("smb", "nothing", None)
    if measure >= enterprise_from:
        return SegmentChoice("enterprise", because, measure)
    return SegmentChoice("mid-market" if measure >= mid_market_from else "smb", because, measure)


def end_of_term(start: date, months: int) -> date:
    """The last day of a term: a year from 2026-03-01 ends on 2027-02-28."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date.fromordinal(date(year, month + 1, start.day).toordinal() - 1)


def day_of(value: str | datetime | None) -> date | None:
    """A CRM's day: `2026-11-20`, an ISO moment, or milliseconds since 1970 as HubSpot writes them (UTC)."""
    if not value:
        return None
    if isinstance(value, str) and len(value) == 10 and not value.isdigit():
        return date.fromisoformat(value)
    found = moment(value) if isinstance(value, str) else value
    return found.date() if found else None


def _money_a_year(facts: DealFacts) -> tuple[Literal["arr", "amount"], Decimal | None]:
    if facts.contract and facts.contract.arr is not None:
        return "arr", facts.contract.arr
    if facts.amount is None:
        return "amount", None
    months = (facts.contract.term_months if facts.contract else None) or 12
    return "amount", facts.amount * 12 / months if months > 12 else facts.amount
