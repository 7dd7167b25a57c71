"""When to remind whom: mornings, days off, how often, and when the next person is told. Pure: no query, no clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plans.choices import NudgeKind
from portal.lib.workdays import WorkCalendar, calendar_of
from portal.lib.zones import is_zone

BEFORE = 2
"""Working days before the due date of the first reminder."""
EVERY = 2
"""Working days between two reminders of something late."""
NOON = 12
AWAKE = range(7, 20)
"""Local hours in which a question may come at once."""
WEEK = timedelta(days=7)


class Sent(NamedTuple):
    """A reminder that somebody got about a task: of which kind, about which due date, on which day."""

    kind: str
    due_on: date
    sent_on: date


def zone_for(own: str, account: str | None) -> ZoneInfo:
    """The person's own zone, else the account's, else UTC; a name that nobody knows is none."""
    return ZoneInfo(next((name for name in (own, account) if name and is_zone(name)), "UTC"))


def calendar_for(country: str | None) -> WorkCalendar:
    """Of the account's country; weekends only where none is known."""
    return calendar_of(country or "")


def is_morning(local: datetime, hour: int) -> bool:
    """From the hour on, until noon: a run that comes too late waits for the next morning."""
    return hour <= local.hour < NOON


def may_come_at_once(local: datetime, days: WorkCalendar) -> bool:
    return local.hour in AWAKE and days.is_working(local.date())


def is_under_cap(sent: Iterable[date], day: date, most: int) -> bool:
    """Whether one more mail on `day` keeps any seven days in a row at `most` or fewer."""
    return sum(day - WEEK < one <= day for one in sent) < most


def is_week_due(sent: Iterable[date], day: date) -> bool:
    """The first morning of a week on which the person works; `sent` are the days of earlier weekly mails."""
    monday = day - timedelta(days=day.weekday())
    return not any(one >= monday for one in sent) and day.weekday() < 3


def nudge_due(
    due_on: date, day: date, days: WorkCalendar, sent: Sequence[Sent], *, answered_on: date | None, most: int
) -> NudgeKind | None:
    """What to remind of on `day`, if anything.

    `sent` is what the person got about this task; about another due date it no longer counts, save for the pause.
    Once `most` reminders of something late have found no answer since `answered_on`, there are no more: the next
    person is told instead.
    """
    about = [one for one in sent if one.due_on == due_on]
    last = max((one.sent_on for one in sent), default=None)
    if last == day:
        return None
    if day < due_on:
        told = any(one.kind == NudgeKind.BEFORE for one in about)
        return None if told or day < days.add(due_on, -BEFORE) else NudgeKind.BEFORE
    if day == due_on:
        return NudgeKind.TODAY
    if unanswered(about, answered_on) >= most or (last and days.between(last, day) < EVERY):
        return None
    return NudgeKind.OVERDUE


def unanswered(sent: Iterable[Sent], answered_on: date | None) -> int:
    """Reminders of something late since somebody last did anything about it."""
    return sum(
        one.kind == NudgeKind.OVERDUE and (answered_on is None or one.sent_on > answered_on) for one in sent
    )


def is_next_rung_due(
    sent: Sequence[Sent],
    told_on: Sequence[date],
    day: date,
    days: WorkCalendar,
    *,
    answered_on: date | None,
    most: int,
) -> bool:
    """Whether the next person up the ladder is to be told. `told_on` are the days on which others were.

    The first after `most` reminders and the pause after the last one; each further one after as long again.
    """
    overdue = [one for one in sent if one.kind == NudgeKind.OVERDUE]
    if unanswered(overdue, answered_on) < most:
        return False
    told = [one for one in told_on if answered_on is None or one > answered_on]
    if told:
        return days.between(max(told), day) >= most * EVERY
    return days.between(max(one.sent_on for one in overdue), day) >= EVERY
