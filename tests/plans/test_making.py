"""A plan is made from a playbook; and the database itself keeps its rows in order."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Account, Deal, Event, Invitation
from plans.models import Dependency, Meeting, Milestone, Objective, Plan, PlaybookVersion, Stage, Task
from plans.services.making import PlanOrder, make_plan
from portal.lib.workdays import calendar_of
from reports.models import Edition
from tests.factories import (
    AccountFactory,
    EvidenceFactory,
    MeasurementFactory,
    StakeholderFactory,
    make_draft_plan,
    objective_of,
    playbook_text,
    publish,
    task_of,
)

pytestmark = pytest.mark.django_db
KICKOFF = date(2027, 1, 11)


def ordered(account, *, tasks: int = 6, **more) -> Plan:
    version = publish(playbook_text(tasks, key=f"of-{tasks}", waits={"task-4": ["task-1", "task-2"]}))
    order = {"kickoff_on": KICKOFF, "ends_on": KICKOFF + timedelta(days=300), **more}
    return make_plan(PlanOrder(account=account, version=version, **order))


def test_all_of_the_playbook_is_there(account, csm, champion) -> None:
    plan = ordered(
        account, owners={"csm": csm.pk, "champion": champion.pk}, reason="Because.", gaps=["contract"]
    )
    plan.refresh_from_db()
    assert (plan.state, plan.choice_reason, plan.gaps) == ("draft", "Because.", ["contract"])
    assert plan.name == "Acme: Small playbook"
    assert [stage.key for stage in plan.stages.all()] == ["start", "use"]
    assert [(one.key, one.stage.key, one.first_value) for one in plan.milestones.select_related("stage")] == [
        ("kickoff-held", "start", False),
        ("first-value", "use", True),
    ]
    calendar = calendar_of("DE")
    for number, task in enumerate(plan.tasks.select_related("milestone"), start=1):
        assert (task.key, task.why, task.next_step) == (f"task-{number}", f"Why {number}.", f"Next {number}.")
        assert (task.side, task.owner) == (("customer", champion) if number % 2 else ("vendor", csm))
        assert task.due_on == calendar.add(KICKOFF, number)
        assert (task.baseline_on, task.completed_at, task.version) == (None, None, 1)
    waits = Dependency.objects.filter(task=task_of(plan, 4)).values_list("waits_for__key", flat=True)
    assert sorted(waits) == ["task-1", "task-2"]
    objective = plan.objectives.get()
    assert (objective.baseline, objective.target, objective.due_on) == (48, 8, calendar.add(KICKOFF, 90))
    meeting = plan.meetings.get()
    assert (meeting.kind, meeting.planned_on, meeting.agenda[0]["title"]) == (
        "kickoff",
        KICKOFF,
        "Who does what",
    )


def test_the_counts_and_the_first_line_of_history(account, csm) -> None:
    plan = ordered(account, owners={"csm": csm.pk})
    plan.refresh_from_db()
    assert (plan.tasks_total, plan.tasks_done, plan.tasks_unowned) == (6, 0, 3)
    assert (plan.ready_vendor, plan.ready_customer, plan.next_due_on) == (2, 3, task_of(plan, 1).due_on)
    event = Event.objects.get(plan_id=plan.pk)
    assert (event.verb, event.actor, event.account_id) == ("plan.made", None, account.pk)
    assert event.new == {"playbook": "Small playbook v1", "held_back": 0}


def test_what_the_end_holds_back_is_counted_in_history(account) -> None:
    plan = ordered(account, ends_on=KICKOFF + timedelta(days=3))
    assert (
        Event.objects.get(plan_id=plan.pk).new["held_back"] == 6
    )  # tasks 4 to 6, two milestones, one objective
    assert max(plan.tasks.values_list("due_on", flat=True)) <= plan.ends_on


def test_as_many_queries_for_sixty_tasks_as_for_six(account, django_assert_num_queries) -> None:
    for tasks in (6, 60):
        version = publish(playbook_text(tasks, key=f"of-{tasks}", waits={"task-4": ["task-1"]}))
        order = PlanOrder(
            account=account, version=version, kickoff_on=KICKOFF, ends_on=KICKOFF + timedelta(days=300)
        )
        with django_assert_num_queries(11):
            make_plan(order)


def test_one_deal_has_one_plan(account) -> None:
    deal = Deal.objects.create(account=account, source="x", external_id="1", name="x")
    ordered(account, deal=deal)
    with pytest.raises(IntegrityError), transaction.atomic():
        ordered(account, deal=deal)
    assert Plan.objects.count() == Meeting.objects.count() == 1


# --- Refused by the database -----------------------------------------------------------------------------------


def refused(act: Callable[[], object], reason: str) -> None:
    """The act fails at the latest when its transaction ends, whatever the application thinks."""
    with pytest.raises(IntegrityError, match=reason):
        _to_the_end(act)


@transaction.atomic
def _to_the_end(act: Callable[[], object]) -> None:
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_history_is_only_added(plan) -> None:
    event = Event.objects.filter(plan_id=plan.pk).first()
    refused(lambda: Event.objects.filter(pk=event.pk).update(verb="x"), "only ever added")
    refused(lambda: Event.objects.filter(pk=event.pk).delete(), "only ever added")
    refused(event.delete, "only ever added")
    refused(plan.account.delete, "only ever added")
    assert Event.objects.filter(pk=event.pk, verb="plan.made").exists()


@pytest.mark.parametrize("model", [Stage, Milestone, Task, Objective, Meeting, Dependency])
def test_a_part_of_a_plan_belongs_to_the_plans_account(model, other_account) -> None:
    plan = make_draft_plan(waits={"task-2": ["task-1"]})
    row = model.objects.filter(plan=plan).first()
    assert row.account_id == plan.account_id
    refused(lambda: model.objects.filter(pk=row.pk).update(account=other_account), "same_account")
    refused(lambda: model.objects.filter(pk=row.pk).update(account_id=uuid4()), "same_account")


def test_a_part_cannot_hang_on_another_accounts_plan(plan) -> None:
    other = make_draft_plan()
    task, foreign = task_of(plan, 1), task_of(other, 1)
    refused(lambda: Task.objects.filter(pk=task.pk).update(milestone=foreign.milestone_id), "same_account")
    refused(
        lambda: Dependency.objects.create(account=plan.account, plan=plan, task=task, waits_for=foreign),
        "same_account",
    )
    refused(lambda: Plan.objects.filter(pk=plan.pk).update(account=other.account), "same_account")


def test_proof_belongs_to_the_account(plan, champion, other_account) -> None:
    evidence = EvidenceFactory(task=task_of(plan, 1), claimed_by=champion)
    measurement = MeasurementFactory(objective=objective_of(plan), claimed_by=champion)
    for row in (evidence, measurement):
        refused(
            lambda row=row: type(row).objects.filter(pk=row.pk).update(account=other_account), "same_account"
        )
    other = make_draft_plan()
    refused(
        lambda: EvidenceFactory(task=task_of(other, 1), account=plan.account, claimed_by=champion),
        "same_account",
    )


def test_invitations_editions_and_history_belong_to_the_account(plan, other_account, champion) -> None:
    stakeholder = StakeholderFactory(account=plan.account)
    refused(
        lambda: Invitation.objects.create(
            account=other_account, stakeholder=stakeholder, expires_at=plan.created_at + timedelta(days=1)
        ),
        "same_account",
    )
    refused(
        lambda: Edition.objects.create(
            account=other_account, plan=plan, period_from=KICKOFF, period_to=KICKOFF, requested_by=champion
        ),
        "same_account",
    )
    refused(lambda: Event.objects.create(account=other_account, plan_id=plan.pk, verb="x"), "same_account")
    refused(
        lambda: Event.objects.create(account=other_account, task_id=task_of(plan, 1).pk, verb="x"),
        "same_account",
    )
    refused(
        lambda: Plan.objects.create(
            account=other_account,
            deal=Deal.objects.create(account=plan.account, source="x", external_id="1", name="x"),
            playbook_version=plan.playbook_version,
            kickoff_on=KICKOFF,
            ends_on=KICKOFF,
        ),
        "same_account",
    )


def test_the_other_rules_of_a_task(plan) -> None:
    task = task_of(plan, 1)
    one = Task.objects.filter(pk=task.pk)
    now = plan.created_at
    refused(lambda: one.update(completed_at=now, blocked_at=now), "plans_task_done_is_not_blocked")
    refused(
        lambda: Dependency.objects.create(account=plan.account, plan=plan, task=task, waits_for=task),
        "plans_dependency_not_self",
    )
    refused(lambda: one.update(key="task-2"), "once")


def test_a_published_playbook_never_changes(plan) -> None:
    version = PlaybookVersion.objects.filter(pk=plan.playbook_version_id)
    for change in ({"body": {}}, {"digest": "x"}, {"number": 9}, {"name": "x"}):
        refused(lambda change=change: version.update(**change), "only ever added")
    assert version.get().text.name == "Small playbook"


def test_one_company_of_a_crm_is_one_account() -> None:
    AccountFactory(source="hubspot", external_id="1")
    refused(lambda: AccountFactory(source="hubspot", external_id="1"), "accounts_account_external_once")
    AccountFactory(source="salesforce", external_id="1")
    AccountFactory(source="hubspot", external_id="")
    AccountFactory(source="hubspot", external_id="")
    assert Account.objects.count() == 4
