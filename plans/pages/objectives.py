"""Objectives as from–to–by: how they stand, their chart and their measurements, as plain strings."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side
from plans import values
from plans.choices import EvidenceKind
from plans.models import Evidence, Measurement, Objective, Plan
from plans.pages.loading import Review
from plans.pages.rows import Viewer
from plans.pages.standing_words import standing_words
from portal.lib.charts import Point, from_to_by
from portal.lib.days import full_day, moment, short_day
from portal.lib.figures import figure, with_unit
from portal.lib.prepared import PreparedObjects


def load_objectives(plan: Plan) -> list[tuple[Objective, list[Measurement]]]:
    """The plan's objectives in order, each with its measurements by day: two queries."""
    objectives = _objectives_of(plan.pk)
    measured: dict[UUID, list[Measurement]] = {objective.pk: [] for objective in objectives}
    for measurement in _measurements_of_plan(plan.pk):
        measured[measurement.objective_id].append(measurement)
    return [(objective, measured[objective.pk]) for objective in objectives]


def load_measurements(objective: Objective) -> list[Measurement]:
    """Those of one objective, by day: one query."""
    return list(_measurements().filter(objective=objective.pk))


def reviews_in(measured: Iterable[tuple[Objective, Sequence[Measurement]]], viewer: Viewer) -> list[Review]:
    """What `plans.pages.loading.load_reviews` finds, where the measurements are at hand."""
    if not viewer.reviews:
        return []
    return [
        Review(one.pk, objective.pk, objective.title, one.measured_on)
        for objective, found in measured
        for one in found
        if one.state == "claimed" and one.claimed_side != viewer.side
    ]


def objective_card(
    plan: Plan, objective: Objective, measurements: Sequence[Measurement], today: date
) -> dict[str, Any]:
    """The objective as a plan's page shows it. What was returned does not count."""
    standing = [one for one in measurements if one.returned_at is None]
    last = standing[-1] if standing else None
    status, status_label = standing_of(
        objective, last.value if last else None, begun_on=plan.kickoff_on, today=today
    )
    return {
        "id": objective.pk,
        "url": reverse("objective_detail", args=[plan.pk, objective.pk]),
        "title": objective.title,
        "description": objective.metric,
        "from_label": amount(objective.baseline, objective)
        if objective.baseline is not None
        else _("not known yet"),
        "to_label": amount(objective.target, objective),
        "by_label": short_day(objective.due_on),
        "now_label": amount(last.value, objective) if last else _("not measured yet"),
        "status": status,
        "status_label": status_label,
        "svg": _chart(plan, objective, standing, today),
        "standing": standing_words(values.standing(last, plan.account.zone)) if last else None,
    }


def standing_of(
    objective: Objective, value: Decimal | None, *, begun_on: date, today: date
) -> tuple[str, str]:
    """(ok | due | late | "", in words): reached, on or behind the straight course, or missed."""
    if value is not None and objective.is_reached_by(value):
        return "ok", _("Reached")
    if today > objective.due_on:
        return "late", _("Not reached in time")
    if value is None or objective.baseline is None:
        return "", _("Not measured yet") if value is None else _("Under way")
    way = objective.target - objective.baseline
    days = max(1, (objective.due_on - begun_on).days)
    passed = min(max((today - begun_on).days, 0), days)
    # Both sides of the comparison are distances in the good direction.
    gone = abs(value - objective.baseline) if (value - objective.baseline) * way > 0 else Decimal(0)
    if gone * days >= abs(way) * passed:
        return "ok", _("On course")
    return "due", _("Behind its course")


def measurement_rows(
    plan: Plan, objective: Objective, measurements: Sequence[Measurement], judged: dict[UUID, Any]
) -> list[dict[str, Any]]:
    """The measurements, newest first; `judged` are the return forms of those that the viewer may judge."""
    return [
        {
            "id": one.pk,
            "value_label": amount(one.value, objective),
            "on_label": full_day(one.measured_on),
            "on_iso": one.measured_on.isoformat(),
            "by": str(one.claimed_by),
            "note": one.note,
            "state": one.state,
            "state_label": _("Returned") if one.returned_at else "",
            "standing": None if one.returned_at else standing_words(values.standing(one, plan.account.zone)),
            "proof": proof_link(one.evidence),
            # Of the vendor's own numbers the standing says who accepted them.
            "judged_label": judged_label(one, plan)
            if one.returned_at or one.claimed_side == Side.CUSTOMER
            else "",
            "reason": one.return_reason,
            "can_judge": one.pk in judged,
            "form_return": judged.get(one.pk),
        }
        for one in reversed(measurements)
    ]


def judged_label(claim: Any, plan: Plan) -> str:
    """Who accepted or returned the claim, and when; "" while nobody has."""
    if claim.accepted_at:
        words = {"name": claim.accepted_by, "time": moment(claim.accepted_at, plan.account.zone)}
        return _("Confirmed by %(name)s, %(time)s") % words
    if claim.returned_at:
        words = {"name": claim.returned_by, "time": moment(claim.returned_at, plan.account.zone)}
        return _("Returned by %(name)s, %(time)s") % words
    return ""


def proof_link(evidence: Evidence | None) -> dict[str, str] | None:
    """{label, href} of what proves a number; a note is read at its task. None where nothing does."""
    if evidence is None or evidence.returned_at:
        return None
    href = evidence.url
    if evidence.kind == EvidenceKind.FILE:
        href = reverse("evidence_download", args=[evidence.plan_id, evidence.pk])
    elif evidence.kind == EvidenceKind.NOTE:
        href = reverse("task_detail", args=[evidence.plan_id, evidence.task_id])
    return {"label": str(evidence), "href": href}


def amount(value: Decimal, objective: Objective) -> str:
    """The number as people read it, with its unit: no trailing zeros, no exponent."""
    return with_unit(figure(value), objective.unit)


def _chart(plan: Plan, objective: Objective, standing: Sequence[Measurement], today: date) -> str:
    """Nothing to draw while neither a baseline nor a measurement is known."""
    baseline = (
        objective.baseline if objective.baseline is not None else standing[0].value if standing else None
    )
    if baseline is None:
        return ""
    return from_to_by(
        [Point(one.measured_on, one.value, one.accepted_at is not None) for one in standing],
        title=objective.title,
        baseline=baseline,
        target=objective.target,
        due=objective.due_on,
        direction=objective.direction,
        unit=objective.unit,
        baseline_on=plan.kickoff_on,
        today=today,
    )


def _measurements() -> "QuerySet[Measurement]":
    found = Measurement.objects.select_related("claimed_by", "accepted_by", "returned_by", "evidence")
    return found.order_by("measured_on", "claimed_at")


_objectives_of: PreparedObjects[Objective] = PreparedObjects(
    lambda plan_id: Objective.objects.filter(plan=plan_id).order_by("position")
)
_measurements_of_plan: PreparedObjects[Measurement] = PreparedObjects(
    lambda plan_id: _measurements().filter(plan=plan_id)
)
