"""The value recap as HTML.

A template version is kept for ever, with its style: a better document is a new version, never a change to one
that has been issued.
"""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.recap import presenting
from reports.recap.context import context
from reports.recap.objectives import objective_text
from reports.recap.snapshot import RecapSnapshot, Side
from reports.recap.words import company, long_day, short_day

SNAPSHOT = RecapSnapshot
VERSIONS = ("v1", "v2", "v3")
CURRENT = VERSIONS[-1]
BEFORE = ("v1", "v2")
"""Those that are not yet on the base of all documents."""
ATTACHED = "recap-snapshot.json"
ON_SUMMARY = 3


def render(snapshot: RecapSnapshot, version: str = CURRENT) -> str:
    """Return the recap as HTML in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no recap template {version!r}")
    with translation.override(snapshot.language):
        facts = _context(snapshot) if version in BEFORE else context(snapshot, title(snapshot))
        return render_to_string(f"reports/pdf/recap/{version}.html", facts)


def title(snapshot: RecapSnapshot) -> str:
    """Return the document's title, as a reader's window shows it."""
    with translation.override(snapshot.language):
        period = _period(snapshot)
        return _("Value recap for %(account)s, %(period)s") % {"account": snapshot.account, "period": period}


def _context(snapshot: RecapSnapshot) -> dict[str, object]:
    objectives = [objective_text(one, snapshot) for one in snapshot.objectives]
    return {
        "snapshot": snapshot,
        "title": title(snapshot),
        "period": _period(snapshot),
        "made_on": long_day(snapshot.made_on),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "lead": presenting.lead(snapshot),
        "figures": presenting.figures(snapshot),
        "objectives": objectives,
        "summary_objectives": objectives[:ON_SUMMARY],
        "more_objectives": max(0, len(objectives) - ON_SUMMARY),
        "outcomes": [presenting.outcome_text(one) for one in snapshot.outcomes],
        "milestones": presenting.milestone_texts(snapshot),
        "timeline": presenting.timeline(snapshot),
        "evidence": [(one, presenting.evidence_text(one)) for one in snapshot.evidence],
        "people": [
            (company(snapshot, side), group)
            for side in (Side.CUSTOMER, Side.VENDOR)
            if (group := [one for one in snapshot.people if one.side is side])
        ],
        "next_steps": [
            (one, company(snapshot, one.side), short_day(one.due) if one.due else "")
            for one in snapshot.next_steps
        ],
        "digest": snapshot.digest,
        "attached": ATTACHED,
    }


def _period(snapshot: RecapSnapshot) -> str:
    days = {
        "first": long_day(snapshot.period_from),
        "last": long_day(snapshot.period_to),
    }
    return _("%(first)s to %(last)s") % days
