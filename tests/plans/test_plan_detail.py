"""The plan's page: who sees it, what it says, how much it costs, and when it need not be made again."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import OutgoingMail, Stakeholder
from plans.models import Plan
from plans.services.measuring import add_measurement
from plans.services.working import block_task, complete_task
from tests.factories import (
    EvidenceFactory,
    MeasurementFactory,
    actor,
    make_draft_plan,
    make_live_plan,
    objective_of,
    task_of,
)

pytestmark = pytest.mark.django_db


def page(plan) -> str:
    return f"/plans/{plan.pk}/"


@pytest.mark.parametrize("who", ["admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer"])
def test_everybody_on_the_account_sees_it(who, everybody, enter, plan):
    answer = enter(everybody[who]).get(page(plan))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Acme: Small playbook" in text
    assert text.count('<div class="task" id="task-') == 4
    assert "0 of 4 tasks done" in text


def test_strangers_learn_nothing(enter, plan, stranger, champion):
    assert enter(stranger).get(page(plan)).status_code == 404
    assert enter(champion).get(f"/plans/{uuid4()}/").status_code == 404
    outside = enter(None).get(page(plan))
    assert outside.status_code == 302
    assert outside["Location"].startswith("/sign-in/")


def test_who_was_removed_sees_nothing_any_more(enter, plan, champion):
    Stakeholder.objects.filter(user=champion).update(removed_at=timezone.now())
    assert enter(champion).get(page(plan)).status_code == 404


def test_it_only_reads(enter, plan, champion):
    assert enter(champion).post(page(plan)).status_code == 405


def test_your_turn_is_first_and_is_yours(enter, plan, champion, csm, viewer):
    text = enter(champion).get(page(plan)).content.decode()
    assert "Your turn: 2 things to do" in text
    assert text.index('id="turn"') < text.index('id="spine"')
    first, second = task_of(plan, 1), task_of(plan, 2)
    assert f'id="turn-{first.pk}"' in text
    assert f'id="turn-{second.pk}"' not in text
    assert f'id="turn-{second.pk}"' in enter(csm).get(page(plan)).content.decode()
    watching = enter(viewer).get(page(plan)).content.decode()
    assert "Nothing for you right now" in watching
    assert "works on 2 tasks, Acme works on 2 tasks" in watching


def test_a_contributor_is_asked_for_their_own_tasks_only(enter, account, owners, contributor):
    plan = make_live_plan(account=account, owners=owners, roles={"task-3": "contributor"})
    text = enter(contributor).get(page(plan)).content.decode()
    assert "Your turn: 1 thing to do" in text
    assert f'id="turn-{task_of(plan, 3).pk}"' in text


def test_what_waits_is_nobodys_turn(enter, account, owners, champion):
    plan = make_live_plan(account=account, owners=owners, waits={"task-3": ["task-1"]})
    text = enter(champion).get(page(plan)).content.decode()
    assert "Your turn: 1 thing to do" in text
    assert '<span class="turn">Waits</span>' in text


def test_unowned_tasks_are_the_turn_of_who_leads(enter, account, csm, champion, contributor, sponsor):
    plan = make_live_plan(account=account)
    assert "Your turn: 2 things" in enter(champion).get(page(plan)).content.decode()
    assert "Your turn: 2 things" in enter(csm).get(page(plan)).content.decode()
    for other in (contributor, sponsor):
        assert "Nothing for you right now" in enter(other).get(page(plan)).content.decode()


def test_claims_of_the_other_side_wait_for_review(enter, plan, champion, csm):
    EvidenceFactory(task=task_of(plan, 1), claimed_by=champion)
    MeasurementFactory(objective=objective_of(plan), claimed_by=champion)
    text = enter(csm).get(page(plan)).content.decode()
    assert "Your turn: 4 things to do" in text
    assert "Confirm the measurement: Quotes are faster" in text
    assert f'id="turn-{task_of(plan, 1).pk}" data-state="review"' in text
    assert "Confirm the measurement" not in enter(champion).get(page(plan)).content.decode()


def test_both_sides_see_the_same_progress(everybody, enter, plan, champion):
    complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
    for who in ("admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer"):
        text = enter(everybody[who]).get(page(plan)).content.decode()
        assert "<strong>1 of 4 tasks done</strong><span>25 %</span>" in text


def test_milestones_say_how_they_stand(enter, plan, champion, csm):
    complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
    complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
    text = enter(champion).get(page(plan)).content.decode()
    assert 'data-state="done"><h4><span class="vh">Reached: </span>Kickoff held</h4>' in text
    assert '<span class="stop-count">2 of 2</span>' in text
    assert '<span class="vh">Under way: </span>First value' in text


def test_a_late_milestone_is_late(enter, account, owners, champion):
    long_ago = timezone.now().date() - timedelta(days=200)
    plan = make_live_plan(account=account, owners=owners, kickoff_on=long_ago, days=300)
    text = enter(champion).get(page(plan)).content.decode()
    assert '<span class="vh">Late: </span>Kickoff held' in text
    assert 'data-due="late"' in text


def test_history_and_people_and_agenda(enter, plan, champion, csm):
    block_task(by=actor(csm, plan), task=task_of(plan, 2), version=1, reason="No <b>access</b> yet")
    text = enter(champion).get(page(plan)).content.decode()
    assert "Carla Csm said that “Task 2” is blocked: No &lt;b&gt;access&lt;/b&gt; yet" in text
    assert "<b>access" not in text
    assert "Colin Contributor<small>Contributor</small>" in text
    assert "<strong>Who does what</strong>" in text
    assert "20 min" in text


def test_objectives_show_from_to_by_and_a_chart(enter, plan, champion):
    add_measurement(
        by=actor(champion, plan),
        objective=objective_of(plan),
        value=Decimal("30.5000"),
        measured_on=timezone.now().date() - timedelta(days=1),
    )
    text = enter(champion).get(page(plan)).content.decode()
    assert "<dd>48\xa0hours</dd>" in text
    assert "<dd>30.5\xa0hours</dd>" in text
    assert "<dd>8\xa0hours</dd>" in text
    assert "Claimed by Chloe Champion, not confirmed yet" in text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in text


@pytest.mark.parametrize("size", [4, 64])
@pytest.mark.parametrize("who", ["csm", "champion"])
def test_queries_do_not_grow_with_the_plan(
    size, who, everybody, enter, account, owners, django_assert_num_queries
):
    plan = make_live_plan(account=account, owners=owners, tasks=size)
    browser = enter(everybody[who])
    with django_assert_num_queries(12):
        answer = browser.get(page(plan))
    assert answer.content.count(b'<div class="task" id="task-') == size


def test_a_plan_of_64_tasks_is_at_most_60_kb(enter, account, owners, champion):
    evidence = {f"task-{n}": "any" for n in range(1, 64, 2)}
    plan = make_live_plan(account=account, owners=owners, tasks=64, evidence=evidence)
    assert len(enter(champion).get(page(plan)).content) <= 60_000


class TestAskingAgain:
    def test_an_unchanged_page_is_not_sent_again(self, enter, plan, champion, django_assert_num_queries):
        browser = enter(champion)
        first = browser.get(page(plan))
        assert first["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "HX-Request"} <= {name.strip() for name in first["Vary"].split(",")}
        with django_assert_num_queries(5):
            again = browser.get(page(plan), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def ask_again(self, browser, plan, tag, **headers):
        return browser.get(page(plan), headers={"If-None-Match": tag} | headers).status_code

    def test_any_act_makes_it_anew(self, enter, plan, champion, csm):
        browser = enter(champion)
        tag = browser.get(page(plan))["ETag"]
        complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
        assert self.ask_again(browser, plan, tag) == 200

    def test_another_person_another_page(self, enter, plan, champion, sponsor):
        tag = enter(champion).get(page(plan))["ETag"]
        assert self.ask_again(enter(sponsor), plan, tag) == 200

    def test_a_new_day_a_new_page(self, enter, plan, champion):
        browser = enter(champion)
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            tag = browser.get(page(plan))["ETag"]
        with time_machine.travel(timezone.now() + timedelta(hours=26)):
            assert self.ask_again(browser, plan, tag) == 200

    def test_another_language_another_page(self, enter, plan, champion):
        browser = enter(champion)
        tag = browser.get(page(plan))["ETag"]
        assert self.ask_again(browser, plan, tag, **{"Accept-Language": "de"}) == 200

    def test_people_who_come_in_are_shown(self, enter, plan, champion, account):
        from tests.factories import StakeholderFactory

        browser = enter(champion)
        tag = browser.get(page(plan))["ETag"]
        StakeholderFactory(account=account, user__name="Nina New", role="viewer", joined_at=None)
        answer = browser.get(page(plan), headers={"If-None-Match": tag})
        assert "Nina New<small>Viewer, not here yet</small>" in answer.content.decode()

    def test_a_new_csrf_secret_makes_it_anew(self, enter, plan, champion):
        browser = enter(champion)
        tag = browser.get(page(plan))["ETag"]
        del browser.cookies["csrftoken"]
        assert self.ask_again(browser, plan, tag) == 200

    def test_a_message_is_shown_once_and_not_kept(self, enter, plan, champion):
        browser = enter(champion)
        tag = browser.get(page(plan))["ETag"]
        browser.post(f"{page(plan)}tasks/{task_of(plan, 1).pk}/complete/", {"version": 1})
        told = browser.get(page(plan), headers={"If-None-Match": tag})
        assert "Done: Task 1." in told.content.decode()
        assert "ETag" not in told
        assert "no-store" in told["Cache-Control"]
        assert "Done: Task 1." not in browser.get(page(plan)).content.decode()


class TestDraft:
    def test_only_the_vendor_sees_it_with_what_is_missing(self, enter, account, csm, champion, executive):
        plan = make_draft_plan(account=account, owners={"csm": csm}, days=5)
        Plan.objects.filter(pk=plan.pk).update(gaps=["contract"])
        assert enter(champion).get(page(plan)).status_code == 404
        text = enter(csm).get(page(plan)).content.decode()
        assert "A draft: only your company sees it" in text
        assert "Chosen in a test." in text
        assert "Champion: 2 tasks need an owner" in text
        assert "The deal has no contract dates" in text
        assert "dates would have been after the plan" in text
        assert "Make the plan live" in text
        assert "Make the plan live" not in enter(executive).get(page(plan)).content.decode()

    def test_queries(self, enter, account, csm, django_assert_num_queries):
        plan = make_draft_plan(account=account)
        browser = enter(csm)
        with django_assert_num_queries(14):
            browser.get(page(plan))

    def test_going_live_freezes_the_dates_and_calls_people_in(self, enter, account, csm, champion):
        plan = make_draft_plan(account=account, owners={"csm": csm, "champion": champion})
        invited = Stakeholder.objects.get(user=champion)
        answer = enter(csm).post(f"{page(plan)}go-live/")
        assert (answer.status_code, answer["Location"]) == (302, page(plan))
        plan.refresh_from_db()
        assert (plan.state, plan.live_by) == ("live", csm)
        assert task_of(plan, 1).baseline_on == task_of(plan, 1).due_on
        assert OutgoingMail.objects.filter(to=invited.user.email).count() == 1
        assert enter(champion).get(page(plan)).status_code == 200

    def test_nobody_to_invite_is_said(self, enter, account, csm):
        plan = make_draft_plan(account=account)
        answer = enter(csm).post(f"{page(plan)}go-live/")
        assert answer.status_code == 422
        assert "Nobody at the customer is known yet." in answer.content.decode()
        assert Plan.objects.get(pk=plan.pk).state == "draft"

    def test_only_managers_make_it_live(self, enter, account, champion, executive, csm):
        plan = make_draft_plan(account=account)
        assert enter(executive).post(f"{page(plan)}go-live/").status_code == 403
        assert enter(champion).post(f"{page(plan)}go-live/").status_code == 404
        assert enter(csm).get(f"{page(plan)}go-live/").status_code == 405


class TestFinish:
    def test_a_plan_can_be_closed_before_its_end(self, enter, plan, csm, champion):
        answer = enter(csm).post(f"{page(plan)}finish/", {"outcome": "closed"})
        assert answer.status_code == 302
        assert Plan.objects.get(pk=plan.pk).state == "closed"
        text = enter(champion).get(page(plan)).content.decode()
        assert "This plan is finished." in text
        assert "Carla Csm closed the plan" in text

    def test_it_is_complete_with_its_last_task_only(self, enter, account, owners, csm, champion):
        plan = make_live_plan(account=account, owners=owners, tasks=2)
        refused = enter(csm).post(f"{page(plan)}finish/", {"outcome": "completed"})
        assert refused.status_code == 422
        assert "A plan is complete when all its tasks are done." in refused.content.decode()
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
        assert enter(csm).post(f"{page(plan)}finish/", {"outcome": "completed"}).status_code == 302
        assert Plan.objects.get(pk=plan.pk).state == "completed"

    def test_who_may_and_how(self, enter, plan, csm, champion, executive, stranger):
        address = f"{page(plan)}finish/"
        assert enter(champion).post(address, {"outcome": "closed"}).status_code == 403
        assert enter(executive).post(address, {"outcome": "closed"}).status_code == 403
        assert enter(stranger).post(address, {"outcome": "closed"}).status_code == 404
        assert enter(csm).get(address).status_code == 405
        assert enter(csm).post(address, {"outcome": "burned"}).status_code == 422
        assert Plan.objects.get(pk=plan.pk).state == "live"
