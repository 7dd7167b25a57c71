"""The plan as its page shows it: milestones with rows, whose turn it is, progress. Plain strings, no query."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.permissions import ADMIN, CHAMPION, CSM, Actor
from accounts.services.branding import current_vendor
from plans.models import Plan
from plans.pages.loading import MilestoneFacts, Review
from plans.pages.rows import RowMaker, TaskFacts, Viewer, due_in_words
from plans.pages.turn_words import milestone_line
from plans.turns import Turns
from portal.lib.days import short_day

TURNS_SHOWN = 8
"""Rows in "your turn"; the headline counts them all."""


def viewer_of(actor: Actor, plan: Plan) -> Viewer:
    """What the person is asked to do on this plan; they may do more (`plans.permissions`).

    The account's CSM (any manager, where it has none) and the champion see to what nobody owns.
    """
    owner_id = plan.account.owner_id
    manages = actor.role in (ADMIN, CSM) and owner_id in (None, actor.user.pk)
    running = plan.completed_at is None and plan.closed_at is None
    return Viewer(
        user_id=actor.user.pk,
        side=actor.side,
        works=running and actor.may("task.complete"),
        leads=manages or actor.role == CHAMPION,
        reviews=running and (manages or (actor.side == Side.CUSTOMER and actor.may("evidence.review"))),
    )


def row_maker(plan: Plan, actor: Actor, *, on_its_page: bool = False) -> RowMaker:
    """On the plan's own page tasks have addresses relative to it: a hundred of them are a twentieth of the page."""
    nobody = UUID(int=0)
    address = reverse("task_detail", args=[plan.pk, nobody])
    if on_its_page:
        address = address.removeprefix(reverse("plan_detail", args=[plan.pk]))
    return RowMaker(
        viewer=viewer_of(actor, plan),
        today=plan.account.today(),
        names=side_names(plan),
        task_path=address.replace(str(nobody), "{}"),
        clock=plan.account.zone,
    )


def side_names(plan: Plan) -> dict[str, str]:
    """The two companies by side."""
    return {Side.VENDOR.value: current_vendor().name, Side.CUSTOMER.value: plan.account.name}


def build_spine(
    milestones: Sequence[MilestoneFacts],
    tasks: Iterable[TaskFacts],
    maker: RowMaker,
    turns: Turns | None = None,
) -> list[dict[str, Any]]:
    """Stages with their milestones with their rows, as `templates/plans/plan_detail.html` shows them."""
    rows: dict[UUID, list[dict[str, Any]]] = {}
    for task in tasks:
        rows.setdefault(task.milestone_id, []).append(maker.row(task))
    stages: dict[UUID, dict[str, Any]] = {}
    plan_path = maker.task_path.partition("tasks/")[0]
    for head in milestone_heads(milestones, maker):
        facts = head["facts"]
        stage = stages.setdefault(
            facts.stage_id,
            {
                "key": facts.stage_key,
                "name": facts.stage_name,
                "purpose": facts.stage_purpose,
                "url": f"{plan_path}stages/{facts.stage_id}/",
                "gate_label": gate_label(facts.stage_opened_at, facts.stage_closed_at),
                "closed": facts.stage_closed_at is not None,
                "milestones": [],
            },
        )
        turn = turns.milestones.get(facts.id) if turns else None
        line = milestone_line(turn, maker.names)
        head["url"] = f"{plan_path}milestones/{facts.id}/"
        stage["milestones"].append(head | {"rows": rows.get(facts.id, []), "turn_line": line})
    for stage in stages.values():
        states = {milestone["state"] for milestone in stage["milestones"]}
        stage["state"] = "done" if states == {"done"} else "open" if states == {"open"} else "current"
    return list(stages.values())


def gate_label(opened_at: datetime | None, closed_at: datetime | None) -> str:
    """How a stage stands."""
    return _("Closed") if closed_at else _("Running") if opened_at else _("Not started")


def milestone_heads(milestones: Sequence[MilestoneFacts], maker: RowMaker) -> list[dict[str, Any]]:
    """The stops of the spine. The first that is not reached is the current one, and stands open."""
    words = {"done": _("Reached"), "late": _("Late"), "current": _("Under way"), "open": _("Ahead")}
    current = next((milestone.id for milestone in milestones if milestone.reached_at is None), None)
    heads = []
    for facts in milestones:
        label, due_state = due_in_words(facts.due_on, maker.today)
        if facts.reached_at is not None:
            state, due_state = "done", "done"
            label = short_day(facts.reached_at.astimezone(maker.clock).date())
        elif due_state == "late":
            state = "late"
        else:
            state = "current" if facts.id == current else "open"
        heads.append(
            {
                "facts": facts,
                "id": facts.id,
                "title": facts.title,
                "goal": facts.goal,
                "state": state,
                "state_label": words[state],
                "due_label": label,
                "due_iso": facts.due_on.isoformat(),
                "due_state": due_state,
                "count_label": _("%(done)d of %(total)d") % {"done": facts.done, "total": facts.total},
                "open": facts.id == current,
            }
        )
    return heads


def build_turn(
    plan: Plan, tasks: Iterable[TaskFacts], reviews: Sequence[Review], maker: RowMaker
) -> dict[str, Any]:
    """What the viewer is asked to do, the most urgent first, and how many things that are; then what is stuck."""
    viewer = maker.viewer
    tasks = list(tasks)
    asked = sorted(filter(viewer.is_asked, tasks), key=lambda task: task.due_on)
    count = len(asked) + len(reviews)
    rows = [review_row(plan, review, maker) for review in reviews]
    rows += [maker.turn_row(task) for task in asked]
    rows += [maker.turn_row(task) for task in tasks if viewer.is_stuck(task)]
    return {
        "mine": rows[:TURNS_SHOWN],
        "count": count,
        "headline": turn_headline(count),
        "empty_text": _nothing_to_do(plan, tasks, maker),
    }


def turn_headline(count: int) -> str:
    if not count:
        return _("Nothing for you right now")
    return ngettext("Your turn: %(n)d thing to do", "Your turn: %(n)d things to do", count) % {"n": count}


def progress_label(done: int, total: int) -> str:
    return ngettext("%(done)d of %(total)d task done", "%(done)d of %(total)d tasks done", total) % {
        "done": done,
        "total": total,
    }


def review_row(plan: Plan, review: Review, maker: RowMaker) -> dict[str, Any]:
    """A measurement to judge, as a row among tasks."""
    return {
        "id": review.measurement_id,
        "url": reverse("objective_detail", args=[plan.pk, review.objective_id]),
        "title": _("Confirm the measurement: %(title)s") % {"title": review.title},
        "state": "review",
        "state_label": _("To be reviewed"),
        "mine": True,
        "turn_label": _("Your review"),
        "owner_name": maker.names[Side(maker.viewer.side).other],
        "owner_initials": "…",
        "due_label": short_day(review.measured_on),
        "due_iso": review.measured_on.isoformat(),
        "due_full": review.measured_on.isoformat(),
        "due_state": "ok",
        "evidence_label": "",
        "version": 0,
        "complete_url": "",
        # Measurements are judged on the objective's own page, which cannot open below a row.
        "whole_page": True,
    }


def _nothing_to_do(plan: Plan, tasks: Sequence[TaskFacts], maker: RowMaker) -> str:
    """Who is at work instead, so that an empty list is an answer too."""
    if plan.is_finished:
        return _("This plan is finished.")
    ready = [task for task in tasks if task.ready]
    if not ready:
        return _("Every task is done.") if all(task.completed_at for task in tasks) else _("Work is blocked.")
    counts = [
        ngettext("%(name)s works on %(n)d task", "%(name)s works on %(n)d tasks", n) % {"name": name, "n": n}
        for side, name in maker.names.items()
        if (n := sum(task.side == side for task in ready))
    ]
    return _("%(what)s.") % {"what": ", ".join(counts)}
