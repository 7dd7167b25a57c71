"""Mornings for tests: a fixed one in Berlin, plans that run then, and the mails that leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail as outbox

from accounts.models import OutgoingMail
from accounts.services.mail import send_mail
from plans.models import Plan
from plans.services.digesting import run_digests
from tests.factories import make_live_plan

BERLIN = ZoneInfo("Europe/Berlin")
# A Tuesday without a holiday near it; the week's follow-up is of the Monday.
TUESDAY = date(2026, 3, 10)


@contextmanager
def at(day: date, hour: int = 8, minute: int = 5, zone: ZoneInfo = BERLIN) -> Iterator[None]:
    with time_machine.travel(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone), tick=False):
        yield


def running_plan(**order) -> Plan:
    """Began two weeks before `TUESDAY`: its four tasks fell due on Wednesday and after, eight days before."""
    with at(TUESDAY - timedelta(days=14)):
        return make_live_plan(kickoff_on=TUESDAY - timedelta(days=14), **order)


def morning(day: date = TUESDAY, hour: int = 8, minute: int = 5, zone: ZoneInfo = BERLIN) -> list:
    """One run of the beat and what then leaves: the messages, in order."""
    with at(day, hour, minute, zone):
        run_digests()
        return deliver()


def deliver() -> list:
    before = len(outbox.outbox)
    for row in OutgoingMail.objects.due().order_by("to", "pk"):
        send_mail(row.pk)
    return outbox.outbox[before:]
