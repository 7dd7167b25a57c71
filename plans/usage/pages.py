"""Contexts of the pages about figures, of plain strings."""

from datetime import date
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Actor
from plans.choices import ImportStep
from plans.models import UsageFeed, UsageImport
from plans.usage.feeds import feeds_shown
from plans.usage.forms import FeedForm
from plans.usage.words import message_of
from portal.lib.days import period

BADGES = {
    ImportStep.RECEIVED: "due", ImportStep.CHECKED: "due", ImportStep.APPLYING: "due", ImportStep.APPLIED: "ok",
    ImportStep.FAILED: "late", ImportStep.CANCELLED: "",
}  # fmt: skip


def state_of(one: UsageImport) -> str:
    return f"{one.step}-{one.attempts}"


def import_row(one: UsageImport) -> dict[str, Any]:
    step = ImportStep(one.step)
    wrong = step == ImportStep.CHECKED and one.errors_total
    return {
        "url": reverse("usage_import", args=[one.pk]),
        "name": source_name(one),
        "account_name": one.account.name if one.account else "",
        "period_label": _found_period(one.found),
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


def count_label(number: int | None) -> str:
    return "" if number is None else number_format(number, use_l10n=True, force_grouping=True)


def source_name(one: UsageImport) -> str:
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
    return [{"label": label, "value": count_label(value)} for label, value in said]


def _outcome(found: dict[str, Any]) -> str:
    if "new" not in found:
        return ""
    return _("%(new)s new, %(replaced)s replaced, %(unchanged)s unchanged") % {
        name: count_label(found[name]) for name in ("new", "replaced", "unchanged")
    }


def _found_period(found: dict[str, Any]) -> str:
    if "from" not in found:
        return ""
    return period(date.fromisoformat(found["from"]), date.fromisoformat(found["to"]))


def _errors_label(total: int) -> str:
    return ngettext("%(n)s error", "%(n)s errors", total) % {"n": count_label(total)}


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
