"""What a notification says, in one line. The words are the reader's; a name that is missing is the portal's."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Verb
from accounts.models import Event
from plans.choices import NotificationKind as Kind
from plans.models import Notification


def events_behind(notifications: Iterable[Notification]) -> dict[int, Event]:
    """The events that say more than the notification itself: one query, or none."""
    ids = [one.event_id for one in notifications if one.event_id and one.kind in _MORE]
    return Event.objects.in_bulk(ids) if ids else {}


def line(notification: Notification, events: Mapping[int, Event]) -> str:
    """One sentence. An unknown kind, of another version, is named by what it is about."""
    words = {"who": notification.by_name or _("The portal"), "what": notification.subject}
    event = events.get(notification.event_id or 0)
    if notification.kind == Kind.ESCALATED and event:
        return _escalated(words, event)
    if notification.kind == Kind.RENEWAL and event:
        return _renewal().get(event.verb, _patterns()[Kind.RENEWAL]) % words
    pattern = _patterns().get(notification.kind)
    said = pattern % words if pattern else notification.subject
    reason = str(event.new.get("reason", "")) if event else ""
    return _("%(sentence)s: %(reason)s") % {"sentence": said, "reason": reason} if reason else said


# Kinds whose event gives a reason, or a number of days.
_MORE = (Kind.ESCALATED, Kind.BLOCKED, Kind.RETURNED, Kind.DATE_MOVED, Kind.ANSWER_WANTED, Kind.RENEWAL)


def _patterns() -> dict[str, str]:
    return {
        Kind.YOUR_TURN: _("Your turn: “%(what)s”"),
        Kind.MENTION: _("%(who)s mentioned you: “%(what)s”"),
        Kind.ANSWER_WANTED: _("%(who)s asks for another day for “%(what)s”"),
        Kind.REVIEW_WANTED: _("%(who)s asks for your review: “%(what)s”"),
        Kind.RETURNED: _("%(who)s returned “%(what)s” to you"),
        Kind.DATE_MOVED: _("%(who)s moved the date of “%(what)s”"),
        Kind.BLOCKED: _("%(who)s said that “%(what)s” is blocked"),
        Kind.COMMENT: _("%(who)s wrote about “%(what)s”"),
        Kind.SIGN: _("%(who)s asks you to sign “%(what)s”"),
        Kind.WIN: _("A win: “%(what)s”"),
        Kind.MEETING: _("A meeting was planned or changed: %(what)s"),
        Kind.ESCALATED: _("%(who)s has not answered: “%(what)s”"),
        Kind.BOUNCED: _("Mail to %(what)s came back"),
        Kind.DOCUMENT: _("A document is ready: %(what)s"),
        Kind.RENEWAL: _("The renewal of %(what)s"),
    }


def _renewal() -> dict[str, str]:
    return {
        Verb.RENEWAL_OPENED: _("The renewal of %(what)s begins"),
        Verb.RENEWAL_WINDOW_REACHED: _("The renewal of %(what)s comes closer: look at what is needed now"),
        Verb.RENEWAL_OFFERED: _("%(who)s shows you the options for the time after %(what)s"),
        Verb.RENEWAL_PREFERRED: _("%(who)s prefers an option for the renewal: %(what)s"),
        Verb.RENEWAL_UNREADY: _("The renewal of %(what)s is no longer ready"),
    }


def _escalated(words: dict[str, str], event: Event) -> str:
    days = _days(event.new)
    if days is None:
        return _patterns()[Kind.ESCALATED] % words
    pattern = ngettext(
        "%(who)s has not answered for %(n)d day: “%(what)s”",
        "%(who)s has not answered for %(n)d days: “%(what)s”",
        days,
    )
    return pattern % {**words, "n": days}


def _days(new: Mapping[str, Any]) -> int | None:
    try:
        return max(1, int(new["days"]))
    except (KeyError, ValueError, TypeError):
        return None


def due_line(due_on: date, day: date) -> str:
    """How a task stands on the reader's day."""
    days = (due_on - day).days
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("due in %(n)d day", "due in %(n)d days", days) % {"n": days}
