"""The homes of a customer's people: one obvious next thing, or the answer in a glance."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.services.counting import touch_plan
from reports.models import Edition
from tests.factories import (
    AccountFactory,
    EvidenceFactory,
    MeasurementFactory,
    StakeholderFactory,
    make_draft_plan,
    make_live_plan,
    objective_of,
    task_of,
)

pytestmark = pytest.mark.django_db


def today():
    return timezone.now().date()


def test_the_next_thing_is_the_own_task_that_is_due_first(enter, champion, plan):
    answer = enter(champion).get("/")
    assert answer.context["next"]["title"] == "Task 1"
    assert [row["title"] for row in answer.context["turn"]["mine"]] == ["Task 3"]
    text = answer.content.decode()
    assert "Do this next" in text
    assert "Hello, Chloe" in text
    assert "Why 1." in text
    assert "30 minutes" in text


def test_own_tasks_come_before_those_that_nobody_owns_and_reviews_last(enter, champion, csm, account):
    plan = make_live_plan(account=account, owners={"csm": csm})
    plan.tasks.filter(key="task-3").update(owner=champion)
    EvidenceFactory(task=task_of(plan, 2), claimed_by=csm)
    MeasurementFactory(objective=objective_of(plan), claimed_by=csm)
    touch_plan(plan.pk)
    answer = enter(champion).get("/")
    titles = [answer.context["next"]["title"], *(row["title"] for row in answer.context["turn"]["mine"])]
    assert titles == ["Task 3", "Task 1", "Task 2", "Confirm the measurement: Quotes are faster"]
    assert "Your turn: 3 things to do" in answer.content.decode()


def test_what_waits_for_something_is_not_next(enter, champion, owners, account):
    make_live_plan(account=account, owners=owners, waits={"task-1": ["task-2"]})
    assert enter(champion).get("/").context["next"]["title"] == "Task 3"


def test_what_is_blocked_comes_last_and_says_so(enter, champion, plan):
    plan.tasks.filter(key="task-1").update(blocked_at=timezone.now(), blocked_reason="No access.")
    answer = enter(champion).get("/")
    titles = [answer.context["next"]["title"], *(row["title"] for row in answer.context["turn"]["mine"])]
    assert titles == ["Task 3", "Task 1"]
    plan.tasks.filter(key="task-3").update(completed_at=timezone.now(), completed_by=champion)
    answer = enter(champion).get("/")
    assert answer.context["next"]["title"] == "Task 1"
    assert "<strong>Blocked</strong>" in answer.content.decode()


def test_a_contributor_is_asked_for_their_own_only(enter, contributor, owners, account):
    make_live_plan(account=account, owners=owners, roles={"task-4": "contributor"})
    answer = enter(contributor).get("/")
    assert answer.context["next"]["title"] == "Task 4"
    assert answer.context["turn"]["mine"] == []


def test_several_plans_make_one_list(enter, champion, account, owners, plan):
    other = AccountFactory(name="Globex")
    StakeholderFactory(account=other, user=champion)
    second = make_live_plan(
        account=other, owners={"champion": champion}, kickoff_on=today() - timedelta(days=60)
    )
    answer = enter(champion).get("/")
    assert answer.context["next"]["plan_name"] == second.name
    assert len(answer.context["plans"]) == 2
    text = answer.content.decode()
    assert second.name in text
    assert plan.name in text


def test_queries_do_not_grow_with_the_plans(enter, champion, account, owners):
    client = enter(champion)
    counts = []
    for plans in (1, 3):
        for _ in range(plans):
            other = AccountFactory()
            StakeholderFactory(account=other, user=champion)
            make_live_plan(account=other, owners={"champion": champion})
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        counts.append(len(seen))
    # Session, person, roles, plans, tasks, measurements, more about the first, invitations, what is unread.
    assert counts == [9, 9]


def test_nothing_to_do_is_an_answer(enter, contributor, plan):
    text = enter(contributor).get("/").content.decode()
    assert "Nothing waits for you" in text
    assert "You will get a mail when it is your turn again." in text


def test_drafts_and_finished_plans_ask_for_nothing(enter, champion, account, owners, plan):
    make_draft_plan(account=account, owners=owners)
    plan.closed_at = timezone.now()
    plan.save()
    answer = enter(champion).get("/")
    assert answer.context["next"] is None
    assert [row["status_label"] for row in answer.context["plans"]] == ["Closed"]


def test_who_is_on_no_plan_is_told_what_comes(enter, other_account):
    person = StakeholderFactory(account=other_account).user
    assert "You are on no plan yet" in enter(person).get("/").content.decode()


def sponsor_plan(account, owners):
    """Nothing late, nothing reached."""
    return make_live_plan(account=account, owners=owners, kickoff_on=today())


def test_a_sponsor_sees_that_all_is_on_course(enter, sponsor, account, owners):
    plan = sponsor_plan(account, owners)
    answer = enter(sponsor).get("/")
    assert answer.context["answer"]["status"] == "ok"
    assert answer.context["answer"]["headline"].startswith("On course for ")
    text = answer.content.decode()
    assert "The first milestone is still ahead." in text
    assert "Kickoff held" in text
    assert "Quotes are faster" in text
    assert f'href="/plans/{plan.pk}/"' in text


def test_a_sponsor_sees_that_tasks_are_late_but_no_milestone(enter, sponsor, account, owners):
    plan = sponsor_plan(account, owners)
    plan.tasks.filter(key="task-1").update(due_on=today() - timedelta(days=3))
    answer = enter(sponsor).get("/").context["answer"]
    assert (answer["status"], answer["text"]) == ("due", "No milestone is late, but 1 task is.")


def test_a_sponsor_sees_which_milestone_is_late(enter, sponsor, account, owners):
    plan = sponsor_plan(account, owners)
    plan.milestones.filter(key="kickoff-held").update(due_on=today() - timedelta(days=3))
    answer = enter(sponsor).get("/").context["answer"]
    assert (answer["status"], answer["headline"]) == ("late", "1 milestone is late")
    assert "Kickoff held" in answer["text"]


def test_a_sponsor_sees_what_was_reached(enter, sponsor, account, owners):
    plan = sponsor_plan(account, owners)
    plan.milestones.filter(key="kickoff-held").update(reached_at=timezone.now())
    answer = enter(sponsor).get("/")
    assert [stop["title"] for stop in answer.context["reached"]] == ["Kickoff held"]
    assert [stop["title"] for stop in answer.context["ahead"]] == ["First value"]


def test_a_sponsor_is_told_of_a_task_of_theirs(enter, sponsor, account, owners):
    plan = sponsor_plan(account, owners)
    assert enter(sponsor).get("/").context["turn"] is None
    plan.tasks.filter(key="task-3").update(owner=sponsor)
    text = enter(sponsor).get("/").content.decode()
    assert "Your turn: 1 thing to do: Task 3" in text
    assert f'href="/plans/{plan.pk}/tasks/{task_of(plan, 3).pk}/"' in text


def test_a_sponsor_finds_the_last_recap_and_a_viewer_does_not(enter, sponsor, viewer, plan, account):
    edition = Edition.objects.create(
        account=account, plan=plan, period_from=plan.kickoff_on, period_to=plan.ends_on, snapshot=b"{}",
        template_version="v1", finished_at=timezone.now(),
    )  # fmt: skip
    link = f'href="/editions/{edition.pk}/"'
    assert link in enter(sponsor).get("/").content.decode()
    assert link in enter(sponsor).get(f"/accounts/{account.pk}/").content.decode()
    assert link not in enter(viewer).get("/").content.decode()
    assert link not in enter(viewer).get(f"/accounts/{account.pk}/").content.decode()


def test_a_sponsor_elsewhere_who_works_here_gets_the_tasks(enter, sponsor, plan):
    other = AccountFactory()
    StakeholderFactory(account=other, user=sponsor, role="champion")
    assert "next" in enter(sponsor).get("/").context


def test_a_viewer_gets_the_answer_too(enter, viewer, plan):
    assert "answer" in enter(viewer).get("/").context


def test_a_sponsor_without_a_plan_is_told_what_comes(enter, sponsor):
    assert "You are on no plan yet" in enter(sponsor).get("/").content.decode()


def test_home_is_for_people_who_are_in(client):
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/")
    assert client.post("/").status_code == 302
