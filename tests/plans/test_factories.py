"""The factories make what they say, so that other tests may build on them."""

import pytest

from tests.factories import make_draft_plan, make_live_plan, playbook_text, task_of


@pytest.mark.django_db
def test_a_live_plan_has_the_tasks_asked_for(csm, champion, account, owners):
    plan = make_live_plan(
        account=account, owners=owners, tasks=6, evidence={"task-1": "any"}, waits={"task-3": ["task-1"]}
    )
    plan.refresh_from_db()
    assert (plan.state, plan.tasks_total, plan.ready_customer, plan.ready_vendor) == ("live", 6, 2, 3)
    first, second, third = (task_of(plan, n) for n in (1, 2, 3))
    assert (first.owner, first.side, first.evidence_need) == (champion, "customer", "any")
    assert (second.owner, second.side) == (csm, "vendor")
    assert list(third.waits_for.all()) == [first]
    assert first.baseline_on == first.due_on


@pytest.mark.django_db
def test_drafts_are_seen_by_the_vendor_only(csm, champion, account):
    plan = make_draft_plan(account=account)
    assert type(plan).objects.visible_to(csm).get() == plan
    assert not type(plan).objects.visible_to(champion).exists()


def test_the_small_playbook_is_a_playbook():
    assert [task.key for task in playbook_text(tasks=3).tasks] == ["task-1", "task-2", "task-3"]
