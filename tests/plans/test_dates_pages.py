"""Dates on the page: the preview before the move, why a day is this day, what moved on a plan; and bad input."""

import re
from datetime import date, timedelta

import pytest

from plans.models import DateMove, DateProposal, Plan, Task
from plans.services.moving import move_task
from plans.services.proposing import propose_date
from tests.factories import actor, make_live_plan, objective_of, task_of
from tests.plans.test_moving import days_of, later, working_day
from tests.plans.test_task_acts import address, in_place

pytestmark = pytest.mark.django_db


def mark_in(text: str) -> str:
    return re.search(r'name="mark" value="([0-9a-f]{64})"', text)[1]


def wanted(plan, number=1, **more) -> dict[str, object]:
    task = task_of(plan, number)
    return {"version": task.version, "due_on": later(task).isoformat(), "reason": "The room is taken"} | more


class TestThePreview:
    @pytest.mark.parametrize("htmx", [False, True])
    def test_it_is_shown_first_and_moves_with_the_second_post(self, htmx, enter, chain, csm):
        headers = in_place(chain) if htmx else {}
        browser, before = enter(csm), days_of(chain)
        first = browser.post(address(task_of(chain, 1), "move"), wanted(chain), headers=headers)
        text = first.content.decode()
        assert first.status_code == 200
        assert ("<html" in text) is not htmx
        assert "2 other dates move with it" in text
        assert "Task 1 → Task 2 → Task 3" in text
        assert 'value="The room is taken"' in text
        assert days_of(chain) == before
        done = browser.post(
            address(task_of(chain, 1), "move"), wanted(chain, mark=mark_in(text)), headers=headers
        )
        assert done.status_code == (200 if htmx else 302)
        assert days_of(chain)[:3] == [later(task_of(chain, 1))] * 3
        if htmx:
            # Its own row comes along; the page keeps its old tag, and so fetches the other rows by itself.
            assert f'id="task-{task_of(chain, 1).pk}"' in done.content.decode()
            assert 'id="plan-live"' not in done.content.decode()

    def test_where_nothing_else_moves_one_post_does_it(self, enter, chain, csm):
        answer = enter(csm).post(
            address(task_of(chain, 4), "move"), wanted(chain, 4), headers=in_place(chain)
        )
        assert answer.status_code == 200
        assert task_of(chain, 4).due_on == later(task_of(chain, 4))
        assert 'id="plan-live"' in answer.content.decode()

    def test_what_has_changed_meanwhile_is_shown_anew(self, enter, chain, csm):
        browser = enter(csm)
        text = browser.post(address(task_of(chain, 1), "move"), wanted(chain)).content.decode()
        move_task(
            by=actor(csm, chain), task=task_of(chain, 3), version=1, due_on=later(task_of(chain, 3), 14),
            reason="Later.",
        )  # fmt: skip
        again = browser.post(address(task_of(chain, 1), "move"), wanted(chain, mark=mark_in(text)))
        assert again.status_code == 409
        assert "This is not what you were shown before" in again.content.decode()
        assert "1 other date moves with it" in again.content.decode()
        assert 'value="The room is taken"' in again.content.decode()
        assert task_of(chain, 1).version == 1

    def test_past_the_end_only_with_a_tick(self, enter, account, owners, csm):
        plan = make_live_plan(account=account, owners=owners, kickoff_on=account.today(), days=40)
        Task.objects.filter(plan=plan, key="task-2").update(rule_anchor="task:task-1", rule_offset=1)
        browser = enter(csm)
        data = {"version": 1, "due_on": plan.ends_on.isoformat(), "reason": "Late"}
        first = browser.post(address(task_of(plan, 1), "move"), data).content.decode()
        assert "1 date would lie past the plan&#x27;s end" in first
        second = browser.post(address(task_of(plan, 1), "move"), data | {"mark": mark_in(first)})
        assert second.status_code == 422
        assert "Nothing moves past the end by itself." in second.content.decode()
        data |= {"mark": mark_in(first), "on_last_day": "on"}
        assert browser.post(address(task_of(plan, 1), "move"), data).status_code == 302
        assert task_of(plan, 2).due_on <= plan.ends_on

    @pytest.mark.parametrize(
        "wrong",
        [
            {"reason": "x" * 2001},
            {"reason": "a\x00b"},
            {"due_on": "2026-02-30"},
            {"due_on": "9999-12-31"},
            {"mark": "m" * 65},
        ],
    )
    def test_what_is_wrong_is_refused_and_stays(self, wrong, enter, chain, csm):
        answer = enter(csm).post(address(task_of(chain, 1), "move"), wanted(chain) | wrong)
        assert answer.status_code == 422
        assert not DateMove.objects.exists()

    def test_names_of_any_kind_are_only_text(self, enter, chain, csm):
        Task.objects.filter(plan=chain, key="task-2").update(title="<b>אבג</b> 🚀" + "x" * 180)
        text = enter(csm).post(address(task_of(chain, 1), "move"), wanted(chain)).content.decode()
        assert "&lt;b&gt;אבג&lt;/b&gt; 🚀" in text
        assert "<b>אבג" not in text


class TestAskingAndAccepting:
    def test_the_customer_accepts_with_one_click(self, enter, chain, csm, champion):
        move_task(
            by=actor(csm, chain),
            task=task_of(chain, 1),
            version=1,
            due_on=later(task_of(chain, 1)),
            reason="Audit.",
        )
        task = task_of(chain, 3)
        page = enter(champion).get(address(task, "why").removesuffix("why/")).content.decode()
        assert "Carla Csm moved this from" in page
        assert "Task 1 → Task 2 → Task 3" in page
        assert "Accept the new date" in page
        seen = enter(csm).get(address(task, "why").removesuffix("why/")).content.decode()
        assert "Acme has not accepted the new date yet." in seen
        answer = enter(champion).post(
            address(task, "accept-date"), {"version": task.version}, headers=in_place(chain)
        )
        assert "data-announce>The new date is accepted: Task 3.</p>" in answer.content.decode()
        assert task_of(chain, 3).moved_by_side == ""

    @pytest.mark.parametrize("accept", [True, False])
    def test_the_vendor_answers_with_one_click(self, accept, enter, chain, csm, champion):
        task = task_of(chain, 3)
        propose_date(
            by=actor(champion, chain), task=task, version=1, proposed_on=later(task), reason="Audit."
        )
        page = enter(csm).get(address(task, "why").removesuffix("why/")).content.decode()
        assert "Chloe Champion asks for this until" in page
        data = {"version": 2, "proposal": DateProposal.objects.get().pk}
        data |= {"accept": "on"} if accept else {"answer": "The audit can wait."}
        answer = enter(csm).post(address(task, "answer-date"), data)
        assert answer.status_code == 302
        assert (task_of(chain, 3).due_on == later(task)) is accept
        why = enter(champion).get(address(task, "why")).content.decode()
        assert ("Carla Csm agreed." in why) is accept
        assert ("The audit can wait." in why) is not accept

    def test_an_agreement_that_moves_more_shows_it_first(self, enter, chain, csm, champion):
        task = task_of(chain, 1)
        propose_date(
            by=actor(champion, chain), task=task, version=1, proposed_on=later(task), reason="Audit."
        )
        data = {"version": 2, "proposal": DateProposal.objects.get().pk, "accept": "on"}
        text = enter(csm).post(address(task, "answer-date"), data, headers=in_place(chain)).content.decode()
        assert "Agree, and move all of them" in text
        assert task_of(chain, 1).due_on != later(task)
        enter(csm).post(address(task, "answer-date"), data | {"mark": mark_in(text)})
        assert days_of(chain)[:3] == [later(task)] * 3

    def test_nobody_answers_their_own_question_nor_one_of_another_task(
        self,
        enter,
        chain,
        csm,
        champion,
    ):
        task = task_of(chain, 1)
        propose_date(
            by=actor(champion, chain), task=task, version=1, proposed_on=later(task), reason="Audit."
        )
        data = {"version": 2, "proposal": DateProposal.objects.get().pk, "accept": "on"}
        assert enter(champion).post(address(task, "answer-date"), data).status_code == 403
        assert enter(csm).post(address(task_of(chain, 3), "answer-date"), data).status_code == 404


class TestWhy:
    def test_the_rule_what_it_waits_for_and_the_ledger(self, enter, chain, csm, champion):
        page = enter(champion).get(address(task_of(chain, 2), "why")).content.decode()
        assert "2 working days after: the kickoff" in page
        assert "It has not moved yet." in page
        assert "Pin it to this day" not in page
        move_task(
            by=actor(csm, chain),
            task=task_of(chain, 1),
            version=1,
            due_on=later(task_of(chain, 1)),
            reason="Audit.",
        )
        page = enter(champion).get(address(task_of(chain, 2), "why")).content.decode()
        assert "It waits for “Task 1”, due on" in page
        assert "Carla Csm: follows what it depends on – Audit." in page
        assert "Task 1 → Task 2" in page
        for path in (f"milestones/{chain.milestones.first().pk}", f"objectives/{objective_of(chain).pk}"):
            found = enter(champion).get(f"/plans/{chain.pk}/{path}/why/")
            assert "working days after: the kickoff" in found.content.decode()

    def test_a_public_holiday_on_the_way_is_named(self, enter, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, kickoff_on=date(2026, 12, 21))
        Task.objects.filter(plan=plan, key="task-1").update(rule_offset=8, due_on=working_day(plan, 8))
        text = enter(champion).get(address(task_of(plan, 1), "why")).content.decode()
        assert "Days off do not count: 25 Dec" in text

    def test_pin_and_let_go(self, enter, chain, csm):
        task, browser = task_of(chain, 2), enter(csm)
        assert browser.post(address(task, "pin"), {"version": 1}).status_code == 302
        assert "It is pinned" in browser.get(address(task, "why")).content.decode()
        again = browser.post(address(task, "pin"), {"version": 1})
        assert (again.status_code, "Carla Csm pinned “Task 2”" in again.content.decode()) == (409, True)
        assert browser.post(address(task, "unpin"), {"version": 2, "reason": ""}).status_code == 422
        assert browser.post(address(task, "unpin"), {"version": 2, "reason": "Go."}).status_code == 302
        assert task_of(chain, 2).pinned_at is None

    def test_wait_for_more_and_for_less(self, enter, chain, csm):
        task, browser = task_of(chain, 1), enter(csm)
        circle = browser.post(
            address(task, "wait"), {"version": 1, "before": task_of(chain, 3).pk, "reason": "So."}
        )
        assert circle.status_code == 422
        assert "Task 1 → Task 3 → Task 2 → Task 1" in circle.content.decode()
        data = {"version": 1, "before": task_of(chain, 4).pk, "reason": "Data."}
        first = browser.post(address(task, "wait"), data)
        assert (first.status_code, "other dates move with it" in first.content.decode()) == (200, True)
        done = browser.post(address(task, "wait"), data | {"mark": mark_in(first.content.decode())})
        assert done.status_code == 302
        data |= {"version": task_of(chain, 1).version}
        less = browser.post(address(task, "wait-no-longer"), data)
        assert less.status_code == 200
        data |= {"mark": mark_in(less.content.decode())}
        assert browser.post(address(task, "wait-no-longer"), data).status_code == 302
        assert not task_of(chain, 1).waits_for.exists()
        assert browser.post(address(task, "wait-no-longer"), data | {"version": 4}).status_code in (409, 422)


class TestTheLedger:
    def test_each_act_with_what_followed(self, enter, chain, csm, champion):
        move_task(
            by=actor(csm, chain),
            task=task_of(chain, 1),
            version=1,
            due_on=later(task_of(chain, 1)),
            reason="Audit.",
        )
        text = enter(champion).get(f"/plans/{chain.pk}/dates/").content.decode()
        assert "Carla Csm moved “Task 1” from" in text
        assert "2 other dates moved with it" in text
        assert "as agreed" in text
        assert "Move the kickoff" not in text

    def test_who_moved_one_is_told_how_many_followed(self, enter, chain, csm):
        browser, task = enter(csm), task_of(chain, 1)
        url = f"/plans/{chain.pk}/tasks/{task.pk}/move/"
        data = {"version": 1, "due_on": later(task).isoformat(), "reason": "Audit."}
        first = browser.post(url, data).content.decode()
        answer = browser.post(url, data | {"mark": mark_in(first)}, follow=True)
        assert "New date: Task 1. 2 other dates moved with it." in answer.content.decode()

    def test_the_kickoff_is_moved_here(self, enter, chain, csm):
        browser, day = enter(csm), later(task_of(chain, 1))
        url, data = f"/plans/{chain.pk}/dates/kickoff/", {"kickoff_on": day.isoformat(), "reason": "The room"}
        first = browser.post(url, data).content.decode()
        assert "other dates move with it" in first
        assert "Kickoff → Task 1" in first
        assert browser.post(url, data | {"mark": mark_in(first)}).status_code == 302
        assert Plan.objects.get(pk=chain.pk).kickoff_on == day
        assert "moved “Kickoff” from" in browser.get(f"/plans/{chain.pk}/dates/").content.decode()

    @pytest.mark.parametrize(
        "wrong", [{"ends_on": ""}, {"ends_on": "2001-01-01"}, {"ends_on": "9999-01-01"}, {"reason": " "}]
    )
    def test_a_wrong_end_is_refused_beside_its_field(self, wrong, enter, chain, csm):
        day = chain.ends_on + timedelta(days=7)
        data = {"ends_on": day.isoformat(), "reason": "More time"} | wrong
        answer = enter(csm).post(f"/plans/{chain.pk}/dates/end/", data)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()

    @pytest.mark.parametrize("size", [4, 64])
    def test_queries_do_not_grow(self, size, enter, account, owners, csm, django_assert_num_queries):
        waits = {f"task-{n}": [f"task-{n - 1}"] for n in range(2, size + 1)}
        plan = make_live_plan(
            account=account, owners=owners, kickoff_on=account.today(), tasks=size, waits=waits
        )
        day, browser = plan.ends_on - timedelta(days=7), enter(csm)
        move_task(by=actor(csm, plan), task=task_of(plan, 1), version=1, due_on=day, reason="Audit.")
        with django_assert_num_queries(8):
            browser.get(f"/plans/{plan.pk}/dates/")
        with django_assert_num_queries(12):
            browser.get(address(task_of_id(plan, 2), "why"))


def task_of_id(plan, number: int) -> Task:
    return plan.tasks.only("pk", "plan").get(key=f"task-{number}")
