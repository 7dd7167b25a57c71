"""An account's figures: one period by team and feature, with where each number came from, and all periods."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side
from accounts.models import Account
from accounts.permissions import Actor
from plans.models import SupportFigure, UsageFigure
from plans.usage.pages import count_label, source_name
from portal.lib.days import moment, period
from portal.lib.figures import figure

MOST_PERIODS = 26
Days = tuple[date, date]


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
        "features": [source.row(one, one.feature, _place_of_feature(one)) for one in here if one.feature],
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
            "active": count_label(one.active_users),
            "seats": count_label(one.seats),
            "percent": _percent(one.active_users, one.seats),
            "quantity": figure(one.quantity) if one.quantity is not None else "",
            "source": f"{source_name(one.source)}, {at}" if self.names else at,
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
        (_("Active users"), count_label(active)),
        (_("Seats"), count_label(seats)),
        (_("Of the seats in use"), _percent(active, seats)),
        (_("Tickets opened"), count_label(told.opened) if told else ""),
        (_("Tickets closed"), count_label(told.closed) if told else ""),
        (_("Tickets late"), count_label(told.late) if told else ""),
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
        "active": count_label(active),
        "seats": count_label(seats),
        "percent": _percent(active, seats),
        "opened": count_label(told.opened) if told else "",
        "closed": count_label(told.closed) if told else "",
        "late": count_label(told.late) if told else "",
    }


def _place_of_feature(one: UsageFigure) -> str:
    return _place_name(one.team, one.role) if one.team or one.role else ""


def _place_name(team: str, role: str) -> str:
    if team and role:
        return f"{team} · {role}"
    return team or role or _("Whole account")


def _percent(active: int | None, seats: int | None) -> str:
    if active is None or not seats:
        return ""
    return f"{figure(Decimal(round(100 * active / seats)))}%"
