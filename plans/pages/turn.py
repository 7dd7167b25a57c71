"""Whose turn it was, read from the history and put in words that both sides see alike.

A page's history needs the newest events, and the turn those of some verbs: both come in one query.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side, Verb
from accounts.models import Event
from accounts.services.branding import current_vendor
from plans.choices import Waiting
from plans.models import Plan, Task
from plans.pages.loading import load_milestones, load_tasks
from plans.pages.rows import RowMaker, TaskFacts
from plans.pages.turn_words import milestone_line, task_lines
from plans.turns import BOOKS, VERBS, Happening, Part, Turn, Turns, fold_turns
from portal.lib.days import long_day, short_day
from portal.lib.prepared import PreparedRows
from portal.lib.shares import Share, share_bar
from portal.lib.workdays import calendar_of

SHOWN = 12
"""Events on a page."""
# In the order of the model, as `from_db` wants them.
_FIELDS = ("id", "task_id", "at", "actor_name", "actor_side", "verb", "subject", "old", "new")
_LOOKS = {Waiting.CUSTOMER: "full", Waiting.VENDOR: "half", Waiting.NOBODY: "hollow"}


class Past(NamedTuple):
    """`newest` are the events that a page shows, the newest first; `happenings` are in order."""

    newest: list[Event]
    happenings: list[Happening]


def past_of_plan(plan: Plan) -> Past:
    return _past(_plan_events(plan.pk), plan.account.zone)


def past_of_task(task: Task) -> Past:
    """All of the task's history, and when other tasks of its plan were completed."""
    rows = _task_events(task.pk, task.plan_id)
    past = _past(rows, task.plan.account.zone)
    newest = [Event.from_db("default", _FIELDS, row) for row in reversed(rows) if row[1] == task.pk]
    return past._replace(newest=newest[:SHOWN])


def turns_of(plan: Plan, parts: Sequence[Part], happenings: Sequence[Happening]) -> Turns | None:
    """None for a draft: nobody has been waited for yet. A finished plan is booked up to its last day."""
    if plan.live_at is None:
        return None
    zone, today = plan.account.zone, plan.account.today()
    ended = plan.completed_at or plan.closed_at
    return fold_turns(
        parts,
        happenings,
        live_on=plan.live_at.astimezone(zone).date(),
        last=min(today, ended.astimezone(zone).date()) if ended else today,
        calendar=calendar_of(plan.account.country),
    )


def parts_of(tasks: Iterable[TaskFacts], before: Mapping[UUID, Sequence[UUID]]) -> list[Part]:
    return [Part(task.id, task.side, task.milestone_id, before.get(task.id, ())) for task in tasks]


def waited_of(turns: Turns | None, today: date) -> dict[UUID, int]:
    """For rows: how many days each task has waited for whom it waits for now; who began today has no days yet."""
    if turns is None:
        return {}
    spans = ((key, turn.now) for key, turn in turns.tasks.items())
    return {
        key: span.days
        for key, span in spans
        if span.days and span.first < today and span.waiting not in (None, Waiting.DEPENDENCY)
    }


def plan_line(plan: Plan, turns: Turns | None, names: Mapping[str, str]) -> dict[str, Any]:
    """`text` says whom the plan's days waited for, `svg` draws it; both "" while there are none."""
    if turns is None or not turns.plan.age:
        return {"text": "", "svg": "", "url": reverse("turn_detail", args=[plan.pk])}
    booked, age = turns.plan.booked, turns.plan.age
    words = {
        "age": age,
        "customer": booked[Waiting.CUSTOMER],
        "customer_name": names[Side.CUSTOMER],
        "vendor": booked[Waiting.VENDOR],
        "vendor_name": names[Side.VENDOR],
        "nobody": booked[Waiting.NOBODY],
    }
    if plan.state == "live":
        pattern = ngettext(
            "%(age)d working day since it went live: %(customer)d waited for %(customer_name)s, "
            "%(vendor)d for %(vendor_name)s, %(nobody)d for nobody.",
            "%(age)d working days since it went live: %(customer)d waited for %(customer_name)s, "
            "%(vendor)d for %(vendor_name)s, %(nobody)d for nobody.",
            age,
        )
    else:
        pattern = ngettext(
            "It ran for %(age)d working day: %(customer)d waited for %(customer_name)s, "
            "%(vendor)d for %(vendor_name)s, %(nobody)d for nobody.",
            "It ran for %(age)d working days: %(customer)d waited for %(customer_name)s, "
            "%(vendor)d for %(vendor_name)s, %(nobody)d for nobody.",
            age,
        )
    text = pattern % words
    return {"text": text, "svg": _bar(turns.plan, names), "url": reverse("turn_detail", args=[plan.pk])}


def blockers(tasks: Iterable[TaskFacts], turns: Turns | None, maker: RowMaker) -> list[dict[str, Any]]:
    """What the customer holds up this week: tasks that wait for the customer and are late or blocked; oldest first."""
    if turns is None:
        return []
    found = []
    for task in tasks:
        turn = turns.tasks.get(task.id)
        held_up = task.blocked_at is not None or task.due_on < maker.today
        if task.completed_at is None and turn and turn.now.waiting == Waiting.CUSTOMER and held_up:
            row = maker.row(task)
            words = {"n": turn.now.days, "day": short_day(turn.now.first)}
            since = ngettext(
                "%(n)d working day, since %(day)s", "%(n)d working days, since %(day)s", turn.now.days
            )
            found.append((turn.now.first, row | {"waited_label": since % words}))
    return [row for _first, row in sorted(found, key=lambda pair: pair[0])]


def turn_context(plan: Plan, maker: RowMaker) -> dict[str, Any]:
    """The context of `templates/plans/turn_detail.html`: plan, milestones and tasks with what was booked."""
    tasks, before = load_tasks(plan.pk)
    turns = turns_of(plan, parts_of(tasks, before), past_of_plan(plan).happenings)
    names = maker.names
    rows: dict[UUID, list[dict[str, Any]]] = {}
    for task in tasks:
        turn = turns.tasks.get(task.id) if turns else None
        if turn:
            rows.setdefault(task.milestone_id, []).append(
                {
                    "title": task.title,
                    "url": maker.url(task.id),
                    "now": task_lines(turn, plan, names)["now"],
                    "cells": _cells(turn),
                }
            )
    return {
        "turn": plan_line(plan, turns, names) | {"cells": _cells(turns.plan) if turns else None},
        "names": names,
        "milestones": [
            {
                "id": stop.id,
                "title": stop.title,
                "cells": _cells(turns.milestones[stop.id]),
                "tasks": rows[stop.id],
            }
            for stop in load_milestones(plan.pk)
            if turns and stop.id in rows
        ],
        "blockers": blockers(tasks, turns, maker),
        "live_label": long_day(plan.live_at.astimezone(maker.clock).date()) if plan.live_at else "",
    }


def turn_of_milestone(plan: Plan, milestone_id: UUID) -> dict[str, Any]:
    """For a milestone's own page, by `templates/plans/_turn_of.html`: two queries."""
    tasks, before = load_tasks(plan.pk)
    turns = turns_of(plan, parts_of(tasks, before), past_of_plan(plan).happenings)
    names = {Side.VENDOR.value: current_vendor().name, Side.CUSTOMER.value: plan.account.name}
    turn = turns.milestones.get(milestone_id) if turns else None
    text = milestone_line(turn, names)
    return {
        "text": text,
        "svg": _bar(turn, names) if turn and text else "",
        "url": reverse("turn_detail", args=[plan.pk]),
    }


def _cells(turn: Turn) -> dict[str, int]:
    return {waiting.value: turn.booked[waiting] for waiting in BOOKS} | {"age": turn.age}


def _bar(turn: Turn, names: Mapping[str, str]) -> str:
    labels = {**names, Waiting.NOBODY.value: _("nobody")}
    shares = [Share(labels[waiting.value], turn.booked[waiting], look) for waiting, look in _LOOKS.items()]
    return share_bar(shares, title=_("Whom the days waited for"))


def _past(rows: Sequence[tuple[Any, ...]], zone: ZoneInfo) -> Past:
    """The rows come in order, as `_FIELDS`."""
    verbs = frozenset(VERBS)
    happenings = [
        Happening(
            at.astimezone(zone).date(), task_id, verb, side, str(new.get("on", "")), _id(new.get("waits_for"))
        )
        for _pk, task_id, at, _name, side, verb, _subject, _old, new in rows
        if task_id is not None and verb in verbs
    ]
    newest = [Event.from_db("default", _FIELDS, row) for row in rows[-SHOWN:][::-1]]
    return Past(newest, happenings)


def _id(text: Any) -> UUID | None:
    """The id of the task that is waited for; None where the event does not say."""
    if not text:
        return None
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _events_of_plan(plan_id: UUID) -> "QuerySet[Any, Any]":
    newest = Event.objects.filter(plan_id=plan_id).order_by("-id").values("pk")[:SHOWN]
    wanted = Event.objects.filter(Q(verb__in=VERBS) | Q(pk__in=newest), plan_id=plan_id)
    return wanted.order_by("id").values_list(*_FIELDS)


def _events_of_task(task_id: UUID, plan_id: UUID) -> "QuerySet[Any, Any]":
    others = Q(plan_id=plan_id, verb__in=[Verb.TASK_COMPLETED, Verb.TASK_REOPENED])
    return Event.objects.filter(others | Q(task_id=task_id)).order_by("id").values_list(*_FIELDS)


_plan_events = PreparedRows(_events_of_plan)
_task_events = PreparedRows(_events_of_task)
