"""Mail that came back, or whose reader complained: no more goes there until somebody says that it works again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.choices import Verb
from accounts.models import BounceNotice, MailPreference, Stakeholder, User
from accounts.permissions import Actor
from accounts.services.recording import record
from plans.models import Plan
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from portal.lib import clock

# As django-anymail names them. What was only delayed, or refused for something else than its address, may still come.
_HARD = frozenset({"bounced", "rejected", "complained"})
_PASSING = frozenset({"timed_out", "blocked", "other"})


class Malformed(Exception):
    """Not in the shape of django-anymail's AnymailTrackingEvent; the message says what is missing."""


@dataclass(frozen=True)
class Report:
    """One event of a mail provider."""

    event_type: str
    recipient: str
    provider_id: str
    reject_reason: str
    description: str

    @property
    def stops(self) -> bool:
        return self.event_type in _HARD and self.reject_reason not in _PASSING

    @property
    def unsubscribes(self) -> bool:
        return self.event_type == "unsubscribed"


def read_reports(body: Any) -> list[Report]:
    """One event or a list of them. Raises Malformed."""
    found = body if isinstance(body, list) else [body]
    return [_read(one) for one in found]


def _read(one: Any) -> Report:
    if not isinstance(one, dict):
        raise Malformed("Each event is an object.")
    words = {}
    for name in ("event_type", "recipient", "event_id", "message_id", "reject_reason", "description"):
        value = one.get(name) or ""
        if not isinstance(value, str):
            raise Malformed(f"{name} is a text.")
        # Neither a NUL nor half of a character can be kept.
        words[name] = value.replace("\x00", "").encode(errors="replace").decode()
    if not words["event_type"] or "@" not in words["recipient"]:
        raise Malformed("event_type and recipient are needed.")
    # A provider that gives its events no id gets one from what they say, so that a repeated one is still known.
    said = "|".join([words["event_type"], words["recipient"], words["message_id"], str(one.get("timestamp"))])
    own = hashlib.sha256(said.encode()).hexdigest()
    return Report(
        event_type=words["event_type"][:16],
        recipient=words["recipient"].strip().lower()[:254],
        provider_id=(words["event_id"] or own)[:200],
        reject_reason=words["reject_reason"],
        description=words["description"][:2000],
    )


def take_reports(reports: Iterable[Report]) -> int:
    """How many of them changed something. Whoever is nobody's here costs no query of their own."""
    asking = [one for one in reports if one.stops or one.unsubscribes]
    known = User.objects.filter(email__in={one.recipient for one in asking})
    emails = set(known.values_list("email", flat=True))
    return sum(take_report(one) for one in asking if one.recipient in emails)


@transaction.atomic
def take_report(report: Report) -> bool:
    """Do what the report asks for, once; False where it changes nothing."""
    if not (report.stops or report.unsubscribes):
        return False
    person = User.objects.filter(email=report.recipient).first()
    if person is None:
        return False
    _notice, new = BounceNotice.objects.get_or_create(
        provider_id=report.provider_id,
        defaults={"user": person, "kind": report.event_type, "reason": report.description},
    )
    if not new:
        return False
    if report.unsubscribes:
        wanted = {"digest": False, "weekly": False, "at_once": False}
        MailPreference.objects.update_or_create(user=person, defaults=wanted)
        return True
    return _stop(person, report.description or report.reject_reason or report.event_type, by=None)


@transaction.atomic
def stop_mail(*, by: Actor, stakeholder: Stakeholder) -> None:
    """Said by hand: the person told us that nothing arrives. Twice is harmless."""
    by.require("mail.settle")
    person = stakeholder.user
    if _stop(person, "", by=by.user):
        BounceNotice.objects.create(user=person, account=stakeholder.account, kind="by hand")


@transaction.atomic
def resume_mail(*, by: Actor, stakeholder: Stakeholder) -> None:
    by.require("mail.settle")
    person = stakeholder.user
    stopped = MailPreference.objects.filter(user=person, stopped_at__isnull=False)
    if not stopped.update(stopped_at=None, stopped_reason=""):
        return
    BounceNotice.objects.filter(user=person, settled_at=None).update(
        settled_at=clock.now(), settled_by=by.user
    )
    _record_on_accounts(Verb.MAIL_RESUMED, person, by.user)


def _stop(person: User, reason: str, *, by: User | None) -> bool:
    """False where mail is stopped already: the CSM is told once."""
    preference, _made = MailPreference.objects.select_for_update().get_or_create(user=person)
    if preference.stopped_at:
        return False
    preference.stopped_at, preference.stopped_reason = clock.now(), reason[:500]
    preference.save(update_fields=["stopped_at", "stopped_reason"])
    _record_on_accounts(Verb.MAIL_BOUNCED, person, by)
    return True


def _record_on_accounts(verb: Verb, person: User, by: User | None) -> None:
    """A line in the history of each account of the person: of its newest running plan, where it has one.

    What the mail server said stays in the notice: the history is for both sides to read.
    """
    accounts = list(
        Stakeholder.objects.present().filter(user=person).order_by().values_list("account_id", flat=True)
    )
    running = Plan.objects.live().running().filter(account__in=accounts)
    newest = running.order_by("account_id", "-live_at").distinct("account_id")
    plans = dict(newest.values_list("account_id", "pk"))
    # In the order of their ids, so that two reports never wait for each other in a circle.
    for plan_id in sorted(plans.values()):
        plan = lock_plan(plan_id)
        record(verb, account_id=plan.account_id, plan_id=plan_id, by=by, subject=str(person))
        touch_plan(plan_id)
    for account_id in accounts:
        if account_id not in plans:
            record(verb, account_id=account_id, by=by, subject=str(person))
