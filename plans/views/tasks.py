"""A task: its page, and each act on it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Actor
from plans.access import get_task
from plans.forms.base import VersionForm
from plans.forms.dates import MoveForm
from plans.forms.tasks import BlockForm, ReassignForm, ReopenForm
from plans.models import Task
from plans.pages.spine import side_names
from plans.services.moving import move_task
from plans.services.taking import Act
from plans.services.working import (
    block_task,
    complete_task,
    reassign_task,
    reopen_task,
    unblock_task,
)
from plans.views.answers import act_on_task, answer_task
from plans.views.pace import keep_pace


@require_GET
def task_detail(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.view")
    return answer_task(request, task, actor)


@require_POST
def task_complete(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.complete")
    return act_on_task(
        request,
        task,
        actor,
        form=VersionForm(request.POST),
        do=lambda data: complete_task(by=actor, task=task, version=data["version"]),
        said=_("Done: %(task)s.") % {"task": task.title},
        then="plan_detail",
    )


@require_POST
def task_reopen(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.reopen")
    return act_on_task(
        request,
        task,
        actor,
        form=ReopenForm(request.POST),
        do=lambda data: reopen_task(by=actor, task=task, **data),
        said=_("Open again: %(task)s.") % {"task": task.title},
    )


@require_POST
def task_block(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.block")
    return act_on_task(
        request,
        task,
        actor,
        form=BlockForm(request.POST, names=side_names(task.plan), auto_id="block-%s"),
        slot="form_block",
        do=lambda data: block_task(by=actor, task=task, **data),
        said=_("Blocked: %(task)s.") % {"task": task.title},
    )


@require_POST
def task_unblock(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.block")
    return act_on_task(
        request,
        task,
        actor,
        form=VersionForm(request.POST),
        do=lambda data: unblock_task(by=actor, task=task, **data),
        said=_("No longer blocked: %(task)s.") % {"task": task.title},
    )


@require_POST
def task_reassign(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.reassign")
    return act_on_task(
        request,
        task,
        actor,
        form=ReassignForm(request.POST, task=task, auto_id="reassign-%s"),
        slot="form_reassign",
        do=lambda data: _reassign(request, actor, task, data),
        said=_("Handed over: %(task)s.") % {"task": task.title},
    )


@require_POST
def task_move(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "task.move")
    form = MoveForm(request.POST, auto_id="move-%s")
    return act_on_task(
        request,
        task,
        actor,
        form=form,
        slot="form_move",
        do=lambda _data: move_task(by=actor, task=task, **form.asked()),
        said=_("New date: %(task)s.") % {"task": task.title},
    )


def _reassign(request: HttpRequest, actor: Actor, task: Task, data: dict[str, Any]) -> Act:
    keep_pace(request, "hand_over", by=actor.user, key=task.pk)
    return reassign_task(by=actor, task=task, **data)
