"""When things are due: a pure function from rules and two days to dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter

from plans.playbook.schema import DueRule, Playbook
from portal.lib.workdays import WorkCalendar


@dataclass(frozen=True)
class Schedule:
    """Days by node: "task:…", "milestone:…", "objective:…".

    `held_back` names the nodes that the rules would have put past the end.
    """

    days: Mapping[str, date]
    held_back: frozenset[str]


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
    rules: Mapping[str, DueRule],
    waits: Mapping[str, Iterable[str]],
    *,
    starts_on: date,
    kickoff_on: date,
    ends_on: date,
    calendar: WorkCalendar,
) -> Schedule:
    """The same for bare rules. Raises graphlib.CycleError when nodes wait for, or are anchored on, each other."""
    first, last = calendar.on_or_after(starts_on), calendar.on_or_before(ends_on)
    if first > last:
        return Schedule(dict.fromkeys(rules, ends_on), frozenset(rules))
    graph = {node: {*waits.get(node, ()), *_anchor_node(rule)} for node, rule in rules.items()}
    anchors = {"kickoff": calendar.on_or_after(kickoff_on), "end": last}
    days: dict[str, date] = {}
    held_back = set()
    for node in TopologicalSorter(graph).static_order():
        rule = rules[node]
        wanted = calendar.add(anchors.get(rule.anchor) or days[rule.anchor], rule.offset)
        wanted = max([wanted, *(days[before] for before in waits.get(node, ()))])
        if wanted > last:
            held_back.add(node)
        days[node] = min(max(wanted, first), last)
    return Schedule(days, frozenset(held_back))


def _anchor_node(rule: DueRule) -> list[str]:
    return [rule.anchor] if ":" in rule.anchor else []
