"""The review pack as HTML. A template version that was issued is kept for ever."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.base_words import base_context, long_day, period_text
from reports.review import presenting
from reports.review.snapshot import ReviewSnapshot

SNAPSHOT = ReviewSnapshot
VERSIONS = ("v1",)


def render(snapshot: ReviewSnapshot, version: str = VERSIONS[-1]) -> str:
    """Return the pack as HTML in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no review pack template {version!r}")
    with translation.override(snapshot.language):
        context = {
            **base_context(snapshot, name=_("Review pack"), title=_title(snapshot)),
            "meeting": long_day(snapshot.meeting_on) if snapshot.meeting_on else "",
            "against": presenting.against(snapshot),
            "lead": [sentence for sentence in presenting.lead(snapshot) if sentence],
            "agenda": presenting.agenda(snapshot),
            "improved": presenting.improved(snapshot),
            "first_known": presenting.first_known(snapshot),
            "unchanged": presenting.unchanged_good(snapshot),
            "not_improved": presenting.not_improved(snapshot),
            "shortfalls": presenting.shortfalls(snapshot),
            "steps": presenting.steps(snapshot),
            "wanted": presenting.wanted(snapshot),
            "notes": presenting.notes(snapshot),
        }
        return render_to_string(f"reports/pdf/review/{version}.html", context)


def title(snapshot: ReviewSnapshot) -> str:
    with translation.override(snapshot.language):
        return _title(snapshot)


def _title(snapshot: ReviewSnapshot) -> str:
    words = {"account": snapshot.account, "period": period_text(snapshot)}
    return _("Review pack for %(account)s, %(period)s") % words
