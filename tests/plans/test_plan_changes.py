"""What an open page asks every few seconds."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from plans.services.working import complete_task
from tests.factories import actor, task_of

pytestmark = pytest.mark.django_db


def address(plan) -> str:
    return f"/plans/{plan.pk}/changes/"


def test_nothing_changed(enter, plan, champion, django_assert_num_queries):
    browser = enter(champion)
    first = browser.get(address(plan))
    assert (first.status_code, first.content) == (200, b"")
    assert first["Cache-Control"] == "private, no-cache"
    with django_assert_num_queries(3):
        again = browser.get(address(plan), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_page_carries_the_mark_it_asks_with(enter, plan, champion):
    browser = enter(champion)
    tag = browser.get(address(plan))["ETag"]
    page = browser.get(f"/plans/{plan.pk}/").content.decode()
    assert f'data-live-url="{address(plan)}"' in page
    assert f'data-live-etag="{tag.replace(chr(34), "&quot;")}"' in page


def test_an_act_of_somebody_else_is_noticed(enter, plan, champion, csm):
    browser = enter(champion)
    tag = browser.get(address(plan))["ETag"]
    complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
    answer = browser.get(address(plan), headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_a_new_day_is_a_change(enter, plan, champion):
    browser = enter(champion)
    tag = browser.get(address(plan))["ETag"]
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert browser.get(address(plan), headers={"If-None-Match": tag}).status_code == 200


def test_who_may(enter, plan, stranger, champion):
    assert enter(stranger).get(address(plan)).status_code == 404
    assert enter(None).get(address(plan)).status_code == 302
    assert enter(champion).post(address(plan)).status_code == 405
