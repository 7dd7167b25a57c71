"""The value recap: the whole job against WeasyPrint alone, and what a worker has grown to after twenty."""

from collections.abc import Iterator
from datetime import date, timedelta

from celery import current_app

from accounts.models import User
from bench import floors
from bench.processes import celery_worker, peak_mb, wait_for
from bench.report import Line, ratio
from bench.seeding import seeded
from bench.timing import compare
from plans.models import Plan
from portal.lib.queue import enqueue
from reports.models import Edition
from reports.recap.document import render
from reports.recap.snapshot import RecapSnapshot
from reports.services.making import make_edition

OWED = {"recap-pdf": 1.15, "worker-memory-mb": 400, "worker-memory-growth": 1.1}
ROUNDS = 8
EARLY, PDFS = 5, 20


def measure() -> Iterator[Line]:
    """The job gathers, freezes, composes, lays out, tells each step to the database and keeps the file."""
    known = seeded()
    order = _Order(known.plan, known.csm)
    order.place()
    order.make()
    edition = Edition.objects.get(pk=order.edition.pk)
    snapshot = RecapSnapshot.from_bytes(bytes(edition.snapshot))
    floor = floors.WeasyPrintAlone(render(snapshot), snapshot.to_bytes())
    took = compare(order.make, floor.work, rounds=ROUNDS, warm_up=2, before=order.place)
    words = f"{edition.size / 1000:.0f} KB"
    yield ratio("recap-pdf", took, OWED["recap-pdf"], words)
    yield from _memory(order)


def _memory(order: "_Order") -> Iterator[Line]:
    peaks = {}
    # What earlier measures sent, mails of plans that went live, is not this worker's business.
    current_app.control.purge()
    with celery_worker() as worker:
        for number in range(1, PDFS + 1):
            order.place()
            enqueue("reports.make_edition", str(order.edition.pk))
            wait_for(order.is_made, "the worker's PDF")
            if number in (EARLY, PDFS):
                peaks[number] = peak_mb(worker)
    words = f"{peaks[EARLY]:.0f} MB after {EARLY} PDFs, {peaks[PDFS]:.0f} MB after {PDFS}"
    yield Line("worker-memory-mb", peaks[PDFS], OWED["worker-memory-mb"], (words,))
    yield Line("worker-memory-growth", peaks[PDFS] / peaks[EARLY], OWED["worker-memory-growth"])


class _Order:
    """Recaps of the measured plan from its first day until today."""

    def __init__(self, plan: Plan, csm: User) -> None:
        self._plan, self._csm = plan, csm
        self._today: date = plan.account.today()
        self.edition = Edition()

    def place(self) -> None:
        self.edition = Edition.objects.create(
            account_id=self._plan.account_id,
            plan=self._plan,
            period_from=self._today - timedelta(days=90),
            period_to=self._today,
            requested_by=self._csm,
        )

    def make(self) -> None:
        make_edition(self.edition.pk)
        if not self.is_made():
            raise RuntimeError(Edition.objects.get(pk=self.edition.pk).reason)

    def is_made(self) -> bool:
        return Edition.objects.filter(pk=self.edition.pk, finished_at__isnull=False).exists()
