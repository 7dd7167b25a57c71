"""The contract that ends, the ways to go on, and the order form of one of them. All amounts are billing's."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from accounts import billing
from accounts.choices import Billing
from accounts.models import Contract
from plans.models import Renewal, RenewalOption
from plans.renewals import notice_day
from plans.services.offering import as_lines
from portal.lib.money import add, known
from reports.packet.snapshot import Invoice, Option, Order, OrderLine, Person, Terms

ToDay = Callable[[datetime], date]


def terms_of(contract: Contract) -> Terms:
    return Terms(
        number=contract.number,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        currency=contract.currency,
        yearly=contract.arr,
        notice_days=contract.notice_days,
        notice_on=notice_day(contract.ends_on, contract.notice_days),
        auto_renews=contract.auto_renews,
        billing=contract.billing,
        payment_days=contract.payment_days,
        tax_note=contract.tax_note,
        other=contract.terms,
    )


class Read(NamedTuple):
    """An option as the packet says it, and its lines as they are reckoned with (none where there is no currency)."""

    option: Option
    lines: Sequence[billing.Line]


def read_options(renewal: Renewal, day: ToDay) -> list[Read]:
    """The options in order, with their lines: two queries. `day` turns a moment into a day where the account is."""
    rows = renewal.options.select_related("preferred_by").prefetch_related("lines")
    return [_read(one, renewal.contract, day) for one in rows]


def order_of(
    read: Sequence[Read], contract: Contract, *, customer: Person | None, vendor: Person | None
) -> Order | None:
    """The draft of the option that the customer prefers, else of the one that is recommended; None without either."""
    options = [one.option for one in read]
    chosen = [n for n, one in enumerate(options) if one.preferred_on] or [
        n for n, one in enumerate(options) if one.recommended
    ]
    if not chosen or not read[chosen[0]].lines:
        return None
    option, lines = read[chosen[0]]
    return Order(
        option=chosen[0],
        invoices=_invoices(lines, option.billing, option.starts_on, option.ends_on, contract),
        customer_signer=customer,
        vendor_signer=vendor,
    )


def _read(one: RenewalOption, contract: Contract, day: ToDay) -> Read:
    lines = as_lines(one, list(one.lines.all())) if known(contract.currency) else []
    sold = [_order_line(each, contract.currency) for each in lines]
    amounts: dict[str, Decimal] = {}
    if sold:
        amounts = {"yearly": add([each.yearly for each in sold]), "total": add([each.total for each in sold])}
    option = Option(
        kind=one.kind,
        name=one.name,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        billing=one.billing or contract.billing,
        note=one.note,
        recommended=one.recommended,
        preferred_by=str(one.preferred_by or ""),
        preferred_on=day(one.preferred_at) if one.preferred_at else None,
        lines=tuple(sold),
        years=_invoices(lines, Billing.YEARLY, one.starts_on, one.ends_on, contract),
        **amounts,
    )
    return Read(option, lines)


def _order_line(one: billing.Line, currency: str) -> OrderLine:
    return OrderLine(
        name=one.name,
        quantity=one.quantity,
        unit=one.unit,
        unit_price=one.unit_price,
        price_per=one.price_per,
        discount_percent=one.discount_percent,
        yearly=billing.yearly(one, currency),
        total=billing.line_total(one, currency),
    )


def _invoices(
    lines: Sequence[billing.Line], frequency: str, starts_on: date, ends_on: date, contract: Contract
) -> tuple[Invoice, ...]:
    if not lines:
        return ()
    made = billing.schedule(lines, frequency, starts_on, ends_on, contract.currency, contract.payment_days)
    return tuple(
        Invoice(
            number=one.number,
            covers_from=one.covers_from,
            covers_to=one.covers_to,
            invoiced_on=one.invoiced_on,
            due_on=one.due_on,
            amount=one.amount,
        )
        for one in made
    )
