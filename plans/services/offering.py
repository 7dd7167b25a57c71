"""Ways to go on after a contract: prepared from its lines, worked out by the vendor, shown to the customer, who says
which one they prefer."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import billing
from accounts.choices import PricePer, Verb
from accounts.models import Contract, ContractLine, SoldLine
from accounts.permissions import Actor
from accounts.services.contract_lines import require_payable
from plans import renewals
from plans.choices import OptionKind
from plans.models import OfferLine, Renewal, RenewalOption
from plans.services.counting import touch_plan
from plans.services.renewal_acts import (
    record_on_renewal,
    save_renewal,
    settle,
    take_renewal,
)
from portal.lib import clock
from portal.lib.money import known

MORE = Decimal("1.2")
"""What "more" begins with, in each line that counts more than one of something."""
TIMES_LONGER = 3
MOST_LINES = 100
MOST_YEARS = 20


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A line as somebody enters it."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    product: str = ""
    unit: str = ""
    price_per: str = PricePer.YEAR
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class OptionTerms:
    name: str
    starts_on: date
    ends_on: date
    billing: str
    note: str = ""
    recommended: bool = False
    lines: Sequence[Offered] = field(default_factory=tuple)


@transaction.atomic
def prepare_options(*, renewal: Renewal, by: Actor | None = None) -> bool:
    """The three options, as they follow from the contract; those that are there stay as they are. None is the portal.

    False where the contract says too little: neither lines nor money, or no currency.
    """
    if by:
        by.require("renewal.manage")
        renewal = take_renewal(renewal, None)
    contract = renewal.contract
    lines = _lines_of(contract)
    if not lines or not known(contract.currency) or renewal.options.exists():
        return False
    for position, kind in enumerate(OptionKind):
        starts_on, ends_on = renewals.next_term(
            contract.starts_on, contract.ends_on, TIMES_LONGER if kind == OptionKind.LONGER else 1
        )
        option = RenewalOption.objects.create(
            account_id=renewal.account_id,
            plan_id=renewal.plan_id,
            renewal=renewal,
            kind=kind,
            position=position,
            name=str(kind.label),
            starts_on=starts_on,
            ends_on=ends_on,
            billing=contract.billing,
            recommended=kind == OptionKind.SAME,
        )
        _put_lines(option, [_more(line) if kind == OptionKind.EXPAND else line for line in lines])
    if by:
        save_renewal(renewal)
        touch_plan(renewal.plan_id)
    return True


@transaction.atomic
def change_option(
    *, by: Actor, renewal: Renewal, version: int, option: RenewalOption, terms: OptionTerms
) -> Renewal:
    """Work it out. What is shown already changes before the customer's eyes: whoever preferred it is asked again."""
    by.require("renewal.manage")
    renewal = take_renewal(renewal, version)
    option = RenewalOption.objects.select_for_update().get(pk=option.pk, renewal=renewal)
    _check(terms, renewal.contract)
    if terms.recommended:
        RenewalOption.objects.filter(renewal=renewal).exclude(pk=option.pk).update(recommended=False)
    changed = _essence(option, option.lines.all()) != _essence(terms, terms.lines)
    for name in ("name", "starts_on", "ends_on", "billing", "note", "recommended"):
        setattr(option, name, getattr(terms, name))
    if changed:
        option.preferred_at = option.preferred_by = None
    option.save()
    option.lines.all().delete()
    _put_lines(option, terms.lines)
    save_renewal(renewal)
    if changed and renewal.offered_at:
        record_on_renewal(Verb.RENEWAL_OFFERED, renewal, by.user, changed=str(option.pk))
    settle(renewal)
    touch_plan(renewal.plan_id)
    return renewal


@transaction.atomic
def offer_renewal(*, by: Actor, renewal: Renewal, version: int) -> Renewal:
    """From now on the customer's sponsor and champion see the options."""
    by.require("renewal.manage")
    renewal = take_renewal(renewal, version)
    if renewal.offered_at:
        raise ValidationError(_("The customer sees the options already."))
    options = list(renewal.options.prefetch_related("lines"))
    if not options:
        raise ValidationError(_("The options are not worked out yet."))
    if any(not option.lines.all() for option in options):
        raise ValidationError(_("Each option needs at least one line."))
    renewal.offered_at, renewal.offered_by = clock.now(), by.user
    save_renewal(renewal, "offered_at", "offered_by")
    record_on_renewal(Verb.RENEWAL_OFFERED, renewal, by.user)
    settle(renewal)
    touch_plan(renewal.plan_id)
    return renewal


@transaction.atomic
def prefer_option(*, by: Actor, renewal: Renewal, version: int, option: RenewalOption) -> Renewal:
    """The customer says which one they would choose; saying so of another one changes their mind."""
    by.require("renewal.prefer")
    renewal = take_renewal(renewal, version)
    if not renewal.offered_at:
        raise ValidationError(_("The options have not been shown yet."))
    options = RenewalOption.objects.filter(renewal=renewal)
    chosen = options.get(pk=option.pk)
    if chosen.preferred_at:
        return renewal
    options.update(preferred_at=None, preferred_by=None)
    chosen.preferred_at, chosen.preferred_by = clock.now(), by.user
    chosen.save(update_fields=["preferred_at", "preferred_by"])
    save_renewal(renewal)
    record_on_renewal(Verb.RENEWAL_PREFERRED, renewal, by.user, subject=chosen.name)
    settle(renewal)
    touch_plan(renewal.plan_id)
    return renewal


def yearly_of(option: RenewalOption, lines: Sequence[SoldLine], currency: str) -> Decimal:
    """What the option costs in a year."""
    return billing.yearly_on(as_lines(option, lines), option.starts_on, currency)


def total_of(option: RenewalOption, lines: Sequence[SoldLine], currency: str) -> Decimal:
    """What it costs in its whole term, what is paid once included."""
    return billing.contract_total(as_lines(option, lines), currency)


def as_lines(option: RenewalOption, lines: Sequence[SoldLine]) -> list[billing.Line]:
    """The option's lines as they are reckoned with, each for the whole term."""
    return [
        billing.Line(
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            price_per=line.price_per,
            discount_percent=line.discount_percent,
            starts_on=option.starts_on,
            ends_on=option.ends_on,
        )
        for line in lines
    ]


def _lines_of(contract: Contract) -> list[Offered]:
    """What goes on: the lines that run to the contract's end, without what was paid once. A contract that has only
    its money a year gets one line of it."""
    running = ContractLine.objects.filter(contract=contract, ends_on__gte=contract.ends_on)
    lines = [
        Offered(
            name=line.name,
            product=line.product,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            price_per=line.price_per,
            discount_percent=line.discount_percent,
        )
        for line in running.exclude(price_per=PricePer.ONCE)
    ]
    if lines or not contract.arr:
        return lines
    name = contract.deal.name if contract.deal else ""
    return [
        Offered(name=name[:200] or _("Subscription"), quantity=Decimal(1), unit_price=contract.arr)
    ]  # fmt: skip


def _more(line: Offered) -> Offered:
    if line.quantity <= 1:
        return line
    more = (line.quantity * MORE).to_integral_value(rounding=ROUND_CEILING)
    return Offered(**{**asdict(line), "quantity": more})


def _put_lines(option: RenewalOption, lines: Sequence[Offered]) -> None:
    OfferLine.objects.bulk_create(
        OfferLine(
            account_id=option.account_id,
            plan_id=option.plan_id,
            option=option,
            position=position,
            **asdict(line),
        )
        for position, line in enumerate(lines)
    )


def _essence(terms: RenewalOption | OptionTerms, lines: "Iterable[SoldLine | Offered]") -> object:
    """What one agrees to: days, invoices, lines."""
    sold = [
        (
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            str(line.price_per),
            line.discount_percent,
        )
        for line in lines
    ]
    return terms.starts_on, terms.ends_on, str(terms.billing), sold


def _check(terms: OptionTerms, contract: Contract) -> None:
    wrong = {}
    if not terms.name.strip():
        wrong["name"] = _("Give the option a name.")
    if terms.starts_on <= contract.ends_on:
        wrong["starts_on"] = _("The contract runs until then: choose a later day.")
    if terms.ends_on < terms.starts_on:
        wrong["ends_on"] = _("The last day is before the first one.")
    elif terms.ends_on.year > terms.starts_on.year + MOST_YEARS:
        wrong["ends_on"] = _("A term has %(years)d years at most.") % {"years": MOST_YEARS}
    if wrong:
        raise ValidationError(wrong)
    if not terms.lines:
        raise ValidationError(_("Each option needs at least one line."))
    for line in terms.lines:
        require_payable(line.name, line.quantity, line.unit_price)
    if len(terms.lines) > MOST_LINES:
        raise ValidationError(_("An option has %(most)d lines at most.") % {"most": MOST_LINES})
