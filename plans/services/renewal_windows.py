"""A contract comes closer to its end: its renewal is put on the plan, and each window asks for what it needs.

Three sweeps, each harmless to run twice: what is due is found in the rows, never in a message.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side, StakeholderRole, Verb
from accounts.models import Contract, ContractLine, Stakeholder, User
from plans import renewals
from plans.choices import RenewalNeed
from plans.models import (
    Milestone,
    Plan,
    PlaybookVersion,
    Renewal,
    RenewalItem,
    RenewalWindow,
    Stage,
    Task,
)
from plans.playbook.renewal import first_window, renewal_rules
from plans.playbook.schema import NeedRule
from plans.playbook.schema import Playbook as PlaybookText
from plans.services.adding import MOST_TASKS, new_key, put_task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.offering import prepare_options
from plans.services.readiness import Line, readiness
from plans.services.renewal_acts import lock_renewal, record_on_renewal, settle
from portal.lib import clock
from portal.lib.workdays import calendar_of

MINUTES = 20
"""What a task of a renewal is estimated at."""
STAGE = "renewal"
"""The stage whose milestones take the tasks, where a playbook has it."""
OWN_MILESTONE = "added-renewal"
"""The key of the milestone that takes them elsewhere."""


def open_due_renewals() -> int:
    """Put the renewal of each contract on its plan whose first window is reached or near; answers how many."""
    return sum(open_renewal(plan_id, contract_id) is not None for plan_id, contract_id in due_contracts())


def reach_windows() -> int:
    """Open the windows whose day has come; answers how many renewals that concerned."""
    _follow_contracts()
    due = _running(RenewalWindow.objects.filter(reached_at=None, opens_on__lte=_latest_today()))
    ids = due.values_list("renewal_id", flat=True).order_by().distinct()
    return sum(reach_renewal(renewal_id) for renewal_id in list(ids))


def settle_renewals() -> int:
    """Look again at each that has begun: what is done by now, or missing again; answers how many are ready no more."""
    begun = RenewalWindow.objects.filter(renewal=OuterRef("pk"), reached_at__isnull=False)
    due = Renewal.objects.open().filter(Exists(begun), plan__in=Plan.objects.live().running())
    return sum(_settle(renewal_id) for renewal_id in list(due.order_by("pk").values_list("pk", flat=True)))


def due_contracts() -> Iterator[tuple[UUID, UUID]]:
    """Plan and contract, of each contract whose time has come. A query a playbook version."""
    plans = Plan.objects.live().running()
    for version in PlaybookVersion.objects.filter(plans__in=plans).distinct():
        first = first_window(version.text)
        until = _latest_today() + timedelta(days=first + renewals.NEAR)
        contracts = Contract.objects.filter(
            account__plans__in=plans.filter(playbook_version=version),
            renewal=None,
            renewed_by=None,
            ends_on__gte=clock.now().date() - timedelta(days=1),
            ends_on__lte=until,
        )
        for contract in contracts.distinct().select_related("account"):
            plan, today = _plan_of(contract), contract.account.today()
            if plan is None:
                continue
            if plan.playbook_version_id == version.pk and renewals.is_due(first, contract.ends_on, today):
                yield plan.pk, contract.pk


@transaction.atomic
def open_renewal(plan_id: UUID, contract_id: UUID, by: User | None = None) -> Renewal | None:
    """With its windows, what they need, and the options as far as they follow from the contract's lines. None where
    there is one already, or nothing to renew any more."""
    plan = lock_plan(plan_id)
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    gone = contract.account_id != plan.account_id or plan.state != "live"
    if gone or Renewal.objects.filter(contract=contract).exists() or contract.renewed_by.exists():
        return None
    renewal = Renewal.objects.create(account_id=plan.account_id, plan=plan, contract=contract)
    _add_windows(renewal, plan.playbook_version.text)
    record_on_renewal(Verb.RENEWAL_OPENED, renewal, by)
    renewal = lock_renewal(renewal)
    if ContractLine.objects.filter(contract=contract).exists():
        prepare_options(renewal=renewal)
    _reach(renewal)
    touch_plan(plan.pk)
    return renewal


@transaction.atomic
def reach_renewal(renewal_id: UUID) -> bool:
    """Open the windows of one renewal whose day has come where the account is."""
    renewal = lock_renewal(Renewal.objects.get(pk=renewal_id))
    if renewal.decided_at or renewal.plan.state != "live" or not _reach(renewal):
        return False
    touch_plan(renewal.plan_id)
    return True


@transaction.atomic
def _settle(renewal_id: UUID) -> bool:
    renewal = lock_renewal(Renewal.objects.get(pk=renewal_id))
    if renewal.decided_at:
        return False
    was_ready = renewal.ready_at is not None
    again = [line for line in settle(renewal).missing if _asks_again(line)]
    if again:
        _add_tasks(renewal, again)
        touch_plan(renewal.plan_id)
    return was_ready and renewal.ready_at is None


def _asks_again(line: Line) -> bool:
    """It was there before, and is missing again. What is late comes and goes: that is asked for once."""
    task = line.item.task
    if line.item.window.reached_at is None:
        return False
    if task is None:
        return True
    closed_by_portal = task.completed_at is not None and task.completed_by_id is None
    return closed_by_portal and line.kind != RenewalNeed.RISKS


def _add_windows(renewal: Renewal, playbook: PlaybookText) -> None:
    contract, rules = renewal.contract, renewal_rules(playbook).windows
    all_days = [rule.days for rule in rules]
    windows = {
        days: RenewalWindow(
            account_id=renewal.account_id,
            plan_id=renewal.plan_id,
            renewal=renewal,
            days_before=days,
            opens_on=renewals.opens_on(contract.ends_on, days),
        )
        for days in all_days
    }
    RenewalWindow.objects.bulk_create(windows.values())
    needs = [(rule.days, need) for rule in rules for need in rule.needs]
    RenewalItem.objects.bulk_create(
        RenewalItem(
            account_id=renewal.account_id,
            plan_id=renewal.plan_id,
            renewal=renewal,
            window=windows[
                renewals.window_of(days, need.kind, all_days, contract.ends_on, contract.notice_days)
            ],
            key=need.key,
            kind=need.kind,
            position=position,
            text=need.text,
            side=need.side,
        )
        for position, (days, need) in enumerate(needs)
    )


def _reach(renewal: Renewal) -> bool:
    """Open what is due, and ask for what it needs. False where nothing was due."""
    today = renewal.plan.account.today()
    due = list(renewal.windows.filter(reached_at=None, opens_on__lte=today).order_by("-days_before"))
    if not due:
        return False
    RenewalWindow.objects.filter(pk__in=[window.pk for window in due]).update(reached_at=clock.now())
    standing = readiness(renewal)
    _add_tasks(renewal, [line for window in due for line in standing.of_window(window.pk) if not line.met])
    # One line in the history, also where a renewal begins late and several windows have passed.
    record_on_renewal(Verb.RENEWAL_WINDOW_REACHED, renewal, None, days=due[-1].days_before)
    return True


def _add_tasks(renewal: Renewal, lines: Iterable[Line]) -> None:
    plan, contract = renewal.plan, renewal.contract
    milestone = milestone_for(plan)
    if milestone is None:
        return
    rules = {
        need.key: need
        for rule in renewal_rules(plan.playbook_version.text).windows
        for need in rule.needs
    }  # fmt: skip
    today, calendar = plan.account.today(), calendar_of(plan.account.country)
    room = MOST_TASKS - Task.objects.filter(plan=plan).count()
    page = settings.PORTAL_PUBLIC_URL + reverse("renewal_detail", args=[plan.pk, renewal.pk])
    for line in list(lines)[: max(0, room)]:
        rule = rules.get(line.key)
        task = Task(
            account_id=plan.account_id,
            plan=plan,
            milestone=milestone,
            key=new_key(),
            title=line.text,
            side=line.side,
            role=(rule.role or "") if rule else "",
            owner=_owner(plan, line.side, rule),
            what=_("It is needed for the renewal of the contract: %(url)s") % {"url": page},
            estimate_minutes=MINUTES,
            due_on=renewals.task_day(line.due_on, contract.ends_on, today, calendar),
        )
        put_task(task, None)
        RenewalItem.objects.filter(pk=line.item.pk).update(task=task)


def milestone_for(plan: Plan) -> Milestone | None:
    """Of the renewal's stage, one that is still ahead, where there is one; else one of its own in the last stage.

    Never one that is reached by other work: what a renewal asks for would take it back, and with it the win that
    somebody is to confirm for the renewal.
    """
    stops = list(
        Milestone.objects.filter(plan=plan, stage__key=STAGE, first_value=False).order_by("position")
    )
    if stops:
        return next((stop for stop in stops if stop.reached_at is None), stops[-1])
    stage = Stage.objects.filter(plan=plan).order_by("-position").first()
    return _own_milestone(plan, stage) if stage else None


def _own_milestone(plan: Plan, stage: Stage) -> Milestone:
    last = Milestone.objects.filter(plan=plan).aggregate(last=Max("position"))["last"]
    milestone, _made = Milestone.objects.get_or_create(
        plan=plan,
        key=OWN_MILESTONE,
        defaults={
            "account_id": plan.account_id,
            "stage": stage,
            "position": (last or 0) + 1,
            "title": _("Renewal"),
            "due_on": plan.ends_on,
        },
    )
    return milestone


def _owner(plan: Plan, side: str, rule: NeedRule | None) -> User | None:
    """Who plays the role on this plan; else whoever leads the side."""
    role = rule.role if rule else None
    if role:
        own = Task.objects.filter(plan=plan, role=role, side=side, owner__isnull=False, owner__is_active=True)
        task = own.select_related("owner").order_by("completed_at", "position").first()
        if task and task.owner and (side == Side.VENDOR or _is_present(plan, task.owner)):
            return task.owner
    if side == Side.VENDOR:
        owner = plan.account.owner
        return owner if owner and owner.is_active else None
    wanted = [role] if role == StakeholderRole.SPONSOR else []
    return _lead(plan, [*wanted, StakeholderRole.CHAMPION, StakeholderRole.SPONSOR])


def _is_present(plan: Plan, person: User) -> bool:
    return Stakeholder.objects.present().filter(account=plan.account_id, user=person).exists()


def _lead(plan: Plan, roles: Iterable[str]) -> User | None:
    """The first of the roles that somebody has."""
    people = Stakeholder.objects.present().filter(account=plan.account_id, user__is_active=True)
    by_role = {one.role: one.user for one in people.select_related("user").order_by("-pk")}
    return next((by_role[role] for role in roles if role in by_role), None)


def _plan_of(contract: Contract) -> Plan | None:
    """The plan of the contract's own deal; else the account's latest one that runs."""
    plans = Plan.objects.live().running().filter(account=contract.account_id)
    own = plans.filter(deal=contract.deal_id).first() if contract.deal_id else None
    return own or plans.order_by("-live_at", "pk").first()


def _follow_contracts() -> None:
    """Where a contract's last day has changed, the windows that are still ahead move along."""
    for window in _running(RenewalWindow.objects.filter(reached_at=None)).select_related("renewal__contract"):
        day = renewals.opens_on(window.renewal.contract.ends_on, window.days_before)
        if day != window.opens_on:
            RenewalWindow.objects.filter(pk=window.pk).update(opens_on=day)


def _running(windows: "QuerySet[RenewalWindow]") -> "QuerySet[RenewalWindow]":
    """Those of renewals that are not decided, on plans that run."""
    return windows.filter(renewal__decided_at=None, plan__in=Plan.objects.live().running())


def _latest_today() -> date:
    """The date where it is latest: what is due anywhere; each account's own day is asked afterwards."""
    return (clock.now() + timedelta(hours=14)).date()
