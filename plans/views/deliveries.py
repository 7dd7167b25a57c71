"""For admins: what the CRMs sent, what became of it, and the doors that they send it to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_vendor_actor
from plans.intake.addresses import addresses_of
from plans.intake.services import replay_delivery
from plans.models import Delivery, Notice
from plans.pages.machinery import DELIVERY_STATES, connection_facts, count_deliveries

PAGE = 50
MOST_SHOWN = 20_000
"""Bytes of a body that its page shows."""
STATUS = {
    "failed": "late",
    "refused": "late",
    "received": "due",
    "open": "due",
    "processed": "ok",
    "applied": "ok",
}


@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    get_vendor_actor(request, "delivery.view")
    found = Delivery.objects.select_related("connection").defer("body", "headers")
    name = request.GET.get("connection", "")[:64]
    if name:
        found = found.filter(connection__name=name)
    counts = count_deliveries(found)
    state = request.GET.get("show", "")
    state = state if state in DELIVERY_STATES else ""
    shown = found.filter(DELIVERY_STATES[state]) if state else found
    paginator = Paginator(shown.prefetch_related("notices__plan").order_by("-received_at", "id"), PAGE)
    paginator.count = counts[state or "all"]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(counts, state, name),
        "deliveries": [_row(delivery) for delivery in page],
        "page": page,
        "page_query": _query(show=state, connection=name),
    }
    return render(request, "plans/deliveries.html", context)


@require_safe
def delivery_detail(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "delivery.view")
    delivery = get_object_or_404(Delivery.objects.select_related("connection"), pk=delivery_id)
    notices = delivery.notices.select_related("plan").order_by("occurred_at", "id")
    context = {
        "delivery": _facts(delivery),
        "notices": [_notice(notice) for notice in notices],
        "headers": [{"name": key, "value": value} for key, value in sorted(delivery.headers.items())],
        "body": _body(bytes(delivery.body)),
        "can": {"replay": actor.may("delivery.replay") and not delivery.refused_at},
    }
    return render(request, "plans/delivery_detail.html", context)


@require_POST
def delivery_replay(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "delivery.replay")
    delivery = get_object_or_404(Delivery, pk=delivery_id)
    try:
        replay_delivery(by=actor, delivery=delivery)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The delivery is worked on again."))
    return redirect("delivery_detail", delivery.pk)


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    get_vendor_actor(request, "connection.view")
    found = connection_facts().defer("secret", "token")
    return render(request, "plans/connections.html", {"connections": [_connection(one) for one in found]})


def _tabs(counts: dict[str, int], current: str, connection: str) -> list[dict[str, Any]]:
    labels = {"": _("All"), **{state: _state_label(state) for state in DELIVERY_STATES}}
    return [
        {
            "label": label,
            "url": f"?{_query(show=state, connection=connection)}",
            "count": counts[state or "all"],
            "current": state == current,
        }
        for state, label in labels.items()
    ]


def _row(delivery: Delivery) -> dict[str, Any]:
    """The notices, with their plans, are there already."""
    plans = [notice.plan for notice in delivery.notices.all() if notice.plan]
    reasons = [delivery.reason, *(notice.reason for notice in delivery.notices.all())]
    return {
        "url": reverse("delivery_detail", args=[delivery.pk]),
        "received_label": date_format(delivery.received_at, "DATETIME_FORMAT"),
        "received_iso": delivery.received_at.isoformat(),
        "connection": delivery.connection.name,
        "state": STATUS[delivery.state],
        "state_label": _state_label(delivery.state),
        "reason": next((reason for reason in reasons if reason), "")[:300],
        "plan_label": plans[0].name if plans else "",
        "plan_url": reverse("plan_detail", args=[plans[0].pk]) if plans else "",
    }


def _facts(delivery: Delivery) -> dict[str, Any]:
    tries = delivery.attempts
    return {
        "id": str(delivery.pk),
        "connection": delivery.connection.name,
        "received_label": date_format(delivery.received_at, "DATETIME_FORMAT"),
        "received_iso": delivery.received_at.isoformat(),
        "state": STATUS[delivery.state],
        "state_label": _state_label(delivery.state),
        "reason": delivery.reason,
        "attempts_label": ngettext("%(n)d try", "%(n)d tries", tries) % {"n": tries},
        "signature_label": _("not believed") if delivery.refused_at else _("signature checked"),
        "size_label": filesizeformat(len(delivery.body)),
    }


def _notice(notice: Notice) -> dict[str, Any]:
    plan = notice.plan
    return {
        "title": f"{notice.kind} {notice.external_id}",
        "outcome": STATUS.get(notice.state, ""),
        "outcome_label": _state_label(notice.state),
        "reason": notice.reason,
        "plan_label": plan.name if plan else "",
        "plan_url": reverse("plan_detail", args=[plan.pk]) if plan else "",
    }


def _body(body: bytes) -> str:
    """As text; the template escapes it. Of a long one the beginning, and a last line that says so."""
    text = body[:MOST_SHOWN].decode("utf-8", "replace")
    if len(body) > MOST_SHOWN:
        text += "\n" + _("… cut here: %(shown)s of %(size)s are shown.") % {
            "shown": filesizeformat(MOST_SHOWN),
            "size": filesizeformat(len(body)),
        }
    return text


def _connection(connection: Any) -> dict[str, Any]:
    """`connection` comes from `connection_facts()`; its secrets are not even read."""
    if connection.disabled_at:
        state, label = "", _("Closed")
    elif connection.failing:
        state, label = "due", ngettext("%(n)d failed", "%(n)d failed", connection.failing)
        label %= {"n": connection.failing}
    else:
        state, label = "ok", _("Open")
    last = connection.last_at
    return {
        "name": connection.name,
        "kind_label": str(connection.get_kind_display()),
        "address": " ".join(addresses_of(connection)),
        "state": state,
        "state_label": label,
        "last_label": date_format(last, "DATETIME_FORMAT") if last else "",
        "last_iso": last.isoformat() if last else "",
        "count_label": str(connection.received),
        "deliveries_url": f"{reverse('deliveries')}?connection={connection.name}",
    }


def _state_label(state: str) -> str:
    return {
        "failed": _("Failed"),
        "received": _("Waiting"),
        "processed": _("Processed"),
        "refused": _("Refused"),
        "applied": _("Applied"),
        "ignored": _("Ignored"),
        "open": _("Waiting"),
    }[state]


def _query(**words: str) -> str:
    chosen = {name: word for name, word in words.items() if word}
    return f"{urlencode(chosen)}&" if chosen else ""
