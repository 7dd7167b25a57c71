"""The first line of a view on plans: may you see it (404), may you do it (403)."""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.models import Evidence, Measurement, Objective, Plan, Task
from plans.permissions import SIDE_BOUND, require_on_task, require_review

Part = TypeVar("Part", Task, Evidence, Objective, Measurement)


def get_plan(request: HttpRequest, plan_id: UUID, action: str) -> tuple[Plan, Actor]:
    """The plan with its account and owner, and the person in their role on it: one query."""
    user: User = request.user  # type: ignore[assignment]
    plans = Plan.objects.visible_to(user).select_related("account__owner")
    plan = get_object_or_404(plans.annotate(seen_as=_role_of(user)), pk=plan_id)
    actor = Actor(user, plan.seen_as)
    actor.require(action)
    return plan, actor


def get_task(request: HttpRequest, plan_id: UUID, task_id: UUID, action: str) -> tuple[Task, Actor]:
    """The task, its plan joined on. Beyond the table, acts ask for the right side and for ownership."""
    shown = ("owner", "completed_by", "milestone") if action == "task.view" else ()
    task, actor = _part(request, Task, plan_id, task_id, *shown)
    if action in SIDE_BOUND:
        require_on_task(actor, action, task)
    else:
        actor.require(action)
    return task, actor


def get_evidence(
    request: HttpRequest, plan_id: UUID, evidence_id: UUID, action: str
) -> tuple[Evidence, Actor]:
    evidence, actor = _part(request, Evidence, plan_id, evidence_id, "task")
    _require_on_claim(actor, action, evidence)
    evidence.task.plan, evidence.task.account = evidence.plan, evidence.account
    return evidence, actor


def get_objective(
    request: HttpRequest, plan_id: UUID, objective_id: UUID, action: str
) -> tuple[Objective, Actor]:
    objective, actor = _part(request, Objective, plan_id, objective_id)
    actor.require(action)
    return objective, actor


def get_measurement(
    request: HttpRequest, plan_id: UUID, measurement_id: UUID, action: str
) -> tuple[Measurement, Actor]:
    measurement, actor = _part(request, Measurement, plan_id, measurement_id, "objective")
    _require_on_claim(actor, action, measurement)
    measurement.objective.plan, measurement.objective.account = measurement.plan, measurement.account
    return measurement, actor


def _part(
    request: HttpRequest, model: type[Part], plan_id: UUID, part_id: UUID, *joined: str
) -> tuple[Part, Actor]:
    """A row of a plan that the person sees, with plan and account, and the person in their role: one query."""
    user: User = request.user  # type: ignore[assignment]
    rows: models.QuerySet[Part] = model.objects.filter(plan__in=Plan.objects.visible_to(user), plan=plan_id)
    rows = rows.select_related("plan__account", *joined).annotate(seen_as=_role_of(user))
    part = rows.filter(pk=part_id).first()
    if part is None:
        raise Http404
    part.account = part.plan.account
    return part, Actor(user, part.seen_as)  # type: ignore[attr-defined]


def _role_of(user: User) -> models.expressions.Combinable:
    """The person's role on the row's account, as `accounts.permissions.actor_on` would find it."""
    if user.vendor_role:
        return Value(user.vendor_role)
    here = Stakeholder.objects.joined().filter(user=user, account=OuterRef("account_id"))
    return Coalesce(Subquery(here.values("role")[:1]), Value(""))


def _require_on_claim(actor: Actor, action: str, claim: Evidence | Measurement) -> None:
    if action.endswith(".review"):
        require_review(actor, action, claim)
    else:
        actor.require(action)
