"""The lines of a contract: as somebody enters them, as rows, and as `accounts.billing` reckons with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import billing
from accounts.choices import PricePer
from accounts.models import Amendment, Contract, ContractLine, SoldLine
from portal.lib.money import known

MOST_LINES = 200
# More than this a month the columns of money could not hold a whole contract of.
MOST_A_LINE = Decimal(10) ** 11


@dataclass(frozen=True, kw_only=True)
class Sold:
    """A line as somebody enters it; without days it runs as long as the contract. `id` is the line that it was."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    product: str = ""
    unit: str = ""
    price_per: str = PricePer.YEAR
    discount_percent: Decimal = Decimal(0)
    starts_on: date | None = None
    ends_on: date | None = None
    id: UUID | None = None


def billing_lines(contract: Contract) -> list[billing.Line]:
    """The contract's lines as `accounts.billing` reckons with them, those that were cut short among them."""
    lines = contract.lines.select_related("added_by", "ended_by")
    return [as_billing_line(line, contract) for line in lines]


def as_billing_line(line: ContractLine, contract: Contract) -> billing.Line:
    """An amendment holds from its day; one that was entered after its day is settled on the day of entry."""
    return billing.Line(
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        price_per=line.price_per,
        discount_percent=line.discount_percent,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        counted_from=contract.starts_on,
        known_from=_known_on(line.added_by, contract),
        sold_until=line.sold_until,
        cut_on=_known_on(line.ended_by, contract),
    )


def yearly_of_line(line: SoldLine, currency: str) -> Decimal:
    """The money a year of a line, whenever it runs."""
    day = date.min
    return billing.yearly(
        billing.Line(
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            line.price_per,
            line.discount_percent,
            day,
            day,
        ),
        currency,
    )


def invoices_of(contract: Contract, lines: Sequence[billing.Line]) -> tuple[billing.Invoice, ...]:
    """The contract's schedule; none where its currency is not one that is invoiced in."""
    if not known(contract.currency):
        return ()
    return billing.schedule(
        lines,
        contract.billing,
        contract.starts_on,
        contract.ends_on,
        contract.currency,
        contract.payment_days,
    )


def as_sold(line: SoldLine) -> Sold:
    """A line of an offer or of another contract, to be sold for a whole term."""
    return Sold(
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        product=line.product,
        unit=line.unit,
        price_per=line.price_per,
        discount_percent=line.discount_percent,
    )


def put_sold(
    line: ContractLine, sold: Sold, contract: Contract, *, first: date | None = None
) -> ContractLine:
    """The line as it was entered; without days it runs from `first` (the contract's own) to the contract's last."""
    for name in ("name", "product", "quantity", "unit", "unit_price", "price_per", "discount_percent"):
        setattr(line, name, getattr(sold, name))
    line.starts_on = sold.starts_on or first or contract.starts_on
    line.ends_on = sold.ends_on or contract.ends_on
    if not (first or contract.starts_on) <= line.starts_on <= line.ends_on <= contract.ends_on:
        raise ValidationError(_("The days of “%(line)s” are not within the term.") % {"line": line.name})
    require_payable(line.name, line.quantity, line.unit_price)
    return line


def is_payable(quantity: Decimal, unit_price: Decimal) -> bool:
    return quantity * unit_price <= MOST_A_LINE


def require_payable(name: str, quantity: Decimal, unit_price: Decimal) -> None:
    """Raise ValidationError for a line of more money than the columns of a whole contract could hold."""
    if not is_payable(quantity, unit_price):
        raise ValidationError(_("“%(line)s” is more money than there is.") % {"line": name})


def put_lines(contract: Contract, lines: Sequence[Sold]) -> None:
    """These lines and no others; a line that names its `id` stays the same row."""
    if len(lines) > MOST_LINES:
        raise ValidationError(_("A contract has %(most)d lines at most.") % {"most": MOST_LINES})
    known_lines = {line.pk: line for line in contract.lines.all()}
    kept = []
    for position, sold in enumerate(lines):
        line = known_lines.get(sold.id) if sold.id else None
        line = line or ContractLine(contract=contract, account_id=contract.account_id)
        line.position = position
        kept.append(put_sold(line, sold, contract))
    contract.lines.exclude(pk__in=[line.pk for line in kept]).delete()
    for line in kept:
        line.save()


def move_lines(contract: Contract, old_start: date, old_end: date) -> None:
    """Those that began or ended with the term go on doing so."""
    for line in contract.lines.all():
        moved = {
            "starts_on": contract.starts_on if line.starts_on == old_start else line.starts_on,
            "ends_on": contract.ends_on if line.ends_on == old_end else line.ends_on,
        }
        if not contract.starts_on <= moved["starts_on"] <= moved["ends_on"] <= contract.ends_on:
            raise ValidationError(_("The days of “%(line)s” are not within the term.") % {"line": line.name})
        ContractLine.objects.filter(pk=line.pk).update(**moved)


def _known_on(amendment: Amendment | None, contract: Contract) -> date | None:
    if amendment is None:
        return None
    return max(amendment.effective_on, amendment.made_at.astimezone(contract.account.zone).date())
