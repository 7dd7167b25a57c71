"""What concerns a person: how many they have not read, for every page, and the list on their inbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Stakeholder, User
from plans.models import Notification
from plans.services.inboxes import seen_by
from plans.services.wording import events_behind, line
from portal.lib.days import moment
from portal.lib.prepared import PreparedRows
from portal.lib.zones import is_zone

SHOWN = 100
MOST = 99
"""A number with more digits says nothing more."""


def unread_count(request: HttpRequest) -> int:
    """Asked once a request; nobody who is not signed in has any."""
    found: int | None = getattr(request, "unread_notifications", None)
    if found is None:
        person = getattr(request, "user", None)
        found = _count(person) if isinstance(person, User) else 0
        request.unread_notifications = found  # type: ignore[attr-defined]
    return found


def inbox_link(request: HttpRequest) -> dict[str, Any]:
    """The link in the head of each page: `count` is "" where nothing is unread."""
    n = unread_count(request)
    label = ngettext("Inbox, %(n)d unread", "Inbox, %(n)d unread", n) % {"n": n} if n else _("Inbox")
    url = reverse("inbox")
    return {
        "url": url,
        "label": label,
        "count": (f"{MOST}+" if n > MOST else str(n)) if n else "",
        "current": request.path == url,
    }


def inbox_page(person: User) -> dict[str, Any]:
    """The context of `templates/plans/inbox.html`: plans with something unread first, the newest at the top."""
    rows = list(seen_by(person).select_related("plan__account").order_by("-created_at", "id")[:SHOWN])
    unread = [one for one in rows if one.read_at is None]
    zone = ZoneInfo(person.time_zone) if is_zone(person.time_zone) else None
    events = events_behind(rows)
    return {
        "headline": _headline(len(unread)),
        "groups": _groups(unread, events, zone),
        "read": [_row(one, events, zone) | {"plan": one.plan.name} for one in rows if one.read_at],
        "newest": str(unread[0].pk) if unread else "",
    }


def _headline(unread: int) -> str:
    if not unread:
        return _("Nothing new for you")
    return ngettext("%(n)d thing is new for you", "%(n)d things are new for you", unread) % {"n": unread}


def _groups(
    unread: Iterable[Notification], events: dict[int, Any], zone: ZoneInfo | None
) -> list[dict[str, Any]]:
    """By plan, in the order of the newest of each."""
    groups: dict[UUID, dict[str, Any]] = {}
    for one in unread:
        group = groups.setdefault(
            one.plan_id,
            {
                "id": one.plan_id,
                "plan": one.plan.name,
                "url": reverse("plan_detail", args=[one.plan_id]),
                "rows": [],
            },
        )
        group["rows"].append(_row(one, events, zone))
    return list(groups.values())


def _row(one: Notification, events: dict[int, Any], zone: ZoneInfo | None) -> dict[str, Any]:
    return {
        "id": one.pk,
        "text": line(one, events),
        "url": one.path,
        "kind_label": str(one.get_kind_display()),
        "when_label": _when(one.created_at, zone or one.plan.account.zone),
        "when_iso": one.created_at.isoformat(),
        "read_url": reverse("notification_read", args=[one.pk]),
    }


def _when(at: datetime, zone: ZoneInfo) -> str:
    return moment(at, zone)


def _count(person: User) -> int:
    rows = _of_vendor(person.pk) if person.is_vendor else _of_customer(person.pk)
    return int(rows[0][0]) if rows else 0


def _counted(notifications: "QuerySet[Notification]") -> "QuerySet[Any, Any]":
    return notifications.order_by().values("user").annotate(n=Count("pk")).values_list("n")


_of_vendor = PreparedRows(lambda person: _counted(Notification.objects.unread().filter(user=person)))
_of_customer = PreparedRows(
    lambda person: _counted(
        Notification.objects.unread().filter(
            user=person, account__in=Stakeholder.objects.joined().filter(user=person).values("account")
        )
    )
)
