"""Editions as plain strings, as `templates/reports/` shows them. Days and times are those of the account."""

from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Actor
from portal.lib.days import moment
from reports.codes import printed
from reports.models import Audience, Edition, Step
from reports.services import Verdict
from reports.titles import days_label, edition_title

PERCENT = {Step.QUEUED: 5, Step.COMPOSING: 30, Step.LAYING_OUT: 65, Step.DONE: 100}
BADGES = {"done": "ok", "working": "due", "failed": "late", "cancelled": ""}


def edition_row(edition: Edition) -> dict[str, Any]:
    made_at = edition.finished_at or edition.requested_at
    return {
        "title": edition_title(edition),
        "url": reverse("edition_detail", args=[edition.pk]),
        "about": edition.plan.name if edition.plan else edition.account.name,
        "about_url": _about_url(edition),
        "period_label": days_label(edition),
        "made_label": _moment(edition, made_at),
        "made_iso": made_at.isoformat(),
        "by": str(edition.requested_by or ""),
        "state": BADGES[edition.state],
        "state_label": state_label(edition),
        "internal": edition.audience == Audience.INTERNAL,
    }


def edition_page(edition: Edition, actor: Actor, seen: str = "") -> dict[str, Any]:
    """The context of the page. `seen` is the step that an open page showed last: only a new one is said aloud."""
    step = Step(edition.step)
    url = reverse("edition_detail", args=[edition.pk])
    return {
        "edition": edition_row(edition)
        | {
            "id": edition.pk,
            "url": f"{url}?seen={step}",
            "state": edition.state,
            "said": state_label(edition) if seen and seen != step else "",
            "progress_percent": PERCENT[step],
            "digest": edition.file_sha256,
            "size_label": filesizeformat(edition.size) if edition.size else "",
            "pages_label": _pages(edition),
            "code": printed(edition.code),
            "template_label": f"{edition.kind} {edition.template_version}",
            "reason": edition.reason,
        },
        "steps": _steps(edition),
        "can": {
            "download": edition.state == "done",
            "retry": edition.state in ("failed", "cancelled") and actor.may("edition.make"),
            "cancel": edition.state == "working" and actor.may("edition.make"),
        },
    }


def state_label(edition: Edition) -> str:
    if edition.state == "failed":
        return _("Could not be made")
    if edition.state == "cancelled":
        return _("Called off")
    return str(_("Ready") if edition.state == "done" else Step(edition.step).label)


def verdict_words(verdict: Verdict, compared: str, *, is_code: bool = False) -> dict[str, Any]:
    """The answer of the check, and what was compared: a digest or a code; nothing about the document itself."""
    words = {
        Verdict.GENUINE: (
            _("Genuine and unchanged"),
            _("The portal issued exactly this file."),
        ),
        Verdict.ALTERED: (
            _("Changed since it was issued"),
            _("This file was made from a document of the portal, but it is not the file that was issued."),
        ),
        Verdict.SEAL: (
            _("The seal of a document that was issued"),
            _(
                "The portal issued a document made from facts with this digest. "
                "Whether the pages are unchanged, only the file itself can tell."
            ),
        ),
        Verdict.CODE: (
            _("The code of a document that was issued"),
            _(
                "A document with this code was issued. "
                "Only the file itself shows whether its pages are unchanged."
            ),
        ),
        Verdict.UNKNOWN: (
            _("Not known here"),
            _("The portal issued no document with this code.")
            if is_code
            else _("The portal issued no such file."),
        ),
    }
    title, text = words[verdict]
    facts = [{"label": _("Code") if is_code else _("SHA-256 digest"), "value": compared}]
    return {"state": verdict.value, "title": title, "text": text, "facts": facts}


def _steps(edition: Edition) -> list[dict[str, str]]:
    """Queued, composing, laying out, done; the one where it failed says so."""
    order = list(Step)
    here = order.index(Step(edition.step))
    at_work = {"working": "current", "failed": "failed", "done": "done", "cancelled": "open"}[edition.state]
    return [
        {
            "label": str(step.label),
            "state": "done" if number < here else at_work if number == here else "open",
            "note": _note(edition) if number == here else "",
        }
        for number, step in enumerate(order)
    ]


def _note(edition: Edition) -> str:
    if edition.state == "cancelled":
        return _("called off")
    if edition.state == "working" and edition.attempts > 1:
        return _("try %(number)s") % {"number": edition.attempts}
    return ""


def _moment(edition: Edition, at: datetime) -> str:
    return moment(at, edition.account.zone)


def _about_url(edition: Edition) -> str:
    if edition.plan_id:
        return reverse("plan_detail", args=[edition.plan_id])
    return reverse("account_page", args=[edition.account_id])


def _pages(edition: Edition) -> str:
    """Editions of an older portal did not count theirs."""
    if not edition.pages:
        return "PDF"
    return ngettext("PDF, %(n)d page", "PDF, %(n)d pages", edition.pages) % {"n": edition.pages}
