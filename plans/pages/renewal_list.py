"""All renewals that the vendor has before it: exceptions first, then whose contract ends first. Constant queries."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from plans.models import Renewal, RenewalItem, RenewalWindow
from plans.pages.homes import local_today_of
from plans.pages.renewal import badge, renewal_url, state_label
from plans.pages.renewal_words import days_left
from plans.services.readiness import Readiness, readiness_of
from portal.lib.days import full_day
from portal.lib.money import money_text

PAGE = 25
TABS = ("", "late", "ready", "decided")


def renewals_of(user: User, *, owner: User | None, tab: str) -> "QuerySet[Renewal]":
    """Those of one CSM's accounts, or of all; `late` says that a task of it is."""
    rows: Any = Renewal.objects.visible_to(user).select_related("contract", "plan__account__owner")
    if owner:
        rows = rows.filter(plan__account__owner=owner)
    rows = rows.annotate(today=local_today_of("account__time_zone"))
    overdue = RenewalItem.objects.filter(
        renewal=OuterRef("pk"), task__completed_at=None, task__due_on__lt=OuterRef("today")
    )
    rows = rows.annotate(late=Exists(overdue))
    if tab == "decided":
        return rows.filter(decided_at__isnull=False).order_by("-decided_at", "pk")
    rows = rows.open()
    if tab == "late":
        rows = rows.filter(late=True)
    if tab == "ready":
        rows = rows.filter(ready_at__isnull=False)
    return rows.order_by("-late", F("contract__ends_on").asc(), "pk")


def renewal_rows(some: list[Renewal]) -> list[dict[str, Any]]:
    """The rows of one page."""
    standings = readiness_of([one for one in some if not one.decided_at])
    reached: dict[Any, int] = {}
    windows = RenewalWindow.objects.filter(renewal__in=some, reached_at__isnull=False)
    for renewal_id, days in windows.order_by("-days_before").values_list("renewal_id", "days_before"):
        reached[renewal_id] = days
    return [_row(one, standings.get(one.pk), reached.get(one.pk)) for one in some]


def tabs(tab: str) -> list[dict[str, Any]]:
    labels = {"": _("All open"), "late": _("Late"), "ready": _("Ready"), "decided": _("Decided")}
    return [
        {"label": labels[key], "query": f"?show={key}" if key else "?", "current": key == tab} for key in TABS
    ]


def _row(renewal: Renewal, standing: Readiness | None, days: int | None) -> dict[str, Any]:
    contract, account = renewal.contract, renewal.plan.account
    today: date = account.today()
    late = len(standing.late) if standing else 0
    return {
        "url": renewal_url(renewal),
        "account": account.name,
        "plan": renewal.plan.name,
        "owner": str(account.owner or ""),
        "state_label": state_label(renewal),
        "badge": badge(renewal, late),
        "ends_label": full_day(contract.ends_on),
        "ends_when": days_left(contract.ends_on, today),
        "window_label": _("%(n)d days") % {"n": days} if days else _("not reached yet"),
        "amount_label": money_text(contract.arr, contract.currency) if contract.arr is not None else "",
        "missing_label": _missing(standing),
    }


def _missing(standing: Readiness | None) -> str:
    """How much is missing, and how much of it is late."""
    if standing is None:
        return ""
    count, late = len(standing.missing), len(standing.late)
    if not count:
        return _("Nothing is missing")
    text = ngettext("%(n)d thing is missing", "%(n)d things are missing", count) % {"n": count}
    if not late:
        return text
    return ngettext("%(missing)s, %(n)d of them late", "%(missing)s, %(n)d of them late", late) % {
        "missing": text,
        "n": late,
    }
