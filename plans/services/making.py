"""A plan is made from a playbook version, for an account, out of a deal: in nine inserts, whatever its size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction

from accounts.choices import Verb
from accounts.models import Account, Deal, User
from accounts.services.recording import record
from plans.choices import Gate
from plans.models import (
    Criterion,
    Dependency,
    Meeting,
    Milestone,
    Objective,
    Plan,
    PlaybookVersion,
    Stage,
    Task,
)
from plans.playbook.schema import CriterionRule, Playbook
from plans.schedule import Schedule, schedule_playbook
from plans.services.counting import touch_plan
from portal.lib.workdays import calendar_of


@dataclass(frozen=True)
class PlanOrder:
    """What a plan is to be made of. `owners` are people by role key; a role left out needs an owner."""

    account: Account
    version: PlaybookVersion
    kickoff_on: date
    ends_on: date
    deal: Deal | None = None
    reason: str = ""
    name: str = ""
    owners: Mapping[str, UUID] = field(default_factory=dict)
    gaps: Sequence[str] = ()


@transaction.atomic
def make_plan(order: PlanOrder, *, by: User | None = None) -> Plan:
    """Make the draft. Raises IntegrityError when the deal has its plan already."""
    playbook, account = order.version.text, order.account
    schedule = schedule_playbook(
        playbook,
        # Preparation lies before the kickoff, and never before today.
        starts_on=min(account.today(), order.kickoff_on),
        kickoff_on=order.kickoff_on,
        ends_on=order.ends_on,
        calendar=calendar_of(account.country),
    )
    plan = Plan.objects.create(
        account=account,
        deal=order.deal,
        playbook_version=order.version,
        choice_reason=order.reason,
        name=(order.name or f"{account.name}: {playbook.name}")[:200],
        kickoff_on=order.kickoff_on,
        ends_on=order.ends_on,
        starts_on=min(account.today(), order.kickoff_on),
        signed_on=(order.deal.closed_on if order.deal else None) or account.today(),
        gaps=list(order.gaps),
    )
    stages = _add_stages(plan, playbook, order.owners)
    milestones = _add_milestones(plan, playbook, stages, schedule)
    tasks = _add_tasks(plan, playbook, milestones, schedule, order.owners)
    _add_criteria(plan, playbook, stages, milestones, tasks)
    _add_objectives(plan, playbook, schedule)
    _add_kickoff(plan, playbook)
    record(
        Verb.PLAN_MADE,
        account_id=account.pk,
        plan_id=plan.pk,
        by=by,
        subject=plan.name,
        new={"playbook": str(order.version), "held_back": len(schedule.held_back)},
    )
    touch_plan(plan.pk)
    return plan


def kickoff_day(account: Account, playbook: Playbook, closed_on: date | None) -> date:
    """The playbook's lead days after the deal closed; counted from today where that day has passed."""
    today = account.today()
    calendar = calendar_of(account.country)
    day = calendar.add(closed_on or today, playbook.kickoff.lead_days)
    return day if day >= today else calendar.add(today, playbook.kickoff.lead_days)


def _add_stages(plan: Plan, playbook: Playbook, owners: Mapping[str, UUID]) -> dict[str, Stage]:
    stages = {
        rule.key: Stage(
            account_id=plan.account_id,
            plan=plan,
            key=rule.key,
            position=position,
            name=rule.name,
            purpose=rule.purpose,
            owner_role=rule.owner,
            owner_id=owners.get(rule.owner),
        )
        for position, rule in enumerate(playbook.stages)
    }
    Stage.objects.bulk_create(stages.values())
    return stages


def _add_milestones(
    plan: Plan, playbook: Playbook, stages: dict[str, Stage], schedule: Schedule
) -> dict[str, Milestone]:
    milestones = {
        rule.key: Milestone(
            account_id=plan.account_id,
            plan=plan,
            stage=stages[rule.stage],
            key=rule.key,
            position=position,
            title=rule.title,
            goal=rule.goal,
            first_value=rule.first_value,
            due_on=schedule.days[f"milestone:{rule.key}"],
            rule_anchor=rule.due.anchor,
            rule_offset=rule.due.offset,
        )
        for position, rule in enumerate(playbook.milestones)
    }
    Milestone.objects.bulk_create(milestones.values())
    return milestones


def _add_tasks(
    plan: Plan,
    playbook: Playbook,
    milestones: dict[str, Milestone],
    schedule: Schedule,
    owners: Mapping[str, UUID],
) -> dict[str, UUID]:
    ids = {rule.key: uuid4() for rule in playbook.tasks}
    Task.objects.bulk_create(
        Task(
            id=ids[rule.key],
            account_id=plan.account_id,
            plan=plan,
            milestone=milestones[rule.milestone],
            key=rule.key,
            position=position,
            title=rule.title,
            side=rule.side,
            role=rule.role,
            owner_id=owners.get(rule.role),
            why=rule.why,
            what=rule.what,
            desired_result=rule.desired_result,
            next_step=rule.next_step,
            estimate_minutes=rule.estimate_minutes,
            evidence_need=rule.evidence.kind,
            evidence_wanted=rule.evidence.shows,
            due_on=schedule.days[f"task:{rule.key}"],
            rule_anchor=rule.due.anchor,
            rule_offset=rule.due.offset,
            form=[question.model_dump(mode="json") for question in rule.form],
        )
        for position, rule in enumerate(playbook.tasks)
    )
    Dependency.objects.bulk_create(
        Dependency(account_id=plan.account_id, plan=plan, task_id=ids[rule.key], waits_for_id=ids[before])
        for rule in playbook.tasks
        for before in rule.waits_for
    )
    return ids


def _add_criteria(
    plan: Plan,
    playbook: Playbook,
    stages: Mapping[str, Stage],
    milestones: Mapping[str, Milestone],
    tasks: Mapping[str, UUID],
) -> None:
    def made(stage: Stage, gate: Gate, position: int, rule: CriterionRule) -> Criterion:
        of = rule.of or ""
        return Criterion(
            account_id=plan.account_id,
            plan=plan,
            stage=stage,
            gate=gate,
            position=position,
            kind=rule.kind,
            text=rule.text,
            task_id=None if rule.kind == "milestone" else tasks.get(of),
            milestone=milestones.get(of) if rule.kind == "milestone" else None,
        )

    Criterion.objects.bulk_create(
        made(stages[stage.key], gate, position, rule)
        for stage in playbook.stages
        for gate, rules in ((Gate.ENTRY, stage.entry_criteria), (Gate.EXIT, stage.exit_criteria))
        for position, rule in enumerate(rules)
    )


def _add_objectives(plan: Plan, playbook: Playbook, schedule: Schedule) -> None:
    Objective.objects.bulk_create(
        Objective(
            account_id=plan.account_id,
            plan=plan,
            key=rule.key,
            position=position,
            title=rule.title,
            metric=rule.metric,
            unit=rule.unit,
            direction=rule.direction,
            baseline=rule.baseline,
            target=rule.target,
            due_on=schedule.days[f"objective:{rule.key}"],
            rule_anchor=rule.due.anchor,
            rule_offset=rule.due.offset,
        )
        for position, rule in enumerate(playbook.objectives)
    )


def _add_kickoff(plan: Plan, playbook: Playbook) -> None:
    Meeting.objects.create(
        account_id=plan.account_id,
        plan=plan,
        kind="kickoff",
        planned_on=plan.kickoff_on,
        minutes=sum(item.minutes for item in playbook.kickoff.agenda),
        agenda=[item.model_dump(mode="json") for item in playbook.kickoff.agenda],
    )
