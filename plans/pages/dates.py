""" "Why is it this day?" of a task, a milestone or an objective; and all that moved on a plan, act by act."""

from datetime import date
from typing import Any
from uuid import UUID

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Contract
from accounts.permissions import Actor
from plans.forms.dates import UnpinForm, UnwaitForm, WaitForm, frame_forms
from plans.models import DateMove, DateProposal, Milestone, Objective, Plan, Task
from plans.pages.day_words import move_line, plan_day_name, rule_in_words, shift_in_words
from plans.pages.panel import plan_context
from plans.services.plan_dates import Loaded, load_dates, node_of
from portal.lib.days import full_day, long_day, moment, short_day
from portal.lib.workdays import calendar_of

LINES, ACTS = 50, 20
"""Lines of one date's ledger, and acts of a plan's, that a page shows."""

Thing = Task | Milestone | Objective


def why_context(
    thing: Thing, actor: Actor, *, forms: dict[str, Form] | None = None, **more: Any
) -> dict[str, Any]:
    """The context of `templates/plans/date_why.html`. `forms` are refused ones by their name there."""
    plan = thing.plan
    loaded = load_dates(plan)
    titles = {key: dated.title for key, dated in loaded.behind.items()}
    node = loaded.dates.nodes[node_of(thing)]
    task = thing if isinstance(thing, Task) else None
    can_change = (
        task is not None
        and task.completed_at is None
        and not plan.is_finished
        and actor.may("plan.reschedule")
    )
    clock, calendar = plan.account.zone, loaded.dates.calendar
    moves = DateMove.objects.filter(plan=plan.pk, **{_kind(thing): thing})[:LINES]
    return {
        "plan": plan_context(plan),
        "thing": {
            "title": thing.title,
            "url": thing_url(thing),
            "id": thing.pk,
            "version": task.version if task else 0,
            "day": full_day(thing.due_on),
            "iso": thing.due_on.isoformat(),
            "baseline": long_day(thing.baseline_on) if thing.baseline_on else "",
            "slipped": shift_in_words(thing.baseline_on, thing.due_on, calendar) if thing.baseline_on else "",
            "pinned": node.pinned,
        },
        "rules": rule_in_words(node, loaded.dates, titles),
        "lines": [move_line(move, clock, calendar) for move in moves],
        "waits": _waits(task, loaded, can_change, forms or {}) if task else [],
        "followers": _followers(node.key, loaded),
        "proposals": _proposals(task, plan) if task else [],
        "can_change": can_change,
        **(_task_forms(task) if task and can_change else {}),
        **(forms or {}),
        **more,
    }


def _contract_says(plan: Plan) -> str:
    """What the CRM has told since, where a plan that was agreed on ends on another day."""
    ends_on = Contract.objects.filter(deal__plan=plan).values_list("ends_on", flat=True).first()
    if ends_on is None or ends_on == plan.ends_on:
        return ""
    return _("The contract ends on %(day)s.") % {"day": full_day(ends_on)}


def ledger_context(
    plan: Plan, actor: Actor, *, forms: dict[str, Form] | None = None, **more: Any
) -> dict[str, Any]:
    """The context of `templates/plans/date_ledger.html`: the plan's two days, its milestones, and what moved."""
    running = not plan.is_finished
    can_move = running and actor.may("plan.reschedule")
    return {
        "plan": plan_context(plan) | {"kickoff": full_day(plan.kickoff_on), "ends": full_day(plan.ends_on)},
        "contract_label": _contract_says(plan),
        "milestones": _milestones(plan),
        "acts": _acts(plan),
        "can_move": can_move,
        **(frame_forms(plan) if can_move else {}),
        **(forms or {}),
        **more,
    }


def thing_url(thing: Thing) -> str:
    """The page of the thing itself."""
    return reverse(f"{_kind(thing)}_detail", args=[thing.plan_id, thing.pk])


def _kind(thing: Thing) -> str:
    return str(thing._meta.model_name)


def _waits(task: Task, loaded: Loaded, can_change: bool, forms: dict[str, Form]) -> list[dict[str, Any]]:
    refused = forms.get("form_unwait")
    rows = []
    for key in sorted(loaded.dates.waits.get(node_of(task), ()), key=lambda one: loaded.dates.nodes[one].day):
        found, node = loaded.behind[key], loaded.dates.nodes[key]
        mine = refused is not None and refused.data.get("before") == str(found.id)
        rows.append(
            {
                "id": found.id,
                "title": found.title,
                "url": reverse("task_detail", args=[task.plan_id, found.id]),
                "day": short_day(node.day),
                "done": node.done,
                "form": (refused if mine else UnwaitForm(task=task, auto_id=f"unwait-{found.id}-%s"))
                if can_change
                else None,
            }
        )
    return rows


def _followers(key: str, loaded: Loaded) -> list[dict[str, Any]]:
    """What hangs on this day directly: it waits for it, or counts from it."""
    dates = loaded.dates
    found = {one for one, before in dates.waits.items() if key in before}
    found |= {node.key for node in dates.nodes.values() if node.anchor == key}
    return [
        {
            "title": loaded.behind[one].title,
            "url": reverse(
                {"task": "date_why", "milestone": "milestone_why", "objective": "objective_why"}[
                    one.partition(":")[0]
                ],
                args=[loaded.plan.pk, loaded.behind[one].id],
            ),
            "day": short_day(dates.nodes[one].day),
        }
        for one in sorted(found, key=lambda one: (dates.nodes[one].day, one))
    ]


def _proposals(task: Task, plan: Plan) -> list[dict[str, Any]]:
    """Other days that were asked for, and what became of them; the open one stands on the task's own page."""
    answered = DateProposal.objects.filter(task=task, answered_at__isnull=False).select_related(
        "proposed_by", "answered_by"
    )
    return [
        {
            "label": _("%(who)s asked for %(day)s: %(reason)s")
            % {"who": one.proposed_by, "day": short_day(one.proposed_on), "reason": one.reason},
            "answer": _("%(who)s agreed.") % {"who": one.answered_by}
            if one.accepted
            else _("%(who)s did not agree.") % {"who": one.answered_by}
            if one.answered_by and one.answered_by.side != one.proposed_side
            else _("It was replaced."),
            "word": one.answer,
            "when_label": moment(one.answered_at, plan.account.zone) if one.answered_at else "",
        }
        for one in answered[:LINES]
    ]


def _task_forms(task: Task) -> dict[str, Form]:
    return {
        "form_wait": WaitForm(task=task, auto_id="wait-%s"),
        "form_unpin": UnpinForm(auto_id="unpin-%s"),
    }


def _milestones(plan: Plan) -> list[dict[str, Any]]:
    """Agreed at the start against now, for the eye; the picture is the timeline's."""
    calendar = calendar_of(plan.account.country)
    found = Milestone.objects.filter(plan=plan).order_by("stage__position", "position")
    return [
        {
            "title": stop.title,
            "url": reverse("milestone_why", args=[plan.pk, stop.pk]),
            "baseline": short_day(stop.baseline_on) if stop.baseline_on else "",
            "day": short_day(stop.due_on),
            "iso": stop.due_on.isoformat(),
            "slipped": _slipped(stop.baseline_on, stop.due_on, calendar),
        }
        for stop in found
    ]


def _slipped(baseline: date | None, day: date, calendar: Any) -> str:
    if baseline is None:
        return ""
    return shift_in_words(baseline, day, calendar) or _("as agreed")


def _acts(plan: Plan) -> list[dict[str, Any]]:
    """Two queries: which acts, and their lines."""
    acts: dict[UUID, list[DateMove]] = {}
    newest = DateMove.objects.filter(plan=plan).order_by("-at").values_list("act", "at")
    ids: list[UUID] = []
    for act, _at in newest.distinct()[:ACTS]:
        ids.append(act)
    for move in DateMove.objects.filter(plan=plan, act__in=ids).order_by("-at", "new_on", "title"):
        acts.setdefault(move.act, []).append(move)
    return [_act(moves, plan) for moves in acts.values()]


def _act(moves: list[DateMove], plan: Plan) -> dict[str, Any]:
    """What somebody did, and by it all that moved. The first is what the chain of the others begins with."""
    clock, calendar = plan.account.zone, calendar_of(plan.account.country)
    lines = [move_line(move, clock, calendar) for move in sorted(moves, key=_rank)]
    head, *rest = lines
    held = sum(move.held_back for move in moves)
    return {
        **head,
        "headline": _headline(sorted(moves, key=_rank)[0]),
        "rest": rest,
        "rest_label": ngettext("%(n)d other date moved with it", "%(n)d other dates moved with it", len(rest))
        % {"n": len(rest)},
        "held_label": ngettext(
            "%(n)d date was held on the plan's last working day",
            "%(n)d dates were held on the plan's last working day",
            held,
        )
        % {"n": held}
        if held
        else "",
    }


def _rank(move: DateMove) -> tuple[int, int, date, str]:
    part = move.task_id or move.milestone_id or move.objective_id
    return int(part is not None), len(move.chain), move.new_on, move.title


def _headline(move: DateMove) -> str:
    words = {
        "who": move.by_name or _("The portal"),
        "what": move.title or plan_day_name(move.cause),
        "old": short_day(move.old_on),
        "new": short_day(move.new_on),
    }
    return _("%(who)s moved “%(what)s” from %(old)s to %(new)s") % words
