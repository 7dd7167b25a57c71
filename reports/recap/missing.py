"""Which sections a recap has, and what it says in place of those that would be empty: a sentence each, in one place.

Call inside `translation.override(snapshot.language)`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from reports.recap.snapshot import RecapSnapshot


def contents(
    facts: Mapping[str, Any], snapshot: RecapSnapshot, absent: Sequence[str]
) -> list[tuple[str, str]]:
    """Address and name of each section, in order. `facts` are those of the templates, `absent` what is missing."""
    names = {
        "summary": _("Summary"),
        "outcomes": _("Outcomes"),
        "wins": _("Wins"),
        "use": _("How broadly it is used"),
        "milestones": _("Milestones"),
        "waited": _("Whose turn it was"),
        "roi": _("Return on the account"),
        "next": _("The next 90 days"),
        "people": _("The people who did the work"),
        "evidence": _("Accepted evidence"),
        "missing": _("What is not there yet"),
    }
    there = {
        "summary": True,
        **_there(facts, snapshot),
        "waited": facts["waited"],
        "roi": facts["roi"],
        "missing": absent,
    }
    return [(key, name) for key, name in names.items() if there[key]]


def missing(facts: Mapping[str, Any], snapshot: RecapSnapshot) -> list[str]:
    """What has no section, without what the summary says already."""
    sentences = {
        "outcomes": _(
            "No objectives have been agreed for this plan yet; once they are, this page shows from where to where, and "
            "who confirmed it."
        ),
        "wins": _("No win has been recorded in this period yet; the milestones show the way there."),
        "use": _(
            "No usage figures have reached the portal for this period; once they do, this page shows who uses what, "
            "team by team."
        ),
        "milestones": _("This plan has no milestones yet."),
        "next": _("No next step has been agreed yet."),
        "people": _("Nobody has completed a task in this period yet."),
        "evidence": _("No evidence was accepted in this period."),
    }
    there = _there(facts, snapshot)
    said = () if facts["blank"] else ("outcomes", "wins")
    return [text for key, text in sentences.items() if not there[key] and key not in said]


def _there(facts: Mapping[str, Any], snapshot: RecapSnapshot) -> dict[str, bool]:
    return {
        "outcomes": bool(facts["objectives"]),
        "wins": bool(facts["wins"]),
        "use": bool(facts["use"]),
        "milestones": bool(snapshot.milestones or snapshot.more.milestones_elsewhere),
        "next": facts["ahead"],
        "people": bool(facts["people"]),
        "evidence": bool(facts["evidence"]),
    }
