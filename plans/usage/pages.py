"""Contexts of the pages about figures, of plain strings."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.models import Account
from accounts.permissions import Actor
from plans.choices import ImportStep
from plans.models import SupportFigure, UsageFeed, UsageFigure, UsageImport
from plans.usage.feeds import feeds_shown
from plans.usage.forms import FeedForm
from plans.usage.words import message_of
from portal.lib.days import moment, period
from portal.lib.figures import figure

MOST_PERIODS = 26
BADGES = {
    ImportStep.RECEIVED: "due", ImportStep.CHECKED: "due", ImportStep.APPLYING: "due", ImportStep.APPLIED: "ok",
    ImportStep.FAILED: "late", ImportStep.CANCELLED: "",
}  # fmt: skip
Figure = UsageFigure | SupportFigure
Days = tuple[date, date]


def state_of(one: UsageImport) -> str:
    return f"{one.step}-{one.attempts}"


def import_row(one: UsageImport) -> dict[str, Any]:
    step = ImportStep(one.step)
    wrong = step == ImportStep.CHECKED and one.errors_total
    return {
        "url": reverse("usage_import", args=[one.pk]),
        "name": _source_name(one),
        "account_name": one.account.name if one.account else "",
        "received_label": date_format(one.received_at, "DATETIME_FORMAT"),
        "received_iso": one.received_at.isoformat(),
        "by": str(one.received_by or ""),
        "state": "late" if wrong else BADGES[step],
        "state_label": _errors_label(one.errors_total) if wrong else _step_label(step),
        "outcome": _outcome(one.found)
        if step in (ImportStep.CHECKED, ImportStep.APPLIED) and not wrong
        else "",
    }


def import_context(one: UsageImport, actor: Actor) -> dict[str, Any]:
    """The context of templates/plans/usage/import.html."""
    step = ImportStep(one.step)
    found = one.found
    working = step in (ImportStep.RECEIVED, ImportStep.APPLYING)
    clean = step == ImportStep.CHECKED and not one.errors_total
    return {
        "import": import_row(one)
        | {
            "id": one.pk,
            "poll_url": f"{reverse('usage_import', args=[one.pk])}?seen={state_of(one)}",
            "working": working,
            "step": step.value,
            "size_label": filesizeformat(one.size),
            "reason": one.reason,
            "headline": _headline(step, one.errors_total),
            "applied_label": _applied(one),
        },
        "steps": _steps(step),
        "figures": _figures(found) if "new" in found else [],
        "period_label": _found_period(found),
        "errors": [_fault_row(kept) for kept in one.errors],
        "errors_label": _errors_label(one.errors_total) if one.errors_total else "",
        "errors_left": max(0, one.errors_total - len(one.errors)),
        "warnings": [_fault_row(kept) for kept in found.get("warnings", [])],
        "warnings_left": max(0, found.get("warnings_total", 0) - len(found.get("warnings", []))),
        "can": {
            "apply": clean and actor.may("usage.import"),
            "cancel": (working or step == ImportStep.CHECKED) and actor.may("usage.import"),
        },
    }


def feeds_context(form: FeedForm, made: tuple[UsageFeed, str] | None) -> dict[str, Any]:
    address = settings.PORTAL_PUBLIC_URL + reverse("usage_feed")
    return {
        "form": form,
        "address": address,
        "made": made and {"name": made[0].name, "token": made[1]},
        "feeds": [_feed_row(feed) for feed in feeds_shown()],
    }


def account_usage_context(account: Account, actor: Actor, asked: tuple[str, str]) -> dict[str, Any]:
    """The context of templates/plans/usage/account.html; a fixed number of queries, whatever there is.

    `asked` are the first and the last day of the period that is wanted, as they stand in the address.
    """
    usage = UsageFigure.objects.current().filter(account=account)
    tickets = SupportFigure.objects.current().filter(account=account)
    periods = _periods(usage, tickets)
    chosen = next((days for days in periods if (days[0].isoformat(), days[1].isoformat()) == asked), None)
    chosen = chosen or (periods[0] if periods else None)
    told = {(one.period_from, one.period_to): one for one in _within(tickets, periods)}
    by_period = _by_period(_within(usage.filter(role="", feature=""), periods))
    here = _sourced(usage, chosen) if chosen else []
    source = _Source(account, actor)
    may_import = actor.may("usage.import")
    return {
        "account": {"name": account.name, "url": reverse("account_page", args=[account.pk])},
        "chosen_label": period(*chosen) if chosen else "",
        "totals": _totals(here, told.get(chosen) if chosen else None),
        "total_note": _total_note(here),
        "teams": [source.row(one, _place_name(one.team, one.role)) for one in here if not one.feature],
        "features": [source.row(one, one.feature, _place_name(one.team, one.role)) for one in here if one.feature],
        "periods": [_period_row(account, days, by_period.get(days, []), told.get(days), days == chosen)
                    for days in periods],
        "csv_url": reverse("account_usage_csv", args=[account.pk]),
        "upload_url": f"{reverse('usage_imports')}?account={account.pk}" if may_import else "",
    }  # fmt: skip


class _Source:
    """Where figures came from. Names of files and feeds are the vendor's own."""

    def __init__(self, account: Account, actor: Actor) -> None:
        self.zone: ZoneInfo = account.zone
        self.names = actor.side == Side.VENDOR
        self.links = actor.may("usage.import")

    def row(self, one: UsageFigure, name: str, note: str = "") -> dict[str, str]:
        at = moment(one.source.received_at, self.zone)
        return {
            "name": name,
            "note": note,
            "active": _count(one.active_users),
            "seats": _count(one.seats),
            "percent": _percent(one.active_users, one.seats),
            "quantity": figure(one.quantity) if one.quantity is not None else "",
            "source": f"{_source_name(one.source)}, {at}" if self.names else at,
            "source_url": reverse("usage_import", args=[one.source_id]) if self.links else "",
        }


def _periods(usage: "QuerySet[UsageFigure]", tickets: "QuerySet[SupportFigure]") -> list[Days]:
    """The latest, newest first; of those that end on one day the shortest first."""
    days = [found.order_by().values_list("period_to", "period_from").distinct() for found in (usage, tickets)]
    both = days[0].union(days[1]).order_by("-period_to", "-period_from")[:MOST_PERIODS]
    return [(first, last) for last, first in both]


def _within(figures: "QuerySet[Any]", periods: list[Days]) -> Iterable[Any]:
    """Those of these periods, and of some more that end among them."""
    if not periods:
        return []
    return figures.filter(
        period_from__gte=min(first for first, _last in periods), period_to__gte=periods[-1][1]
    )


def _sourced(usage: "QuerySet[UsageFigure]", days: Days) -> list[UsageFigure]:
    """The figures of one period, with where they came from."""
    here = usage.filter(period_from=days[0], period_to=days[1]).select_related("source__feed")
    return list(here.defer("source__found", "source__errors").order_by("team", "role", "feature"))


def _by_period(figures: Iterable[UsageFigure]) -> dict[Days, list[UsageFigure]]:
    found: dict[Days, list[UsageFigure]] = {}
    for one in figures:
        found.setdefault((one.period_from, one.period_to), []).append(one)
    return found


def _whole(figures: list[UsageFigure]) -> tuple[int | None, int | None, bool]:
    """Active users and seats of the whole account, and whether they are the sum of its teams."""
    for one in figures:
        if not (one.team or one.role or one.feature):
            return one.active_users, one.seats, False
    teams = [one for one in figures if one.team and not one.role and not one.feature]
    active = [one.active_users for one in teams if one.active_users is not None]
    seats = [one.seats for one in teams if one.seats is not None]
    return sum(active) if active else None, sum(seats) if seats else None, bool(active or seats)


def _totals(here: list[UsageFigure], told: SupportFigure | None) -> list[dict[str, str]]:
    active, seats, _summed = _whole(here)
    said = [
        (_("Active users"), _count(active)),
        (_("Seats"), _count(seats)),
        (_("Of the seats in use"), _percent(active, seats)),
        (_("Tickets opened"), _count(told.opened) if told else ""),
        (_("Tickets closed"), _count(told.closed) if told else ""),
        (_("Tickets late"), _count(told.late) if told else ""),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def _total_note(here: list[UsageFigure]) -> str:
    return (
        _("Users and seats are the sum of the teams: nobody has told them for the whole account.")
        if _whole(here)[2]
        else ""
    )


def _period_row(
    account: Account, days: Days, figures: list[UsageFigure], told: SupportFigure | None, current: bool
) -> dict[str, Any]:
    active, seats, _summed = _whole(figures)
    address = reverse("account_usage", args=[account.pk])
    return {
        "label": period(*days),
        "url": f"{address}?from={days[0].isoformat()}&to={days[1].isoformat()}",
        "current": current,
        "active": _count(active),
        "seats": _count(seats),
        "percent": _percent(active, seats),
        "opened": _count(told.opened) if told else "",
        "closed": _count(told.closed) if told else "",
        "late": _count(told.late) if told else "",
    }


def _place_name(team: str, role: str) -> str:
    if team and role:
        return f"{team} · {role}"
    return team or role or _("Whole account")


def _count(number: int | None) -> str:
    return "" if number is None else number_format(number, use_l10n=True, force_grouping=True)


def _percent(active: int | None, seats: int | None) -> str:
    if active is None or not seats:
        return ""
    return f"{figure(Decimal(round(100 * active / seats)))}%"


def _source_name(one: UsageImport) -> str:
    if one.feed:
        return _("Feed %(name)s") % {"name": one.feed.name}
    return one.file_name or _("File")


def _fault_row(kept: dict[str, Any]) -> dict[str, str]:
    line = kept.get("line") or 0
    return {
        "line": str(line) if line else "",
        "column": str(kept.get("column") or ""),
        "message": message_of(kept),
    }


def _figures(found: dict[str, Any]) -> list[dict[str, str]]:
    said = [
        (_("New"), found["new"]),
        (_("Replaced"), found["replaced"]),
        (_("Unchanged"), found["unchanged"]),
        (_("Accounts"), found["accounts"]),
    ]
    return [{"label": label, "value": _count(value)} for label, value in said]


def _outcome(found: dict[str, Any]) -> str:
    if "new" not in found:
        return ""
    return _("%(new)s new, %(replaced)s replaced, %(unchanged)s unchanged") % {
        name: _count(found[name]) for name in ("new", "replaced", "unchanged")
    }


def _found_period(found: dict[str, Any]) -> str:
    if "from" not in found:
        return ""
    return period(date.fromisoformat(found["from"]), date.fromisoformat(found["to"]))


def _errors_label(total: int) -> str:
    return ngettext("%(n)s error", "%(n)s errors", total) % {"n": _count(total)}


def _step_label(step: ImportStep) -> str:
    return _("Being checked") if step == ImportStep.RECEIVED else str(step.label)


def _headline(step: ImportStep, errors: int) -> str:
    if step == ImportStep.CHECKED and errors:
        return _("Nothing can be taken over yet")
    return {
        ImportStep.RECEIVED: _("The file is being checked"),
        ImportStep.CHECKED: _("This would change"),
        ImportStep.APPLYING: _("The figures are being taken over"),
        ImportStep.APPLIED: _("Taken over"),
        ImportStep.FAILED: _("Nothing was taken over"),
        ImportStep.CANCELLED: _("Called off"),
    }[step]


def _applied(one: UsageImport) -> str:
    if not one.applied_at:
        return ""
    at = date_format(one.applied_at, "DATETIME_FORMAT")
    return _("%(when)s, by %(who)s") % {"when": at, "who": one.applied_by} if one.applied_by else at


def _steps(step: ImportStep) -> list[dict[str, str]]:
    """Received, checked, taking over, taken over; nothing for what has ended without."""
    order = [ImportStep.RECEIVED, ImportStep.CHECKED, ImportStep.APPLYING, ImportStep.APPLIED]
    if step not in order:
        return []
    here = order.index(step)
    states = [
        "done" if number < here or step == ImportStep.APPLIED else "open" for number in range(len(order))
    ]
    if step != ImportStep.APPLIED:
        states[here] = "current"
    return [{"label": _step_label(one), "state": state} for one, state in zip(order, states, strict=True)]


def _feed_row(feed: UsageFeed) -> dict[str, Any]:
    return {
        "id": feed.pk,
        "name": feed.name,
        "made_label": date_format(feed.created_at, "DATETIME_FORMAT"),
        "by": str(feed.created_by or ""),
        "used_label": date_format(feed.used_at, "DATETIME_FORMAT") if feed.used_at else _("Never"),
        "state": "" if feed.disabled_at else "ok",
        "state_label": _("Disabled") if feed.disabled_at else _("Open"),
        "can_disable": feed.disabled_at is None,
    }
