"""The dates of a plan, read for the scheduler and written back with a line in the ledger for each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from plans.choices import MoveCause
from plans.models import DateMove, Dependency, Milestone, Objective, Plan, Task
from plans.rescheduling import END, KICKOFF, Move, Node, Outcome, PlanDates
from portal.lib import clock
from portal.lib.prepared import PreparedRows
from portal.lib.workdays import calendar_of

PLAN_DAYS = {KICKOFF: "plan:kickoff", END: "plan:end"}
"""How a chain in the ledger names the plan's own days, among the titles of what followed."""


class Dated(NamedTuple):
    """What stands behind a node: its row; of a task, whose it is and the node of its milestone."""

    id: UUID
    title: str
    side: str = ""
    milestone: str = ""


@dataclass(frozen=True)
class Loaded:
    """The dates of a plan, and by node what they are the dates of."""

    plan: Plan
    dates: PlanDates
    behind: dict[str, Dated]

    def title(self, key: str) -> str:
        return self.behind[key].title if key in self.behind else PLAN_DAYS.get(key, key)

    def past_milestones(self, outcome: Outcome) -> list[tuple[str, str]]:
        """Tasks that come to lie after the milestone that they are part of, each with that milestone."""
        days = outcome.after.schedule.days
        found = [(move, self.behind[move.key].milestone) for move in outcome.moves]
        return [
            (move.key, stop)
            for move, stop in found
            if stop and move.new > days[stop] and move.old <= self.dates.schedule.days[stop]
        ]


class MovedBy(NamedTuple):
    """Who moves dates and why; `reason` is for both sides to read."""

    user: User | None
    cause: MoveCause
    reason: str


def node_of(thing: Task | Milestone | Objective) -> str:
    return f"{thing._meta.model_name}:{thing.key}"


def load_dates(plan: Plan) -> Loaded:
    """Four queries, whatever the plan's size."""
    nodes: dict[str, Node] = {}
    behind: dict[str, Dated] = {}
    for pk, key, title, side, stop, day, anchor, offset, pinned_at, completed_at in _tasks_of(plan.pk):
        node = f"task:{key}"
        nodes[node] = Node(node, day, anchor, offset, pinned_at is not None, completed_at is not None)
        behind[node] = Dated(pk, title, side, f"milestone:{stop}")
    for pk, key, title, day, anchor, offset, reached_at in _milestones_of(plan.pk):
        node = f"milestone:{key}"
        nodes[node] = Node(node, day, anchor, offset, done=reached_at is not None)
        behind[node] = Dated(pk, title)
    for pk, key, title, day, anchor, offset in _objectives_of(plan.pk):
        node = f"objective:{key}"
        nodes[node] = Node(node, day, anchor, offset)
        behind[node] = Dated(pk, title)
    waits: dict[str, set[str]] = {}
    for task, before in _waits_of(plan.pk):
        waits.setdefault(f"task:{task}", set()).add(f"task:{before}")
    dates = PlanDates(
        nodes=nodes,
        waits={task: frozenset(before) for task, before in waits.items()},
        starts_on=plan.starts_on or min(plan.created_at.date(), plan.kickoff_on),
        kickoff_on=plan.kickoff_on,
        ends_on=plan.ends_on,
        calendar=calendar_of(plan.account.country),
    )
    return Loaded(plan, dates.settled(), behind)


def write_moves(
    loaded: Loaded, outcome: Outcome, by: MovedBy, *, root: Task | None = None, own: Sequence[DateMove] = ()
) -> UUID:
    """Write the new days, and a line for each; returns the id of the act that they share.

    `root` is saved by the caller. `own` are lines of the plan's own days, which get the act's id.
    """
    act = uuid4()
    by_table: dict[str, list[tuple[UUID, date, int]]] = {"task": [], "milestone": [], "objective": []}
    for move in outcome.moves:
        if root is None or loaded.behind[move.key].id != root.pk:
            offset = outcome.after.nodes[move.key].offset
            by_table[move.key.partition(":")[0]].append((loaded.behind[move.key].id, move.new, offset))
    for table, rows in by_table.items():
        if rows:
            _update(table, rows, loaded.plan, by)
    lines = [_line(loaded, move, by) for move in outcome.moves]
    now = clock.now()
    for line in (*own, *lines):
        line.act, line.at = act, now
    DateMove.objects.bulk_create([*own, *lines])
    return act


def moved_ids(loaded: Loaded, moves: Collection[Move]) -> frozenset[UUID]:
    return frozenset(loaded.behind[move.key].id for move in moves)


def plan_line(plan: Plan, by: MovedBy, old: date, new: date) -> DateMove:
    """A line for the plan's own kickoff or end; `by.cause` says which."""
    return _made(plan, by, by.cause, old_on=old, new_on=new)


def _line(loaded: Loaded, move: Move, by: MovedBy) -> DateMove:
    kind = move.key.partition(":")[0]
    return _made(
        loaded.plan,
        by,
        _cause(move, by.cause),
        title=loaded.behind[move.key].title,
        old_on=move.old,
        new_on=move.new,
        chain=[loaded.title(key) for key in move.chain],
        held_back=move.held_back,
        **{f"{kind}_id": loaded.behind[move.key].id},
    )


def _cause(move: Move, cause: MoveCause) -> MoveCause:
    """The act's own for what it moved itself; the rest follows."""
    first = 1 if move.chain[0] in PLAN_DAYS else 0
    return cause if len(move.chain) - first <= 1 else MoveCause.FOLLOWS


def _made(plan: Plan, by: MovedBy, cause: MoveCause, **facts: Any) -> DateMove:
    return DateMove(
        account_id=plan.account_id,
        plan_id=plan.pk,
        cause=cause,
        reason=by.reason,
        by_id=by.user.pk if by.user else None,
        by_name=str(by.user)[:254] if by.user else "",
        by_side=by.user.side if by.user else "",
        **facts,
    )


_UPDATE = """
UPDATE plans_{table} SET due_on = moved.due_on, rule_offset = moved.rule_offset{more}
FROM unnest(%(ids)s::uuid[], %(days)s::date[], %(offsets)s::int[]) AS moved(id, due_on, rule_offset)
WHERE plans_{table}.id = moved.id AND plan_id = %(plan)s
"""
# Whose task it is has to accept the day, where the other side moved it and both can see it.
_OF_TASKS = """, version = version + 1,
    moved_by_side = CASE WHEN %(side)s <> '' AND side <> %(side)s THEN %(side)s ELSE '' END"""
_UPDATES = {
    "task": _UPDATE.format(table="task", more=_OF_TASKS),
    "milestone": _UPDATE.format(table="milestone", more=""),
    "objective": _UPDATE.format(table="objective", more=""),
}


def _update(table: str, rows: list[tuple[UUID, date, int]], plan: Plan, by: MovedBy) -> None:
    ids, days, offsets = map(list, zip(*rows, strict=True))
    side = by.user.side if by.user and plan.live_at else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATES[table],
            {"ids": ids, "days": days, "offsets": offsets, "plan": plan.pk, "side": str(side)},
        )


def _rows(model: Any, columns: tuple[str, ...], plan_id: UUID) -> "QuerySet[Any, Any]":
    return model.objects.filter(plan=plan_id).order_by().values_list(*columns)


_RULE = ("due_on", "rule_anchor", "rule_offset")
_tasks_of = PreparedRows(
    partial(
        _rows, Task, ("id", "key", "title", "side", "milestone__key", *_RULE, "pinned_at", "completed_at")
    )
)
_milestones_of = PreparedRows(partial(_rows, Milestone, ("id", "key", "title", *_RULE, "reached_at")))
_objectives_of = PreparedRows(partial(_rows, Objective, ("id", "key", "title", *_RULE)))
_waits_of = PreparedRows(partial(_rows, Dependency, ("task__key", "waits_for__key")))
