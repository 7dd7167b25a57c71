"""Editions as plain strings, as `templates/reports/` shows them. Days and times are those of the account."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.permissions import Actor
from portal.lib.days import moment, period
from reports.models import Edition, Step
from reports.services import Verdict

PERCENT = {Step.QUEUED: 5, Step.COMPOSING: 30, Step.LAYING_OUT: 65, Step.DONE: 100}
BADGES = {"done": "ok", "working": "due", "failed": "late"}


def edition_row(edition: Edition) -> dict[str, Any]:
    made_at = edition.finished_at or edition.requested_at
    return {
        "title": edition_title(edition),
        "url": reverse("edition_detail", args=[edition.pk]),
        "plan_name": edition.plan.name,
        "plan_url": reverse("plan_detail", args=[edition.plan_id]),
        "period_label": period_label(edition),
        "made_label": _moment(edition, made_at),
        "made_iso": made_at.isoformat(),
        "by": str(edition.requested_by or ""),
        "state": BADGES[edition.state],
        "state_label": state_label(edition),
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
            "pages_label": "PDF",
            "template_label": f"{edition.kind} {edition.template_version}",
            "reason": edition.reason,
        },
        "steps": _steps(edition),
        "can": {
            "download": edition.state == "done",
            "retry": edition.state == "failed" and actor.may("edition.make"),
        },
    }


def edition_title(edition: Edition) -> str:
    return _("Value recap for %(account)s") % {"account": edition.plan.account.name}


def period_label(edition: Edition) -> str:
    return period(edition.period_from, edition.period_to)


def state_label(edition: Edition) -> str:
    if edition.state == "failed":
        return _("Could not be made")
    return str(_("Ready") if edition.state == "done" else Step(edition.step).label)


def file_name(edition: Edition) -> str:
    """What the download is called: the account and the period, without what a file system would read."""
    with override(edition.language):
        kind = _("Value recap")
    account = "".join(sign if sign.isalnum() or sign in " -_." else " " for sign in edition.plan.account.name)
    days = f"{edition.period_from.isoformat()} {edition.period_to.isoformat()}"
    return " ".join(f"{kind} {account} {days}".split()) + ".pdf"


def verdict_words(verdict: Verdict, sha256: str) -> dict[str, Any]:
    """The answer of the check, and the digest that was compared; nothing about the document itself."""
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
        Verdict.UNKNOWN: (
            _("Not known here"),
            _("The portal issued no such file."),
        ),
    }
    title, text = words[verdict]
    facts = [{"label": _("SHA-256 digest"), "value": sha256}]
    return {"state": verdict.value, "title": title, "text": text, "facts": facts}


def _steps(edition: Edition) -> list[dict[str, str]]:
    """Queued, composing, laying out, done; the one where it failed says so."""
    order = list(Step)
    here = order.index(Step(edition.step))
    at_work = {"working": "current", "failed": "failed", "done": "done"}[edition.state]
    return [
        {
            "label": str(step.label),
            "state": "done" if number < here else at_work if number == here else "open",
            "note": _note(edition) if number == here else "",
        }
        for number, step in enumerate(order)
    ]


def _note(edition: Edition) -> str:
    if edition.state == "working" and edition.attempts > 1:
        return _("try %(number)s") % {"number": edition.attempts}
    return ""


def _moment(edition: Edition, at: Any) -> str:
    return moment(at, edition.plan.account.zone)
