"""Contracts as pages show them: plain strings, money and days in words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.billing import Invoice, contract_total, yearly
from accounts.choices import PricePer
from accounts.models import Amendment, Contract, ContractLine, Entitlement
from accounts.permissions import Actor
from accounts.services.amending import can_withdraw
from accounts.services.contract_lines import as_billing_line, invoices_of
from portal.lib.days import distance, long_day, period
from portal.lib.figures import figure, places_of, with_unit
from portal.lib.money import known, money_text, price_text


def contract_name(contract: Contract) -> str:
    if contract.number:
        return _("Contract %(number)s") % {"number": contract.number}
    return _("Contract from %(day)s") % {"day": long_day(contract.starts_on)}


def contract_row(contract: Contract, today: date) -> dict[str, Any]:
    """A line of the list; `status` is the kind of its badge."""
    status, state = state_of(contract, today)
    return {
        "name": contract_name(contract),
        "url": contract_url(contract),
        "term": period(contract.starts_on, contract.ends_on),
        "status": status,
        "state": state,
        "arr": _a_year(contract),
    }


def state_of(contract: Contract, today: date) -> tuple[str, str]:
    if today < contract.starts_on:
        return "brand", pgettext("a contract", "to come")
    if today > contract.ends_on:
        return "", pgettext("a contract", "ended")
    return "ok", pgettext("a contract", "running")


def contract_url(contract: Contract) -> str:
    return reverse("contract_detail", args=[contract.account_id, contract.pk])


def contract_head(contract: Contract) -> dict[str, Any]:
    """What the heads of a contract's pages and its forms need."""
    return {
        "id": contract.pk,
        "account_id": contract.account_id,
        "account_name": contract.account.name,
        "name": contract_name(contract),
        "url": contract_url(contract),
        "term": period(contract.starts_on, contract.ends_on),
        "version": contract.version,
    }


def contract_page(contract: Contract, actor: Actor) -> dict[str, Any]:
    """Four queries whatever the contract: lines, limits, amendments, what renewed it."""
    today = contract.account.today()
    lines = list(contract.lines.select_related("added_by", "ended_by"))
    reckoned = [as_billing_line(line, contract) for line in lines]
    amendments = list(contract.amendments.select_related("made_by"))
    status, state = state_of(contract, today)
    may_edit = actor.may("contract.edit")
    return {
        "contract": contract_head(contract) | {"status": status, "state": state},
        "facts": _facts(contract, today),
        "said": _crm_said(contract) if may_edit else [],
        "lines": [line_row(line, contract) for line in lines],
        "total": money_text(contract_total(reckoned, contract.currency), contract.currency)
        if lines and known(contract.currency)
        else "",
        "arr": _a_year(contract),
        "schedule": schedule_rows(invoices_of(contract, reckoned), contract.currency, today),
        "limits": [limit_row(one, contract) for one in contract.entitlements.all()],
        "amendments": [amendment_row(one, contract, lines, may_edit) for one in amendments],
        "others": _others(contract),
        "can_edit": may_edit,
        "can_set_lines": may_edit and not amendments,
    }


def line_row(line: ContractLine, contract: Contract) -> dict[str, Any]:
    """`days` only where they are not the term's; `amount` is what the line costs in its whole time."""
    reckoned = as_billing_line(line, contract)
    whole = line.starts_on == contract.starts_on and line.ends_on == contract.ends_on
    money = known(contract.currency)
    # The money a year is that of the contract's last day: only lines that run then add up to it.
    runs_on = line.price_per != PricePer.ONCE and line.starts_on <= contract.ends_on <= line.ends_on
    a_year = money_text(yearly(reckoned, contract.currency), contract.currency) if money and runs_on else ""
    return {
        "name": line.name,
        "product": line.product,
        "quantity": with_unit(number(line.quantity), line.unit),
        "price": price_text(line.unit_price, contract.currency),
        "per": str(line.get_price_per_display()),
        "discount": with_unit(number(line.discount_percent), "%") if line.discount_percent else "",
        "days": _line_days(line, whole),
        "yearly": a_year,
        "amount": money_text(contract_total([reckoned], contract.currency), contract.currency)
        if money
        else "",
    }


def schedule_rows(invoices: Sequence[Invoice], currency: str, today: date) -> dict[str, Any] | None:
    """The invoices with their total; the first that is still to come is marked. None where there is none."""
    if not invoices:
        return None
    following = next((one.number for one in invoices if one.invoiced_on >= today), None)
    total = sum((one.amount for one in invoices), Decimal(0))
    several = len({part.line for one in invoices for part in one.parts}) > 1
    return {
        "rows": [
            {
                "number": one.number,
                "day": long_day(one.invoiced_on),
                "iso": one.invoiced_on.isoformat(),
                "due": long_day(one.due_on),
                "covers": period(one.covers_from, one.covers_to),
                "amount": money_text(one.amount, currency),
                "credit": one.amount < 0,
                "next": one.number == following,
                "parts": _parts(one, currency),
                "only": one.parts[0].name if several and len(one.parts) == 1 else "",
            }
            for one in invoices
        ],
        "count": ngettext("%(n)d invoice", "%(n)d invoices", len(invoices)) % {"n": len(invoices)},
        "total": money_text(total, currency),
    }


def limit_row(one: Entitlement, contract: Contract) -> dict[str, Any]:
    fair = _("up to %(percent)s, which is %(limit)s")
    above = (one.limit * one.fair_use_percent / 100).normalize()
    return {
        "label": one.label,
        "limit": with_unit(number(one.limit), one.unit),
        "fair": fair % {"percent": f"{one.fair_use_percent}%", "limit": with_unit(number(above), one.unit)}
        if one.fair_use_percent > 100
        else _("the limit itself"),
        "beyond": one.beyond,
        "price": price_text(one.overage_price, contract.currency) if one.overage_price is not None else "",
    }


def amendment_row(
    one: Amendment, contract: Contract, lines: Sequence[ContractLine], may_edit: bool
) -> dict[str, Any]:
    where = [contract.account_id, contract.pk, one.number]
    return {
        "name": _("Amendment %(number)d, from %(day)s on")
        % {"number": one.number, "day": long_day(one.effective_on)},
        "reason": one.reason,
        "ended": [line.name for line in lines if line.ended_by_id == one.pk],
        "added": [line.name for line in lines if line.added_by_id == one.pk],
        "made": _("entered by %(who)s on %(day)s")
        % {
            "who": one.made_by or "–",
            "day": long_day(one.made_at.astimezone(contract.account.zone).date()),
        },
        "withdraw_url": reverse("amendment_withdraw", args=where)
        if may_edit and can_withdraw(contract, one)
        else "",
    }


def number(value: Decimal) -> str:
    return figure(value, places_of([value]))


def notice_words(contract: Contract, today: date) -> str:
    """Until when notice can be given: "90 days: until 2 October 2026 (in 3 weeks)"."""
    until = contract.notice_on
    if until is None:
        return ""
    days = ngettext("%(n)d day", "%(n)d days", contract.notice_days or 0) % {"n": contract.notice_days}
    words = {"days": days, "day": long_day(until), "away": distance((until - today).days)}
    if until < today:
        return _("%(days)s: it had to be given by %(day)s") % words
    return _("%(days)s: to be given by %(day)s (%(away)s)") % words


def _facts(contract: Contract, today: date) -> list[dict[str, str]]:
    days = contract.payment_days
    facts = [
        (_("Term"), period(contract.starts_on, contract.ends_on)),
        (_("Number"), contract.number),
        (_("Invoiced"), str(contract.get_billing_display())),
        (_("To be paid"), ngettext("within %(n)d day", "within %(n)d days", days) % {"n": days}),
        (_("Notice"), notice_words(contract, today)),
        (
            _("At the end"),
            _("renews by itself unless notice is given") if contract.auto_renews else _("it ends"),
        ),
        (_("Taxes"), contract.tax_note),
        (_("Other terms"), contract.terms),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _crm_said(contract: Contract) -> list[dict[str, str]]:
    """What the CRM says otherwise than what was entered here."""
    words = {
        "starts_on": _("first day"),
        "ends_on": _("last day"),
        "arr": _("money a year"),
        "currency": _("currency"),
        "notice_days": _("days of notice"),
    }
    return [
        {"label": words.get(name, name), "value": _said(name, text, contract.currency)}
        for name, text in contract.crm_said.items()
    ]


def _said(name: str, text: str, currency: str) -> str:
    if name in ("starts_on", "ends_on"):
        return long_day(date.fromisoformat(text))
    return money_text(Decimal(text), currency) if name == "arr" else text


def _a_year(contract: Contract) -> str:
    return money_text(contract.arr, contract.currency) if contract.arr is not None else ""


def _line_days(line: ContractLine, whole: bool) -> str:
    if line.ends_on < line.starts_on:
        return _("ended before it began")
    if line.price_per == PricePer.ONCE:
        return _("on %(day)s") % {"day": long_day(line.starts_on)}
    return "" if whole else period(line.starts_on, line.ends_on)


def _parts(invoice: Invoice, currency: str) -> list[dict[str, str]]:
    """What an invoice charges line by line."""
    return [{"name": part.name, "amount": money_text(part.amount, currency)} for part in invoice.parts]


def _others(contract: Contract) -> list[dict[str, str]]:
    """The contract before this one, and those after it."""
    before = [(_("It renews"), contract.renews)] if contract.renews else []
    after = [(_("It was renewed by"), one) for one in contract.renewed_by.all()]
    return [
        {"label": label, "name": contract_name(one), "url": contract_url(one)}
        for label, one in [*before, *after]
    ]
