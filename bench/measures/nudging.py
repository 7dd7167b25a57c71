"""The daily nudge run: everybody's morning at once over 1,000 plans of 64 tasks, and what leaving costs a mail."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import psutil
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import OutgoingMail, Stakeholder, User
from bench.report import Line
from plans.models import Digest, Nudge, Plan, Task
from plans.services import digesting
from plans.services.composing import compose_digest
from plans.services.readers import mornings
from portal.lib import clock, queue

OWED = {
    "nudge-run-seconds": 60,
    "nudge-batch-queries": 14,
    "nudge-memory-growth": 1.1,
    "nudge-compose-ms": 60,
}
COMPOSED = 200


def measure() -> Iterator[Line]:
    """Everybody has come in, and it is nine in the morning of a working day. Nothing of it is kept."""
    sent, queue._send = queue._send, lambda *args: None
    try:
        with transaction.atomic():
            _let_everybody_in()
            with clock.as_of(_a_working_morning()):
                yield from _run()
            transaction.set_rollback(True)
    finally:
        queue._send = sent


def _run() -> Iterator[Line]:
    process, sizes, queries = psutil.Process(os.getpid()), [], []
    began, people = time.perf_counter(), 0
    for day, zones in mornings(clock.now()).items():
        while True:
            with CaptureQueriesContext(connection) as seen:
                made = digesting.make_digests(day, zones)
                asked = len(seen)
            # What the connection keeps of each statement, to count them, is not the run's.
            connection.queries_log.clear()
            if made is None:
                break
            queries.append(asked)
            sizes.append(process.memory_info().rss / 1_000_000)
    took = time.perf_counter() - began
    people = Digest.objects.filter(day=clock.now().date()).count()
    mails, nudges = (
        OutgoingMail.objects.filter(sent_at=None, kind__in=["digest", "weekly"]),
        Nudge.objects.count(),
    )
    words = (
        f"{len(sizes)} batches, {people} people, {mails.count()} mails, {nudges} reminders, "
        f"{Plan.objects.live().count()} plans, {Task.objects.open().count()} open tasks"
    )
    yield Line("nudge-run-seconds", took, OWED["nudge-run-seconds"], (words,))
    yield Line("nudge-batch-queries", max(queries), OWED["nudge-batch-queries"], (f"{sorted(set(queries))}",))
    # The first batches load what every later one uses.
    early, late = sizes[min(2, len(sizes) - 1)], sizes[-1]
    yield Line(
        "nudge-memory-growth", late / early, OWED["nudge-memory-growth"], (f"{early:.0f} → {late:.0f} MB",)
    )
    yield _composed(mails)


def _composed(mails) -> Line:
    """Finding the words of a mail as it leaves, without the mail server."""
    some = list(mails.order_by("pk")[:COMPOSED])
    began = time.perf_counter()
    for mail in some:
        compose_digest(mail)
    each = (time.perf_counter() - began) / len(some) * 1000
    whole = each * mails.count() / 1000
    words = f"{len(some)} of {mails.count()} composed; all of them would take {whole:.0f} s of one core"
    return Line("nudge-compose-ms", each, OWED["nudge-compose-ms"], (words,))


def _let_everybody_in() -> None:
    Stakeholder.objects.filter(joined_at=None).update(joined_at=clock.now())
    User.objects.update(time_zone="Europe/Berlin")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_stakeholder")


def _a_working_morning() -> datetime:
    """The next Thursday, nine o'clock in Berlin whatever the season: no weekly follow-up, and few holidays."""
    now = clock.now()
    day = now + timedelta(days=(3 - now.weekday()) % 7)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)
