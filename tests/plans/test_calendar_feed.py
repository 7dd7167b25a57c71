"""The calendar feed: valid, only one's own, and never twice the same."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from icalendar import Calendar

from accounts.models import Stakeholder
from accounts.services.own_settings import change_settings, make_calendar_key
from accounts.services.people import remove_from_account
from plans.models import Plan
from plans.pages import calendar_feed
from plans.services.going_live import finish_plan
from plans.services.meetings import cancel_meeting, move_meeting, plan_meeting
from plans.services.moving import move_task
from plans.services.working import complete_task, reassign_task
from tests.factories import AccountFactory, actor, make_draft_plan, make_live_plan, task_of

pytestmark = pytest.mark.django_db


def feed(client, person, **headers):
    """The answer to a calendar that has nothing but the address."""
    return client.get(reverse("calendar_feed", args=[make_calendar_key(by=person).token]), headers=headers)


def events(client, person, **headers):
    """What is in the calendar, by title."""
    answer = feed(client, person, **headers)
    assert answer.status_code == 200
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_it_is_valid_and_holds_ones_own(client, champion, plan):
    answer = feed(client, champion)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    # RFC 7986 gives this property no type of its own: it has to be named.
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in answer.content
    assert (str(calendar["version"]), bool(calendar["prodid"])) == ("2.0", True)
    found = events(client, champion)
    assert sorted(found) == [f"{plan.name}: Task 1", f"{plan.name}: Task 3", f"{plan.name}: kickoff"]
    assert len({str(event["uid"]) for event in found.values()}) == 3
    for event in found.values():
        assert event.errors == []
        assert event["dtstamp"].dt.utcoffset() == timedelta(0)
        assert type(event["dtstart"].dt) is date
        assert event["dtend"].dt == event["dtstart"].dt + timedelta(days=1)
        assert (str(event["transp"]), str(event["status"])) == ("TRANSPARENT", "CONFIRMED")


def test_an_event_leads_to_its_task_which_asks_to_sign_in(client, champion, plan):
    task = task_of(plan, 1)
    event = events(client, champion)[f"{plan.name}: Task 1"]
    assert str(event["uid"]) == f"task-{task.pk}@127.0.0.1"
    assert event["dtstart"].dt == task.due_on
    path = str(event["url"]).removeprefix("http://127.0.0.1:8000")
    assert path == reverse("task_detail", args=[plan.pk, task.pk])
    assert client.get(path).url.startswith("/sign-in/")


def test_what_was_moved_moves_and_does_not_double(client, champion, csm, plan):
    before = events(client, champion)[f"{plan.name}: Task 1"]
    task = task_of(plan, 1)
    day = plan.account.today() + timedelta(days=20)
    move_task(by=actor(csm, plan), task=task, version=task.version, due_on=day, reason="Later.")
    found = events(client, champion)
    after = found[f"{plan.name}: Task 1"]
    assert len(found) == 3
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt >= before["dtstamp"].dt
    assert after["dtstart"].dt == day


@time_machine.travel("2026-03-20 08:00Z", tick=False)
def test_a_meeting_has_its_time_and_moves_and_does_not_double(client, viewer, csm, account, owners):
    plan = make_live_plan(account=account, owners=owners)
    manager = actor(csm, plan)
    meeting = plan_meeting(by=manager, plan=plan, kind="weekly", day=date(2026, 3, 27), at=time(10, 30))
    before = events(client, viewer)[f"{plan.name}: weekly review"]
    assert before["dtstart"].dt == datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
    assert before["dtend"].dt - before["dtstart"].dt == timedelta(minutes=15)
    assert (str(before["status"]), str(before["transp"])) == ("CONFIRMED", "OPAQUE")
    assert str(before["url"]).endswith(reverse("meeting_detail", args=[plan.pk, meeting.pk]))
    # Across the change of clocks in Berlin it is half past ten, still.
    move_meeting(by=manager, meeting=meeting, day=date(2026, 3, 30), at=time(10, 30), minutes=45)
    found = events(client, viewer)
    after = found[f"{plan.name}: weekly review"]
    assert after["dtstart"].dt == datetime(2026, 3, 30, 8, 30, tzinfo=UTC)
    assert (after["uid"], after["sequence"] > before["sequence"], len(found)) == (before["uid"], True, 2)
    assert (after.errors, after["dtend"].dt - after["dtstart"].dt) == ([], timedelta(minutes=45))


def test_a_cancelled_meeting_is_said_to_be_so_for_a_month(client, viewer, csm, plan):
    manager, day = actor(csm, plan), plan.account.today() + timedelta(days=3)
    meeting = plan_meeting(by=manager, plan=plan, kind="renewal", day=day)
    assert events(client, viewer)[f"{plan.name}: renewal review"]["dtstart"].dt == day
    cancel_meeting(by=manager, meeting=meeting)
    assert str(events(client, viewer)[f"{plan.name}: renewal review"]["status"]) == "CANCELLED"
    plan.meetings.filter(pk=meeting.pk).update(cancelled_at=timezone.now() - timedelta(days=31))
    assert sorted(events(client, viewer)) == [f"{plan.name}: kickoff"]


def test_what_is_done_or_handed_over_vanishes(client, champion, csm, contributor, plan):
    first, third = task_of(plan, 1), task_of(plan, 3)
    complete_task(by=actor(champion, plan), task=first, version=first.version)
    reassign_task(by=actor(csm, plan), task=third, version=third.version, owner=contributor)
    assert sorted(events(client, champion)) == [f"{plan.name}: kickoff"]
    assert f"{plan.name}: Task 3" in events(client, contributor)


def test_a_removed_stakeholder_sees_nothing_more(client, champion, csm, plan):
    assert len(events(client, champion)) == 3
    remove_from_account(by=actor(csm, plan), stakeholder=Stakeholder.objects.get(user=champion))
    assert events(client, champion) == {}


def test_nobody_sees_the_tasks_of_others(client, stranger, viewer, csm, admin, plan):
    assert events(client, stranger) == {}
    assert sorted(events(client, viewer)) == [f"{plan.name}: kickoff"]
    assert sorted(events(client, csm)) == [
        f"{plan.name}: Task 2",
        f"{plan.name}: Task 4",
        f"{plan.name}: kickoff",
    ]
    assert events(client, admin) == {}


def test_a_draft_is_tentative_for_the_vendor_and_nothing_for_the_customer(
    client, champion, csm, account, owners
):
    draft = make_draft_plan(account=account, owners=owners)
    assert events(client, champion) == {}
    found = events(client, csm)
    assert str(found[f"{draft.name}: Task 2"]["status"]) == "TENTATIVE"


def test_a_finished_plan_asks_for_nothing(client, champion, csm, plan):
    finish_plan(plan=plan, by=actor(csm, plan), completed=False)
    assert events(client, champion) == {}


def test_an_address_that_is_not_good_is_not_there(client, champion, plan):
    key = make_calendar_key(by=champion)
    url = reverse("calendar_feed", args=[key.token])
    for other in (key.token[:-1], key.token.upper(), key.digest, str(key.pk), "é\x00'", "x" * 3000):
        assert client.get(reverse("calendar_feed", args=[other])).status_code == 404
    champion.is_active = False
    champion.save()
    assert client.get(url).status_code == 404
    champion.is_active = True
    champion.save()
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 405


def test_it_is_sent_again_only_when_it_changed(client, champion, plan):
    tag = feed(client, champion)["ETag"]
    again = feed(client, champion, if_none_match=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["Cache-Control"] == "private, no-cache"
    task = task_of(plan, 1)
    complete_task(by=actor(champion, plan), task=task, version=task.version)
    later = feed(client, champion, if_none_match=tag)
    assert later.status_code == 200
    # Asked by time alone there is always an answer: what vanished leaves no younger time behind.
    assert feed(client, champion, if_modified_since="Fri, 01 Jan 2038 00:00:00 GMT").status_code == 200


def test_it_goes_compressed(client, champion, plan):
    answer = feed(client, champion, accept_encoding="gzip")
    assert answer["Content-Encoding"] == "gzip"
    again = feed(client, champion, accept_encoding="gzip", if_none_match=answer["ETag"])
    assert again.status_code == 304


def test_titles_cannot_break_out(client, champion, plan):
    title = "A, b; c\\n\r\nEND:VEVENT\r\nX-EVIL:1 " + "ä😀ש" * 40
    plan.tasks.filter(key="task-1").update(title=title)
    content = feed(client, champion).content
    assert b"\r\nX-EVIL" not in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert any("X-EVIL:1 ä😀ש" in summary and "A, b; c" in summary for summary in events(client, champion))


def test_it_speaks_the_persons_language_not_the_calendars(client, champion, viewer, plan, monkeypatch):
    monkeypatch.setattr(calendar_feed, "_", lambda text: f"{get_language()} {text}")
    change_settings(by=champion, language="de", time_zone="")
    assert f"de {plan.name}: kickoff" in events(client, champion, accept_language="en")
    assert f"en {plan.name}: kickoff" in events(client, viewer, accept_language="de")
    named = Calendar.from_ical(feed(client, champion).content)
    assert named.calendar_name == "de Success plans by Meridian Software"


def test_queries_do_not_grow_with_the_plans(client, champion, account, owners, plan):
    key = make_calendar_key(by=champion)
    url = reverse("calendar_feed", args=[key.token])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    one = asked()
    for _number in range(3):
        make_live_plan(account=account, owners=owners, tasks=8)
    # The key with its person, the tasks, the kickoffs.
    assert (one, asked()) == (3, 3)


def test_it_is_bounded_and_what_is_due_first_stays(client, champion, plan, monkeypatch):
    monkeypatch.setattr(calendar_feed, "MOST", 2)
    plan.meetings.update(planned_on=timezone.now().date() + timedelta(days=50))
    assert sorted(events(client, champion)) == [f"{plan.name}: Task 1", f"{plan.name}: Task 3"]


def test_an_old_kickoff_leaves_the_calendar(client, viewer, plan):
    Plan.objects.update(kickoff_on=timezone.now().date() - timedelta(days=120))
    plan.meetings.update(planned_on=timezone.now().date() - timedelta(days=120))
    assert events(client, viewer) == {}


def test_a_plan_of_an_account_that_somebody_else_looks_after_is_not_in_a_csms_calendar(client, csm, plan):
    make_live_plan(account=AccountFactory(name="Globex"), owners={})
    assert len(events(client, csm)) == 3
