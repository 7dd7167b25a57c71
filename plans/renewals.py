"""The way of a contract to its end: windows, days, states, and what is owed. Pure: no database, no clock.

A contract's days are its first and last one. A window of n days opens n days before the last day; what it needs is
owed before the next window opens, and what concerns the notice in good time before the notice day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.lib.workdays import WorkCalendar

AHEAD = 14
"""Days before the notice day by which the customer has seen the terms."""
NEAR = 7
"""Days before its first window in which a renewal is put on the plan."""
GRACE = 7
"""Nobody is asked for anything on the same day: as many days are given to what comes late."""
OFFER = "offer"
"""The need that the notice day hangs on."""


class State(StrEnum):
    """A renewal is prepared, ready, then decided, which ends it. It may be decided without having been ready: what
    became of a contract is a fact."""

    PREPARING = "preparing"
    READY = "ready"
    RENEWED = "renewed"
    EXPANDED = "expanded"
    REDUCED = "reduced"
    LOST = "lost"


DECIDED = frozenset({State.RENEWED, State.EXPANDED, State.REDUCED, State.LOST})


class Refused(Exception):
    """The act is not possible in this state."""


@dataclass(frozen=True)
class Item:
    """What is needed. `due_on` is the last day on which it is in time."""

    key: str
    side: str
    met: bool
    due_on: date


@dataclass(frozen=True)
class Tally:
    """`late` of the missing are those whose day has passed."""

    missing: tuple[Item, ...]
    late: tuple[Item, ...]

    def owed_by(self, side: str) -> tuple[Item, ...]:
        return tuple(item for item in self.missing if item.side == side)


def after(state: State, act: str, *, missing: int = 0) -> State:
    """The state that an act leads to: "ready", "unready", or a decision. Raises Refused."""
    if state in DECIDED:
        raise Refused(state)
    if act in DECIDED:
        return State(act)
    if act == "unready" and state == State.READY:
        return State.PREPARING
    if act == "ready" and state == State.PREPARING and not missing:
        return State.READY
    raise Refused(state)


def opens_on(ends_on: date, days: int) -> date:
    return ends_on - timedelta(days=days)


def reached(windows: Iterable[int], ends_on: date, day: date) -> list[int]:
    """The windows (days before the end) that are open on the day, the earliest first."""
    return sorted((days for days in windows if opens_on(ends_on, days) <= day), reverse=True)


def is_due(first: int, ends_on: date, day: date) -> bool:
    """Whether the renewal belongs on the plan: its first window is reached or near, and the term still runs."""
    return opens_on(ends_on, first) - timedelta(days=NEAR) <= day <= ends_on


def notice_day(ends_on: date, notice_days: int | None) -> date | None:
    """The last day on which notice can be given; None where the contract has none."""
    return ends_on - timedelta(days=notice_days) if notice_days is not None else None


def show_by(ends_on: date, notice_days: int | None) -> date | None:
    """The day by which the customer has to have seen the terms."""
    last = notice_day(ends_on, notice_days)
    return last - timedelta(days=AHEAD) if last else None


def window_of(days: int, kind: str, windows: Sequence[int], ends_on: date, notice_days: int | None) -> int:
    """The window in which something is asked for: the playbook's, but an offer early enough before the notice."""
    by = show_by(ends_on, notice_days)
    if kind != OFFER or by is None or opens_on(ends_on, days) < by:
        return days
    earlier = [other for other in windows if opens_on(ends_on, other) < by]
    return min(earlier, default=max(windows))


def due_day(days: int, kind: str, windows: Iterable[int], ends_on: date, notice_days: int | None) -> date:
    """The last day on which what a window needs is in time: the one before the next window; in the last window half of
    its days are left. An offer is in time by `show_by`."""
    later = [other for other in windows if other < days]
    usual = opens_on(ends_on, max(later)) - timedelta(days=1) if later else opens_on(ends_on, days // 2)
    by = show_by(ends_on, notice_days) if kind == OFFER else None
    return max(opens_on(ends_on, days), min(usual, by) if by else usual)


def task_day(due_on: date, ends_on: date, today: date, calendar: WorkCalendar) -> date:
    """The due day of the task that asks for it: a working day, not before a few days from today where that is late
    already, and never in the past."""
    wanted = calendar.on_or_before(due_on)
    if wanted < today + timedelta(days=GRACE):
        wanted = min(calendar.on_or_after(today + timedelta(days=GRACE)), max(ends_on, today))
    return wanted


def next_term(starts_on: date, ends_on: date, times: int = 1) -> tuple[date, date]:
    """First and last day of the term after this one, `times` as long. Whole months stay whole months."""
    first = ends_on + timedelta(days=1)
    months = _whole_months(starts_on, first)
    if months:
        return first, _add_months(first, months * times) - timedelta(days=1)
    return first, ends_on + times * (first - starts_on)


def kind_of(old: Decimal, new: Decimal) -> State:
    """What a new amount a year makes of the contract."""
    if new <= 0:
        return State.LOST
    return State.EXPANDED if new > old else State.REDUCED if new < old else State.RENEWED


def tally(items: Iterable[Item], today: date) -> Tally:
    missing = tuple(item for item in items if not item.met)
    return Tally(missing, tuple(item for item in missing if item.due_on < today))


def _whole_months(first: date, end: date) -> int:
    """How many months lie between two days, where they are whole; else 0."""
    most = (end.year - first.year) * 12 + end.month - first.month
    return next((n for n in (most, most - 1) if n > 0 and _add_months(first, n) == end), 0)


def _add_months(day: date, months: int) -> date:
    """The same day of a later month; where the month is too short, the first of the next one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
