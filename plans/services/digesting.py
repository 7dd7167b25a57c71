"""The morning run: who gets a digest today. Its mails have no words yet; composing.py finds them as they leave.

A batch is one transaction: the row that says "this person had their day", the mail in the outbox, and the reminders
stand or fall together. A run that dies leaves the rest to the next one; two runs at once share the people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import OutgoingMail
from plans.models import Digest, Notification, Nudge
from plans.services.inboxes import unread_of
from plans.services.nudging import Reminder, reminders_for
from plans.services.readers import Reader, mornings, put_on_day, waiting_for
from plans.services.weeks import leaders_among
from portal.lib import clock
from portal.lib.queue import enqueue

BATCH = 300
ROWS = 5000
# How long the rows of people to whom there was nothing to say are kept.
FORGET = timedelta(days=8)
MAIL_KINDS = {"daily": "digest", "weekly": "weekly"}


@dataclass
class Morning:
    """What a morning brings to one person. `kind` is "" where no mail goes; `held` where it waits for the cap."""

    reader: Reader
    kind: str = ""
    held: bool = False
    reminders: Sequence[Reminder] = field(default_factory=list)
    mail: OutgoingMail | None = None


def run_digests() -> int:
    """Everybody whose morning it is and who had nothing yet; answers how many mails that makes."""
    sent = 0
    for day, zones in mornings(clock.now()).items():
        while (made := make_digests(day, zones)) is not None:
            sent += made
    return sent


@transaction.atomic
def make_digests(day: date, zones: Iterable[str]) -> int | None:
    """One batch; answers how many mails it makes, None when nobody is left. A constant number of queries."""
    people = list(
        waiting_for(day, zones).select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH]
    )
    if not people:
        return None
    # Asked again now that their rows are ours: another run may have finished with some in between.
    found = [_morning(reader) for reader in put_on_day(people) if not reader.had_today]
    _plan_mornings(found)
    _keep(found)
    return sum(morning.mail is not None for morning in found)


def forget_empty() -> None:
    Digest.objects.filter(mail=None, made_at__lt=clock.now() - FORGET).delete()


def _morning(reader: Reader) -> Morning:
    return Morning(reader)


def _plan_mornings(mornings: Sequence[Morning]) -> None:
    working = [one for one in mornings if one.reader.works_today]
    readers = [one.reader for one in working]
    reminders = reminders_for(readers)
    asked = {one.user.pk for one in readers}
    news = set(_with_news(asked))
    leaders = leaders_among([one.user.pk for one in readers if one.wants_week])
    for one in working:
        person = one.reader.user.pk
        one.reminders = reminders.get(person, [])
        if not one.reader.reachable:
            continue
        if person in leaders:
            one.kind = "weekly"
        elif one.reader.preference.digest and (one.reminders or person in news):
            one.kind = "daily"
        one.held = bool(one.kind) and not one.reader.under_cap


def _with_news(people: set[UUID]) -> Iterable[UUID]:
    fresh = unread_of(Notification.objects.filter(user__in=people, digest=None))
    return fresh.order_by().values_list("user_id", flat=True).distinct()


def _keep(mornings: Sequence[Morning]) -> None:
    """Who could not be reached or wants no digest is reminded in the portal alone, and their silence counts too."""
    for one in mornings:
        if one.kind and not one.held:
            one.mail = OutgoingMail(kind=MAIL_KINDS[one.kind], to=one.reader.user.email, subject="")
    OutgoingMail.objects.bulk_create([one.mail for one in mornings if one.mail])
    digests = [
        Digest(user=one.reader.user, kind=one.kind or "daily", day=one.reader.day, mail=one.mail)
        for one in mornings
    ]
    Digest.objects.bulk_create(digests)
    nudges: list[Nudge] = []
    for one, digest in zip(mornings, digests, strict=True):
        if one.held:
            continue
        mailed = one.mail is not None and one.reader.preference.digest
        nudges += [reminder.row(one.reader, digest.pk if mailed else None) for reminder in one.reminders]
    Nudge.objects.bulk_create(nudges, batch_size=ROWS, ignore_conflicts=True)
    for one in mornings:
        if one.mail:
            enqueue("accounts.send_mail", str(one.mail.pk))
