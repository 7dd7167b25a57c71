"""Baseline against actual: what both sides agreed when the plan went live, and what became of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from plans.models import Milestone, Plan
from portal.lib.days import full_day, long_day
from portal.lib.timelines import (
    Stop,
    apart_in_words,
    days_apart,
    milestone_strip,
    timeline_axis,
    timeline_span,
)

WIDTH = 480
"""Units of a strip; the page stretches it to the room that there is."""


def timeline_context(plan: Plan) -> dict[str, Any]:
    """The context of `templates/plans/timeline.html`: one query, whatever the number of milestones."""
    today = plan.account.today()
    milestones = list(
        Milestone.objects.filter(plan=plan).select_related("stage").order_by("stage__position", "position")
    )
    stops = [_stop(one, plan) for one in milestones]
    first, last = timeline_span(stops, today)
    rows = [
        {
            "title": stop.title,
            "stage": milestone.stage.name,
            "baseline_label": long_day(stop.baseline_on) if stop.baseline_on else "",
            "actual_label": _actual(stop),
            "apart_label": apart_in_words(days_apart(stop, today)),
            "state": _state(stop, today),
            "strip": milestone_strip(stop, first=first, last=last, today=today, width=WIDTH),
        }
        for milestone, stop in zip(milestones, stops, strict=True)
    ]
    return {
        "plan": {"id": plan.pk, "name": plan.name, "url": reverse("plan_detail", args=[plan.pk])},
        "rows": rows,
        "axis": timeline_axis(first=first, last=last, today=today, width=WIDTH) if rows else "",
        "headline": _headline(stops, today),
        "today_label": full_day(today),
        "live": plan.live_at is not None,
    }


def _stop(milestone: Milestone, plan: Plan) -> Stop:
    reached = milestone.reached_at.astimezone(plan.account.zone).date() if milestone.reached_at else None
    return Stop(milestone.title, milestone.baseline_on, milestone.due_on, reached)


def _actual(stop: Stop) -> str:
    if stop.reached_on:
        return _("reached on %(day)s") % {"day": long_day(stop.reached_on)}
    return _("due on %(day)s") % {"day": long_day(stop.due_on)} if stop.due_on else ""


def _state(stop: Stop, today: date) -> str:
    """ok (as agreed or earlier), due (later), late (overdue now), "" where nothing was agreed."""
    if stop.reached_on is None and stop.due_on and stop.due_on < today:
        return "late"
    apart = days_apart(stop, today)
    return "" if apart is None else "due" if apart > 0 else "ok"


def _headline(stops: Sequence[Stop], today: date) -> str:
    """Where the whole plan stands: the last milestone that has a baseline speaks for it."""
    promised = [stop for stop in stops if stop.baseline_on]
    if not promised:
        return _("The dates are frozen when the plan goes live. From then on this page compares.")
    last = max(promised, key=lambda stop: (stop.baseline_on or date.min, stop.due_on or date.min))
    words = {"title": last.title, "apart": apart_in_words(days_apart(last, today))}
    return _("The last milestone, “%(title)s”: %(apart)s.") % words
