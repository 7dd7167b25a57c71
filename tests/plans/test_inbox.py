"""What concerns me, in the portal: seen on every page, read by a press, never by looking."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plans.models import Notification
from tests.factories import AccountFactory, StakeholderFactory, make_live_plan, task_of

pytestmark = pytest.mark.django_db


def put(plan, user, subject="Task 1", kind="review_wanted", **more) -> Notification:
    return Notification.objects.create(
        account_id=plan.account_id, plan=plan, user=user, kind=kind, subject=subject, by_name="Carla",
        path=f"/plans/{plan.pk}/", **more,
    )  # fmt: skip


def test_unread_first_by_plan_with_a_way_to_the_thing(enter, champion, plan):
    put(plan, champion, "Report")
    put(plan, champion, "Old", read_at=timezone.now())
    answer = enter(champion).get("/inbox/")
    text = answer.content.decode()
    assert "1 thing is new for you" in text
    assert "Carla asks for your review: “Report”" in text
    assert f'href="/plans/{plan.pk}/"' in text
    assert [row["text"] for row in answer.context["read"]] == ["Carla asks for your review: “Old”"]
    assert [group["plan"] for group in answer.context["groups"]] == [plan.name]
    assert answer["Cache-Control"].startswith("max-age=0")


def test_the_number_stands_on_every_page(enter, champion, csm, plan):
    put(plan, champion)
    put(plan, csm)
    for person in (champion, csm):
        client = enter(person)
        for url in (
            "/",
            "/settings/",
            f"/plans/{plan.pk}/",
            f"/plans/{plan.pk}/tasks/{task_of(plan, 1).pk}/",
        ):
            text = client.get(url).content.decode()
            assert 'aria-label="Inbox, 1 unread"' in text, url
    assert 'aria-label="Inbox"' in enter(champion).post("/inbox/read/", follow=True).content.decode()


def test_more_than_ninety_nine_are_many(enter, champion, plan):
    for _ in range(101):
        put(plan, champion)
    text = enter(champion).get("/").content.decode()
    assert '<span class="tray-count" aria-hidden="true">99+</span>' in text


def test_looking_changes_nothing_pressing_does(enter, champion, plan):
    one = put(plan, champion)
    client = enter(champion)
    client.get("/inbox/")
    client.get(one.path)
    client.get(f"/inbox/{one.pk}/read/")
    one.refresh_from_db()
    assert one.read_at is None
    answer = client.post(f"/inbox/{one.pk}/read/")
    assert (answer.status_code, answer.url) == (302, "/inbox/")
    one.refresh_from_db()
    assert one.read_at is not None
    # Once more, in another tab.
    assert client.post(f"/inbox/{one.pk}/read/").status_code == 302


def test_nobody_reads_or_marks_those_of_others(enter, champion, viewer, plan):
    one = put(plan, champion, "Secret")
    client = enter(viewer)
    assert "Secret" not in client.get("/inbox/").content.decode()
    assert client.post(f"/inbox/{one.pk}/read/").status_code == 404
    client.post("/inbox/read/")
    one.refresh_from_db()
    assert one.read_at is None


def test_all_at_once_but_not_what_came_meanwhile(enter, champion, plan):
    shown = put(plan, champion, created_at=timezone.now() - timedelta(minutes=5))
    client = enter(champion)
    newest = client.get("/inbox/").context["newest"]
    late = put(plan, champion)
    client.post("/inbox/read/", {"until": newest})
    shown.refresh_from_db()
    late.refresh_from_db()
    assert (shown.read_at is None, late.read_at) == (False, None)


@pytest.mark.parametrize("until", ["", "x", "a\x00b", "0" * 5000])
def test_a_strange_until_reads_all(enter, champion, plan, until):
    put(plan, champion)
    assert enter(champion).post("/inbox/read/", {"until": until}).status_code == 302
    assert not Notification.objects.unread().exists()


def test_queries_do_not_grow_with_what_stands_there(enter, champion, plan):
    client = enter(champion)
    counts = []
    for more in (1, 3):
        for number in range(more):
            other = AccountFactory()
            StakeholderFactory(account=other, user=champion)
            put(make_live_plan(account=other, owners={}), champion, f"{number}")
        with CaptureQueriesContext(connection) as seen:
            client.get("/inbox/")
        counts.append(len(seen))
    # Session, person, the number, the list, the events behind it (none of these kinds have any).
    assert counts == [4, 4]


def test_a_new_number_makes_the_plans_page_anew(enter, champion, plan):
    client = enter(champion)
    tag = client.get(f"/plans/{plan.pk}/")["ETag"]
    assert client.get(f"/plans/{plan.pk}/", headers={"If-None-Match": tag}).status_code == 304
    put(plan, champion)
    answer = client.get(f"/plans/{plan.pk}/", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "Inbox, 1 unread" in answer.content.decode()


def test_names_are_text(enter, champion, plan):
    put(plan, champion, "<script>alert(1)</script> ‮evil 🎉")
    text = enter(champion).get("/inbox/").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;" in text


def test_an_empty_inbox_says_what_it_is_for(enter, viewer):
    text = enter(viewer).get("/inbox/").content.decode()
    assert "Nothing new for you" in text
    assert "When something concerns you, it stands here" in text
