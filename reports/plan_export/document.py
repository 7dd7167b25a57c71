"""The plan export as HTML. A template version that was issued is kept for ever."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.base_words import base_context, long_day
from reports.plan_export import presenting
from reports.plan_export.snapshot import PlanExportSnapshot

SNAPSHOT = PlanExportSnapshot
VERSIONS = ("v1",)
# So many are not torn apart by the end of a page.
FEW_PEOPLE = 16


def render(snapshot: PlanExportSnapshot, version: str = VERSIONS[-1]) -> str:
    """Return the export in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no plan export template {version!r}")
    with translation.override(snapshot.language):
        stages = presenting.stage_texts(snapshot)
        context = {
            **base_context(snapshot, name=_("Plan export"), title=_title(snapshot)),
            "as_of": _as_of(snapshot),
            "day": long_day(snapshot.period_to),
            "draft": snapshot.state == "draft",
            "lead": presenting.lead(snapshot),
            "kickoff": long_day(snapshot.kickoff_on) if snapshot.kickoff_on else "",
            "ends": long_day(snapshot.ends_on) if snapshot.ends_on else "",
            "stages": stages,
            "objectives": presenting.objective_texts(snapshot),
            "people": presenting.people(snapshot),
            "few_people": len(snapshot.people) <= FEW_PEOPLE,
            "about_facts": presenting.about(snapshot),
        }
        return render_to_string(f"reports/pdf/plan_export/{version}.html", context)


def title(snapshot: PlanExportSnapshot) -> str:
    with translation.override(snapshot.language):
        return _title(snapshot)


def _title(snapshot: PlanExportSnapshot) -> str:
    words = {"plan": snapshot.plan, "day": long_day(snapshot.period_to)}
    return _("%(plan)s, as of %(day)s") % words


def _as_of(snapshot: PlanExportSnapshot) -> str:
    return _("As of %(day)s") % {"day": long_day(snapshot.period_to)}
