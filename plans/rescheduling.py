"""What moves when something on a plan changes: the schedule before against the schedule after. Pure.

All days of a plan follow from its rules, from what waits for what, from pins, kickoff, end and calendar. So a change
is made to these, and what moves is what the schedule then says otherwise.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from plans.schedule import Schedule, Standing, schedule_rules
from portal.lib.canonical import canonical_json, digest
from portal.lib.workdays import WorkCalendar

KICKOFF, END = "kickoff", "end"
LINKS, GAP = 12, "…"
"""A longer chain names its first link and its last ones, with a gap between them."""


class Node(NamedTuple):
    """A date of the plan: `key` is "task:…", "milestone:…" or "objective:…". With an empty anchor the day stands
    for itself."""

    key: str
    day: date
    anchor: str = ""
    offset: int = 0
    pinned: bool = False
    done: bool = False


@dataclass(frozen=True)
class PlanDates:
    """All dates of a plan, and what they follow from."""

    nodes: Mapping[str, Node]
    waits: Mapping[str, frozenset[str]]
    starts_on: date
    kickoff_on: date
    ends_on: date
    calendar: WorkCalendar

    @cached_property
    def schedule(self) -> Schedule:
        """What the rules say. A task that is done holds back nobody who waits for it."""
        return schedule_rules(
            {key: node for key, node in self.nodes.items() if not node.done and self._is_ruled(node)},
            self.open_waits,
            starts_on=self.starts_on,
            kickoff_on=self.kickoff_on,
            ends_on=self.ends_on,
            calendar=self.calendar,
            standing=Standing(
                done={key: node.day for key, node in self.nodes.items() if node.done},
                pins={key: node.day for key, node in self.nodes.items() if node.pinned and not node.done},
                own={
                    key: node.day
                    for key, node in self.nodes.items()
                    if not node.done and not node.pinned and not self._is_ruled(node)
                },
            ),
        )

    @cached_property
    def open_waits(self) -> dict[str, list[str]]:
        return {
            key: [one for one in before if not self.nodes[one].done] for key, before in self.waits.items()
        }

    def settled(self) -> "PlanDates":
        """With what has come away from its rule (moved before there was a ledger, or pushed on by a task that is
        done now) standing where it is, at its distance from its anchor."""
        actual = {node.key: node.day for node in self.nodes.values()}
        loose = [
            node
            for node in self.nodes.values()
            if not (node.done or node.pinned)
            and self._is_ruled(node)
            and self.schedule.days[node.key] != node.day
        ]
        return self._with(*(self._put(node, node.day, actual) for node in loose))

    def moved(self, key: str, day: date) -> "PlanDates":
        """A date moved by hand: the rule from now on is its new distance from its anchor."""
        node = self.nodes[key]
        return self._with(self._put(node, day, self.schedule.days))

    def pinned(self, key: str, pinned: bool) -> "PlanDates":
        return self._with(self.nodes[key]._replace(pinned=pinned))

    def waiting(self, key: str, before: str) -> "PlanDates":
        return replace(self, waits={**self.waits, key: self.waits.get(key, frozenset()) | {before}})

    def not_waiting(self, key: str, before: str) -> "PlanDates":
        return replace(self, waits={**self.waits, key: self.waits.get(key, frozenset()) - {before}})

    def circle(self, key: str, before: str) -> list[str]:
        """The way back that would close if `key` waited for `before`: [key, before, …, key]; empty when none does."""
        came: dict[str, str] = {before: key}
        ahead = [before]
        while ahead:
            here = ahead.pop()
            if here == key:
                return [key, *reversed(list(_way(came, key, before)))]
            for after in sorted(self._hangs_on(here)):
                if after not in came:
                    came[after] = here
                    ahead.append(after)
        return []

    def anchor_day(self, anchor: str, days: Mapping[str, date]) -> date:
        """The day of "kickoff", of "end", or of a node among `days`."""
        if anchor == KICKOFF:
            return self.calendar.on_or_after(self.kickoff_on)
        return self.calendar.on_or_before(self.ends_on) if anchor == END else days[anchor]

    def _put(self, node: Node, day: date, days: Mapping[str, date]) -> Node:
        """A day that is no working day cannot be said as a distance: it stands for itself."""
        if not self._is_ruled(node) or not self.calendar.is_working(day):
            return node._replace(day=day, anchor="", offset=0)
        start = self.anchor_day(node.anchor, days)
        return node._replace(
            day=day, offset=self.calendar.span(min(day, start), max(day, start)).distance(start, day)
        )

    def _is_ruled(self, node: Node) -> bool:
        """An anchor that is gone from the plan is none."""
        return node.anchor in (KICKOFF, END) or node.anchor in self.nodes

    def _hangs_on(self, key: str) -> frozenset[str]:
        anchor = self.nodes[key].anchor
        return self.waits.get(key, frozenset()) | ({anchor} if anchor in self.nodes else set())

    def _with(self, *nodes: Node) -> "PlanDates":
        return replace(self, nodes={**self.nodes, **{node.key: node for node in nodes}}) if nodes else self


class Move(NamedTuple):
    """`chain` is what moved first, then what followed, up to the node itself: keys, "kickoff" or "end" among them."""

    key: str
    old: date
    new: date
    chain: tuple[str, ...]
    held_back: bool


@dataclass(frozen=True)
class Outcome:
    """What a change moves. `after` is the plan with its new days.

    `held_back`: what would lie past the plan's end now and did not before. `crossed`: pinned tasks that come to lie
    before what they wait for, each with that.
    """

    moves: tuple[Move, ...]
    held_back: frozenset[str]
    crossed: tuple[tuple[str, str], ...]
    after: PlanDates

    @cached_property
    def mark(self) -> str:
        """Stands for exactly this outcome: a person agrees to it and to no other."""
        moves = [[move.key, move.old.isoformat(), move.new.isoformat()] for move in self.moves]
        said = {"moves": moves, "held_back": sorted(self.held_back), "crossed": self.crossed}
        return digest(canonical_json(said))

    def others(self, key: str) -> list[Move]:
        return [move for move in self.moves if move.key != key]


def reschedule(before: PlanDates, after: PlanDates, *, root: str = "") -> Outcome:
    """What moves from `before` to `after`. `root` is the node that a person moved, if it was one.

    Only what the two schedules say otherwise moves: what had come away from its rule is no surprise of this change.
    """
    old, new = before.schedule, after.schedule
    moved = [
        node
        for node in after.nodes.values()
        if (node.key == root or old.days[node.key] != new.days[node.key])
        and new.days[node.key] != before.nodes[node.key].day
    ]
    keys = {node.key for node in moved}
    chains = _Chains(before, after, keys, root)
    held_back = frozenset((new.held_back - old.held_back) | (new.held_back & keys))
    return Outcome(
        moves=tuple(
            Move(key, before.nodes[key].day, new.days[key], chains.of(key), key in new.held_back)
            for key in sorted(keys, key=lambda key: (key != root, new.days[key], key))
        ),
        held_back=held_back,
        crossed=tuple(sorted(_crossed(after) - _crossed(before))),
        after=after._with(*(node._replace(day=new.days[node.key]) for node in moved)),
    )


class _Chains:
    """By what each moved node was moved."""

    def __init__(self, before: PlanDates, after: PlanDates, moved: Collection[str], root: str) -> None:
        self._before, self._after, self._moved, self._root = before, after, moved, root
        self._known: dict[str, tuple[str, ...]] = {}
        self._changed = {
            name
            for name, changed in (
                (KICKOFF, before.kickoff_on != after.kickoff_on),
                (END, before.ends_on != after.ends_on),
            )
            if changed
        }

    def of(self, key: str) -> tuple[str, ...]:
        """Without recursion, because a plan may be one long chain."""
        way: list[str] = []
        while key and key not in self._known and key not in way:
            way.append(key)
            key = self._parent(key)
        chain = self._known.get(key, ())
        for link in reversed(way):
            chain = self._known[link] = _shortened((*chain, link))
        return chain

    def _parent(self, key: str) -> str:
        """The strongest reason first: a task that it now waits for to the day, its anchor, the end that holds it."""
        if key == self._root or key not in self._moved:
            return ""
        before, after = self._before, self._after
        waits = [one for one in self._waits(key) if one in self._moved]
        days = after.schedule.days
        anchor = after.nodes[key].anchor
        pushing = [one for one in waits if days[one] >= days[key]]
        follows = [anchor] if anchor in self._moved or anchor in self._changed else []
        held = [END] if END in self._changed and self._is_held(key) else []
        released = [one for one in waits if before.schedule.days[one] >= before.schedule.days[key]]
        return next(iter([*pushing, *follows, *held, *released, *waits]), "")

    def _waits(self, key: str) -> list[str]:
        return sorted({*self._before.open_waits.get(key, ()), *self._after.open_waits.get(key, ())})

    def _is_held(self, key: str) -> bool:
        return key in self._after.schedule.held_back or key in self._before.schedule.held_back


def _shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    return chain if len(chain) <= LINKS else (chain[0], GAP, *chain[3 - LINKS :])


def _crossed(dates: PlanDates) -> set[tuple[str, str]]:
    days = dates.schedule.days
    return {
        (key, one)
        for key, before in dates.open_waits.items()
        if dates.nodes[key].pinned and not dates.nodes[key].done
        for one in before
        if days[one] > days[key]
    }


def _way(came: Mapping[str, str], end: str, start: str) -> Iterator[str]:
    here = end
    while here != start:
        yield here
        here = came[here]
    yield start
