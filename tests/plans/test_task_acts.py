"""Each act on a task, by its button: done, refused, forbidden, too late; with htmx and without."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event, OutgoingMail
from plans.models import Plan, Task
from plans.services.moving import move_task
from plans.services.working import block_task, complete_task
from tests.factories import actor, make_live_plan, task_of

pytestmark = pytest.mark.django_db

ACTS = {
    "complete": {},
    "reopen": {},
    "block": {"reason": "No access"},
    "unblock": {},
    "reassign": {"owner": ""},
    "move": {"reason": "Holidays"},
}


def address(task, act) -> str:
    return f"/plans/{task.plan_id}/tasks/{task.pk}/{act}/"


def in_place(plan) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/"}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_guards_its_door(act, enter, plan, stranger, viewer, executive, contributor, champion):
    task = task_of(plan, 1)
    data = {"version": 1} | ACTS[act]
    assert enter(stranger).post(address(task, act), data).status_code == 404
    assert enter(None).post(address(task, act), data).status_code == 302
    for reader in (viewer, executive, contributor):
        assert enter(reader).post(address(task, act), data).status_code == 403, reader
    assert enter(champion).get(address(task, act)).status_code == 405
    assert Task.objects.get(pk=task.pk).version == 1


@pytest.mark.parametrize("act", ["complete", "reopen", "block", "unblock"])
def test_nobody_does_the_other_sides_work(act, enter, plan, csm, champion):
    data = {"version": 1} | ACTS[act]
    assert enter(csm).post(address(task_of(plan, 1), act), data).status_code == 403
    assert enter(champion).post(address(task_of(plan, 2), act), data).status_code == 403


@pytest.mark.parametrize("act", ACTS)
def test_a_finished_plan_stays_as_it_is(act, enter, plan, champion):
    Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
    task = task_of(plan, 1)
    data = {"version": 1, "due_on": task.due_on.isoformat()} | ACTS[act]
    answer = enter(champion).post(address(task, act), data)
    assert answer.status_code == 422
    assert "This plan is finished; nothing in it changes any more." in answer.content.decode()
    assert Task.objects.get(pk=task.pk).version == 1


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_a_form_without_its_version_is_refused(version, enter, plan, champion):
    answer = enter(champion).post(address(task_of(plan, 1), "complete"), {"version": version})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert task_of(plan, 1).completed_at is None


class TestComplete:
    def test_without_javascript(self, enter, plan, champion):
        task = task_of(plan, 1)
        answer = enter(champion).post(address(task, "complete"), {"version": 1})
        assert (answer.status_code, answer["Location"]) == (302, f"/plans/{plan.pk}/")
        task.refresh_from_db()
        assert (task.completed_by, task.version) == (champion, 2)
        event = Event.objects.get(task_id=task.pk)
        assert (event.verb, event.actor, event.plan_id) == ("task.completed", champion, plan.pk)

    def test_everything_moves_in_the_same_answer(self, enter, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, waits={"task-3": ["task-1"]})
        task, opened = task_of(plan, 1), task_of(plan, 3)
        answer = enter(champion).post(address(task, "complete"), {"version": 1}, headers=in_place(plan))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "<html" not in text
        assert "<strong>1 of 4 tasks done</strong><span>25 %</span>" in text
        assert f'id="task-{task.pk}" data-state="done" hx-swap-oob="true"' in text
        assert f'id="turn-{task.pk}" data-state="done" hx-swap-oob="true"' in text
        assert '<span class="stop-count">1 of 2</span>' in text
        assert "Your turn: 1 thing to do" in text
        assert "data-announce>Done: Task 1.</p>" in text
        assert "Chloe Champion completed “Task 1”" in text
        plan.refresh_from_db()
        assert f"&quot;{plan.revision}-" in text
        # What waited for it is the champion's turn now: its row changes, and "your turn" gains it.
        assert f'id="task-{opened.pk}" hx-swap-oob="true"' in text
        assert '<ul hx-swap-oob="beforeend:#turn-list">' in text
        assert text.count(f'id="turn-{opened.pk}"') == 2

    def test_in_its_place_stands_a_short_note_with_the_way_back(
        self, enter, plan, champion, django_assert_num_queries
    ):
        task = task_of(plan, 1)
        browser = enter(champion)
        with django_assert_num_queries(14):
            answer = browser.post(address(task, "complete"), {"version": 1}, headers=in_place(plan))
        note = answer.content.decode().partition("</article>")[0]
        assert "Done by Chloe Champion" in note
        assert note.count("<form") == 1
        assert f'hx-post="{address(task, "reopen")}"' in note
        again = browser.post(address(task, "reopen"), {"version": 2}, headers=in_place(plan))
        assert f'action="{address(task, "complete")}"' in again.content.decode()
        task.refresh_from_db()
        assert (task.completed_at, task.version) == (None, 3)

    def test_the_last_task_reaches_the_milestone(self, enter, account, owners, champion, csm):
        plan = make_live_plan(account=account, owners=owners)
        complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
        answer = enter(champion).post(
            address(task_of(plan, 1), "complete"), {"version": 1}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert '<span class="vh">Reached: </span>Kickoff held' in text
        assert '<span class="vh">Under way: </span>First value' in text

    def test_on_its_own_page_only_the_panel_changes(self, enter, plan, champion):
        task = task_of(plan, 1)
        here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/tasks/{task.pk}/"}
        text = enter(champion).post(address(task, "complete"), {"version": 1}, headers=here).content.decode()
        assert "Done by Chloe Champion" in text
        assert "hx-swap-oob" not in text

    @pytest.mark.parametrize("htmx", [False, True])
    def test_evidence_first(self, htmx, enter, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, evidence={"task-1": "any"})
        headers = in_place(plan) if htmx else {}
        answer = enter(champion).post(address(task_of(plan, 1), "complete"), {"version": 1}, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Add the evidence first: Shows 1." in text
        assert ("<html" in text) is not htmx
        assert task_of(plan, 1).completed_at is None

    def test_what_it_waits_for_first(self, enter, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, waits={"task-1": ["task-2"]})
        answer = enter(champion).post(address(task_of(plan, 1), "complete"), {"version": 1})
        assert answer.status_code == 422
        assert "This task waits for: Task 2." in answer.content.decode()

    @pytest.mark.parametrize("size", [4, 64])
    def test_queries_do_not_grow_with_the_plan(
        self, size, enter, account, owners, champion, django_assert_max_num_queries
    ):
        plan = make_live_plan(account=account, owners=owners, tasks=size)
        browser = enter(champion)
        with django_assert_max_num_queries(14):
            browser.post(address(task_of(plan, 1), "complete"), {"version": 1})
        with django_assert_max_num_queries(22):
            browser.post(address(task_of(plan, 3), "complete"), {"version": 1}, headers=in_place(plan))


class TestBlock:
    def test_a_reason_that_both_sides_read(self, enter, plan, champion, csm):
        task = task_of(plan, 1)
        answer = enter(champion).post(address(task, "block"), {"version": 1, "reason": " No VPN "})
        assert (answer.status_code, answer["Location"]) == (302, f"/plans/{plan.pk}/tasks/{task.pk}/")
        assert task_of(plan, 1).blocked_reason == "No VPN"
        assert "No VPN" in enter(csm).get(answer["Location"]).content.decode()

    def test_without_a_reason_it_says_so_at_the_field(self, enter, plan, champion):
        answer = enter(champion).post(
            address(task_of(plan, 1), "block"), {"version": 1, "reason": "  "}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="block-reason_error"' in text
        assert "<html" not in text

    def test_unblock(self, enter, plan, champion):
        block_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, reason="No VPN")
        blocked = enter(champion).post(address(task_of(plan, 1), "complete"), {"version": 2})
        assert "This task is blocked. Unblock it first." in blocked.content.decode()
        answer = enter(champion).post(
            address(task_of(plan, 1), "unblock"), {"version": 2}, headers=in_place(plan)
        )
        assert answer.status_code == 200
        assert task_of(plan, 1).blocked_at is None
        assert f'id="task-{task_of(plan, 1).pk}" hx-swap-oob' in answer.content.decode()


class TestReopen:
    def test_undo(self, enter, plan, champion):
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        answer = enter(champion).post(
            address(task_of(plan, 1), "reopen"), {"version": 2}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert "<strong>0 of 4 tasks done</strong><span>0 %</span>" in text
        assert "data-announce>Open again: Task 1.</p>" in text
        assert task_of(plan, 1).completed_at is None

    def test_what_is_open_stays_open(self, enter, plan, champion):
        answer = enter(champion).post(address(task_of(plan, 1), "reopen"), {"version": 1})
        assert answer.status_code == 422
        assert "This task is open already." in answer.content.decode()


class TestReassign:
    def test_to_a_colleague_who_gets_a_mail(self, enter, plan, champion, contributor):
        task = task_of(plan, 1)
        answer = enter(champion).post(
            address(task, "reassign"), {"version": 1, "owner": contributor.pk}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Chloe Champion gave “Task 1” to Colin Contributor" in text
        assert "Your turn: 1 thing to do" in text
        assert task_of(plan, 1).owner == contributor
        assert task_of(plan, 1).edited_fields == ["owner"]
        assert OutgoingMail.objects.filter(kind="task_assigned", to=contributor.email).count() == 1

    def test_back_to_nobody(self, enter, plan, champion):
        enter(champion).post(address(task_of(plan, 1), "reassign"), {"version": 1, "owner": ""})
        assert task_of(plan, 1).owner is None
        text = enter(champion).get(f"/plans/{plan.pk}/").content.decode()
        assert "gave “Task 1” to nobody: it needs an owner" in text

    def test_only_people_of_its_side(self, enter, plan, champion, csm, stranger):
        for wrong in (csm, stranger):
            answer = enter(champion).post(
                address(task_of(plan, 1), "reassign"), {"version": 1, "owner": wrong.pk}
            )
            assert answer.status_code == 422
            assert 'id="reassign-owner_error"' in answer.content.decode()
        assert task_of(plan, 1).owner == champion

    def test_the_csm_may_hand_out_the_customers_tasks(self, enter, plan, csm, contributor):
        enter(csm).post(address(task_of(plan, 1), "reassign"), {"version": 1, "owner": contributor.pk})
        assert task_of(plan, 1).owner == contributor


class TestMove:
    def test_a_new_date_with_a_reason(self, enter, plan, champion):
        task = task_of(plan, 1)
        day = timezone.now().date() + timedelta(days=5)
        plan.milestones.update(due_on=plan.ends_on, rule_anchor="")
        answer = enter(champion).post(
            address(task, "move"),
            {"version": 1, "due_on": day.isoformat(), "reason": "Holidays"},
            headers=in_place(plan),
        )
        assert answer.status_code == 200
        assert f'<time datetime="{day.isoformat()}"' in answer.content.decode()
        assert "Holidays" in answer.content.decode()
        moved = task_of(plan, 1)
        assert (moved.due_on, moved.edited_fields) == (day, ["due_on"])
        assert moved.baseline_on == task.baseline_on

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"due_on": "2001-01-01", "reason": "Because"}, "Choose a day from today"),
            ({"due_on": "soon", "reason": "Because"}, "Enter a valid date."),
            ({"due_on": "", "reason": "Because"}, "This field is required."),
        ],
    )
    def test_what_is_wrong_stands_next_to_the_field_and_the_rest_stays(
        self, data, words, enter, plan, champion
    ):
        answer = enter(champion).post(address(task_of(plan, 1), "move"), {"version": 1} | data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert 'id="move-due_on_error"' in text
        assert 'value="Because"' in text
        assert task_of(plan, 1).version == 1


class TestTooLate:
    def test_the_second_is_told_and_nothing_is_overwritten(self, enter, plan, champion, csm):
        task = task_of(plan, 1)
        move_task(
            by=actor(csm, plan),
            task=task,
            version=1,
            due_on=timezone.now().date() + timedelta(days=3),
            reason="The room was taken",
        )
        answer = enter(champion).post(
            address(task, "block"), {"version": 1, "reason": "My long reason"}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Carla Csm moved “Task 1” from" in text
        assert "The room was taken, a moment ago." in text
        # What was typed is still there, in a form that carries the new version.
        assert "My long reason" in text
        assert 'name="version" value="2"' in text
        assert task_of(plan, 1).blocked_at is None

    def test_what_no_form_can_hold_any_more_is_said(self, enter, plan, champion, sponsor):
        complete_task(by=actor(sponsor, plan), task=task_of(plan, 1), version=1)
        answer = enter(champion).post(
            address(task_of(plan, 1), "block"), {"version": 1, "reason": "My long reason"}
        )
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Sam Sponsor completed “Task 1”" in text
        assert "You had written: “My long reason”" in text
        assert "<html" in text
