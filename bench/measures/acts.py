"""Completing a task as htmx does it from the plan's page, with all that the answer renders anew."""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.permissions import actor_on
from bench.browser import Browser, plan_url
from bench.environment import HOST
from bench.report import Line, Skip, ratio
from bench.seeding import seeded
from bench.timing import compare
from plans.models import Task
from plans.services.working import reopen_task

OWED = {"complete-task": 2.0, "complete-task-queries": 16}
ROUNDS, WARM_UP = 40, 5


def measure() -> Iterator[Line]:
    """Each time another champion on another plan, so that no task has a longer history than tasks have."""
    known = seeded()
    ready = (
        Task.objects.ready()
        .filter(role="champion", evidence_need="none", plan__live_at__isnull=False)
        .order_by("plan_id", "position")
        .distinct("plan_id")
    )
    tasks = list(ready.select_related("account", "owner")[: ROUNDS + WARM_UP + 1])
    if len(tasks) <= ROUNDS + WARM_UP:
        raise Skip("too few tasks are ready: remove var/bench")
    acts = _Acts(tasks)
    floor = Browser(known.champion)
    floor.get(plan_url(known.plan.pk))
    floor_url = reverse("floor_task", args=[known.plan.tasks.all()[0].pk])
    facts = {"account": known.plan.account_id, "plan": known.plan.pk}
    took = compare(
        acts.complete,
        lambda: floor.post(floor_url, facts, expect=302),
        rounds=ROUNDS,
        warm_up=WARM_UP,
        before=acts.open_next,
    )
    acts.open_next()
    with CaptureQueriesContext(connection) as queries:
        acts.complete()
    size = f"the answer has {len(acts.answer) / 1000:.1f} KB with gzip"
    yield ratio("complete-task", took, OWED["complete-task"], size)
    yield Line("complete-task-queries", len(queries), OWED["complete-task-queries"])
    for task in tasks:
        task.refresh_from_db(fields=["version"])
        reopen_task(by=actor_on(task.owner, task.account_id), task=task, version=task.version)


class _Acts:
    """Tasks that need no evidence and wait for nothing, each on the page of its champion."""

    def __init__(self, tasks: list[Task]) -> None:
        self._tasks = iter(tasks)
        self._task = tasks[0]
        self._browser = Browser()
        self.answer = b""

    def open_next(self) -> None:
        self._task = next(self._tasks)
        owner: User = self._task.owner
        self._browser = Browser(owner)
        self._browser.get(plan_url(self._task.plan_id))

    def complete(self) -> None:
        response = self._browser.post(
            reverse("task_complete", args=[self._task.plan_id, self._task.pk]),
            {"version": self._task.version},
            expect=200,
            HX_Request="true",
            HX_Current_URL=f"https://{HOST}{plan_url(self._task.plan_id)}",
        )
        self.answer = response.content
