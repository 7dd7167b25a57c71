"""A date moves in a plan of 400 tasks, and all the others with it: locked, scheduled, written, each with its line."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.permissions import actor_on
from bench.report import Line, ratio
from bench.seeding import seeded
from bench.timing import compare
from plans.models import DateMove, Dependency, Milestone, Plan, Stage, Task
from plans.services.moving import move_task
from portal.lib.workdays import calendar_of

OWED = {"reschedule-400": 4.0, "reschedule-400-queries": 14}
TASKS, ROUNDS, WARM_UP = 400, 10, 2


def measure() -> Iterator[Line]:
    """The plan lives in a transaction that is never finished: what is in the ledger stays there. So both sides have
    their constraints checked at their own end, and neither waits for the disk."""
    known = seeded()
    with transaction.atomic():
        plan = _plan_like(known.plan)
        moving = _Moving(plan, actor_on(plan.account.owner, plan.account_id))
        took = compare(moving.work, moving.floor, rounds=ROUNDS, warm_up=WARM_UP, before_floor=moving.read)
        lines = DateMove.objects.filter(plan=plan).count()
        assert lines == TASKS * (ROUNDS + WARM_UP), f"{lines} lines"
        with CaptureQueriesContext(connection) as queries:
            moving.work()
        transaction.set_rollback(True)
    yield ratio("reschedule-400", took, OWED["reschedule-400"], f"{TASKS} dates move, each with its line")
    # Reading the version and checking the constraints are the measure's own.
    yield Line("reschedule-400-queries", len(queries) - 3, OWED["reschedule-400-queries"])


class _Moving:
    """There and back again, so that every call moves every date."""

    def __init__(self, plan: Plan, actor: object) -> None:
        self._plan, self._actor, self._there = plan, actor, False
        self._first = plan.tasks.get(position=0)
        self._days = self._first.due_on, calendar_of(plan.account.country).add(self._first.due_on, 5)
        self._rows: list[Task] = []

    def work(self) -> None:
        self._there = not self._there
        self._first.refresh_from_db(fields=["version"])
        move_task(
            by=self._actor,
            task=self._first,
            version=self._first.version,
            due_on=self._days[self._there],
            reason="The data centre is closed that week.",
        )
        _check()

    def read(self) -> None:
        self._rows = list(self._plan.tasks.all())

    def floor(self) -> None:
        """The days as they are: PostgreSQL writes each row all the same."""
        Task.objects.bulk_update(self._rows, ["due_on"])
        _check()


def _check() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _plan_like(model: Plan) -> Plan:
    """400 tasks, each counting from one twenty before it, every fourth waiting for the one before."""
    account = model.account
    calendar, today = calendar_of(account.country), account.today()
    days = [calendar.add(today, number + 5) for number in range(TASKS)]
    ends_on: date = days[-1] + timedelta(days=60)
    of = {"account": account}
    plan = Plan.objects.create(
        **of, playbook_version=model.playbook_version, name="Bench, 400 tasks", kickoff_on=today,
        starts_on=today, ends_on=ends_on, live_at=model.live_at,
    )  # fmt: skip
    of = {"account": account, "plan": plan}
    stage = Stage.objects.create(**of, key="all", position=0, name="All", purpose="To move.")
    stop = Milestone.objects.create(
        **of, stage=stage, key="all", position=0, title="All", goal="All.", due_on=ends_on
    )
    tasks = Task.objects.bulk_create(
        Task(
            **of, milestone=stop, key=f"task-{n}", position=n, title=f"Task {n} of a long plan",
            side="customer" if n % 2 else "vendor", due_on=day, baseline_on=day,
            rule_anchor=f"task:task-{max(n - 20, 0)}" if n else "kickoff", rule_offset=min(n, 20) if n else 5,
        )
        for n, day in enumerate(days)
    )  # fmt: skip
    Dependency.objects.bulk_create(
        Dependency(**of, task=tasks[n], waits_for=tasks[n - 1]) for n in range(4, TASKS, 4)
    )
    return plan
