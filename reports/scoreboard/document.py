"""The weekly scoreboard as HTML. A template version that was issued is kept for ever."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.base_words import base_context
from reports.scoreboard import presenting
from reports.scoreboard.snapshot import ScoreboardSnapshot

SNAPSHOT = ScoreboardSnapshot
VERSIONS = ("v1",)


def render(snapshot: ScoreboardSnapshot, version: str = VERSIONS[-1]) -> str:
    """Return the scoreboard in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no scoreboard template {version!r}")
    with translation.override(snapshot.language):
        context = {
            **base_context(snapshot, name=_("Weekly scoreboard"), title=_title(snapshot)),
            "week": presenting.week_name(snapshot),
            "lead": presenting.lead(snapshot),
            "weeks": presenting.week_labels(snapshot),
            "measures": [] if snapshot.says_nothing else presenting.measures(snapshot),
            "missing": presenting.missing(snapshot),
            "definitions": presenting.definitions(),
        }
        return render_to_string(f"reports/pdf/scoreboard/{version}.html", context)


def title(snapshot: ScoreboardSnapshot) -> str:
    with translation.override(snapshot.language):
        return _title(snapshot)


def _title(snapshot: ScoreboardSnapshot) -> str:
    words = {"account": snapshot.account, "week": presenting.week_name(snapshot)}
    return _("Weekly scoreboard for %(account)s, %(week)s") % words
