"""From a stored delivery to the plan of 64 tasks: read, match a playbook, cast, schedule, insert, count."""

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import deals, floors
from bench.report import Line, ratio
from bench.rows import rekeyed, rows_of
from bench.timing import compare
from plans.intake.services import process_delivery
from plans.models import Delivery, Plan

OWED = {"plan-creation": 3.0}
ROUNDS = 20


def measure() -> Iterator[Line]:
    """The floor inserts what the first delivery inserted, history and notice included."""
    making = _Making()
    making.store()
    with CaptureQueriesContext(connection) as queries:
        making.work()
    account = Plan.objects.get(deal__external_id=making.key).account
    rows = rows_of(account)
    floor = _Inserting(rows, making.run)
    took = compare(making.work, floor.work, rounds=ROUNDS, before=making.store, before_floor=floor.prepare)
    count = sum(len(table) for _model, table in rows)
    yield ratio("plan-creation", took, OWED["plan-creation"], f"{count} rows, {len(queries)} queries")


class _Making:
    def __init__(self) -> None:
        self.run = f"{timezone.now():%H%M%S%f}"
        self._today: date = timezone.now().date()
        self._number = 0
        self._delivery: Delivery | None = None

    @property
    def key(self) -> str:
        return f"run{self.run}-{self._number}"

    def store(self) -> None:
        self._number += 1
        self._delivery = deals.store(self.key, self._today)

    def work(self) -> None:
        assert self._delivery is not None
        process_delivery(self._delivery.pk)


class _Inserting:
    def __init__(self, rows: floors.Rows, run: str) -> None:
        self._rows, self._run, self._number = rows, run, 0
        self._next = rows

    def prepare(self) -> None:
        self._number += 1
        self._next = rekeyed(self._rows, f"f{self._number}-{self._run}-")

    def work(self) -> None:
        floors.insert_rows(self._next)
