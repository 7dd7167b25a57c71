"""A renewal in words for both sides: days, options, what changes, and use against what the contract allows."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Billing, PricePer
from accounts.models import Contract, ContractLine, SoldLine
from plans import renewals
from plans.models import OfferLine, Renewal, RenewalOption
from plans.services.limits import Use, use_of_limits
from plans.services.renewing import total_of, yearly_of
from portal.lib.days import full_day, long_day, moment, period
from portal.lib.figures import figure, with_unit
from portal.lib.gauges import limit_bar
from portal.lib.money import money_text, price_text


def days_left(day: date, today: date) -> str:
    """ "in 12 days", "today", "3 days ago"."""
    count = (day - today).days
    if count == 0:
        return _("today")
    if count < 0:
        return ngettext("%(n)d day ago", "%(n)d days ago", -count) % {"n": -count}
    return ngettext("in %(n)d day", "in %(n)d days", count) % {"n": count}


def contract_words(contract: Contract, today: date) -> dict[str, Any]:
    """`notice_label` is empty where nobody has to give notice; `yearly_label` where the money is not known."""
    notice = renewals.notice_day(contract.ends_on, contract.notice_days)
    return {
        "id": contract.pk,
        "name": str(contract),
        "term_label": period(contract.starts_on, contract.ends_on),
        "ends_label": full_day(contract.ends_on),
        "ends_when": days_left(contract.ends_on, today),
        "yearly_label": money_text(contract.arr, contract.currency) if contract.arr is not None else "",
        "notice_label": full_day(notice) if notice else "",
        "notice_when": days_left(notice, today) if notice else "",
        "notice_passed": notice is not None and notice < today,
        "auto_renews": contract.auto_renews,
        "show_by_label": full_day(by)
        if (by := renewals.show_by(contract.ends_on, contract.notice_days))
        else "",
        "billing_label": str(Billing(contract.billing).label),
    }


def options_in_words(renewal: Renewal) -> list[dict[str, Any]]:
    """The options in their order, each against what is sold now: three queries."""
    contract = renewal.contract
    now = list(
        ContractLine.objects.filter(contract=contract, ends_on__gte=contract.ends_on).exclude(
            price_per=PricePer.ONCE
        )
    )
    options = RenewalOption.objects.filter(renewal=renewal).select_related("preferred_by")
    return [
        _option(option, list(option.lines.all()), now, renewal)
        for option in options.prefetch_related("lines")
    ]


def _option(
    option: RenewalOption, lines: list[OfferLine], now: Sequence[SoldLine], renewal: Renewal
) -> dict[str, Any]:
    contract = renewal.contract
    currency, zone = contract.currency, renewal.plan.account.zone
    yearly = yearly_of(option, lines, currency)
    changed = changes(now, lines, currency) if now else []
    return {
        "id": option.pk,
        "name": option.name,
        "note": option.note,
        "recommended": option.recommended,
        "term_label": period(option.starts_on, option.ends_on),
        "yearly_label": money_text(yearly, currency),
        "total_label": money_text(total_of(option, lines, currency), currency),
        "difference_label": difference(contract.arr, yearly, currency),
        "billing_label": str(Billing(option.billing).label),
        "lines": [_line(line, currency) for line in lines],
        "changes": changed,
        "only_days": bool(now) and not changed,
        "preferred": option.preferred_at is not None,
        "preferred_label": _("%(name)s prefers this one, %(time)s")
        % {"name": option.preferred_by, "time": moment(option.preferred_at, zone)}
        if option.preferred_at
        else "",
    }


def difference(old: Decimal | None, new: Decimal, currency: str) -> str:
    """Against what is paid a year now; "" where that is not known."""
    if old is None:
        return ""
    if new == old:
        return _("As much a year as now")
    words = {"amount": money_text(abs(new - old), currency)}
    return (
        _("%(amount)s a year more than now") if new > old else _("%(amount)s a year less than now")
    ) % words


def changes(old: Iterable[SoldLine], new: Iterable[SoldLine], currency: str) -> list[str]:
    """What one line after the other would be otherwise than now; lines are the same by their name."""
    before = {line.name: line for line in old}
    after = {line.name: line for line in new}
    found = []
    for name, line in after.items():
        was = before.get(name)
        if was is None:
            words = {"line": name, "quantity": _quantity(line)}
            found.append(_("New: %(line)s, %(quantity)s") % words)
            continue
        if was.quantity != line.quantity:
            words = {"line": name, "old": _quantity(was), "new": _quantity(line)}
            found.append(_("%(line)s: %(new)s instead of %(old)s") % words)
        if (was.unit_price, was.price_per) != (line.unit_price, line.price_per):
            words = {"line": name, "old": _price(was, currency), "new": _price(line, currency)}
            found.append(_("%(line)s: a unit is %(new)s instead of %(old)s") % words)
        if was.discount_percent != line.discount_percent:
            words = {"line": name, "old": figure(was.discount_percent), "new": figure(line.discount_percent)}
            found.append(_("%(line)s: %(new)s %% discount instead of %(old)s %%") % words)
    found += [_("No longer: %(line)s") % {"line": name} for name in before if name not in after]
    return found


def use_in_words(contract: Contract) -> list[dict[str, Any]]:
    """Use against each limit, with a bar."""
    return [_use(one, contract) for one in use_of_limits(contract)]


def _use(one: Use, contract: Contract) -> dict[str, Any]:
    limit = one.entitlement
    labels = {
        "within": _("Within what is bought"),
        "fair": _("Beyond what is bought, in fair use"),
        "beyond": _("Beyond fair use"),
        "unknown": _("No figures yet"),
    }
    return {
        "label": limit.label,
        "used_label": with_unit(figure(one.used), limit.unit) if one.used is not None else "",
        "until_label": long_day(one.used_to) if one.used_to else "",
        "limit_label": with_unit(figure(limit.limit), limit.unit),
        "fair_label": with_unit(figure(one.fair_limit), limit.unit) if one.fair_limit != limit.limit else "",
        "beyond": limit.beyond,
        "overage_label": price_text(limit.overage_price, contract.currency)
        if limit.overage_price is not None
        else "",
        "status": {"within": "ok", "fair": "due", "beyond": "late"}.get(one.standing, ""),
        "status_label": labels[one.standing],
        "svg": _bar(one) if one.used is not None else "",
    }


def _bar(one: Use) -> SafeString:
    limit = one.entitlement
    return limit_bar(
        one.used, limit=limit.limit, fair_limit=one.fair_limit, title=limit.label, unit=limit.unit
    )


def _line(line: SoldLine, currency: str) -> dict[str, str]:
    return {
        "name": line.name,
        "quantity_label": _quantity(line),
        "price_label": _price(line, currency),
        "discount_label": _("%(percent)s %% discount") % {"percent": figure(line.discount_percent)}
        if line.discount_percent
        else "",
    }


def _quantity(line: SoldLine) -> str:
    return with_unit(figure(line.quantity), line.unit)


def _price(line: SoldLine, currency: str) -> str:
    words = {"price": price_text(line.unit_price, currency), "per": PricePer(line.price_per).label}
    return _("%(price)s %(per)s") % words
