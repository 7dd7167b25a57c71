"""The plan's page: how long, how many queries, how large; and asking again while nothing has changed."""

import gzip
from collections.abc import Iterator

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.browser import Browser, plan_url
from bench.report import Line, ratio
from bench.seeding import seeded
from bench.timing import compare

OWED = {
    "plan-page-champion": 1.5,
    "plan-page-csm": 1.5,
    "plan-page-304": 0.3,
    "plan-changes-304": 0.3,
    "plan-page-queries": 12,
    "plan-page-kb": 60,
}
ROUNDS = 60


def measure() -> Iterator[Line]:
    """`kb` are kilobytes of 1,000 bytes of HTML before compression."""
    known = seeded()
    page, floor_url = plan_url(known.plan.pk), reverse("floor_plan", args=[known.plan.pk])
    nobody, champion = Browser(), Browser(known.champion)
    floor_page = _html(nobody.get(floor_url))

    def floor() -> HttpResponse:
        return nobody.get(floor_url)

    sizes = {}
    for name, browser in (("champion", champion), ("csm", Browser(known.csm))):
        took = compare(lambda browser=browser: browser.get(page), floor, rounds=ROUNDS)
        sizes[name] = len(_html(browser.get(page))) / 1000
        words = f"HTML {sizes[name]:.1f} KB against {len(floor_page) / 1000:.1f} KB"
        yield ratio(f"plan-page-{name}", took, OWED[f"plan-page-{name}"], words)
    for name, url in (("page", page), ("changes", reverse("plan_changes", args=[known.plan.pk]))):
        tag = champion.get(url)["ETag"]
        asked = compare(
            lambda url=url, tag=tag: champion.get(url, expect=304, If_None_Match=tag), floor, rounds=ROUNDS
        )
        yield ratio(f"plan-{name}-304", asked, OWED[f"plan-{name}-304"])
    with CaptureQueriesContext(connection) as queries:
        answer = champion.get(page)
    sent = f"the larger of the two; {len(answer.content) / 1000:.1f} KB with gzip"
    yield Line("plan-page-queries", len(queries), OWED["plan-page-queries"])
    yield Line("plan-page-kb", max(sizes.values()), OWED["plan-page-kb"], (sent,))


def _html(response: HttpResponse) -> bytes:
    return gzip.decompress(response.content)
