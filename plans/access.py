"""The first line of a view on plans: may you see it (404), may you do it (403).

Each look-up is one query, the first of its page, and prepared once: `visible_to` for somebody at the vendor and for
a stakeholder, with the role that a stakeholder has on the row's account.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.access import get_account
from accounts.choices import VendorRole
from accounts.models import Fact, Stakeholder, User
from accounts.permissions import Actor
from plans.models import (
    Comment,
    Criterion,
    Evidence,
    Measurement,
    Meeting,
    Milestone,
    Objective,
    Plan,
    Renewal,
    SignOff,
    Stage,
    Task,
    Win,
)
from plans.permissions import SIDE_BOUND, require_on_stage, require_on_task, require_review
from portal.lib.prepared import PreparedObjects


class _LookUp:
    """Finds one row that the person sees, and who they are there."""

    def __init__(self, rows: Callable[[User], "QuerySet[Any, Any]"]) -> None:
        """`rows` are those that a person sees, before one is picked."""
        self._vendor: PreparedObjects[Any] = PreparedObjects(partial(_seen_by_vendor, rows))
        self._customer: PreparedObjects[Any] = PreparedObjects(partial(_seen_by_stakeholder, rows))

    def __call__(self, request: HttpRequest, *ids: UUID) -> tuple[Any, Actor]:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            raise Http404
        found = self._vendor(*ids) if user.is_vendor else self._customer(*ids, user.pk)
        if not found:
            raise Http404
        return found[0], Actor(user, user.vendor_role or found[0].seen_as)


def get_plan(request: HttpRequest, plan_id: UUID, action: str) -> tuple[Plan, Actor]:
    """The plan with its account and the account's owner."""
    plan, actor = _plan(request, plan_id)
    actor.require(action)
    return plan, actor


def get_task(request: HttpRequest, plan_id: UUID, task_id: UUID, action: str) -> tuple[Task, Actor]:
    """The task with its plan and account, and with its people and milestone where it is only looked at.

    Beyond the table, acts ask for the right side and for ownership.
    """
    task, actor = (_task_shown if action == "task.view" else _task)(request, plan_id, task_id)
    task.account = task.plan.account
    if action in SIDE_BOUND:
        require_on_task(actor, action, task)
    else:
        actor.require(action)
    return task, actor


def get_evidence(
    request: HttpRequest, plan_id: UUID, evidence_id: UUID, action: str
) -> tuple[Evidence, Actor]:
    """The evidence with its task."""
    evidence, actor = _evidence(request, plan_id, evidence_id)
    evidence.account = evidence.plan.account
    evidence.task.plan, evidence.task.account = evidence.plan, evidence.account
    _require_on_claim(actor, action, evidence)
    return evidence, actor


def get_objective(
    request: HttpRequest, plan_id: UUID, objective_id: UUID, action: str
) -> tuple[Objective, Actor]:
    objective, actor = _objective(request, plan_id, objective_id)
    objective.account = objective.plan.account
    actor.require(action)
    return objective, actor


def get_measurement(
    request: HttpRequest, plan_id: UUID, measurement_id: UUID, action: str
) -> tuple[Measurement, Actor]:
    """The measurement with its objective."""
    measurement, actor = _measurement(request, plan_id, measurement_id)
    measurement.account = measurement.plan.account
    measurement.objective.plan, measurement.objective.account = measurement.plan, measurement.account
    _require_on_claim(actor, action, measurement)
    return measurement, actor


def get_win(request: HttpRequest, plan_id: UUID, win_id: UUID, action: str) -> tuple[Win, Actor]:
    """A win with what it is of, also one that was dismissed."""
    win, actor = _win(request, plan_id, win_id)
    win.account = win.plan.account
    actor.require(action)
    return win, actor


def get_meeting(request: HttpRequest, plan_id: UUID, meeting_id: UUID, action: str) -> tuple[Meeting, Actor]:
    """The meeting with its plan, and the account with its owner."""
    meeting, actor = _meeting(request, plan_id, meeting_id)
    meeting.account = meeting.plan.account
    actor.require(action)
    return meeting, actor


def get_thing(
    request: HttpRequest, plan_id: UUID, kind: str, thing_id: UUID, action: str
) -> tuple[Task | Milestone | Objective, Actor]:
    """What a conversation is about: `kind` is task, milestone or objective."""
    if kind not in _things:
        raise Http404
    thing, actor = _things[kind](request, plan_id, thing_id)
    thing.account = thing.plan.account
    actor.require(action)
    return thing, actor


def get_comment(request: HttpRequest, plan_id: UUID, comment_id: UUID, action: str) -> tuple[Comment, Actor]:
    """A comment with its author and what it is about; a vendor-only note is not there for anybody else."""
    comment, actor = _comment(request, plan_id, comment_id)
    comment.account = comment.plan.account
    thing = comment.task or comment.milestone or comment.objective
    thing.plan, thing.account = comment.plan, comment.account
    actor.require(action)
    return comment, actor


def get_stage(request: HttpRequest, plan_id: UUID, stage_id: UUID, action: str) -> tuple[Stage, Actor]:
    """The stage with its people, plan, account and the account's owner. Acts ask for ownership, too."""
    stage, actor = _stage(request, plan_id, stage_id)
    stage.account = stage.plan.account
    _require_on_stage(actor, action, stage)
    return stage, actor


def get_criterion(
    request: HttpRequest, plan_id: UUID, criterion_id: UUID, action: str
) -> tuple[Criterion, Actor]:
    """The criterion with its stage, and that with what `get_stage` brings."""
    criterion, actor = _criterion(request, plan_id, criterion_id)
    criterion.stage.plan = criterion.plan
    criterion.account = criterion.stage.account = criterion.plan.account
    _require_on_stage(actor, action, criterion.stage)
    return criterion, actor


def get_milestone(
    request: HttpRequest, plan_id: UUID, milestone_id: UUID, action: str
) -> tuple[Milestone, Actor]:
    milestone, actor = _milestone(request, plan_id, milestone_id)
    milestone.account = milestone.stage.account = milestone.plan.account
    actor.require(action)
    return milestone, actor


def get_signoff(request: HttpRequest, plan_id: UUID, signoff_id: UUID, action: str) -> tuple[SignOff, Actor]:
    """The sign-off with what it is of. Signing is for those who are named in it, whatever their role."""
    signoff, actor = _signoff(request, plan_id, signoff_id)
    signoff.account = signoff.plan.account
    if action != "signoff.sign":
        actor.require(action)
    elif not signoff.signatures.filter(person=actor.user).exists():
        raise PermissionDenied(action)
    return signoff, actor


def _require_on_stage(actor: Actor, action: str, stage: Stage) -> None:
    if action in ("stage.manage", "criterion.confirm"):
        require_on_stage(actor, action, stage)
    else:
        actor.require(action)


def get_renewal(request: HttpRequest, plan_id: UUID, renewal_id: UUID, action: str) -> tuple[Renewal, Actor]:
    """The renewal with its contract, and the account with its owner. The reason of the decision, which is the vendor's
    own, is not even read for a customer."""
    renewal, actor = _renewal(request, plan_id, renewal_id)
    renewal.account = renewal.contract.account = renewal.plan.account
    actor.require(action)
    return renewal, actor


def get_fact(request: HttpRequest, account_id: UUID, fact_id: UUID) -> Fact:
    """An answer of the account; for a contributor, one to a question that a task of theirs asks."""
    account, actor = get_account(request, account_id, "account.view")
    fact = get_object_or_404(Fact, account=account, pk=fact_id)
    if not actor.may("fact.view"):
        actor.require("form.fill")
        own = Task.objects.visible_to(actor.user).filter(account=account, owner=actor.user)
        if not own.filter(form__contains=[{"key": fact.key}]).exists():
            raise PermissionDenied("fact.view")
    return fact


def _require_on_claim(actor: Actor, action: str, claim: Evidence | Measurement) -> None:
    if action.endswith(".review"):
        require_review(actor, action, claim)
    else:
        actor.require(action)


def _seen_by_vendor(rows: Callable[[User], "QuerySet[Any, Any]"], *ids: UUID) -> "QuerySet[Any, Any]":
    return _picked(rows(User(vendor_role=VendorRole.CSM)), ids)


def _seen_by_stakeholder(
    rows: Callable[[User], "QuerySet[Any, Any]"], *ids_and_user: UUID
) -> "QuerySet[Any, Any]":
    *ids, user_id = ids_and_user
    here = Stakeholder.objects.joined().filter(user=user_id, account=OuterRef("account_id"))
    return _picked(rows(User(pk=user_id)), tuple(ids)).annotate(seen_as=Subquery(here.values("role")[:1]))


def _picked(rows: "QuerySet[Any, Any]", ids: tuple[UUID, ...]) -> "QuerySet[Any, Any]":
    """`ids` are that of the plan, or of the plan and of the part."""
    rows = rows.order_by()
    return rows.filter(pk=ids[0]) if len(ids) == 1 else rows.filter(plan=ids[0], pk=ids[1])


def _without_reason(user: User, rows: "QuerySet[Renewal]") -> "QuerySet[Renewal]":
    return rows if user.is_vendor else rows.defer("reason")


def _parts(model: type[Model], *joined: str) -> _LookUp:
    """Parts of plans that a person sees, with plan and account."""

    def rows(user: User) -> "QuerySet[Any, Any]":
        seen = model._default_manager.filter(plan__in=Plan.objects.visible_to(user))
        return seen.select_related("plan__account", *joined)

    return _LookUp(rows)


_plan = _LookUp(lambda user: Plan.objects.visible_to(user).select_related("account__owner"))
_task = _parts(Task)
_task_shown = _parts(Task, "owner", "completed_by", "milestone")
_evidence = _parts(Evidence, "task")
_objective = _parts(Objective)
_measurement = _parts(Measurement, "objective")
_meeting = _parts(Meeting, "held_by")
_win = _parts(
    Win,
    "objective",
    "measurement__evidence",
    "measurement__claimed_by",
    "measurement__accepted_by",
    "milestone",
    "confirmed_by",
    "dismissed_by",
    "share_consent_by",
)
_things = {"task": _task, "milestone": _parts(Milestone), "objective": _objective}
_comment = _LookUp(
    lambda user: Comment.objects.visible_to(user).select_related(
        "plan__account", "author", "task", "milestone", "objective"
    )
)
_stage = _parts(Stage, "owner", "opened_by", "closed_by", "plan__account__owner")
_criterion = _parts(Criterion, "stage__owner", "stage__opened_by", "stage__closed_by", "plan__account__owner")
_milestone = _parts(Milestone, "stage")
_renewal = _LookUp(
    lambda user: _without_reason(
        user,
        Renewal.objects.visible_to(user).select_related(
            "contract", "plan__account__owner", "ready_by", "decided_by", "offered_by", "new_contract"
        ),
    )
)
_signoff = _parts(SignOff, "milestone", "stage", "requested_by", "ended_by", "plan__account__owner")
