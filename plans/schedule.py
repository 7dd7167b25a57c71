"""When things are due: a pure function from rules, two days, and what stands fast to dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from graphlib import TopologicalSorter
from typing import Protocol

from plans.playbook.schema import Playbook
from portal.lib.workdays import WorkCalendar, WorkSpan

Days = Mapping[str, date]


class Rule(Protocol):
    """As `plans.playbook.schema.DueRule`: working days from an anchor."""

    @property
    def anchor(self) -> str: ...
    @property
    def offset(self) -> int: ...


@dataclass(frozen=True)
class Schedule:
    """Days by node: "task:…", "milestone:…", "objective:…".

    `held_back` names the nodes that would lie past the end. `wanted` is the day that a node's own rule asks for,
    before it waits for anything and before the end holds it back; what was put past the end there is `date.max`.
    """

    days: Days
    held_back: frozenset[str]
    wanted: Days = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Standing:
    """What does not hang on a rule. `done` never moves; `pins` stay whatever they wait for, but not past the end;
    `own` are days that stand for themselves, and still wait."""

    done: Days = field(default_factory=dict)
    pins: Days = field(default_factory=dict)
    own: Days = field(default_factory=dict)

    def days(self) -> list[date]:
        return [*self.done.values(), *self.pins.values(), *self.own.values()]


def schedule_playbook(
    playbook: Playbook, *, starts_on: date, kickoff_on: date, ends_on: date, calendar: WorkCalendar
) -> Schedule:
    """Due days of all tasks, milestones and objectives of a playbook.

    Every day is a working day within [starts_on, ends_on], and no task is due before one that it
    waits for. Where that interval holds no working day at all, everything falls on `ends_on`.
    """
    rules = {
        **{f"task:{task.key}": task.due for task in playbook.tasks},
        **{f"milestone:{milestone.key}": milestone.due for milestone in playbook.milestones},
        **{f"objective:{objective.key}": objective.due for objective in playbook.objectives},
    }
    waits = {f"task:{task.key}": [f"task:{key}" for key in task.waits_for] for task in playbook.tasks}
    return schedule_rules(
        rules, waits, starts_on=starts_on, kickoff_on=kickoff_on, ends_on=ends_on, calendar=calendar
    )


def schedule_rules(
    rules: Mapping[str, Rule],
    waits: Mapping[str, Iterable[str]],
    *,
    starts_on: date,
    kickoff_on: date,
    ends_on: date,
    calendar: WorkCalendar,
    standing: Standing = Standing(),
) -> Schedule:
    """The same for bare rules and for nodes that stand fast; a node of `standing` needs no rule.

    Raises graphlib.CycleError when nodes wait for, or are anchored on, each other.
    """
    first, last = calendar.on_or_after(starts_on), calendar.on_or_before(ends_on)
    if first > last:
        return _all_on_the_end([*rules, *standing.own], ends_on, standing)
    anchors = {"kickoff": calendar.on_or_after(kickoff_on), "end": last}
    known = [first, last, *anchors.values(), *standing.days()]
    span = calendar.span(min(known), max(known))
    placing = _Placing(rules, waits, standing, anchors, span, first=first, last=last, ends_on=ends_on)
    for node in TopologicalSorter(_graph(rules, waits, standing)).static_order():
        if node not in standing.done:
            placing.place(node)
    return Schedule(placing.days, frozenset(placing.held_back), placing.wanted)


class _Placing:
    """Puts one node after the other on its day; what a node hangs on is placed before it."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        waits: Mapping[str, Iterable[str]],
        standing: Standing,
        anchors: Days,
        span: WorkSpan,
        *,
        first: date,
        last: date,
        ends_on: date,
    ) -> None:
        self._rules, self._waits, self._standing = rules, waits, standing
        self._anchors, self._span = anchors, span
        self._first, self._last, self._ends_on = first, last, ends_on
        self.days: dict[str, date] = dict(standing.done)
        self.wanted: dict[str, date] = {}
        self.held_back: set[str] = set()

    def place(self, node: str) -> None:
        asked, limit = self._wish(node)
        self.wanted[node] = asked
        latest = self._after_its_waits(node)
        if latest and latest > asked:
            # A day that was chosen may be no working day; what follows it begins on one, where there is one left.
            asked, limit = self._span.add(latest, 0), max(self._last, latest)
        elif latest:
            # Held back at the end, it still does not come before what it waits for.
            limit = max(limit, latest)
        if asked > limit:
            self.held_back.add(node)
        self.days[node] = min(asked, limit)

    def _after_its_waits(self, node: str) -> date | None:
        """The last day of what the node waits for; None where there is nothing, or where a person has pinned it."""
        waits = () if node in self._standing.pins else self._waits.get(node, ())
        return max((self.days[one] for one in waits), default=None)

    def _wish(self, node: str) -> tuple[date, date]:
        """The day that the node asks for by itself, and the latest one that it may have."""
        chosen = self._standing.pins.get(node) or self._standing.own.get(node)
        if chosen:
            return chosen, self._ends_on
        rule = self._rules[node]
        day = self._span.add(self._anchors.get(rule.anchor) or self.days[rule.anchor], rule.offset)
        return max(day, self._first), self._last


def _graph(
    rules: Mapping[str, Rule], waits: Mapping[str, Iterable[str]], standing: Standing
) -> dict[str, set[str]]:
    """What each node has to know first. What stands fast hangs on nothing, but a circle is one all the same."""
    graph = {node: {*waits.get(node, ()), *_anchor_node(rule)} for node, rule in rules.items()}
    for nodes in (standing.own, standing.pins, standing.done):
        for node in nodes:
            graph.setdefault(node, set(waits.get(node, ())))
    return graph


def _anchor_node(rule: Rule) -> list[str]:
    return [rule.anchor] if ":" in rule.anchor else []


def _all_on_the_end(nodes: Iterable[str], ends_on: date, standing: Standing) -> Schedule:
    days = dict.fromkeys(nodes, ends_on) | {node: min(day, ends_on) for node, day in standing.pins.items()}
    free = frozenset(days) - set(standing.pins) - set(standing.done)
    return Schedule(days | dict(standing.done), free | {n for n, d in standing.pins.items() if d > ends_on})
