"""The opened task: as a page of its own, and in place."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from plans.models import Task
from plans.services.working import complete_task
from tests.factories import EvidenceFactory, actor, make_live_plan, task_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def address(task, act="") -> str:
    return f"/plans/{task.plan_id}/tasks/{task.pk}/{act}"


def test_it_says_what_why_how_long_and_what_comes_next(enter, plan, champion):
    task = task_of(plan, 1)
    text = enter(champion).get(address(task)).content.decode()
    for words in (
        "What 1.",
        "Why 1.",
        "Result 1.",
        "Next 1.",
        "30 minutes",
        "Chloe Champion",
        "Mark as done",
    ):
        assert words in text
    assert "<h1>Task 1</h1>" in text
    assert "Kickoff held" in text


def test_htmx_gets_the_panel_only(enter, plan, champion):
    task = task_of(plan, 1)
    here = HTMX | {"HX-Current-URL": f"http://testserver/plans/{plan.pk}/"}
    answer = enter(champion).get(address(task), headers=here)
    text = answer.content.decode()
    assert "<html" not in text
    assert "data-close" in text
    assert "HX-Request" in answer["Vary"]
    assert answer["HX-Push-Url"] == "false"
    alone = enter(champion).get(address(task), headers=HTMX | {"HX-Current-URL": f"http://x{address(task)}"})
    assert "data-close" not in alone.content.decode()


@pytest.mark.parametrize("who", ["admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer"])
def test_everybody_on_the_account_reads_it(who, everybody, enter, plan):
    assert enter(everybody[who]).get(address(task_of(plan, 1))).status_code == 200


def test_strangers_and_other_plans(enter, plan, stranger, champion, other_account, account):
    task = task_of(plan, 1)
    assert enter(stranger).get(address(task)).status_code == 404
    assert enter(None).get(address(task)).status_code == 302
    elsewhere = make_live_plan(account=account)
    assert enter(champion).get(f"/plans/{elsewhere.pk}/tasks/{task.pk}/").status_code == 404
    assert enter(champion).get(f"/plans/{plan.pk}/tasks/{uuid4()}/").status_code == 404


def test_what_is_typed_as_a_reason_or_a_note_is_kept_by_the_browser(enter, plan, champion):
    task = task_of(plan, 1)
    text = enter(champion).get(address(task)).content.decode()
    for draft in ("form_block", "form_move", "form_until", "form_pass"):
        assert f'data-draft="{draft}:{task.pk}:reason"' in text
    assert f'data-draft="form_evidence:{task.pk}:note"' in text


def test_it_only_reads(enter, plan, champion):
    assert enter(champion).post(address(task_of(plan, 1))).status_code == 405


def test_offers_follow_the_role(everybody, enter, plan):
    task = task_of(plan, 1)
    offered = {"complete", "block", "reassign", "move", "evidence", "pass", "until"}
    expected = {
        # Who has the task answers for it; who leads the side hands it out.
        "champion": offered - {"reassign"},
        "sponsor": offered - {"pass", "until"},
        "contributor": set(),
        "viewer": set(),
        "executive": set(),
        "csm": {"reassign", "move"},
        "admin": {"reassign", "move"},
    }
    for who, acts in expected.items():
        text = enter(everybody[who]).get(address(task)).content.decode()
        assert {act for act in offered if f'action="{address(task, act)}/"' in text} == acts, who


def test_it_says_why_it_cannot_be_completed_yet(enter, account, owners, champion):
    plan = make_live_plan(
        account=account, owners=owners, evidence={"task-1": "any"}, waits={"task-3": ["task-1", "task-2"]}
    )
    text = enter(champion).get(address(task_of(plan, 1))).content.decode()
    assert "Add the evidence first, then mark it as done." in text
    assert "Shows 1." in text
    assert "Mark as done" not in text
    waiting = enter(champion).get(address(task_of(plan, 3))).content.decode()
    assert "Can be completed after: Task 1, Task 2" in waiting
    assert "Mark as done" not in waiting


def test_returned_evidence_is_no_evidence(enter, account, owners, champion, csm):
    plan = make_live_plan(account=account, owners=owners, evidence={"task-1": "any"})
    task = task_of(plan, 1)
    EvidenceFactory(
        task=task, claimed_by=champion, returned_by=csm, returned_at=timezone.now(), return_reason="Too dark."
    )
    text = enter(champion).get(address(task)).content.decode()
    assert "Add the evidence first" in text
    assert "Returned by Carla Csm" in text
    assert "Too dark." in text
    EvidenceFactory(task=task, claimed_by=champion)
    assert "Mark as done" in enter(champion).get(address(task)).content.decode()


def test_a_done_task_says_who_and_offers_undo(enter, plan, champion, viewer):
    task = task_of(plan, 1)
    complete_task(by=actor(champion, plan), task=task, version=1)
    text = enter(champion).get(address(task)).content.decode()
    assert "Done by Chloe Champion" in text
    assert f'action="{address(task, "reopen/")}"' in text
    assert "Change the date" not in text
    assert "reopen/" not in enter(viewer).get(address(task)).content.decode()


def test_texts_of_people_are_escaped(enter, plan, champion):
    task = task_of(plan, 1)
    Task.objects.filter(pk=task.pk).update(title="<script>alert(1)</script>", what="<img src=x>")
    text = enter(champion).get(address(task)).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<img" not in text


@pytest.mark.parametrize("proofs", [1, 6])
def test_queries_do_not_grow_with_the_evidence(proofs, enter, plan, champion, django_assert_num_queries):
    task = task_of(plan, 1)
    for _n in range(proofs):
        EvidenceFactory(task=task, claimed_by=champion)
    browser = enter(champion)
    with django_assert_num_queries(9):
        assert browser.get(address(task)).content.count(b"It works.") == proofs


def test_late_is_counted_where_the_account_is(enter, plan, champion):
    task = task_of(plan, 1)
    Task.objects.filter(pk=task.pk).update(due_on=timezone.now().date() - timedelta(days=9))
    text = enter(champion).get(address(task)).content.decode()
    assert 'data-due="late"' in text
    assert " days late" in text
