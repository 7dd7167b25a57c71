"""The plan's timeline: baseline against actual."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from plans.access import get_plan
from plans.pages.timeline import timeline_context


@require_GET
def timeline(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, _actor = get_plan(request, plan_id, "plan.view")
    return render(request, "plans/timeline.html", timeline_context(plan))
