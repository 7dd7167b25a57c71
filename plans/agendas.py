"""The agenda of a review, made from how the plan stands. Pure: facts in, topics out, and no words of any language.

A topic is {key, minutes, lines, more}, `more` counting the lines beyond `MOST`. A line is a dict of facts that JSON
can keep: a held meeting keeps its agenda as it was, and everybody still reads it in their own language
(`plans/pages/agendas.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

MOST = 12
"""Lines of a topic: more than that nobody goes through in a meeting."""
AHEAD = timedelta(days=90)
"""How far a renewal review looks."""
WAITS_LONG = 3
"""Working days after which evidence that nobody has judged is a matter for a meeting."""

# What a topic weighs before it has any line, and the most lines that add to that. In the order of the meeting.
_WEIGHTS = {
    "actions": (2, 6),
    "moved": (1, 4),
    "blocked": (2, 6),
    "due": (2, 6),
    "objectives": (4, 4),
    "wins": (2, 4),
    "milestones": (3, 3),
    "open": (3, 5),
    "ahead": (3, 4),
    "decisions": (2, 6),
    "round": (1, 0),
}
Agenda = list[dict[str, Any]]


class Item(NamedTuple):
    """A task. `owner` is a name, "" without one; `action_of` the meeting that made it."""

    id: UUID
    title: str
    side: str
    owner: str
    due_on: date
    done_on: date | None = None
    blocked: bool = False
    blocked_on: str = ""
    reason: str = ""
    action_of: UUID | None = None


class Move(NamedTuple):
    """What one act moved: the date that it was about, and how many others followed."""

    title: str
    old_on: date
    new_on: date
    reason: str
    by: str
    others: int


class Wanted(NamedTuple):
    """A decision that somebody waits for. `kind`: decision, proposal (a day) or evidence (a review by `side`)."""

    kind: str
    title: str
    note: str = ""
    by: str = ""
    side: str = ""
    on: date | None = None
    id: UUID | None = None


class Aim(NamedTuple):
    """An objective, its amounts as exact numbers in text. `confirmed`: both sides stand by the last value."""

    title: str
    unit: str
    start: str
    now: str
    target: str
    by: date
    confirmed: bool
    reached: bool
    id: UUID


class Stop(NamedTuple):
    """A milestone; `promised_on` is its day when the plan went live."""

    title: str
    due_on: date
    promised_on: date
    reached_on: date | None = None


class Gain(NamedTuple):
    """A confirmed win."""

    title: str
    before: str
    after: str
    next_step: str


@dataclass(frozen=True)
class Standing:
    """How the plan stands on the day of the meeting. `until` is the day of the next one."""

    today: date
    until: date
    ends_on: date
    items: Sequence[Item] = ()
    moves: Sequence[Move] = ()
    wanted: Sequence[Wanted] = ()
    aims: Sequence[Aim] = ()
    stops: Sequence[Stop] = ()
    gains: Sequence[Gain] = ()
    last: UUID | None = field(default=None)
    """The meeting before this one."""


def weekly_agenda(plan: Standing, minutes: int) -> Agenda:
    """Last time's action items first; then what moved, what is stuck, what comes, and what has to be decided."""
    return _agenda(
        {
            "actions": [_item(item, plan) for item in _last_actions(plan)],
            "moved": [_line(move) for move in plan.moves],
            "blocked": [_item(item, plan) for item in _open(plan) if item.blocked],
            "due": [
                _item(item, plan) for item in _open(plan) if not item.blocked and item.due_on <= plan.until
            ],
            "decisions": [_line(one) for one in plan.wanted],
        },
        minutes,
    )


def renewal_agenda(plan: Standing, minutes: int) -> Agenda:
    """What was promised and what came of it; then what is open, what comes in 90 days, and what has to be decided."""
    late = [item for item in _open(plan) if item.blocked or item.due_on < plan.today]
    return _agenda(
        {
            "objectives": [_line(aim) for aim in plan.aims],
            "wins": [_line(gain) for gain in plan.gains],
            "milestones": [
                _stop(stop, plan.today) for stop in plan.stops if stop.due_on <= plan.today or stop.reached_on
            ],
            "open": [_item(item, plan) for item in late],
            "ahead": _ahead(plan),
            "decisions": [_line(one) for one in plan.wanted],
        },
        minutes,
    )


def share_minutes(minutes: int, weights: Sequence[int]) -> list[int]:
    """Whole minutes by weight. They sum to `minutes`, and where there are enough nobody goes without one."""
    least = min(1, minutes // len(weights))
    left = minutes - least * len(weights)
    total = sum(weights)
    shares = [least + left * weight // total for weight in weights]
    # What rounding left over goes to the largest remainders, the earlier first.
    remainders = sorted(range(len(weights)), key=lambda n: (-(left * weights[n] % total), n))
    for n in remainders[: minutes - sum(shares)]:
        shares[n] += 1
    return shares


def _agenda(found: dict[str, list[dict[str, Any]]], minutes: int) -> Agenda:
    """The topics that have something to say, and a last round, which always has."""
    topics = [(key, lines) for key, lines in found.items() if lines] + [("round", [])]
    weights = [_WEIGHTS[key][0] + min(len(lines), _WEIGHTS[key][1]) for key, lines in topics]
    return [
        {"key": key, "minutes": share, "lines": lines[:MOST], "more": max(0, len(lines) - MOST)}
        for (key, lines), share in zip(topics, share_minutes(minutes, weights), strict=True)
    ]


def _last_actions(plan: Standing) -> list[Item]:
    """Those of the last meeting, and what is still open of earlier ones: the open ones first, by date."""
    ours = [
        item
        for item in plan.items
        if item.action_of and (item.action_of == plan.last or item.done_on is None)
    ]
    return sorted(ours, key=lambda item: (item.done_on is not None, item.due_on, item.title))


def _open(plan: Standing) -> list[Item]:
    """Open tasks that are not among the action items, which come first anyway; the most urgent first."""
    there = {item.id for item in _last_actions(plan)}
    found = [item for item in plan.items if item.done_on is None and item.id not in there]
    return sorted(found, key=lambda item: (item.due_on, item.title))


def _item(item: Item, plan: Standing) -> dict[str, Any]:
    late = item.due_on < plan.today
    state = "done" if item.done_on else "blocked" if item.blocked else "late" if late else "open"
    return _line(item) | {"state": state}


def _stop(stop: Stop, today: date) -> dict[str, Any]:
    state = "done" if stop.reached_on else "late" if stop.due_on < today else "open"
    in_time = bool(stop.reached_on and stop.reached_on <= stop.promised_on)
    return _line(stop) | {"state": state, "in_time": in_time}


def _ahead(plan: Standing) -> list[dict[str, Any]]:
    """Milestones, objectives and the plan's end, by date."""
    last = plan.today + AHEAD
    days = [("milestone", stop.title, stop.due_on) for stop in plan.stops if stop.reached_on is None]
    days += [("objective", aim.title, aim.by) for aim in plan.aims if not aim.reached]
    days += [("end", "", plan.ends_on)]
    coming = sorted((day, kind, title) for kind, title, day in days if plan.today <= day <= last)
    return [{"kind": kind, "title": title, "on": day.isoformat()} for day, kind, title in coming]


def _line(facts: Any) -> dict[str, Any]:
    """As JSON keeps it: days and ids as texts; what is empty is left out."""
    return dict(_kept(facts._asdict().items()))


def _kept(pairs: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for name, value in pairs:
        if isinstance(value, date):
            yield name, value.isoformat()
        elif isinstance(value, UUID):
            yield name, str(value)
        elif value not in (None, "", False):
            yield name, value
