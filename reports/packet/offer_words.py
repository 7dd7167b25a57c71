"""Terms, options, order form and invoices as plain strings. Call inside `translation.override(snapshot.language)`."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.billing import months_after
from accounts.choices import Billing, PricePer
from portal.lib.figures import MINUS, NO_BREAK, figure, places_of, with_unit
from portal.lib.money import amount_text, minor_units, money_text
from reports.base_words import long_day, short_day, shortened
from reports.packet.open_words import LONGEST_NAME
from reports.packet.snapshot import Invoice, Option, OrderLine, PacketSnapshot

SIDE_BY_SIDE = 3
ON_A_GLANCE = 5


class OptionText(NamedTuple):
    name: str
    mark: str
    term: str
    length: str
    yearly: str
    change: str
    total: str
    billing: str
    lines: list[str]
    note: str


class LineText(NamedTuple):
    name: str
    quantity: str
    price: str
    per: str
    discount: str
    yearly: str
    total: str


class InvoiceText(NamedTuple):
    number: int
    covers: str
    invoiced_on: str
    due_on: str
    amount: str


def terms_rows(snapshot: PacketSnapshot) -> list[tuple[str, str]]:
    """What holds today: name and words, in the order of a contract."""
    terms = snapshot.terms
    rows = [
        (_("Contract"), terms.number),
        (_("Term"), _days(terms.starts_on, terms.ends_on)),
        (_("A year"), _money(terms.yearly, terms.currency)),
        (_("Invoiced"), str(Billing(terms.billing).label)),
        (_("To pay within"), _payment(terms.payment_days)),
        (_("Notice"), _notice(snapshot)),
        (
            _("Without notice"),
            _("it renews by itself") if terms.auto_renews else _("it ends on its last day"),
        ),
        (_("Taxes"), terms.tax_note),
        (_("Other terms"), terms.other),
    ]
    return [(name, text) for name, text in rows if text]


def option_groups(snapshot: PacketSnapshot) -> list[list[OptionText]]:
    """The options, as many side by side as a page holds."""
    texts = [_option(one, snapshot) for one in snapshot.options]
    return [texts[begin : begin + SIDE_BY_SIDE] for begin in range(0, len(texts), SIDE_BY_SIDE)]


def line_texts(option: Option, currency: str) -> list[LineText]:
    return [_line(one, currency) for one in option.lines]


def year_texts(option: Option, currency: str) -> list[tuple[str, str]]:
    """The years of a longer term, by their days, with their amounts; nothing for a single one."""
    if len(option.years) < 2:
        return []
    return [
        (_days(one.covers_from, one.covers_to), amount_text(one.amount, currency)) for one in option.years
    ]


def invoice_texts(invoices: tuple[Invoice, ...], currency: str) -> list[InvoiceText]:
    return [
        InvoiceText(
            number=one.number,
            covers=_days(one.covers_from, one.covers_to),
            invoiced_on=short_day(one.invoiced_on),
            due_on=short_day(one.due_on),
            amount=amount_text(one.amount, currency),
        )
        for one in invoices
    ]


def length_text(first: date, last: date) -> str:
    """How long a term is: in whole months where it is, else in days."""
    end = last + timedelta(days=1)
    months = (end.year - first.year) * 12 + end.month - first.month
    if months > 0 and months_after(first, months) == end:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    days = (end - first).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _option(one: Option, snapshot: PacketSnapshot) -> OptionText:
    currency = snapshot.terms.currency
    return OptionText(
        name=one.name,
        mark=_mark(one, snapshot),
        term=_days(one.starts_on, one.ends_on),
        length=length_text(one.starts_on, one.ends_on),
        yearly=_money(one.yearly, currency) or _("not priced yet"),
        change=_change(one.yearly, snapshot.terms.yearly, currency),
        total=_money(one.total, currency) or _("not priced yet"),
        billing=str(Billing(one.billing).label),
        lines=[*map(_short_line, one.lines[:ON_A_GLANCE]), *_more(len(one.lines) - ON_A_GLANCE)],
        note=one.note,
    )


def _mark(one: Option, snapshot: PacketSnapshot) -> str:
    if one.preferred_on:
        facts = {"name": shortened(one.preferred_by, LONGEST_NAME), "day": short_day(one.preferred_on)}
        return _("Preferred by %(name)s, %(day)s") % facts
    return _("Recommended by %(vendor)s") % {"vendor": snapshot.vendor} if one.recommended else ""


def _change(new: Decimal | None, old: Decimal | None, currency: str) -> str:
    """Against the money a year of today's contract."""
    if new is None or old is None:
        return ""
    if new == old:
        return _("as today")
    money = money_text(abs(new - old), currency)
    text = _("%(money)s more a year") if new > old else _("%(money)s less a year")
    return text % {"money": money}


def _short_line(one: OrderLine) -> str:
    quantity = with_unit(figure(one.quantity), one.unit)
    return _("%(name)s: %(quantity)s") % {"name": one.name, "quantity": quantity}


def _more(count: int) -> list[str]:
    if count <= 0:
        return []
    return [ngettext("and %(n)s more item", "and %(n)s more items", count) % {"n": count}]


def _line(one: OrderLine, currency: str) -> LineText:
    places = max(minor_units(currency), places_of([one.unit_price]))
    discount = f"{MINUS}{figure(one.discount_percent)}{NO_BREAK}%" if one.discount_percent else "–"
    return LineText(
        name=one.name,
        quantity=with_unit(figure(one.quantity), one.unit),
        price=figure(one.unit_price, places),
        per=str(PricePer(one.price_per).label),
        discount=discount,
        yearly=amount_text(one.yearly, currency) if one.yearly or one.price_per != PricePer.ONCE else "–",
        total=amount_text(one.total, currency),
    )


def _days(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {"first": short_day(first), "last": short_day(last)}


def _money(amount: Decimal | None, currency: str) -> str:
    return money_text(amount, currency) if amount is not None else ""


def _payment(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("at once")


def _notice(snapshot: PacketSnapshot) -> str:
    terms = snapshot.terms
    if terms.notice_on is None or terms.notice_days is None:
        return _("none agreed")
    facts = {"n": terms.notice_days, "day": long_day(terms.notice_on)}
    return (
        ngettext(
            "%(n)s day; the last day on which it can be given is %(day)s",
            "%(n)s days; the last day on which it can be given is %(day)s",
            terms.notice_days,
        )
        % facts
    )


class SignatureText(NamedTuple):
    company: str
    name: str
    title: str


def signature_texts(snapshot: PacketSnapshot) -> list[SignatureText]:
    """Both companies: who signs for them, where that is known."""
    order = snapshot.order
    signers = [
        (snapshot.account, order.customer_signer if order else None),
        (snapshot.vendor, order.vendor_signer if order else None),
    ]
    return [
        SignatureText(
            company=_("For %(company)s") % {"company": company},
            name=shortened(one.name, LONGEST_NAME) if one else _("Name:"),
            title=shortened(one.title, LONGEST_NAME) if one else _("Title:"),
        )
        for company, one in signers
    ]
