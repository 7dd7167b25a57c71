"""A mention or a question to somebody by name may come at once: one a day, within the cap, while they are awake."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.services.mail import put_in_outbox
from plans.choices import NotificationKind
from plans.models import Digest, Notification, Plan
from plans.reminding import may_come_at_once
from plans.services.readers import Reader, put_on_day, readers
from portal.lib import clock

KINDS = (NotificationKind.MENTION, NotificationKind.ANSWER_WANTED)


def ask_at_once(plan: Plan, made: Sequence[Notification]) -> int:
    """Put a mail in the outbox for each person whom one of these notifications asks; answers how many.

    What may not come now waits for the morning. The person's row is locked, so that two plans count the same mails.
    """
    asked: dict[UUID, list[Notification]] = defaultdict(list)
    for one in made:
        if one.kind in KINDS:
            asked[one.user_id].append(one)
    if not asked:
        return 0
    people = readers().filter(pk__in=asked).select_for_update(of=("self",), no_key=True, skip_locked=True)
    sent = 0
    for reader in put_on_day(people):
        if may_ask(reader, clock.now()):
            sent += _send(plan, reader, asked[reader.user.pk])
    return sent


def may_ask(reader: Reader, now: datetime) -> bool:
    awake = may_come_at_once(now.astimezone(reader.zone), reader.calendar)
    wanted = reader.reachable and reader.preference.at_once
    return awake and wanted and reader.under_cap and not reader.asked_today


def _send(plan: Plan, reader: Reader, asked: Sequence[Notification]) -> int:
    mail = put_in_outbox(
        kind="direct", to=reader.user.email, subject="", text="", account=plan.account
    )  # its words come when it leaves (composing.py)
    digest = Digest.objects.create(user=reader.user, kind="direct", day=reader.day, mail=mail)
    Notification.objects.filter(pk__in=[one.pk for one in asked], digest=None).update(digest=digest)
    return 1
