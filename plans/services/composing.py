"""The words of a digest, found in the transaction that sends it.

So whether a reminder still holds (whose task it is, whether it is done, which day, who may see it, which mails the
person wants) is asked at the moment of sending, also by a retry hours later, by the same code that chose it in the
morning; there is no text that could have become untrue in between.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.models import OutgoingMail
from accounts.services.branding import current_vendor
from accounts.services.mail import Letter, write_letter
from accounts.services.unsubscribing import unsubscribe_headers, unsubscribe_url
from plans.models import Digest, Notification, Nudge, Task
from plans.reminding import is_morning, may_come_at_once
from plans.services.answer_links import answer_url
from plans.services.inboxes import seen_by
from plans.services.nudging import Reminder, reminders_for
from plans.services.readers import Reader, reader_of
from plans.services.weeks import PlanWeek, weeks_of
from plans.services.wording import due_line, events_behind, line
from portal.lib import clock
from portal.lib.days import full_day, long_day

SHOWN = 12
SHOWN_NEWS = 10


def compose_digest(mail: OutgoingMail) -> Letter | None:
    """Of the day, and with it the week's follow-up where that is due; None when nothing holds any more."""
    digest = Digest.objects.filter(mail=mail).first()
    if digest is None:
        return None
    reader = reader_of(digest.user_id)
    letter = _digest_letter(digest, reader) if reader and _may_leave(digest, reader) else None
    if letter is None:
        _withdraw(digest)
    return letter


def compose_direct(mail: OutgoingMail) -> Letter | None:
    """A mention or a question, unless it was read meanwhile or the person is at rest: then the morning tells it."""
    digest = Digest.objects.filter(mail=mail).first()
    if digest is None:
        return None
    reader = reader_of(digest.user_id)
    letter = _direct_letter(digest, reader) if reader and _may_ask(digest, reader) else None
    if letter is None:
        _withdraw(digest)
    return letter


def _may_leave(digest: Digest, reader: Reader) -> bool:
    local = clock.now().astimezone(reader.zone)
    in_time = reader.day == digest.day and is_morning(local, settings.PORTAL_DIGEST_HOUR)
    wanted = reader.preference.weekly if digest.kind == "weekly" else reader.preference.digest
    return reader.reachable and reader.works_today and in_time and wanted


def _may_ask(digest: Digest, reader: Reader) -> bool:
    awake = may_come_at_once(clock.now().astimezone(reader.zone), reader.calendar)
    return reader.reachable and awake and reader.day == digest.day and reader.preference.at_once


def _withdraw(digest: Digest) -> None:
    """No mail after all: it counts for nothing, and what it was to say is free for the next one."""
    Nudge.objects.filter(digest=digest).delete()
    Notification.objects.filter(digest=digest).update(digest=None)
    Digest.objects.filter(pk=digest.pk).update(mail=None)


def _digest_letter(digest: Digest, reader: Reader) -> Letter | None:
    daily = reader.preference.digest
    reminders = reminders_for([reader]).get(reader.user.pk, []) if daily else []
    news = _news(digest, reader) if daily else []
    weeks, more_plans = weeks_of(reader) if digest.kind == "weekly" else ([], 0)
    if not (reminders or news or weeks):
        return None
    _keep_reminders(digest, reader, reminders)
    Notification.objects.filter(pk__in=[one.pk for one in news]).update(digest=digest)
    kind = "weekly" if weeks else "digest"
    with translation.override(reader.user.language or settings.LANGUAGE_CODE):
        context = {
            "subject_line": _subject(reminders, news, weeks),
            "headline": _headline(reminders, news, weeks),
            "day_label": full_day(reader.day),
            "tasks": [_task(one, reader) for one in reminders[:SHOWN]],
            "more_tasks": _more(len(reminders) - SHOWN),
            "news": _lines(news[:SHOWN_NEWS]),
            "more_news": _more(len(news) - SHOWN_NEWS),
            "weeks": [_week(one, reader) for one in weeks],
            "more_plans": _more(more_plans),
            "inbox_url": settings.PORTAL_PUBLIC_URL + reverse("inbox"),
        }
    return _letter(kind, reader, context)


def _direct_letter(digest: Digest, reader: Reader) -> Letter | None:
    asked = list(seen_by(reader.user).filter(digest=digest, read_at=None).select_related("plan__account"))
    if not asked:
        return None
    with translation.override(reader.user.language or settings.LANGUAGE_CODE):
        lines = _lines(asked)
    return _letter("direct", reader, {"subject_line": lines[0]["text"], "news": lines})


def _letter(kind: str, reader: Reader, context: Mapping[str, Any]) -> Letter:
    url = unsubscribe_url(reader.user.pk, kind)
    return write_letter(
        kind,
        to=reader.user,
        context={**context, "unsubscribe_url": url},
        headers=unsubscribe_headers(url),
    )


def _news(digest: Digest, reader: Reader) -> list[Notification]:
    """Unread, and in no mail but this one."""
    fresh = seen_by(reader.user).filter(Q(digest=None) | Q(digest=digest), read_at=None)
    return list(fresh.select_related("plan__account").order_by("-created_at", "id"))


def _keep_reminders(digest: Digest, reader: Reader, reminders: Sequence[Reminder]) -> None:
    """The rows of this morning become those that are really said."""
    said = [one.task.id for one in reminders]
    Nudge.objects.filter(digest=digest).exclude(task__in=said).delete()
    rows = [one.row(reader, digest.pk) for one in reminders]
    Nudge.objects.bulk_create(rows, ignore_conflicts=True)


def _headline(reminders: Sequence[Reminder], news: Sequence[Notification], weeks: Sequence[PlanWeek]) -> str:
    """The titles stand below it."""
    n = len(reminders)
    if n:
        return ngettext("%(n)d thing waits for you", "%(n)d things wait for you", n) % {"n": n}
    return _subject(reminders, news, weeks)


def _subject(reminders: Sequence[Reminder], news: Sequence[Notification], weeks: Sequence[PlanWeek]) -> str:
    """It says what is wanted, not that a mail has come."""
    if len(reminders) == 1:
        return _("Waiting for you: %(title)s") % {"title": reminders[0].task.title}
    if reminders:
        n = len(reminders) - 1
        return ngettext(
            "Waiting for you: %(title)s, and %(n)d more",
            "Waiting for you: %(title)s, and %(n)d more",
            n,
        ) % {"title": reminders[0].task.title, "n": n}
    if weeks:
        if len(weeks) == 1:
            return _("Your week: %(plan)s") % {"plan": weeks[0].plan.name}
        return _("The week of your plans")
    if len(news) == 1:
        return line(news[0], events_behind(news))
    return ngettext("%(n)d thing is new for you", "%(n)d things are new for you", len(news)) % {
        "n": len(news)
    }


def _task(one: Reminder, reader: Reader) -> dict[str, str]:
    task = one.task
    return {
        "title": task.title,
        "plan": task.plan_name,
        "account": task.account_name,
        "due": due_line(task.due_on, reader.day),
        "day": long_day(task.due_on),
        "state": one.kind,
        "url": settings.PORTAL_PUBLIC_URL + reverse("task_detail", args=[task.plan_id, task.id]),
        "answer_url": answer_url(Task(pk=task.id), reader.user),
    }


def _lines(news: Sequence[Notification]) -> list[dict[str, str]]:
    events = events_behind(news)
    return [
        {"text": line(one, events), "plan": one.plan.name, "url": settings.PORTAL_PUBLIC_URL + one.path}
        for one in news
    ]


def _week(week: PlanWeek, reader: Reader) -> dict[str, Any]:
    plan = week.plan
    names = {Side.VENDOR.value: current_vendor().name, Side.CUSTOMER.value: plan.account.name}
    return {
        "name": plan.name,
        "account": plan.account.name,
        "url": settings.PORTAL_PUBLIC_URL + reverse("plan_detail", args=[plan.pk]),
        "progress": ngettext("%(done)d of %(n)d task done", "%(done)d of %(n)d tasks done", plan.tasks_total)
        % {"done": plan.tasks_done, "n": plan.tasks_total},
        "done": week.done,
        "done_label": _done_label(week),
        "moved_label": _moved_label(week),
        "late_label": _late_label(week),
        "turns": [_turn(names[side], count) for side, count in _ready(week) if count],
        "ahead": [
            {"title": title, "day": long_day(due_on), "due": due_line(due_on, reader.day), "who": names[side]}
            for _pk, title, due_on, side in week.ahead
        ],
    }


def _ready(week: PlanWeek) -> list[tuple[str, int]]:
    return [(Side.CUSTOMER.value, week.plan.ready_customer), (Side.VENDOR.value, week.plan.ready_vendor)]


def _turn(name: str, count: int) -> str:
    return ngettext("%(name)s: %(n)d task", "%(name)s: %(n)d tasks", count) % {"name": name, "n": count}


def _done_label(week: PlanWeek) -> str:
    n = week.done_count
    if not n:
        return _("Nothing was finished this week.")
    return ngettext("%(n)d task was finished:", "%(n)d tasks were finished, the latest:", n) % {"n": n}


def _moved_label(week: PlanWeek) -> str:
    n = week.moved_count
    return ngettext("%(n)d date moved.", "%(n)d dates moved.", n) % {"n": n} if n else ""


def _late_label(week: PlanWeek) -> str:
    n = week.late_count
    return ngettext("%(n)d task is late.", "%(n)d tasks are late.", n) % {"n": n} if n else ""


def _more(n: int) -> str:
    return ngettext("and %(n)d more", "and %(n)d more", n) % {"n": n} if n > 0 else ""
