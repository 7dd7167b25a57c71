"""The plan as of a day: today's is what the pages show, and yesterday's knows nothing of what was done since."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import Stakeholder
from plans.models import Measurement, Task
from plans.services.adding import add_task
from plans.services.depending import add_dependency, remove_dependency
from plans.services.measuring import add_measurement, return_measurement
from plans.services.moving import move_task
from plans.services.working import block_task, complete_task, reassign_task, reopen_task
from reports.documents import make_pdf
from reports.kinds import Asked
from reports.plan_export.gathering import gather
from tests.factories import StakeholderFactory, actor, objective_of, task_of
from tests.mornings import TUESDAY, at, running_plan
from tests.reports.recaps import page_texts

YESTERDAY = TUESDAY - timedelta(days=1)


@pytest.fixture
def plan(account, owners):
    return running_plan(account=account, owners=owners, waits={"task-3": ["task-1"]})


def export(plan, day):
    return gather(Asked(plan.account, plan, None, day, day, "en", "a4"))


def rows(plan, day):
    stages = export(plan, day).stages
    return {task.title: task for stage in stages for stop in stage.milestones for task in stop.tasks}


def test_a_day_before_an_act_does_not_show_the_act(plan, account, csm, champion, contributor):
    manager, lead = actor(csm, plan), actor(champion, plan)
    before = None
    with at(TUESDAY):
        before = export(plan, YESTERDAY)
        one = task_of(plan, 1)
        complete_task(by=lead, task=one, version=one.version)
        two = task_of(plan, 2)
        block_task(by=manager, task=two, version=two.version, reason="No server", on="customer")
        three = task_of(plan, 3)
        three = reassign_task(by=lead, task=three, version=three.version, owner=contributor).task
        move_task(by=lead, task=three, version=three.version, due_on=date(2026, 3, 27), reason="Late")
        four = task_of(plan, 4)
        add_dependency(
            by=manager,
            task=four,
            version=four.version,
            before=task_of(plan, 3),
            reason="So it is",
        )
        add_task(
            by=manager, plan=plan, milestone=four.milestone, title="Added", side="vendor", owner=csm,
            due_on=TUESDAY + timedelta(days=9),
        )  # fmt: skip
        objective = objective_of(plan)
        add_measurement(by=lead, objective=objective, value=30, measured_on=YESTERDAY)
        StakeholderFactory(account=account, user__name="Nina New")
    with at(TUESDAY + timedelta(days=2)):
        after, now = export(plan, YESTERDAY), rows(plan, TUESDAY)

    # What was known then; only the day on which it was put together is another.
    other_day = {"made_on": after.made_on}
    assert before.model_copy(update=other_day) == after
    assert not before.objectives[0].measurements
    assert now["Task 1"].state == "done"
    assert (now["Task 1"].done_on, now["Task 1"].done_by) == (TUESDAY, "Chloe Champion")
    assert (now["Task 2"].state, now["Task 2"].blocked_reason, now["Task 2"].blocked_on) == (
        "blocked", "No server", "customer",
    )  # fmt: skip
    assert (now["Task 3"].owner, now["Task 3"].due_on) == ("Colin Contributor", date(2026, 3, 27))
    assert now["Task 4"].waits_for == ("Task 3",)
    assert "Added" in now


def test_what_was_undone_since_still_stands_on_its_day(plan, csm, champion):
    manager, lead = actor(csm, plan), actor(champion, plan)
    with at(YESTERDAY):
        one = task_of(plan, 1)
        complete_task(by=lead, task=one, version=one.version)
        four = task_of(plan, 4)
        add_dependency(
            by=manager,
            task=four,
            version=four.version,
            before=task_of(plan, 2),
            reason="So it is",
        )
        measured = add_measurement(by=lead, objective=objective_of(plan), value=30, measured_on=YESTERDAY)
    with at(TUESDAY):
        one = task_of(plan, 1)
        reopen_task(by=lead, task=one, version=one.version, reason="Not yet")
        four = task_of(plan, 4)
        remove_dependency(
            by=manager,
            task=four,
            version=four.version,
            before=task_of(plan, 2),
            reason="No",
        )
        return_measurement(by=manager, measurement=Measurement.objects.get(pk=measured.pk), reason="How?")
        Stakeholder.objects.filter(user=champion).update(removed_at=plan.live_at + timedelta(days=15))
        then, now = export(plan, YESTERDAY), rows(plan, TUESDAY)

    tasks = {task.title: task for stage in then.stages for stop in stage.milestones for task in stop.tasks}
    assert (tasks["Task 1"].state, now["Task 1"].state) == ("done", "late")
    assert (tasks["Task 4"].waits_for, now["Task 4"].waits_for) == (("Task 2",), ())
    assert [one.state for one in then.objectives[0].measurements] == ["claimed"]
    assert then.rebuilt


def test_today_is_what_the_rows_say(plan, champion):
    with at(TUESDAY):
        one = task_of(plan, 1)
        complete_task(by=actor(champion, plan), task=one, version=one.version)
        found = rows(plan, TUESDAY)
        assert not export(plan, TUESDAY).rebuilt
    for task in Task.objects.filter(plan=plan).select_related("owner"):
        row = found[task.title]
        assert (row.state == "done", row.due_on, row.owner) == (
            task.completed_at is not None, task.due_on, str(task.owner or ""),
        )  # fmt: skip


def test_a_day_before_it_was_live_tells_nothing(plan):
    with at(TUESDAY):
        snapshot = export(plan, TUESDAY - timedelta(days=20))
        assert (snapshot.state, snapshot.stages, snapshot.people) == ("draft", (), ())
        assert "was still a draft" in " ".join(page_texts(make_pdf(snapshot)))


def test_the_day_ends_where_the_account_is(plan, champion):
    one = task_of(plan, 1)
    # Half past midnight in Berlin is still the evening before in London.
    with time_machine.travel("2026-03-09T23:30:00Z", tick=False):
        complete_task(by=actor(champion, plan), task=one, version=one.version)
    with at(TUESDAY):
        assert rows(plan, YESTERDAY)["Task 1"].state == "late"
        assert rows(plan, TUESDAY)["Task 1"].done_on == TUESDAY


def test_facts_take_a_fixed_number_of_queries(plan, django_assert_num_queries):
    with at(TUESDAY), django_assert_num_queries(11):
        export(plan, YESTERDAY)


def test_the_document_says_what_it_is_as_of(plan, champion):
    with at(TUESDAY):
        text = " ".join(page_texts(make_pdf(export(plan, YESTERDAY))))
    assert "9 March 2026" in text
    assert "put together from the plan’s history" in text
    assert "Task 3" in text
