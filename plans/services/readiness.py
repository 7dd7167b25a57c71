"""How a renewal stands: of each thing that it needs whether it is there, else what is missing and who owes it.

A fixed number of queries, whatever the plan's size. Nothing is stored: what is met today may be missing tomorrow.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.choices import StakeholderRole, Verb
from accounts.models import ContractLine, Event, SecurityConfirmation, Stakeholder
from plans import renewals
from plans.models import Measurement, Objective, Renewal, RenewalItem, RenewalOption, Task, UsageFigure, Win
from plans.services.criteria import Debtor
from plans.services.needing import RECAP_DAYS, Facts, judge
from portal.lib import clock


@dataclass(frozen=True)
class Line:
    """One need as it stands. `why` is a sentence, empty where it is met; `owes` says who is to act."""

    item: RenewalItem
    met: bool
    why: str
    owes: tuple[Debtor, ...]
    due_on: date
    late: bool

    @property
    def key(self) -> str:
        return self.item.key

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def text(self) -> str:
        return self.item.text

    @property
    def side(self) -> str:
        return self.item.side


@dataclass(frozen=True)
class Readiness:
    """Every need, in the order of the windows."""

    lines: tuple[Line, ...]

    @cached_property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.met)

    @property
    def late(self) -> tuple[Line, ...]:
        return tuple(line for line in self.missing if line.late)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def of_window(self, window_id: object) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.item.window_id == window_id)


def readiness(renewal: Renewal) -> Readiness:
    """`renewal` comes with its contract, and its plan with account and owner."""
    return readiness_of([renewal])[renewal.pk]


def readiness_of(some: Sequence[Renewal]) -> dict[UUID, Readiness]:
    """Of several renewals, by their ids: as many queries for one as for fifty."""
    items: dict[UUID, list[RenewalItem]] = {renewal.pk: [] for renewal in some}
    rows = RenewalItem.objects.filter(renewal__in=items).select_related(
        "window", "task__owner", "confirmed_by"
    )
    for item in rows.order_by("-window__days_before", "position"):
        items[item.renewal_id].append(item)
    read = _Reading(some, [item.task_id for found in items.values() for item in found if item.task_id])
    return {renewal.pk: _judge(items[renewal.pk], read.facts_of(renewal)) for renewal in some}


def _judge(items: Sequence[RenewalItem], facts: Facts) -> Readiness:
    windows = sorted({item.window.days_before for item in items})
    return Readiness(tuple(_line(item, facts, windows) for item in items))


def _line(item: RenewalItem, facts: Facts, windows: Sequence[int]) -> Line:
    met, why, owes = judge(item, facts)
    contract = facts.renewal.contract
    due_on = renewals.due_day(
        item.window.days_before, item.kind, windows, contract.ends_on, contract.notice_days
    )
    return Line(item, met, why, owes, due_on, not met and due_on < facts.today)


class _Reading:
    """Reads what the judges look at, for several renewals at once: one query a kind of thing."""

    def __init__(self, some: Sequence[Renewal], own_tasks: Sequence[UUID]) -> None:
        plans = [renewal.plan_id for renewal in some]
        accounts = [renewal.account_id for renewal in some]
        leads = Stakeholder.objects.joined().filter(
            account__in=accounts, role__in=(StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)
        )
        self.leads = _by("account_id", leads.select_related("user"))
        self.known = {one.pk: one for one in _known(some)}
        # The latest value of each objective is the one that counts.
        numbers = Measurement.objects.standing().filter(plan__in=plans)
        numbers = numbers.order_by("objective_id", "-measured_on", "-claimed_at").distinct("objective_id")
        self.numbers = _by("plan_id", numbers)
        self.wins = _by("plan_id", Win.objects.standing().filter(plan__in=plans))
        self.objectives = _by("plan_id", Objective.objects.filter(plan__in=plans))
        security = SecurityConfirmation.objects.standing()
        security = security.filter(Q(account__in=accounts) | Q(account=None))
        self.security = _by("account_id", security)
        self.options = _by("renewal_id", RenewalOption.objects.filter(renewal__in=some))
        # In the whole world it is at most this day; each account's own is asked below.
        latest = (clock.now() + timedelta(hours=14)).date()
        late = Task.objects.open().filter(plan__in=plans, due_on__lt=latest).exclude(pk__in=own_tasks)
        self.late = _by("plan_id", late.select_related("owner").order_by("due_on", "position"))

    def facts_of(self, renewal: Renewal) -> Facts:
        account, plan, today = renewal.account_id, renewal.plan_id, renewal.plan.account.today()
        known = self.known[renewal.pk]
        return Facts(
            renewal=renewal,
            today=today,
            leads=self.leads[account],
            has_lines=known.has_lines,
            last_usage=known.last_usage,
            has_recap=known.has_recap,
            numbers=self.numbers[plan],
            wins=self.wins[plan],
            objectives=self.objectives[plan],
            security=[*self.security[None], *self.security[account]],
            options=self.options[renewal.pk],
            late_tasks=[task for task in self.late[plan] if task.due_on < today],
        )


def _known(some: Sequence[Renewal]) -> QuerySet[Any]:
    """What can be said of each with a yes, a no or a day, in one query."""
    figures = UsageFigure.objects.current().filter(account=OuterRef("account")).order_by("-period_to")
    recaps = Event.objects.filter(
        plan_id=OuterRef("plan_id"),
        verb=Verb.EDITION_ISSUED,
        new__kind="recap",
        at__gte=clock.now() - timedelta(days=RECAP_DAYS),
    )
    return (
        Renewal.objects.filter(pk__in=[renewal.pk for renewal in some])
        .only("pk")
        .annotate(
            has_lines=Exists(ContractLine.objects.filter(contract=OuterRef("contract"))),
            last_usage=Subquery(figures.values("period_to")[:1]),
            has_recap=Exists(recaps),
        )
    )


def _by(name: str, rows: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
