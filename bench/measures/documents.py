"""Documents: the whole job against WeasyPrint alone, the queries of a snapshot, and the memory of a worker."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

from celery import current_app
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Actor
from bench import floors
from bench.processes import celery_worker, peak_mb, wait_for
from bench.renewal import put_renewal
from bench.report import Line, ratio
from bench.seeding import Seeded, seeded
from bench.timing import compare
from portal.lib.canonical import canonical_json, digest
from reports.documents import current_version, read_snapshot
from reports.kinds import KINDS, Asked
from reports.models import Edition
from reports.services import make_edition, request_edition

OWED = {
    "recap-pdf": 1.15,
    "packet-pdf": 1.15,
    "recap-queries": 30,
    "packet-queries": 30,
    "worker-memory-mb": 400,
    "worker-memory-growth": 1.1,
}
ROUNDS = 8
EARLY, PDFS = 10, 50
LONG = 60
# Of evidence, averaged over all pages of such a packet (measured: 2,400 rows made 67 pages).
ROWS_A_PAGE = 36


def measure() -> Iterator[Line]:
    """The job gathers, freezes, composes, lays out, tells each step to the database and keeps the file."""
    known = seeded()
    orders = {"recap": Order(known, "recap"), "packet": Order(known, "packet", put_renewal(known.plan).pk)}
    for kind, order in orders.items():
        yield from _speed(kind, order)
    yield from _memory(orders)


def _speed(kind: str, order: "Order") -> Iterator[Line]:
    order.place()
    order.make()
    edition = order.edition
    snapshot = read_snapshot(kind, bytes(edition.snapshot))
    version = current_version(kind)
    html = KINDS[kind].document.render(snapshot, version)
    floor = floors.WeasyPrintAlone(html, snapshot.to_bytes(), f"portal:css/{kind}-{version}.css")
    took = compare(order.make, floor.work, rounds=ROUNDS, warm_up=1, before=order.place)
    charts = html.count("<svg")
    words = f"{edition.size / 1000:.0f} KB, {edition.pages} pages, {charts} drawings"
    yield ratio(f"{kind}-pdf", took, OWED[f"{kind}-pdf"], words)
    with CaptureQueriesContext(connection) as queries:
        KINDS[kind].gather(order.asked())
    yield Line(f"{kind}-queries", len(queries), OWED[f"{kind}-queries"])


def _memory(orders: dict[str, "Order"]) -> Iterator[Line]:
    """The first of a worker is a packet of sixty pages; then recaps, each tenth a packet, and that long one again."""
    peaks = {}
    # What earlier measures sent, mails of plans that went live, is not this worker's business.
    current_app.control.purge()
    with celery_worker() as worker:
        orders["packet"].place_long()
        _work(orders["packet"])
        pages = orders["packet"].pages()
        peaks[0] = peak_mb(worker)
        for number in range(1, PDFS + 1):
            order = orders["recap" if number % 10 else "packet"]
            order.place_long() if not number % 10 else order.place()
            _work(order)
            if number in (EARLY, PDFS):
                peaks[number] = peak_mb(worker)
    words = (
        f"{peaks[0]:.0f} MB after a packet of {pages} pages, {peaks[EARLY]:.0f} MB after {EARLY} documents more, "
        f"{peaks[PDFS]:.0f} MB after {PDFS}"
    )
    yield Line("worker-memory-mb", peaks[PDFS], OWED["worker-memory-mb"], (words,))
    yield Line("worker-memory-growth", peaks[PDFS] / peaks[EARLY], OWED["worker-memory-growth"])


def _work(order: "Order") -> None:
    """The request has sent its job with its commit."""
    wait_for(order.is_made, "the worker's PDF", seconds=300)


class Order:
    """Documents of the measured plan over its last 90 days."""

    def __init__(self, known: Seeded, kind: str, subject_id=None) -> None:
        self._known, self._kind, self._subject_id = known, kind, subject_id
        self._today: date = known.plan.account.today()
        self._long: bytes = b""
        self.edition = Edition()

    def place(self) -> None:
        self.edition = request_edition(
            by=Actor(self._known.csm, "csm"),
            kind=self._kind,
            plan=self._known.plan,
            subject_id=self._subject_id,
            period_from=self._today - timedelta(days=90),
            period_to=self._today,
        )

    @transaction.atomic
    def place_long(self) -> None:
        """One whose facts are kept already: the register of evidence many times over."""
        self.place()
        if not self._long:
            facts = json.loads(KINDS[self._kind].gather(self.asked()).to_bytes())
            entry = (facts.get("evidence") or [{}])[0]
            facts["evidence"] = [entry] * (LONG * ROWS_A_PAGE) if entry else []
            self._long = canonical_json(facts)
        Edition.objects.filter(pk=self.edition.pk).update(
            snapshot=self._long,
            snapshot_sha256=digest(self._long),
            template_version=current_version(self._kind),
        )

    def asked(self) -> Asked:
        plan = self._known.plan
        return Asked(
            account=plan.account,
            plan=plan,
            subject_id=self._subject_id,
            period_from=self._today - timedelta(days=90),
            period_to=self._today,
            language="en",
            paper="a4",
            audience=KINDS[self._kind].audiences[0],
        )

    def make(self) -> None:
        make_edition(self.edition.pk)
        if not self.is_made():
            raise RuntimeError(Edition.objects.get(pk=self.edition.pk).reason)
        self.edition.refresh_from_db()

    def pages(self) -> int:
        self.edition.refresh_from_db(fields=["pages"])
        return self.edition.pages

    def is_made(self) -> bool:
        return Edition.objects.filter(pk=self.edition.pk, finished_at__isnull=False).exists()
