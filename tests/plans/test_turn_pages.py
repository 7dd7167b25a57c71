"""Whose turn, on the pages: both sides see the same days; a block says who clears the way; marks on rows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Event
from plans.models import Plan, Task
from plans.services.working import block_task, complete_task, unblock_task
from tests.factories import actor, make_draft_plan, make_live_plan, task_of

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday; no public holiday is near.
MONDAY = datetime(2026, 3, 2, 9, tzinfo=BERLIN)


def at(day: int, hour: int = 12) -> time_machine.travel:
    return time_machine.travel(MONDAY.replace(hour=hour) + timedelta(days=day), tick=False)


@pytest.fixture
def told(account, owners, champion, csm) -> Plan:
    """Live on Monday: the champion does task 1 on Wednesday, task 2 is blocked on the customer on Thursday."""
    with at(0):
        plan = make_live_plan(account=account, owners=owners)
    with at(2):
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
    with at(3):
        block_task(by=actor(csm, plan), task=task_of(plan, 2), version=1, reason="No VPN", on="customer")
    return plan


def get(browser, plan: Plan, rest: str = "", **headers):
    answer = browser.get(f"/plans/{plan.pk}/{rest}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_both_sides_read_the_same_sentence(told, enter, champion, csm, executive, viewer):
    # Tuesday to the next Friday: 1 day before the champion was done, 1 for the vendor, then 7 again.
    with at(11):
        for person in (champion, csm, executive, viewer):
            text = get(enter(person), told)
            assert "9 working days since it went live: 8 waited for Acme, 1 for" in text
            assert "0 for nobody." in text
            assert '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 10" role="img"' in text


def test_a_milestone_says_whom_it_has_waited_for(told, enter, champion):
    with at(11):
        text = get(enter(champion), told)
    assert "Waited 8 working days for Acme, 1 working day for" in text


def test_the_row_says_who_and_how_long_where_somebody_is_pressed(told, enter, champion, csm):
    with at(11):
        for person in (champion, csm):
            text = get(enter(person), told)
            row = text.partition(f'id="task-{task_of(told, 2).pk}"')[2].partition("</div>")[0]
            assert '<span class="turn">Acme · 7 days</span>' in row


def test_the_panel_says_since_when_and_what_was_before(told, enter, champion, csm):
    task = task_of(told, 2)
    with at(11):
        for person in (champion, csm):
            text = get(enter(person), told, f"tasks/{task.pk}/")
            assert "Waiting for Acme since 5 Mar, 7 working days." in text
            assert "Before: 2 days for" in text


def test_a_done_task_says_whom_it_waited_for(told, enter, champion):
    with at(11):
        text = get(enter(champion), told, f"tasks/{task_of(told, 1).pk}/")
    assert "Waited 1 day for Acme." in text


def test_the_page_of_the_turn_has_sums_that_add_up(told, enter, champion, csm):
    with at(11):
        answers = [enter(person).get(f"/plans/{told.pk}/turn/") for person in (champion, csm)]
    first, second = (
        (answer.context["turn"]["cells"], [stop["cells"] for stop in answer.context["milestones"]])
        for answer in answers
    )
    assert first == second
    plan, milestones = first
    assert plan == {"customer": 8, "vendor": 1, "dependency": 0, "nobody": 0, "age": 9}
    for cells in milestones:
        assert cells["customer"] + cells["vendor"] + cells["nobody"] == cells["age"] == 9
    for stop in answers[0].context["milestones"]:
        for task in stop["tasks"]:
            cells = task["cells"]
            assert sum(cells[name] for name in ("customer", "vendor", "dependency", "nobody")) == cells["age"]
    text = answers[0].content.decode()
    assert '<td class="num" data-label="Acme">8</td>' in text
    assert "The whole plan" in text


def test_what_the_customer_holds_up_stands_on_the_plan_for_both(told, enter, champion, csm):
    with at(11):
        for person in (champion, csm):
            text = get(enter(person), told)
            section = text.partition('id="blockers"')[2].partition("</section>")[0]
            assert "Held up at Acme this week" in section
            assert "Task 2</a>" in section
            assert "Carla Csm · 7 working days, since 5 Mar" in section
    with at(4), at(4, 15):
        unblock_task(by=actor(csm, told), task=task_of(told, 2), version=2)
        Task.objects.filter(plan=told).update(due_on=timezone.now().date() + timedelta(days=20))
    with at(11):
        assert 'id="blockers"' not in get(enter(champion), told)


def test_a_draft_has_no_days(account, enter, csm, champion):
    plan = make_draft_plan(account=account, owners={"csm": csm})
    text = get(enter(csm), plan, "turn/")
    assert "Nobody has waited yet" in text
    assert "Who waited for whom" not in get(enter(csm), plan)
    assert enter(champion).get(f"/plans/{plan.pk}/turn/").status_code == 404


def test_a_finished_plan_is_booked_up_to_its_last_day(told, enter, champion):
    with at(4):
        Plan.objects.filter(pk=told.pk).update(closed_at=timezone.now())
    with at(40):
        text = get(enter(champion), told)
        assert "It ran for 4 working days: 3 waited for Acme, 1 for" in text
        assert 'id="blockers"' not in text


@pytest.mark.parametrize("size", [4, 64])
def test_the_page_of_the_turn_asks_as_often_for_many_tasks(
    size, account, owners, enter, champion, django_assert_num_queries
):
    plan = make_live_plan(account=account, owners=owners, tasks=size)
    browser = enter(champion)
    with django_assert_num_queries(7):
        browser.get(f"/plans/{plan.pk}/turn/")


class TestWhoClearsTheWay:
    def block(self, browser, task: Task, **data):
        return browser.post(
            f"/plans/{task.plan_id}/tasks/{task.pk}/block/", {"version": 1, "reason": "No VPN"} | data
        )

    def test_the_form_asks_and_the_history_keeps_it(self, plan, enter, champion):
        task = task_of(plan, 1)
        shown = enter(champion).get(f"/plans/{plan.pk}/tasks/{task.pk}/").content.decode()
        assert "Who can clear the way?" in shown
        assert '<option value="customer" selected>Acme</option>' in shown
        assert self.block(enter(champion), task, on="vendor").status_code == 302
        assert task_of(plan, 1).blocked_on == "vendor"
        assert Event.objects.filter(verb="task.blocked").get().new["on"] == "vendor"

    def test_without_an_answer_it_is_the_tasks_own_side(self, plan, enter, champion):
        assert self.block(enter(champion), task_of(plan, 1)).status_code == 302
        assert task_of(plan, 1).blocked_on == "customer"

    @pytest.mark.parametrize("on", ["dependency", "the weather", "customer\x00", "x" * 5000])
    def test_nobody_else_can_be_named(self, on, plan, enter, champion):
        answer = self.block(enter(champion), task_of(plan, 1), on=on)
        assert answer.status_code == 422
        assert "No VPN" in answer.content.decode()
        assert task_of(plan, 1).blocked_at is None

    def test_it_is_forgotten_when_the_way_is_clear(self, plan, champion):
        by = actor(champion, plan)
        block_task(by=by, task=task_of(plan, 1), version=1, reason="No VPN", on="nobody")
        unblock_task(by=by, task=task_of(plan, 1), version=2)
        assert task_of(plan, 1).blocked_on == ""

    def test_the_plan_counts_what_the_customer_holds_up(self, plan, champion, csm):
        block_task(by=actor(csm, plan), task=task_of(plan, 2), version=1, reason="No VPN", on="customer")
        block_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, reason="No VPN", on="vendor")
        plan.refresh_from_db()
        assert plan.blocked_customer == 1
        assert plan.customer_due_on == min(task_of(plan, 2).due_on, task_of(plan, 3).due_on)


class TestMarks:
    def row(self, browser, plan: Plan, number: int) -> str:
        text = get(browser, plan)
        return text.partition(f'id="task-{task_of(plan, number).pk}"')[2].partition("</div>")[0]

    def test_pinned_and_talked_about(self, plan, enter, champion, csm):
        Task.objects.filter(pk=task_of(plan, 1).pk).update(pinned_at=timezone.now(), talk_count=3)
        for person in (champion, csm):
            row = self.row(enter(person), plan, 1)
            assert '<i class="mark mark--pin" role="img" aria-label="Pinned to its day"></i>' in row
            assert '<i class="mark mark--talk" role="img" aria-label="3 comments">3</i>' in row
        assert "mark" not in self.row(enter(champion), plan, 2)

    def test_a_day_that_is_asked_for_is_the_other_sides_turn(self, plan, enter, champion, csm):
        task = task_of(plan, 1)
        Task.objects.filter(pk=task.pk).update(proposed_on=task.due_on + timedelta(days=9))
        asked = get(enter(csm), plan)
        assert "Your turn: 3 things to do" in asked
        turn = asked.partition(f'id="turn-{task.pk}"')[2].partition("</div>")[0]
        assert '<span class="turn">Your answer</span>' in turn
        assert "Asked for until" in turn
        mine = get(enter(champion), plan)
        assert "Your turn: 1 thing to do" in mine
        # It stays in sight of who asked.
        assert f'id="turn-{task.pk}"' in mine
        assert "Waits for an answer" in mine

    def test_a_date_that_the_other_side_moved_is_hinted_at(self, plan, enter, champion, csm):
        Task.objects.filter(pk=task_of(plan, 1).pk).update(moved_by_side="vendor")
        mine = get(enter(champion), plan)
        assert '<span class="turn">New date</span>' in mine
        assert "Moved by" in self.row(enter(csm), plan, 1)
        assert "New date" not in get(enter(csm), plan)

    def test_a_form_is_not_ticked_off(self, plan, enter, champion):
        task = task_of(plan, 1)
        Task.objects.filter(pk=task.pk).update(form=[{"key": "a", "label": "A", "kind": "text"}])
        text = get(enter(champion), plan)
        assert f"tasks/{task.pk}/complete/" not in text
        assert f"tasks/{task_of(plan, 3).pk}/complete/" in text


def test_on_its_own_page_a_row_has_a_short_address(plan, enter, champion):
    task = task_of(plan, 1)
    assert f'<a href="tasks/{task.pk}/">' in get(enter(champion), plan)
    # An answer may be shown on another page, where the short one would lead astray.
    refused = enter(champion).post(
        f"/plans/{plan.pk}/tasks/{task.pk}/complete/",
        {"version": 1},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/"},
    )
    assert f'<a href="/plans/{plan.pk}/tasks/{task.pk}/">' in refused.content.decode()
