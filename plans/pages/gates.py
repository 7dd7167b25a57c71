"""A stage with its two gates and what belongs to it; and a milestone as a page of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.permissions import Actor
from plans.choices import CriterionKind, EvidenceKind, Gate
from plans.forms.gates import GiveStageForm, ReopenStageForm
from plans.models import Criterion, Evidence, Milestone, Plan, Stage, Task
from plans.pages.loading import TASK_COLUMNS, load_milestones, with_facts
from plans.pages.rows import RowMaker, TaskFacts, due_in_words
from plans.pages.signing import signoff_short
from plans.pages.spine import gate_label, milestone_heads, row_maker
from plans.pages.turn import turn_of_milestone
from plans.permissions import may_on_stage
from plans.services.criteria import Standing, gate_of
from portal.lib.days import full_day, moment


def stage_context(
    stage: Stage,
    actor: Actor,
    *,
    form_reopen: Form | None = None,
    form_give: Form | None = None,
    refused: Gate | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """The context of `templates/plans/stage_detail.html`.

    `refused` is the gate that somebody wanted to go through and that does not open; `problem` what else was wrong.
    """
    plan, maker = stage.plan, row_maker(stage.plan, actor)
    standings = gate_of(stage)
    lines = {
        gate: [_line(one, stage, actor, maker) for one in standings if one.criterion.gate == gate]
        for gate in Gate
    }
    can = _can(stage, actor)
    return {
        "plan": _plan(plan),
        "stage": _shown(stage, maker),
        "gates": _gates(lines, stage),
        "milestones": _milestones(stage, maker),
        "signoff": signoff_short(plan, actor, stage=stage),
        "refused": {"title": _refusals()[refused], "missing": _missing(lines[refused])} if refused else None,
        "problem": problem,
        "can": can,
        "form_reopen": form_reopen or (ReopenStageForm(auto_id="reopen-%s") if can["reopen"] else None),
        "form_give": form_give or (_give_form(stage, actor) if can["give"] else None),
    }


def milestone_context(milestone: Milestone, actor: Actor) -> dict[str, Any]:
    """The context of `templates/plans/milestone_detail.html`."""
    plan, maker = milestone.plan, row_maker(milestone.plan, actor)
    tasks = _facts(milestone.tasks.all())
    done = sum(task.completed_at is not None for task in tasks)
    return {
        "plan": _plan(plan),
        "stage": {"name": milestone.stage.name, "url": stage_url(plan, milestone.stage_id)},
        "milestone": {
            "id": milestone.pk,
            "title": milestone.title,
            "goal": milestone.goal,
            "first_value": milestone.first_value,
            "dates": _dates(milestone, maker),
            "count_label": ngettext("%(done)d of %(n)d task done", "%(done)d of %(n)d tasks done", len(tasks))
            % {"done": done, "n": len(tasks)},
            **_reached(milestone, maker),
        },
        "rows": [maker.row(task) for task in tasks],
        "proofs": _proofs(milestone),
        "turn": turn_of_milestone(plan, milestone.pk),
        "signoff": signoff_short(plan, actor, milestone=milestone),
        "can": {"add_task": plan.state in ("draft", "live") and actor.may("task.add")},
    }


def stage_url(plan: Plan, stage_id: object) -> str:
    return reverse("stage_detail", args=[plan.pk, stage_id])


def _shown(stage: Stage, maker: RowMaker) -> dict[str, Any]:
    state = "closed" if stage.closed_at else "running" if stage.opened_at else "ahead"
    return {
        "id": stage.pk,
        "name": stage.name,
        "purpose": stage.purpose,
        "state": state,
        "state_label": gate_label(stage.opened_at, stage.closed_at),
        "owner": f"{stage.owner} ({maker.names[stage.owner.side]})" if stage.owner else "",
        "opened_label": _by(stage.opened_at, stage.opened_by, _("Started by %(name)s, %(time)s"), maker),
        "closed_label": _by(stage.closed_at, stage.closed_by, _("Closed by %(name)s, %(time)s"), maker),
    }


def _by(at: Any, by: Any, words: str, maker: RowMaker) -> str:
    return words % {"name": by or _("The portal"), "time": moment(at, maker.clock)} if at else ""


def _gates(lines: dict[Gate, list[dict[str, Any]]], stage: Stage) -> list[dict[str, Any]]:
    """What comes next is first: behind the gate that is open already stands nothing to do."""
    gates = [_gate(gate, lines[gate], stage) for gate in Gate]
    return [gate for gate in gates[::-1] if not gate["past"] or gate["lines"]] if stage.opened_at else gates


def _gate(gate: Gate, lines: Sequence[dict[str, Any]], stage: Stage) -> dict[str, Any]:
    held = sum(line["holds"] for line in lines)
    return {
        "key": gate.value,
        "title": str(gate.label),
        "lines": lines,
        "past": gate == Gate.ENTRY and stage.opened_at is not None,
        "count_label": _("%(done)d of %(total)d") % {"done": held, "total": len(lines)},
        # It was open once; what does not hold any more is said, and nothing is undone by it.
        "broken": gate == Gate.EXIT and stage.closed_at is not None and held < len(lines),
    }


def _line(one: Standing, stage: Stage, actor: Actor, maker: RowMaker) -> dict[str, Any]:
    criterion = one.criterion
    running = stage.plan.state == "live"
    by_hand = (
        criterion.kind == CriterionKind.CONFIRM
        and running
        and may_on_stage(actor, "criterion.confirm", stage)
    )
    after = stage.closed_at is not None and criterion.gate == Gate.EXIT
    return {
        "id": criterion.pk,
        "text": criterion.text,
        "holds": one.holds,
        "state_label": _("Holds") if one.holds else _("Does not hold any more") if after else _("Missing"),
        "missing": one.missing,
        "owes": ", ".join(names_in(one.owes, maker.names)),
        "url": (url := _url(criterion)),
        "elsewhere": not url.startswith("#criterion"),
        "met_label": _by(criterion.met_at, criterion.met_by, _("Said by %(name)s, %(time)s"), maker),
        "can_meet": by_hand and not one.holds,
        "can_unmeet": by_hand and one.holds,
    }


def _url(criterion: Criterion) -> str:
    """Where to see to it."""
    if criterion.task_id:
        return reverse("task_detail", args=[criterion.plan_id, criterion.task_id])
    if criterion.milestone_id:
        return reverse("milestone_detail", args=[criterion.plan_id, criterion.milestone_id])
    places = {CriterionKind.SIGNOFF: "#signoff", CriterionKind.TASKS: "#work"}
    return places.get(CriterionKind(criterion.kind), f"#criterion-{criterion.pk}")


def _missing(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in lines if not line["holds"]]


def _refusals() -> dict[Gate, str]:
    return {
        Gate.ENTRY: _("This stage cannot start yet. This is missing:"),
        Gate.EXIT: _("This stage cannot be closed yet. This is missing:"),
    }


def _milestones(stage: Stage, maker: RowMaker) -> list[dict[str, Any]]:
    rows: dict[Any, list[dict[str, Any]]] = {}
    for task in _facts(Task.objects.filter(milestone__stage=stage)):
        rows.setdefault(task.milestone_id, []).append(maker.row(task))
    heads = milestone_heads(load_milestones(stage.plan_id), maker)
    return [
        {
            **head,
            "url": reverse("milestone_detail", args=[stage.plan_id, head["id"]]),
            "rows": rows.get(head["id"], []),
        }
        for head in heads
        if head["facts"].stage_id == stage.pk
    ]


def _facts(tasks: "QuerySet[Task]") -> list[TaskFacts]:
    return [TaskFacts._make(row) for row in with_facts(tasks).order_by("position").values_list(*TASK_COLUMNS)]


def _can(stage: Stage, actor: Actor) -> dict[str, bool]:
    mine = stage.plan.state == "live" and may_on_stage(actor, "stage.manage", stage)
    return {
        "open": mine and stage.opened_at is None,
        "close": mine and stage.opened_at is not None and stage.closed_at is None,
        "reopen": mine and stage.closed_at is not None,
        "give": mine,
    }


def _give_form(stage: Stage, actor: Actor) -> Form:
    return GiveStageForm(stage=stage, by=actor, auto_id="give-%s", initial={"owner": stage.owner_id})


def _dates(milestone: Milestone, maker: RowMaker) -> list[dict[str, str]]:
    dates = [(_("Due"), milestone.due_on)]
    if milestone.baseline_on:
        dates.insert(0, (_("Promised when the plan went live"), milestone.baseline_on))
    if milestone.reached_at:
        dates.append((_("Reached"), milestone.reached_at.astimezone(maker.clock).date()))
    return [{"label": label, "value": full_day(day), "iso": day.isoformat()} for label, day in dates]


def _reached(milestone: Milestone, maker: RowMaker) -> dict[str, str]:
    if milestone.reached_at:
        return {"state": "ok", "state_label": _("Reached")}
    label, state = due_in_words(milestone.due_on, maker.today)
    return {
        "state": {"late": "late", "due": "due"}.get(state, ""),
        "state_label": _("Due %(when)s") % {"when": label},
    }


def _proofs(milestone: Milestone) -> list[dict[str, Any]]:
    """Evidence that the other side has accepted."""
    found = Evidence.objects.filter(task__milestone=milestone, accepted_at__isnull=False)
    zone = milestone.plan.account.zone
    return [
        {
            "label": proof.file_name or proof.url or proof.note,
            "href": reverse("evidence_download", args=[proof.plan_id, proof.pk])
            if proof.kind == EvidenceKind.FILE
            else proof.url,
            "note": proof.note if proof.file_name or proof.url else "",
            "size_label": filesizeformat(proof.size) if proof.size else "",
            "task": proof.task.title,
            "task_url": reverse("task_detail", args=[proof.plan_id, proof.task_id]),
            "judged_label": _("Accepted by %(name)s, %(time)s")
            % {"name": proof.accepted_by, "time": moment(proof.accepted_at, zone)},
        }
        for proof in found.select_related("task", "accepted_by").order_by("accepted_at")
        if proof.accepted_at
    ]


def _plan(plan: Plan) -> dict[str, Any]:
    return {"id": plan.pk, "url": reverse("plan_detail", args=[plan.pk]), "name": plan.name}


def names_in(debtors: Iterable[Any], names: Mapping[str, str]) -> list[str]:
    """People with their company: "Chloe Champion (Acme)"; the company alone where it is nobody in particular."""
    return [
        _("%(name)s (%(company)s)") % {"name": one.name, "company": names[Side(one.side)]}
        if one.name
        else names[Side(one.side)]
        for one in debtors
    ]
