"""An Event becomes a sentence. Plain text: the template escapes it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import StakeholderRole, Verb
from accounts.models import Event
from accounts.permissions import Actor, action_to_read
from plans.choices import MeetingKind
from portal.lib.days import moment, short_day
from portal.lib.figures import figure, with_unit

SHOWN = 12
"""Events on a page."""

SENTENCES: dict[str, str | Promise] = {
    Verb.PLAN_MADE: gettext_lazy("%(who)s made the plan from %(playbook)s"),
    Verb.PLAN_UPDATED: gettext_lazy("%(who)s filled in owners from the deal"),
    Verb.PLAN_LIVE: gettext_lazy("%(who)s made the plan live"),
    Verb.PLAN_COMPLETED: gettext_lazy("%(who)s completed the plan"),
    Verb.PLAN_CLOSED: gettext_lazy("%(who)s closed the plan"),
    Verb.TASK_COMPLETED: gettext_lazy("%(who)s completed “%(what)s”"),
    Verb.TASK_REOPENED: gettext_lazy("%(who)s reopened “%(what)s”"),
    Verb.TASK_BLOCKED: gettext_lazy("%(who)s said that “%(what)s” is blocked"),
    Verb.TASK_UNBLOCKED: gettext_lazy("%(who)s said that “%(what)s” is no longer blocked"),
    Verb.TASK_REASSIGNED: gettext_lazy("%(who)s gave “%(what)s” to %(owner)s"),
    Verb.TASK_MOVED: gettext_lazy("%(who)s moved “%(what)s” from %(old_day)s to %(new_day)s"),
    Verb.TASK_ADDED: gettext_lazy("%(who)s added “%(what)s”"),
    Verb.TASK_PASSED: gettext_lazy("%(who)s passed “%(what)s” on to %(owner)s"),
    Verb.TASK_PINNED: gettext_lazy("%(who)s pinned “%(what)s” to its day"),
    Verb.TASK_UNPINNED: gettext_lazy("%(who)s let the day of “%(what)s” move again"),
    Verb.TASK_DATE_PROPOSED: gettext_lazy("%(who)s asked for “%(what)s” until %(new_day)s"),
    Verb.TASK_DATE_ACCEPTED: gettext_lazy("%(who)s agreed to %(new_day)s for “%(what)s”"),
    Verb.TASK_DATE_DECLINED: gettext_lazy("%(who)s did not agree to %(new_day)s for “%(what)s”"),
    Verb.TASK_MOVE_ACCEPTED: gettext_lazy("%(who)s accepted the new date of “%(what)s”"),
    Verb.TASK_FORM_FILLED: gettext_lazy("%(who)s filled in “%(what)s”"),
    Verb.TASK_ESCALATED: gettext_lazy("No answer on “%(what)s”: %(owner)s was told"),
    Verb.DEPENDENCY_ADDED: gettext_lazy("%(who)s let “%(what)s” wait for “%(task)s”"),
    Verb.DEPENDENCY_REMOVED: gettext_lazy("%(who)s let “%(what)s” no longer wait for “%(task)s”"),
    Verb.KICKOFF_MOVED: gettext_lazy("%(who)s moved the kickoff from %(old_day)s to %(new_day)s"),
    Verb.END_MOVED: gettext_lazy("%(who)s moved the end of the plan from %(old_day)s to %(new_day)s"),
    Verb.STAGE_OPENED: gettext_lazy("%(who)s started the stage “%(what)s”"),
    Verb.STAGE_CLOSED: gettext_lazy("%(who)s closed the stage “%(what)s”"),
    Verb.STAGE_REOPENED: gettext_lazy("%(who)s opened the stage “%(what)s” again"),
    Verb.STAGE_OWNED: gettext_lazy("%(who)s gave the stage “%(what)s” to %(owner)s"),
    Verb.CRITERION_MET: gettext_lazy("%(who)s said that this holds: %(what)s"),
    Verb.CRITERION_UNMET: gettext_lazy("%(who)s said that this does not hold any more: %(what)s"),
    Verb.SIGNOFF_REQUESTED: gettext_lazy("%(who)s asked to sign “%(what)s”"),
    Verb.SIGNOFF_SIGNED: gettext_lazy("%(who)s signed “%(what)s”"),
    Verb.SIGNOFF_ENDED: gettext_lazy("%(who)s withdrew the sign-off of “%(what)s”"),
    Verb.COMMENT_ADDED: gettext_lazy("%(who)s wrote about “%(what)s”"),
    Verb.COMMENT_EDITED: gettext_lazy("%(who)s changed a comment on “%(what)s”"),
    Verb.COMMENT_DELETED: gettext_lazy("%(who)s deleted a comment on “%(what)s”"),
    Verb.MEETING_PLANNED: gettext_lazy("%(who)s planned a meeting: %(what)s, %(day)s"),
    Verb.MEETING_MOVED: gettext_lazy("%(who)s moved a meeting: %(what)s, %(day)s"),
    Verb.MEETING_HELD: gettext_lazy("%(who)s held a meeting: %(what)s"),
    Verb.MEETING_CANCELLED: gettext_lazy("%(who)s cancelled a meeting: %(what)s"),
    Verb.MEETING_NOTED: gettext_lazy("%(who)s wrote notes of a meeting: %(what)s"),
    Verb.DECISION_MADE: gettext_lazy("Decided: %(what)s"),
    Verb.WIN_FOUND: gettext_lazy("A win to confirm: %(what)s"),
    Verb.WIN_CONFIRMED: gettext_lazy("%(who)s confirmed the win “%(what)s”"),
    Verb.WIN_DISMISSED: gettext_lazy("%(who)s said that “%(what)s” is not a win"),
    Verb.WIN_UNSHARED: gettext_lazy("%(who)s took back that the win “%(what)s” may be told"),
    Verb.WIN_SHARED: gettext_lazy("%(who)s agreed that the win “%(what)s” may be told"),
    Verb.MAIL_BOUNCED: gettext_lazy("Mail to %(what)s came back"),
    Verb.MAIL_RESUMED: gettext_lazy("%(who)s said that mail to %(what)s works again"),
    Verb.VALUES_ASKED: gettext_lazy("%(who)s asked for the confirmation of numbers: %(what)s"),
    Verb.VALUES_CONFIRMED: gettext_lazy("%(who)s confirmed several numbers at once: %(what)s"),
    Verb.CONTRACT_ADDED: gettext_lazy("%(who)s entered the contract %(what)s"),
    Verb.CONTRACT_CHANGED: gettext_lazy("%(who)s changed the contract %(what)s"),
    Verb.CONTRACT_AMENDED: gettext_lazy("%(who)s amended the contract %(what)s from %(new_day)s on"),
    Verb.USAGE_IMPORTED: gettext_lazy("%(who)s brought in usage: %(what)s"),
    Verb.SECURITY_ADDED: gettext_lazy("%(who)s added the security confirmation “%(what)s”"),
    Verb.SECURITY_REMOVED: gettext_lazy("%(who)s removed the security confirmation “%(what)s”"),
    Verb.RENEWAL_OPENED: gettext_lazy("The renewal of the contract %(what)s began"),
    Verb.RENEWAL_WINDOW_REACHED: gettext_lazy("The contract %(what)s came closer to its end"),
    Verb.RENEWAL_OFFERED: gettext_lazy("%(who)s showed the options for the time after %(what)s"),
    Verb.RENEWAL_PREFERRED: gettext_lazy("%(who)s prefers this option for the renewal: %(what)s"),
    Verb.RENEWAL_ITEM_MET: gettext_lazy("%(who)s said that this is settled for the renewal: %(what)s"),
    Verb.RENEWAL_ITEM_UNMET: gettext_lazy("%(who)s said that this is not settled for the renewal: %(what)s"),
    Verb.RENEWAL_READY: gettext_lazy("%(who)s said that the renewal of %(what)s is ready"),
    Verb.RENEWAL_UNREADY: gettext_lazy("The renewal of %(what)s is no longer ready"),
    Verb.RENEWAL_DECIDED: gettext_lazy("%(who)s recorded what became of the contract %(what)s"),
    Verb.EDITION_ISSUED: gettext_lazy("A document was made: %(what)s"),
    Verb.PERSON_VIEWED_AS: gettext_lazy("%(who)s looked at the plan as %(what)s sees it"),
    Verb.EVIDENCE_ADDED: gettext_lazy("%(who)s added evidence to “%(task)s”: %(what)s"),
    Verb.EVIDENCE_ACCEPTED: gettext_lazy("%(who)s accepted evidence for “%(task)s”: %(what)s"),
    Verb.EVIDENCE_RETURNED: gettext_lazy("%(who)s returned evidence for “%(task)s”"),
    Verb.MILESTONE_REACHED: gettext_lazy("Milestone reached: %(what)s"),
    Verb.MILESTONE_REOPENED: gettext_lazy("Milestone open again: %(what)s"),
    Verb.MEASUREMENT_ADDED: gettext_lazy("%(who)s measured %(value)s for “%(what)s” (%(day)s)"),
    Verb.MEASUREMENT_ACCEPTED: gettext_lazy("%(who)s confirmed %(value)s for “%(what)s” (%(day)s)"),
    Verb.MEASUREMENT_RETURNED: gettext_lazy("%(who)s returned %(value)s for “%(what)s” (%(day)s)"),
    Verb.PERSON_INVITED: gettext_lazy("%(who)s invited %(what)s as %(role)s"),
    Verb.PERSON_JOINED: gettext_lazy("%(what)s joined as %(role)s"),
}


class _Words(dict[str, str]):
    """What an old event does not say is left out of its sentence; no event can break the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(event: Event) -> str:
    """What happened, with the reason that was given. A verb of another version is shown by its name."""
    pattern = SENTENCES.get(event.verb)
    if pattern is None:
        return " · ".join(word for word in (event.actor_name, event.verb, event.subject) if word)
    said = str(pattern) % _words(event)
    if event.new.get("from") == "mail":
        said = _("%(sentence)s (from a mail)") % {"sentence": said}
    reason = event.new.get("reason")
    return _("%(sentence)s: %(reason)s") % {"sentence": said, "reason": reason} if reason else said


def told_to(actor: Actor, events: Iterable[Event]) -> list[Event]:
    """Without what the person may not look up: contracts, renewals and documents are not for everybody on a plan."""
    return [event for event in events if actor.may(action_to_read(event.verb))]


def history_lines(events: Iterable[Event], clock: ZoneInfo) -> list[dict[str, str]]:
    """The events as `templates/plans/_history.html` shows them; times are those of the account."""
    return [
        {"text": sentence(event), "when_label": moment(event.at, clock), "when_iso": event.at.isoformat()}
        for event in events
    ]


def conflict_sentence(event: Event | None, now: datetime | None = None) -> str:
    """What the person who was faster did, and how long ago."""
    if event is None:
        return _("The task was changed a moment ago.")
    now = now or timezone.now()
    if (now - event.at).total_seconds() < 60:
        return _("%(sentence)s, a moment ago.") % {"sentence": sentence(event)}
    return _("%(sentence)s, %(time)s ago.") % {
        "sentence": sentence(event),
        "time": timesince(event.at, now, depth=1),
    }


def _words(event: Event) -> _Words:
    words = _Words(who=event.actor_name or _("The portal"), what=event.subject)
    for name, read in _READ.items():
        words |= read(name, event)
    return words


def _text(name: str, event: Event) -> dict[str, str]:
    return {name: str(event.new[name])} if event.new.get(name) else {}


def _owner(name: str, event: Event) -> dict[str, str]:
    return {name: str(event.new.get("owner") or _("nobody: it needs an owner"))}


def _role(name: str, event: Event) -> dict[str, str]:
    role = event.new.get("role", "")
    return {name: str(StakeholderRole(role).label) if role in StakeholderRole.values else str(role or "–")}


def _meeting(name: str, event: Event) -> dict[str, str]:
    """Which kind of meeting, in the reader's language."""
    kind = event.new.get("kind")
    return {name: str(MeetingKind(kind).label)} if kind in MeetingKind.values else {}


def _value(name: str, event: Event) -> dict[str, str]:
    try:
        return {name: with_unit(figure(Decimal(event.new["value"])), event.new.get("unit", ""))}
    except (KeyError, InvalidOperation, ValueError, TypeError):
        return {}


def _days(name: str, event: Event) -> dict[str, str]:
    found = {
        "day": event.new.get("day"),
        "old_day": event.old.get("due_on"),
        "new_day": event.new.get("due_on"),
    }
    return {key: _day(text) for key, text in found.items() if text}


def _day(text: Any) -> str:
    try:
        return short_day(date.fromisoformat(text))
    except (ValueError, TypeError):
        return str(text)


_READ: dict[str, Callable[[str, Event], dict[str, str]]] = {
    "playbook": _text,
    "task": _text,
    "owner": _owner,
    "role": _role,
    "value": _value,
    "days": _days,
    "what": _meeting,
}
