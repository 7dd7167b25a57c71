"""The opened task: what to do and why, its evidence, its history, and what this person may do with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side
from accounts.permissions import Actor
from plans.choices import EvidenceNeed
from plans.forms.dates import MoveForm
from plans.forms.proof import EvidenceForm, ReturnForm
from plans.forms.tasks import BlockForm, PassForm, ReassignForm, UntilForm
from plans.models import Plan, Task
from plans.pages.answering import has_task, panel_answers
from plans.pages.asked import asked_context
from plans.pages.day_notes import day_notes
from plans.pages.history import history_lines
from plans.pages.proofs import Proofs, load_proofs, proofs_context
from plans.pages.rows import RowMaker, TaskFacts, estimate_in_words
from plans.pages.spine import row_maker, side_names
from plans.pages.talk import talk_context
from plans.pages.turn import Past, past_of_task, turns_of, waited_of
from plans.pages.turn_words import task_lines
from plans.permissions import may_on_task
from plans.turns import Part
from portal.lib.days import moment
from portal.lib.prepared import PreparedObjects

Forms = Mapping[str, Form]


def panel_context(
    task: Task,
    actor: Actor,
    *,
    maker: RowMaker | None = None,
    forms: Forms | None = None,
    returning: Mapping[Any, ReturnForm] | None = None,
    said: str = "",
    proofs_page: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The context of `templates/plans/task_detail.html`.

    `task` comes with plan, account, owner and milestone. `forms` are bound ones by their name in the template, and
    `returning` those of evidence by its id; all others are fresh. `proofs_page` names a page of all its
    evidence; without, the newest is shown. `more` goes in as it is.
    """
    plan, bound = task.plan, forms or {}
    maker = maker or row_maker(plan, actor)
    ever_before, proofs, past = _before(task.pk), load_proofs(task.pk), past_of_task(task)
    before = ever_before if task.completed_at is None else []
    facts = facts_of(task, before, proofs)
    # Before the row is made: it says who waited, too.
    turn = _turn(task, maker, ever_before, past)
    can = _can(actor, task, facts)
    shown_forms = _drafted(task, {**_forms(task, can), **bound})
    return {
        "plan": plan_context(plan),
        "task": {
            **_shown(task, facts, maker, before),
            **_hint(actor, task, facts, before),
            "turn": turn,
            "said": said,
        },
        **proofs_context(task, proofs, actor, returning or {}, proofs_page),
        "task_history": history_lines(past.newest, maker.clock),
        "can": can,
        "dates": day_notes(task, actor, bound.get("form_answer")),
        "upload_max": settings.PORTAL_UPLOAD_MAX_MB * 1_000_000,
        **talk_context(thing=task, actor=actor, plan=plan),
        **asked_context(task, actor, bound, can_fill=can.get("fill", False), can_send=facts.completable),
        **shown_forms,
        "answers": panel_answers(task, can, shown_forms),
        **more,
    }


def plan_context(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "url": reverse("plan_detail", args=[plan.pk]),
        "name": plan.name,
        "account_name": plan.account.name,
    }


def state_label(task: Task, maker: RowMaker) -> str:
    if task.completed_at is None:
        return _("Blocked") if task.blocked_at else ""
    words = {"name": task.completed_by or _("The portal"), "time": moment(task.completed_at, maker.clock)}
    return _("Done by %(name)s, %(time)s") % words


def _turn(task: Task, maker: RowMaker, ever_before: Sequence[Task], past: Past) -> dict[str, str]:
    """Whose turn it was and is, in lines; the row's maker learns who waited for how long."""
    own = Part(task.pk, task.side, task.milestone_id, [other.pk for other in ever_before])
    turns = turns_of(task.plan, [own], past.happenings)
    maker.waited = waited_of(turns, maker.today)
    return task_lines(turns.tasks.get(task.pk) if turns else None, task.plan, maker.names)


def _shown(task: Task, facts: TaskFacts, maker: RowMaker, before: Sequence[Task]) -> dict[str, Any]:
    """The row, and what stands in the panel below it."""
    row = maker.row(facts)
    return {
        **row,
        "turn_label": row["turn_label"] or maker.names[task.side],
        "done": task.completed_at is not None,
        "state_label": state_label(task, maker),
        "milestone_title": task.milestone.title,
        "what": task.what,
        "why": task.why,
        "estimate_label": estimate_in_words(task.estimate_minutes),
        "desired_result": task.desired_result,
        "evidence_wanted": task.evidence_wanted,
        "next_step": task.next_step,
        "blocked_reason": task.blocked_reason,
        "waits_for": [
            {"title": other.title, "url": _url(other), "done": other.completed_at is not None}
            for other in before
        ],
    }


def facts_of(task: Task, before: Sequence[Task], proofs: Proofs) -> TaskFacts:
    """What `plans.pages.loading.load_tasks` finds, for one task whose surroundings are at hand."""
    return TaskFacts(
        id=task.pk,
        milestone_id=task.milestone_id,
        title=task.title,
        side=task.side,
        role=task.role,
        owner_id=task.owner_id,
        owner_name=task.owner.name if task.owner else None,
        owner_email=task.owner.email if task.owner else None,
        due_on=task.due_on,
        completed_at=task.completed_at,
        blocked_at=task.blocked_at,
        evidence_need=task.evidence_need,
        version=task.version,
        waits=any(other.completed_at is None for other in before),
        proved=proofs.proves(task.evidence_need),
        claims=proofs.claims(),
        blocked_on=task.blocked_on,
        pinned_at=task.pinned_at,
        proposed_on=task.proposed_on,
        moved_by_side=task.moved_by_side,
        talk_count=task.talk_count,
        asks=bool(task.form),
    )


def _can(actor: Actor, task: Task, facts: TaskFacts) -> dict[str, bool]:
    if task.plan.is_finished:
        return {}
    done = task.completed_at is not None
    offered = {
        # Sending a form is what completes its task.
        "complete": facts.completable and not task.form,
        "fill": bool(task.form) and not done,
        "block": not done and task.blocked_at is None,
        "unblock": task.blocked_at is not None,
        "reopen": done,
        "reassign": not done,
        "move": not done,
        "pass": not done and has_task(actor, task),
        # At the vendor a day is changed, not asked for.
        "until": not done and has_task(actor, task) and task.side == Side.CUSTOMER,
        # What is done and needed no proof needs none now.
        "add_evidence": not done or task.evidence_need != EvidenceNeed.NONE,
    }
    actions = {
        "unblock": "task.block",
        "until": "task.propose",
        "fill": "form.fill",
        "add_evidence": "evidence.add",
    }
    return {
        name: offer and may_on_task(actor, actions.get(name, f"task.{name}"), task)
        for name, offer in offered.items()
    }


def _hint(actor: Actor, task: Task, facts: TaskFacts, before: Sequence[Task]) -> dict[str, Any]:
    hint = _complete_hint(actor, task, facts, before)
    return {"complete_hint": hint, "evidence_first": bool(hint) and not facts.waits}


def _complete_hint(actor: Actor, task: Task, facts: TaskFacts, before: Sequence[Task]) -> str:
    """Why somebody who may complete the task cannot do so yet; what is blocked says so at the top already."""
    if facts.completable or facts.completed_at is not None or not may_on_task(actor, "task.complete", task):
        return ""
    if facts.blocked_at or task.plan.is_finished:
        return ""
    if facts.waits:
        titles = ", ".join(other.title for other in before if other.completed_at is None)
        return _("Can be completed after: %(tasks)s") % {"tasks": titles}
    if task.form:
        return _("Add the evidence first, then send your answers.")
    return _("Add the evidence first, then mark it as done.")


def _drafted(task: Task, forms: Forms) -> Forms:
    """The browser keeps what is typed as a reason or a note until it was taken (static/js/draft.js)."""
    for name, form in forms.items():
        for field in {"reason", "note", "answer"} & set(form.fields):
            form.fields[field].widget.attrs["data-draft"] = f"{name}:{task.pk}:{field}"
    return forms


def _url(task: Task) -> str:
    return reverse("task_detail", args=[task.plan_id, task.pk])


def _forms(task: Task, can: Mapping[str, bool]) -> dict[str, Form]:
    """A fresh form for each thing that can be done, each with ids of its own on the page."""
    made: dict[str, Form] = {}
    if can.get("block"):
        made["form_block"] = BlockForm(
            names=side_names(task.plan), auto_id="block-%s", initial={"on": task.side}
        )
    if can.get("reassign"):
        made["form_reassign"] = ReassignForm(
            task=task, auto_id="reassign-%s", initial={"owner": task.owner_id}
        )
    if can.get("move"):
        made["form_move"] = MoveForm(auto_id="move-%s", initial={"due_on": task.due_on})
    if can.get("until"):
        made["form_until"] = UntilForm(auto_id="until-%s")
    if can.get("pass"):
        made["form_pass"] = PassForm(task=task, auto_id="pass-%s")
    if can.get("add_evidence"):
        made["form_evidence"] = EvidenceForm(auto_id="evidence-%s")
    return made


_before: PreparedObjects[Task] = PreparedObjects(
    lambda task_id: Task.objects.filter(dependants__task=task_id).order_by("position")
)
