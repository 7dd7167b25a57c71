"""Completing a task as htmx does it from the plan's page, with all that the answer renders anew."""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import actor_on
from bench.browser import Browser, plan_url
from bench.environment import HOST
from bench.report import Line, ratio
from bench.seeding import seeded
from bench.timing import compare
from plans.models import Task
from plans.services.working import reopen_task

OWED = {"complete-task": 2.0, "complete-task-queries": 24}
ROUNDS = 40


def measure() -> Iterator[Line]:
    """The task is reopened, untimed, before each time."""
    known = seeded()
    browser = Browser(known.champion)
    browser.get(plan_url(known.plan.pk))
    act = _Completing(known.champion, known.plan, browser)
    facts = {"account": known.plan.account_id, "plan": known.plan.pk}
    floor_url = reverse("floor_task", args=[act.task.pk])
    took = compare(
        act.complete,
        lambda: browser.post(floor_url, facts, expect=302),
        rounds=ROUNDS,
        before=act.reopen,
    )
    size = f"the answer has {len(act.answer) / 1000:.1f} KB with gzip"
    yield ratio("complete-task", took, OWED["complete-task"], size)
    act.reopen()
    with CaptureQueriesContext(connection) as queries:
        act.complete()
    yield Line("complete-task-queries", len(queries), OWED["complete-task-queries"])
    act.reopen()


class _Completing:
    """One task of the champion's that needs no evidence and waits for nothing."""

    def __init__(self, champion, plan, browser: Browser) -> None:
        self._actor = actor_on(champion, plan.account_id)
        self._browser = browser
        ready = Task.objects.ready().filter(plan=plan, owner=champion, evidence_need="none")
        self.task: Task = ready.select_related("account", "plan").order_by("position")[0]
        self._url = reverse("task_complete", args=[plan.pk, self.task.pk])
        self._here = f"https://{HOST}{plan_url(plan.pk)}"
        self.answer = b""

    def reopen(self) -> None:
        self.task.refresh_from_db(fields=["version", "completed_at"])
        if self.task.completed_at:
            reopen_task(by=self._actor, task=self.task, version=self.task.version)
            self.task.refresh_from_db(fields=["version"])

    def complete(self) -> None:
        response = self._browser.post(
            self._url,
            {"version": self.task.version},
            expect=200,
            HX_Request="true",
            HX_Current_URL=self._here,
        )
        self.answer = response.content
