"""A person's calendar: their own open tasks and the meetings of their plans, as RFC 5545 has it.

It holds titles, days and links. Whoever follows a link has to sign in, so that a calendar that was shared or an
address that leaked tells no more than a line of a task list.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import User
from accounts.services.branding import current_vendor
from plans.choices import MeetingKind
from plans.models import Meeting, Plan, Task
from portal.lib import clock

# More than anybody works through; those that are due first are shown.
MOST = 500
# A meeting that is long past need not stay in anybody's calendar; one that is called off is said to be so for a while.
PAST_MEETINGS = timedelta(days=90)
CANCELLED_FOR = timedelta(days=30)


class Entry(NamedTuple):
    """A day in the calendar, or a time with its length. `sequence` grows with each change, `changed_at` is aware."""

    uid: str
    day: date
    summary: str
    path: str
    sequence: int
    changed_at: datetime
    status: str
    starts_at: datetime | None = None
    minutes: int = 0


def calendar_of(person: User) -> bytes:
    """The calendar of what the person may see now, in their language. The same bytes until something changes."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        calendar = Calendar()
        calendar.add("prodid", f"-//{current_vendor().name}//Success plans//EN")
        calendar.add("version", "2.0")
        calendar.calendar_name = _("Success plans by %(vendor)s") % {"vendor": current_vendor().name}
        # Asked for hourly; Outlook reads the older name. Calendars decide for themselves.
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
        for entry in sorted([*_tasks(person), *_meetings(person)], key=lambda entry: entry.day)[:MOST]:
            calendar.add_component(_event(entry))
        return calendar.to_ical()


def _event(entry: Entry) -> Event:
    """An event and not a to-do: calendars subscribe to events, and few show the other kind."""
    host = urlsplit(settings.PORTAL_PUBLIC_URL).hostname
    event = Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    if entry.starts_at:
        # In UTC: a zone would have to be explained in the file.
        starts_at = entry.starts_at.astimezone(UTC)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + timedelta(minutes=entry.minutes))
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("url", settings.PORTAL_PUBLIC_URL + entry.path)
    event.add("status", entry.status)
    # A day on which something is due is not a day on which nobody can be met; an hour of a meeting is.
    event.add("transp", "OPAQUE" if entry.starts_at and entry.status == "CONFIRMED" else "TRANSPARENT")
    return event


def _tasks(person: User) -> Iterator[Entry]:
    """Every act on a task touches its plan, which keeps the time; the task has its version."""
    tasks = Task.objects.visible_to(person).open().filter(owner=person, plan__in=Plan.objects.running())
    for task in tasks.select_related("plan").order_by("due_on", "id")[:MOST]:
        yield Entry(
            uid=f"task-{task.pk}",
            day=task.due_on,
            summary=f"{task.plan.name}: {task.title}",
            path=reverse("task_detail", args=[task.plan_id, task.pk]),
            sequence=task.version,
            changed_at=task.plan.changed_at,
            status="CONFIRMED" if task.plan.live_at else "TENTATIVE",
        )


def _meetings(person: User) -> Iterator[Entry]:
    """Those of the plans that one sees; for the vendor's people, who see all, of the accounts that they look after."""
    plans = Plan.objects.visible_to(person).running()
    if person.is_vendor:
        plans = plans.filter(account__owner=person)
    now = clock.now()
    standing = Q(cancelled_at__isnull=True) | Q(cancelled_at__gte=now - CANCELLED_FOR)
    meetings = Meeting.objects.filter(
        standing, planned_on__gte=now.date() - PAST_MEETINGS, plan__in=plans
    ).defer("agenda", "notes")
    titles = {
        MeetingKind.KICKOFF: _("%(plan)s: kickoff"),
        MeetingKind.WEEKLY: _("%(plan)s: weekly review"),
        MeetingKind.RENEWAL: _("%(plan)s: renewal review"),
    }
    for meeting in meetings.select_related("plan").order_by("planned_on", "id")[:MOST]:
        status = "CONFIRMED" if meeting.plan.live_at else "TENTATIVE"
        yield Entry(
            uid=f"meeting-{meeting.pk}",
            day=meeting.planned_on,
            summary=titles[MeetingKind(meeting.kind)] % {"plan": meeting.plan.name},
            path=reverse("meeting_detail", args=[meeting.plan_id, meeting.pk]),
            sequence=meeting.plan.revision,
            changed_at=meeting.plan.changed_at,
            status="CANCELLED" if meeting.cancelled_at else status,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
        )
