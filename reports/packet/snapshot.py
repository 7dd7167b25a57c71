"""What a renewal packet knows, beside what every document does. Nothing in it is for the vendor's eyes only."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from reports.recap.snapshot import RecapSnapshot
from reports.snapshots import Document, Frozen, Side


class Person(Frozen):
    """`title` is what the person is, in the document's language; `email` where they answer."""

    name: str
    title: str = ""
    email: str = ""


class Terms(Frozen):
    """The contract that ends. `yearly` is money a year on its last day (None where nobody has said it);
    `notice_on` is the last day on which notice can be given, None where none was agreed."""

    number: str = ""
    starts_on: date
    ends_on: date
    currency: str = ""
    yearly: Decimal | None = None
    notice_days: NonNegativeInt | None = None
    notice_on: date | None = None
    auto_renews: bool = False
    billing: str
    payment_days: NonNegativeInt
    tax_note: str = ""
    other: str = ""


class Allowance(Frozen):
    """A limit of the contract and what was used of it: up to `limit` within, up to `fair_limit` fair use, then beyond.

    `used` is of the latest period that says so, None where no figure is there. `how` says whether people were counted
    as they are, at most or at least. `most` is the highest of the term, `course` the latest periods' last days and
    numbers, oldest first.
    """

    label: str
    unit: str = ""
    limit: Decimal
    fair_limit: Decimal
    beyond: str = ""
    overage_price: Decimal | None = None
    used: Decimal | None = None
    used_from: date | None = None
    used_to: date | None = None
    how: Literal["said", "at_most", "at_least"] = "said"
    most: Decimal | None = None
    most_to: date | None = None
    course: tuple[tuple[date, Decimal], ...] = ()

    def standing(self, amount: Decimal) -> Literal["within", "fair", "beyond"]:
        if amount <= self.limit:
            return "within"
        return "fair" if amount <= self.fair_limit else "beyond"


class OrderLine(Frozen):
    """`yearly` is its money in a whole year (0 for what is paid once), `total` in its whole term."""

    name: str
    quantity: Decimal
    unit: str = ""
    unit_price: Decimal
    price_per: str
    discount_percent: Decimal = Decimal(0)
    yearly: Decimal
    total: Decimal


class Invoice(Frozen):
    number: PositiveInt
    covers_from: date
    covers_to: date
    invoiced_on: date
    due_on: date
    amount: Decimal


class Option(Frozen):
    """One way to go on. `years` are the amounts of the years of its term; they and the lines sum to `total`.
    Amounts are None while it has no lines, or the contract no currency."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    billing: str
    note: str = ""
    recommended: bool = False
    preferred_by: str = ""
    preferred_on: date | None = None
    yearly: Decimal | None = None
    total: Decimal | None = None
    lines: tuple[OrderLine, ...] = ()
    years: tuple[Invoice, ...] = ()

    @model_validator(mode="after")
    def _sums_are_right(self) -> Self:
        total = self.total or 0
        if sum(one.total for one in self.lines) != total:
            raise ValueError("the lines do not sum to the total")
        if sum(one.amount for one in self.years) != total:
            raise ValueError("the years do not sum to the total")
        return self


class Order(Frozen):
    """The order form of one option (its place among the options), and when it would be invoiced."""

    option: NonNegativeInt
    invoices: tuple[Invoice, ...] = ()
    customer_signer: Person | None = None
    vendor_signer: Person | None = None


class Confirmation(Frozen):
    """A security confirmation. `state` is of the day of the document: "ends_early" is valid now, and ends before the
    new term does. `address` leads to the paper: at its issuer's, or in the portal, which asks for sign-in. `attached`
    is its name in the packet itself, "" where it is not attached; `digest` is the SHA-256 of its file."""

    name: str
    issuer: str
    valid_from: date | None = None
    valid_until: date | None = None
    state: Literal["valid", "not_yet", "ends_early", "expired"]
    for_account: bool = False
    file_name: str = ""
    digest: str = ""
    address: str = ""
    attached: str = ""


class OpenTask(Frozen):
    """A task that is late, blocked or both. `blocked_on` is who has to clear the way. `page` is where the portal shows
    it, after `portal_address`."""

    title: str
    side: Side
    owner: str = ""
    due_on: date
    late_days: NonNegativeInt = 0
    blocked: bool = False
    blocked_on: str = ""
    blocked_reason: str = ""
    page: str = ""


class MissingItem(Frozen):
    """What the renewal still needs before it is ready, and who is to act; in time until `due_on`."""

    text: str
    side: Side
    owes: tuple[str, ...] = ()
    why: str = ""
    due_on: date | None = None
    late: bool = False


class Unconfirmed(Frozen):
    """A number, or a win (without unit and value), that the customer has not confirmed. `value` is None as well
    where the vendor keeps such numbers out of its packets."""

    title: str
    unit: str = ""
    value: Decimal | None = None
    measured_on: date
    claimed_by: str = ""
    evidenced: bool = False
    win: bool = False


class EvidenceRow(Frozen):
    """A piece of evidence: claimed, accepted or returned. `digest` is the SHA-256 of its file, "" without one."""

    title: str
    kind: Literal["file", "link", "note"]
    task: str
    state: Literal["claimed", "accepted", "returned"]
    claimed_by: str
    claimed_on: date
    answered_by: str = ""
    answered_on: date | None = None
    digest: str = ""
    page: str = ""


class EvidenceCount(Frozen):
    """All evidence of the plan; the register may list fewer."""

    total: NonNegativeInt = 0
    accepted: NonNegativeInt = 0
    claimed: NonNegativeInt = 0
    returned: NonNegativeInt = 0


class More(Frozen):
    """How many of each list are not printed. `left_out` counts the numbers and wins that are kept out because the
    customer has not confirmed them."""

    tasks: NonNegativeInt = 0
    unconfirmed: NonNegativeInt = 0
    left_out: NonNegativeInt = 0
    evidence: NonNegativeInt = 0


class PacketSnapshot(Document):
    """Everything one renewal packet prints. `recap` are the facts of a value recap of the term so far."""

    kind: Literal["packet"] = "packet"
    schema_version: Literal[1] = 1
    ready_on: date | None = None
    csm: Person | None = None
    sponsor: Person | None = None
    recap: RecapSnapshot
    terms: Terms
    allowances: tuple[Allowance, ...] = ()
    options: tuple[Option, ...] = ()
    order: Order | None = None
    confirmations: tuple[Confirmation, ...] = ()
    tasks: tuple[OpenTask, ...] = ()
    missing: tuple[MissingItem, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()
    only_confirmed: bool = False
    evidence: tuple[EvidenceRow, ...] = ()
    evidence_count: EvidenceCount = EvidenceCount()
    more: More = More()

    @model_validator(mode="after")
    def _order_is_of_an_option(self) -> Self:
        if self.order is None:
            return self
        option = self.options[self.order.option]
        if sum(one.amount for one in self.order.invoices) != (option.total or 0):
            raise ValueError("the invoices do not sum to the option's total")
        return self
