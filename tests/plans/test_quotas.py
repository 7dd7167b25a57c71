"""How much one person may do to others: comments, tasks, hand-overs to and fro, guesses at the door for bounces."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from accounts.models import OutgoingMail
from plans.models import Comment, Plan, Task
from plans.services import adding
from tests.factories import task_of

pytestmark = pytest.mark.django_db

TOO_MUCH = "That was a lot at once. Wait a little, then go on."
TWO = {"write": "2/m/user", "hand_over": "100/h/user,2/h/key"}


@pytest.fixture
def narrow():
    with override_settings(ACCOUNT_RATE_LIMITS=TWO):
        yield


def test_a_flood_of_comments(narrow, enter, plan, champion, sponsor):
    task = task_of(plan, 1)
    url = f"/plans/{plan.pk}/talk/task/{task.pk}/"
    browser = enter(champion)
    assert [browser.post(url, {"body": f"{n}."}).status_code for n in range(3)] == [302, 302, 422]
    refused = browser.post(url, {"body": "Not lost"})
    assert TOO_MUCH in refused.content.decode()
    assert "Not lost" in refused.content.decode()
    assert enter(sponsor).post(url, {"body": "Somebody else may."}).status_code == 302
    edit = f"/plans/{plan.pk}/comments/{Comment.objects.get(body='0.').pk}/edit/"
    assert browser.post(edit, {"body": "Changed", "version": 1}).status_code == 422
    assert Comment.objects.count() == 3


def test_a_flood_of_questions_for_another_day(narrow, enter, plan, champion):
    browser, url = enter(champion), f"/plans/{plan.pk}/tasks/{task_of(plan, 1).pk}/until/"
    found = []
    for days in range(3):
        data = {
            "version": task_of(plan, 1).version,
            "reason": "Later",
            "proposed_on": plan.ends_on - timedelta(days=days),
        }
        found.append(browser.post(url, data).status_code)
    assert found == [302, 302, 422]


def test_a_task_that_goes_to_and_fro_mails_twice(narrow, enter, plan, champion, contributor):
    people, statuses = [champion, contributor], []
    OutgoingMail.objects.all().delete()
    for turn in range(3):
        task = task_of(plan, 1)
        data = {"version": task.version, "to": people[1 - turn % 2].pk}
        url = f"/plans/{plan.pk}/tasks/{task.pk}/pass/"
        statuses.append(enter(people[turn % 2]).post(url, data).status_code)
    assert statuses == [302, 302, 422]
    again = {"version": task_of(plan, 1).version, "owner": contributor.pk}
    reassigned = enter(champion).post(f"/plans/{plan.pk}/tasks/{task_of(plan, 1).pk}/reassign/", again)
    assert TOO_MUCH in reassigned.content.decode()
    assert OutgoingMail.objects.filter(kind="task_assigned").count() == 2


def test_a_plan_has_an_end_to_its_tasks(enter, plan, csm, monkeypatch):
    monkeypatch.setattr(adding, "MOST_TASKS", 5)
    Plan.objects.filter(pk=plan.pk).update(tasks_total=4)
    data = {
        "title": "More",
        "side": "vendor",
        "due_on": plan.ends_on,
        "milestone": plan.milestones.first().pk,
    }
    browser = enter(csm)
    assert browser.post(f"/plans/{plan.pk}/tasks/new/", data).status_code == 302
    refused = browser.post(f"/plans/{plan.pk}/tasks/new/", data)
    assert refused.status_code == 422
    assert "A plan has at most 5 tasks." in refused.content.decode()
    assert Task.objects.filter(plan=plan).count() == 5


class TestBounces:
    @pytest.fixture(autouse=True)
    def door(self, settings):
        settings.PORTAL_BOUNCE_SECRET = "mail:correct horse"
        settings.ACCOUNT_RATE_LIMITS = {"bounces": "2/m/ip"}

    def knock(self, client: Client, secret: str, body: object = ()) -> int:
        word = base64.b64encode(secret.encode()).decode()
        return client.post(
            "/mail/bounces/",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Basic {word}"},
        ).status_code

    def test_guessing_ends(self, client):
        assert [self.knock(client, "mail:correct horse") for _ in range(3)] == [200, 200, 200]
        assert [self.knock(client, "mail:guess") for _ in range(3)] == [401, 401, 429]
        assert self.knock(client, "mail:correct horse") == 429

    def test_half_of_a_character(self, client, champion):
        event = {
            "event_type": "bounced",
            "recipient": champion.email,
            "event_id": "\ud800",
            "description": "\udfff",
        }
        assert self.knock(client, "mail:correct horse", event) == 200

    def test_thousands_of_unknown_people_are_one_query(self, client, champion, django_assert_max_num_queries):
        events = [{"event_type": "bounced", "recipient": f"{n}@x.example"} for n in range(3000)]
        with django_assert_max_num_queries(10):
            assert self.knock(client, "mail:correct horse", events) == 200
