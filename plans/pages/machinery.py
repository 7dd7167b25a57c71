"""What an admin looks after: people, connections and what the CRMs delivered, in figures."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from plans.models import Connection, Delivery
from portal.lib import clock


def connection_facts() -> "QuerySet[Connection]":
    """Each connection with `received` (how many deliveries), `failing` and `last_at`."""
    return Connection.objects.annotate(
        received=Count("deliveries"),
        failing=Count("deliveries", filter=Q(deliveries__failed_at__isnull=False)),
        last_at=Max("deliveries__received_at"),
    ).order_by("name")


def count_deliveries(deliveries: "QuerySet[Delivery]") -> dict[str, int]:
    """How many there are in all and in each state."""
    return deliveries.aggregate(
        all=Count("pk"),
        **{state: Count("pk", filter=condition) for state, condition in DELIVERY_STATES.items()},
    )


DELIVERY_STATES: dict[str, Q] = {
    "failed": Q(failed_at__isnull=False, refused_at__isnull=True),
    "received": Q(failed_at__isnull=True, refused_at__isnull=True, processed_at__isnull=True),
    "processed": Q(failed_at__isnull=True, refused_at__isnull=True, processed_at__isnull=False),
    "refused": Q(refused_at__isnull=False),
}
"""As `Delivery.state` says it, in SQL."""


def admin_figures() -> dict[str, Any]:
    """What `home_admin.html` shows: people, connections, deliveries of seven days, and what needs a look."""
    people = User.objects.aggregate(
        vendor=Count("pk", filter=~Q(vendor_role="") & Q(is_active=True)),
        customer=Count("pk", filter=Q(vendor_role="", is_active=True)),
        closed=Count("pk", filter=Q(is_active=False)),
    )
    connections: list[Any] = list(connection_facts())
    week = count_deliveries(Delivery.objects.filter(received_at__gte=clock.now() - timedelta(days=7)))
    failed = sum(connection.failing for connection in connections)
    return {
        "attention": [*_attention(connections, failed), *_unreached()],
        "figures_people": [
            {"label": _("At the vendor"), "value": people["vendor"]},
            {"label": _("At customers"), "value": people["customer"]},
            {"label": _("Access closed"), "value": people["closed"]},
        ],
        "figures_connections": [
            {"label": _("Connections"), "value": len(connections)},
            {"label": _("With failures"), "value": sum(bool(one.failing) for one in connections)},
            {"label": _("Never used"), "value": sum(one.last_at is None for one in connections)},
        ],
        "figures_deliveries": [
            {"label": _("Received"), "value": week["all"]},
            {"label": _("Processed"), "value": week["processed"]},
            {"label": _("Failed"), "value": week["failed"]},
            {"label": _("Refused"), "value": week["refused"]},
        ],
    }


def _unreached() -> list[dict[str, str]]:
    """Our own people whose mail comes back: no account's CSM is told of them."""
    people = User.objects.vendor().filter(mail_preference__stopped_at__isnull=False).order_by("name", "email")
    return [
        {
            "text": _("Mail to %(what)s came back") % {"what": f"{person} ({person.email})"},
            "url": reverse("people"),
            "action": _("All people"),
        }
        for person in people
    ]


def _attention(connections: Sequence[Any], failed: int) -> list[dict[str, str]]:
    """`connections` come from `connection_facts()`."""
    found = []
    if failed:
        words = ngettext("%(n)d delivery failed", "%(n)d deliveries failed", failed) % {"n": failed}
        found.append(
            {"text": words, "url": reverse("deliveries") + "?show=failed", "action": _("Look into it")}
        )
    if not connections:
        found.append(
            {"text": _("No CRM is connected."), "url": reverse("connections"), "action": _("Connections")}
        )
    return found
