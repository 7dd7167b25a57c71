"""Many recaps at once: two workers against one, and a page that is asked for meanwhile."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from statistics import quantiles

from celery import current_app

from accounts.permissions import Actor
from bench import printing
from bench.browser import Browser, plan_url
from bench.measures.wire import fetch
from bench.processes import celery_worker, wait_for, web_server
from bench.report import Line
from bench.seeding import Seeded, seeded
from reports.documents import read_snapshot
from reports.kinds import KINDS
from reports.models import Edition
from reports.services import request_edition

OWED = {"two-workers": 1 / 1.8, "page-while-printing": 2.0}
# Printed by one and by two in turn, twice each: a machine's own speed goes up and down.
TURNS = (1, 2, 2, 1)
RECAPS = 200 // len(TURNS)
PAGES = 60


def measure() -> Iterator[Line]:
    """`two-workers` is the time that they take together, as a share of what one takes."""
    known = seeded()
    page, cookies = plan_url(known.plan.pk), Browser(known.champion).cookies
    current_app.control.purge()
    took = {1: 0.0, 2: 0.0}
    busy = []
    with web_server() as (port, _process):
        idle = _slow(port, page, cookies)
        for workers in TURNS:
            asking = partial(_slow, port, page, cookies) if workers == 2 else lambda: 0.0
            seconds, slow = _print(known, workers=workers, meanwhile=asking)
            took[workers] += seconds
            busy.append(slow)
    words = (
        f"{RECAPS * len(TURNS)} recaps, half by one worker in {took[1]:.0f} s and half by two in {took[2]:.0f} s, "
        f"{took[1] / took[2]:.2f} times the rate; WeasyPrint alone in two processes: {_at_best():.2f} times"
    )
    yield Line("two-workers", took[2] / took[1], OWED["two-workers"], (words,))
    said = f"the plan's page, 95 %: {idle:.1f} ms idle, {max(busy):.1f} ms while two workers print"
    yield Line("page-while-printing", max(busy) / idle, OWED["page-while-printing"], (said,))


def _at_best() -> float:
    """How many times as much two processes print here that share nothing and wait for nobody."""
    edition = Edition.objects.filter(kind="recap", finished_at__isnull=False).latest("finished_at")
    snapshot = read_snapshot(edition.kind, bytes(edition.snapshot))
    html = KINDS[edition.kind].document.render(snapshot, edition.template_version)
    alone = partial(
        printing.seconds, html, f"portal:css/{edition.kind}-{edition.template_version}.css", times=8
    )
    took = {1: 0.0, 2: 0.0}
    for processes in TURNS:
        took[processes] += alone(processes=processes)
    return 2 * took[1] / took[2]


def _print(known: Seeded, *, workers: int, meanwhile=lambda: 0.0) -> tuple[float, float]:
    """Seconds from the first request to the last file, with workers that are ready, and what `meanwhile` said."""
    with ExitStack() as stack:
        for _number in range(workers):
            stack.enter_context(celery_worker())
        began = time.monotonic()
        wanted = _ask(known)
        said = meanwhile()
        unfinished = Edition.objects.filter(pk__in=wanted, finished_at__isnull=True)
        wait_for(lambda: not unfinished.exists(), "the last of the recaps", seconds=600)
        return time.monotonic() - began, said


def _ask(known: Seeded) -> list[object]:
    """Each over a period of its own, or they would be one request."""
    today = known.plan.account.today()
    return [
        request_edition(
            by=Actor(known.csm, "csm"),
            plan=known.plan,
            period_from=today - timedelta(days=90 + number),
            period_to=today,
        ).pk
        for number in range(RECAPS)
    ]


def _slow(port: int, page: str, cookies: str) -> float:
    """The slowest of twenty, in milliseconds: the 95th percentile."""
    took = []
    for _number in range(PAGES):
        began = time.perf_counter()
        fetch(port, page, cookies)
        took.append((time.perf_counter() - began) * 1000)
    return quantiles(took, n=20)[-1]
