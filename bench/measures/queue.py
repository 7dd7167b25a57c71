"""Many recaps at once: two workers against one, and a page that is asked for meanwhile."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from statistics import quantiles

from celery import current_app

from accounts.permissions import Actor
from bench.browser import Browser, plan_url
from bench.measures.wire import fetch
from bench.processes import celery_worker, wait_for, web_server
from bench.report import Line
from bench.seeding import Seeded, seeded
from reports.models import Edition
from reports.services import request_edition

OWED = {"two-workers": 1 / 1.8, "page-while-printing": 2.0}
# Sixty, and not two hundred, which would take the bench five minutes more.
RECAPS = 60
PAGES = 60


def measure() -> Iterator[Line]:
    """`two-workers` is the time that they take together, as a share of what one takes."""
    known = seeded()
    page, cookies = plan_url(known.plan.pk), Browser(known.champion).cookies
    current_app.control.purge()
    with web_server() as (port, _process):
        one, _ = _print(known, workers=1)
        idle = _slow(port, page, cookies)
        two, busy = _print(known, workers=2, meanwhile=lambda: _slow(port, page, cookies))
    words = f"{RECAPS} recaps in {one:.0f} s, {two:.0f} s by two, {one / two:.2f} times the rate"
    yield Line("two-workers", two / one, OWED["two-workers"], (words,))
    said = f"the plan's page, 95 %: {idle:.1f} ms idle, {busy:.1f} ms while two workers print"
    yield Line("page-while-printing", busy / idle, OWED["page-while-printing"], (said,))


def _print(known: Seeded, *, workers: int, meanwhile=lambda: 0.0) -> tuple[float, float]:
    """Seconds from the first worker's start on the full queue to the last file, and what `meanwhile` said."""
    with ExitStack() as stack:
        for _number in range(workers):
            stack.enter_context(celery_worker())
        wanted = _ask(known)
        began = time.monotonic()
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
