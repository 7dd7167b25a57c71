"""Meetings: planned, moved, written up, held once, and told about once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Account, Event, OutgoingMail, Stakeholder
from plans.models import DateMove, DateProposal, Decision, Meeting, Milestone, Plan, Win
from plans.services.adding import add_task
from plans.services.meetings import (
    NotesConflict,
    add_decision,
    cancel_meeting,
    change_decision,
    hold_meeting,
    move_meeting,
    move_meeting_day,
    plan_meeting,
    save_notes,
)
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


def fresh(plan) -> Plan:
    return Plan.objects.select_related("account__owner").get(pk=plan.pk)


def planned(by, plan, days=0, kind="weekly", **more) -> Meeting:
    plan = fresh(plan)
    day = plan.account.today() + timedelta(days=days)
    return seen(plan_meeting(by=actor(by, plan), plan=plan, kind=kind, day=day, **more))


def seen(meeting) -> Meeting:
    """As a view has it."""
    found = Meeting.objects.select_related("plan__account__owner").get(pk=meeting.pk)
    found.account = found.plan.account
    return found


def hold(by, meeting, notes="", **more) -> Meeting:
    meeting = seen(meeting)
    return hold_meeting(
        by=actor(by, meeting.plan), meeting=meeting, version=meeting.version, notes=notes, **more
    )


def action(by, meeting, title="Send the list", owner=None, days=4, side="customer"):
    meeting = seen(meeting)
    return add_task(
        by=actor(by, meeting.plan), plan=meeting.plan, meeting=meeting, title=title, side=side, owner=owner,
        milestone=meeting.plan.milestones.first(), due_on=meeting.plan.account.today() + timedelta(days=days),
    )  # fmt: skip


def address(meeting, act="") -> str:
    return f"/plans/{meeting.plan_id}/meetings/{meeting.pk}/{act}"


def shown(enter, person, meeting) -> str:
    return enter(person).get(address(meeting)).content.decode()


def after(text: str, *words: str) -> bool:
    """Whether the words stand in the text in this order."""
    at = 0
    for word in words:
        at = text.find(word, at) + 1
        if not at:
            return False
    return True


class TestPlanning:
    def test_usual_lengths_and_a_line_of_history(self, plan, csm):
        weekly, renewal = planned(csm, plan, 2), planned(csm, plan, 3, kind="renewal")
        assert (weekly.minutes, renewal.minutes, weekly.starts_at) == (15, 30, None)
        event = Event.objects.filter(verb="meeting.planned").last()
        assert event.new == {
            "meeting": str(weekly.pk),
            "kind": "weekly",
            "day": weekly.planned_on.isoformat(),
        }

    def test_a_time_is_that_of_the_account(self, plan, csm):
        meeting = planned(csm, plan, 2, at=time(10, 30))
        assert meeting.starts_at.astimezone(plan.account.zone).time() == time(10, 30)

    @pytest.mark.parametrize("days", [-1, 400])
    def test_a_day_outside_the_plan_is_refused(self, days, plan, csm):
        with pytest.raises(ValidationError) as refused:
            planned(csm, plan, days)
        assert list(refused.value.error_dict) == ["day"]

    def test_a_form_that_was_sent_twice_makes_one(self, plan, csm):
        planned(csm, plan, 2)
        with pytest.raises(ValidationError, match="already"):
            planned(csm, plan, 2)
        planned(csm, plan, 2, kind="renewal")
        assert plan.meetings.count() == 3

    def test_a_second_kickoff_is_refused(self, plan, csm):
        with pytest.raises(ValidationError, match="kickoff comes with the plan"):
            planned(csm, plan, 2, kind="kickoff")

    def test_only_managers_plan(self, plan, champion, sponsor, executive):
        for person in (champion, sponsor, executive):
            with pytest.raises(PermissionDenied):
                planned(person, plan, 2)

    def test_a_finished_plan_has_no_more_meetings(self, plan, csm):
        Plan.objects.filter(pk=plan.pk).update(completed_at=timezone.now())
        with pytest.raises(ValidationError, match="finished"):
            planned(csm, plan, 2)

    def test_the_page_offers_a_working_day_in_a_week(self, enter, plan, csm):
        browser = enter(csm)
        page = browser.get(f"/plans/{plan.pk}/meetings/new/?kind=renewal").content.decode()
        assert "<h1>Plan a meeting</h1>" in page
        assert '<option value="renewal" selected>' in page
        assert "In the time zone Europe/Berlin." in page
        day = (plan.account.today() + timedelta(days=9)).isoformat()
        answer = browser.post(
            f"/plans/{plan.pk}/meetings/new/", {"kind": "weekly", "day": day, "at": "09:15"}
        )
        meeting = plan.meetings.get(kind="weekly")
        assert (answer.status_code, answer["Location"]) == (302, address(meeting))
        assert "09:15 (Europe/Berlin)" in browser.get(address(meeting)).content.decode()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"day": "soon"}, "day"), ({"day": "0001-01-01"}, "day"), ({"day": "9999-12-31"}, "day"),
            ({"at": "25:00"}, "at"), ({"minutes": "0"}, "minutes"), ({"minutes": "1e9"}, "minutes"),
            ({"minutes": "9" * 5000}, "minutes"), ({"kind": "kickoff"}, "kind"), ({"kind": "\x00"}, "kind"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_beside_its_field(self, changes, field, enter, plan, csm):
        data = {"kind": "weekly", "day": plan.account.today().isoformat(), "at": "09:15", "minutes": "15"}
        answer = enter(csm).post(f"/plans/{plan.pk}/meetings/new/", data | changes)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
        assert plan.meetings.count() == 1

    @time_machine.travel("2026-12-18 09:00Z", tick=False)
    def test_a_holiday_is_allowed_with_a_hint(self, enter, account, owners, csm):
        plan = make_live_plan(account=account, owners=owners)
        data = {"kind": "weekly", "day": "2026-12-25"}
        page = enter(csm).post(f"/plans/{plan.pk}/meetings/new/", data, follow=True).content.decode()
        assert "Friday, 25 December 2026 is a weekend or a public holiday at Acme." in page


class TestMoving:
    def test_to_another_day_and_time(self, enter, plan, csm):
        meeting = planned(csm, plan, 2)
        day = plan.account.today() + timedelta(days=5)
        data = {"day": day.isoformat(), "at": "14:00", "minutes": "45"}
        assert enter(csm).post(address(meeting, "move/"), data).status_code == 302
        meeting = seen(meeting)
        assert (meeting.planned_on, meeting.minutes) == (day, 45)
        assert "14:00" in shown(enter, csm, meeting)
        text = enter(csm).get(f"/plans/{plan.pk}/").content.decode()
        assert "Carla Csm moved a meeting: Weekly review" in text

    def test_the_kickoff_keeps_its_day_here_and_takes_a_time(self, enter, plan, csm):
        Meeting.objects.update(planned_on=plan.account.today() + timedelta(days=3))
        kickoff = plan.meetings.get()
        assert 'name="day"' not in shown(enter, csm, kickoff)
        assert enter(csm).post(address(kickoff, "move/"), {"at": "09:00", "minutes": "60"}).status_code == 302
        moved = seen(kickoff)
        assert (moved.planned_on, moved.starts_at is not None) == (kickoff.planned_on, True)
        with pytest.raises(ValidationError, match="moves with the plan"):
            move_meeting(by=actor(csm, plan), meeting=moved, day=plan.account.today(), at=None, minutes=60)

    def test_the_time_of_day_stays_across_the_change_of_clocks(self, account, plan):
        # Berlin puts its clocks forward on 29 March 2026.
        meeting = Meeting(
            plan=plan, account=account, kind="weekly", planned_on=date(2026, 3, 27),
            starts_at=datetime(2026, 3, 27, 9, 30, tzinfo=UTC),
        )  # fmt: skip
        meeting.save()
        move_meeting_day(meeting, date(2026, 3, 30))
        meeting = seen(meeting)
        assert meeting.planned_on == date(2026, 3, 30)
        assert meeting.starts_at == datetime(2026, 3, 30, 8, 30, tzinfo=UTC)
        assert meeting.starts_at.astimezone(account.zone).time() == time(10, 30)

    def test_cancelled_it_stays_in_the_list(self, enter, plan, csm, champion):
        meeting = planned(csm, plan, 2)
        assert enter(csm).post(address(meeting, "cancel/")).status_code == 302
        text = enter(champion).get(f"/plans/{plan.pk}/meetings/").content.decode()
        assert "Cancelled" in text
        assert "No meeting is planned." in text
        for act in (
            lambda: cancel_meeting(by=actor(csm, plan), meeting=seen(meeting)),
            lambda: hold(csm, meeting),
            lambda: add_decision(by=actor(csm, plan), meeting=seen(meeting), text="x", decided=True),
        ):
            with pytest.raises(ValidationError, match="cancelled"):
                act()
        with pytest.raises(ValidationError, match="not cancelled"):
            cancel_meeting(by=actor(csm, plan), meeting=seen(plan.meetings.get(kind="kickoff")))


class TestAgenda:
    def test_last_times_action_items_come_first(self, enter, plan, csm, champion):
        last = planned(csm, plan)
        done, late = action(csm, last, "Done since", champion), action(csm, last, "Late since", champion, 1)
        hold(csm, last)
        plan.tasks.filter(pk=done.pk).update(completed_at=timezone.now(), completed_by=champion)
        plan.tasks.filter(pk=late.pk).update(due_on=plan.account.today() - timedelta(days=1))
        text = shown(enter, champion, planned(csm, plan, 7)).partition("<h1>")[2]
        assert after(
            text,
            "Action items from last time",
            "Late since",
            "Late<",
            "Done since",
            "Done<",
            "Due until the next",
        )
        assert "Chloe Champion, Acme · done on" in text

    def test_its_own_action_items_are_no_topic_of_it(self, enter, plan, csm, champion):
        meeting = planned(csm, plan)
        action(csm, meeting, "Only just agreed", champion)
        text = shown(enter, csm, meeting)
        assert "Only just agreed" not in text.partition('id="decisions"')[0]
        assert "Only just agreed" in text.partition('id="actions"')[2]

    def test_what_moved_since_is_one_line_an_act(self, enter, plan, csm):
        hold(csm, planned(csm, plan))
        act, today = uuid4(), plan.account.today()
        for n, chain in enumerate(["Task 1", "Task 1|Task 2", "Task 1|Task 3"]):
            DateMove.objects.create(
                account=plan.account, plan=plan, act=act, task=task_of(plan, n + 1), title=f"Task {n + 1}",
                old_on=today, new_on=today + timedelta(days=n + 2), cause="hand" if not n else "follows",
                chain=chain.split("|"), reason="Trade fair", by=csm, by_name=str(csm), by_side="vendor",
            )  # fmt: skip
        before = DateMove.objects.create(
            account=plan.account, plan=plan, act=uuid4(), title="Long ago", old_on=today, new_on=today, cause="hand",
            at=timezone.now() - timedelta(days=30),
        )  # fmt: skip
        text = shown(enter, csm, planned(csm, plan, 7))
        assert after(text, "Dates that moved", "Task 1: ", "Trade fair · Carla Csm · 2 more dates followed")
        assert text.count("more dates followed") == 1
        assert before.title not in text

    def test_what_is_blocked_says_why_and_who_clears_it(self, enter, plan, csm):
        plan.tasks.filter(key="task-1").update(
            blocked_at=timezone.now(), blocked_reason="No key yet", blocked_on="vendor"
        )
        plan.tasks.filter(key="task-3").update(
            blocked_at=timezone.now(), blocked_reason="The law", blocked_on="nobody"
        )
        text = shown(enter, csm, planned(csm, plan))
        assert after(text, "What is blocked", "No key yet – to be cleared by Meridian Software")
        assert "The law – nobody of us can clear this" in text

    def test_what_is_due_until_the_next_meeting_of_both_sides(self, enter, plan, csm):
        today = plan.account.today()
        for number, days in ((1, 3), (2, 9), (3, 11), (4, 40)):
            plan.tasks.filter(key=f"task-{number}").update(due_on=today + timedelta(days=days))
        meeting = planned(csm, plan)
        assert "Task 2" not in shown(enter, csm, meeting)
        planned(csm, plan, 10)
        text = shown(enter, csm, meeting)
        assert after(text, "Due until the next meeting", "Task 1", "Task 2")
        assert "Task 3" not in text

    def test_what_has_to_be_decided(self, enter, plan, csm, champion):
        earlier = planned(csm, plan)
        add_decision(by=actor(csm, plan), meeting=earlier, text="Which region first?", decided=False)
        add_decision(by=actor(csm, plan), meeting=earlier, text="English only", decided=True)
        hold(csm, earlier)
        DateProposal.objects.create(
            account=plan.account, plan=plan, task=task_of(plan, 3), proposed_on=date(2027, 1, 4),
            reason="Holidays", proposed_by=champion, proposed_side="customer",
        )  # fmt: skip
        long_ago = timezone.now() - timedelta(days=8)
        EvidenceFactory(task=task_of(plan, 1), claimed_by=champion, claimed_at=long_ago)
        EvidenceFactory(task=task_of(plan, 4), claimed_by=csm, claimed_side="vendor")
        text = shown(enter, champion, planned(csm, plan, 7)).partition('<h2 id="decisions-head')[0]
        assert after(
            text, "Decisions wanted", "Which region first?", "Task 3: Chloe Champion asks for 4 Jan", "Holidays",
            "Task 1: evidence of Chloe Champion waits since", "To be reviewed by Meridian Software",
        )  # fmt: skip
        assert "English only" not in text
        assert "evidence of Carla Csm" not in text

    def test_a_renewal_review(self, enter, plan, csm, champion):
        objective = objective_of(plan)
        measured = MeasurementFactory(objective=objective, claimed_by=champion, value=20)
        for title, confirmed in (("Quotes in an hour", timezone.now()), ("Not yet sure", None)):
            Win.objects.create(
                account=plan.account, plan=plan, objective=objective, title=title, before="2 days", after="1 hour",
                next_step="All teams", reached_on=plan.account.today(), confirmed_at=confirmed, measurement=measured,
                **({} if confirmed else {"dismissed_at": timezone.now()}),
            )  # fmt: skip
        Milestone.objects.filter(plan=plan, key="kickoff-held").update(reached_at=timezone.now())
        text = shown(enter, champion, planned(csm, plan, kind="renewal"))
        assert after(
            text, "What we wanted to reach", "Quotes are faster", "Not confirmed yet",
            "from 48\xa0hours to 8\xa0hours by", "now 20\xa0hours", "What we won", "Quotes in an hour",
            "2 days → 1 hour · next: All teams", "Milestones", "Kickoff held", "On time", "Late or blocked",
            "The next 90 days", "First value",
        )  # fmt: skip
        assert "Not yet sure" not in text

    def test_the_kickoffs_own(self, enter, plan, viewer):
        text = shown(enter, viewer, plan.meetings.get())
        assert after(text, "Who does what", "20 min · both")

    def test_holding_freezes_it_for_every_language(self, enter, plan, csm, champion):
        plan.tasks.filter(key="task-1").update(blocked_at=timezone.now(), blocked_reason="No key yet")
        meeting = hold(csm, planned(csm, plan))
        plan.tasks.update(title="Renamed", blocked_at=None)
        text = shown(enter, champion, meeting)
        assert after(text, "What is blocked", "Task 1", "No key yet")
        assert "Held by Carla Csm" in text
        assert "No key yet" not in shown(enter, champion, planned(csm, plan, 7))
        assert meeting.agenda[0]["key"] == "blocked"
        kickoff = seen(plan.meetings.get(kind="kickoff"))
        assert hold(csm, kickoff).agenda == kickoff.agenda

    @pytest.mark.parametrize("kind", ["weekly", "renewal"])
    def test_minutes_sum_to_the_length(self, kind, plan, csm):
        meeting = hold(csm, planned(csm, plan, kind=kind, minutes=23))
        assert sum(topic["minutes"] for topic in meeting.agenda) == 23

    @pytest.mark.parametrize("kind", ["weekly", "renewal"])
    def test_queries_do_not_grow(self, kind, enter, plan, csm, champion, django_assert_num_queries):
        last, browser = planned(csm, plan), enter(csm)
        meeting = planned(csm, plan, 1, kind=kind)
        counts = []
        for rows in (1, 3):
            for n in range(rows):
                action(csm, last, f"Do {rows} {n}", champion)
                add_decision(by=actor(csm, plan), meeting=seen(meeting), text=f"{rows} {n}", decided=bool(n))
                EvidenceFactory(
                    task=task_of(plan, 1), claimed_by=champion, claimed_at=timezone.now() - timedelta(days=9)
                )
            with _counted() as asked:
                assert browser.get(address(meeting)).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 21


class TestNotes:
    def test_they_are_kept_and_shown_as_markdown(self, enter, plan, csm, champion, viewer):
        meeting = planned(csm, plan)
        data = {"version": "1", "notes": "**Agreed** on <script>\n\n- one\n- two"}
        assert enter(champion).post(address(meeting, "notes/"), data).status_code == 302
        text = shown(enter, viewer, meeting)
        assert "<strong>Agreed</strong> on &lt;script&gt;" in text
        assert "<li>one</li>" in text
        assert "<textarea" not in text
        mine = shown(enter, champion, meeting)
        assert f'data-draft="meeting-notes-{meeting.pk}"' in mine
        assert f'data-writing="meeting-notes:{meeting.pk}"' in mine
        assert (
            "wrote notes of a meeting: Weekly review" in enter(csm).get(f"/plans/{plan.pk}/").content.decode()
        )

    def test_who_saves_often_is_named_once(self, plan, csm, champion):
        meeting = planned(csm, plan)
        for version, (person, text) in enumerate(
            [(csm, "a"), (csm, "b"), (champion, "c"), (csm, "d")], start=1
        ):
            save_notes(by=actor(person, plan), meeting=seen(meeting), version=version, notes=text)
        assert Event.objects.filter(verb="meeting.noted").count() == 3

    def test_the_second_gets_both_texts_and_loses_nothing(self, enter, plan, csm, champion):
        meeting = planned(csm, plan)
        enter(champion).post(address(meeting, "notes/"), {"version": "1", "notes": "What Chloe wrote"})
        answer = enter(csm).post(address(meeting, "notes/"), {"version": "1", "notes": "What Carla wrote"})
        text = answer.content.decode()
        assert answer.status_code == 409
        assert after(
            text,
            "Chloe Champion has saved notes while you wrote.",
            "What Chloe wrote",
            "What Carla wrote</textarea>",
        )
        assert 'name="version" value="2"' in text
        assert seen(meeting).notes == "What Chloe wrote"
        assert (
            enter(csm).post(address(meeting, "notes/"), {"version": "2", "notes": "Both"}).status_code == 302
        )
        assert (seen(meeting).notes, seen(meeting).version) == ("Both", 3)

    def test_holding_says_it_too_and_holds_nothing(self, enter, plan, csm, champion):
        meeting = planned(csm, plan)
        save_notes(by=actor(champion, plan), meeting=meeting, version=1, notes="Hers")
        answer = enter(csm).post(address(meeting, "hold/"), {"version": "1", "notes": "His"})
        assert answer.status_code == 409
        assert seen(meeting).held_at is None
        assert not OutgoingMail.objects.exists()

    def test_the_same_text_is_no_conflict(self, plan, csm):
        meeting = planned(csm, plan)
        save_notes(by=actor(csm, plan), meeting=meeting, version=1, notes="One\r\ntwo ")
        save_notes(by=actor(csm, plan), meeting=seen(meeting), version=1, notes="One\ntwo")
        with pytest.raises(NotesConflict):
            save_notes(by=actor(csm, plan), meeting=seen(meeting), version=1, notes="Three")

    def test_too_long_or_a_nul_is_refused_and_stays_in_the_field(self, enter, plan, csm):
        meeting = planned(csm, plan)
        for notes in ("x" * 10_001, "a\x00b"):
            answer = enter(csm).post(address(meeting, "notes/"), {"version": "1", "notes": notes})
            assert answer.status_code == 422
            assert 'id="id_notes_error"' in answer.content.decode()
        emoji = "😀 עברית " * 100
        assert (
            enter(csm).post(address(meeting, "notes/"), {"version": "1", "notes": emoji}).status_code == 302
        )

    def test_a_plan_that_was_finished_meanwhile_gives_the_text_back(self, enter, plan, csm):
        meeting = planned(csm, plan)
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        answer = enter(csm).post(address(meeting, "notes/"), {"version": "1", "notes": "All of it"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert after(text, "This plan is finished", "You had written: “All of it”")


class TestDecisions:
    def test_wanted_now_and_decided_in_the_next_meeting(self, enter, plan, csm, champion):
        first = planned(csm, plan)
        data = {"text": "Which region first?", "state": "wanted"}
        assert enter(champion).post(address(first, "decisions/"), data).status_code == 302
        hold(csm, first)
        second, decision = planned(csm, plan, 7), Decision.objects.get()
        assert "Which region first?" in shown(enter, csm, second)
        answer = enter(csm).post(
            address(second, f"decisions/{decision.pk}/"), {"text": "DACH first", "decided": "on"}
        )
        assert answer.status_code == 302
        decision.refresh_from_db()
        assert (decision.text, decision.meeting_id, decision.decided_by) == ("DACH first", second.pk, csm)
        assert "Decided: DACH first" in enter(csm).get(f"/plans/{plan.pk}/").content.decode()
        with pytest.raises(ValidationError, match="Another meeting"):
            change_decision(
                by=actor(csm, plan), meeting=seen(first), decision=decision, text="x", decided=True
            )

    def test_with_htmx_only_the_section_is_asked_for_and_it_is_said(self, enter, plan, csm):
        meeting = planned(csm, plan)
        browser, headers = enter(csm), {"HX-Request": "true"}
        data = {"text": "English only", "state": "decided"}
        answer = browser.post(address(meeting, "decisions/"), data, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert after(text, 'id="decisions"', "data-announce>The decision is noted.", "English only")
        refused = browser.post(
            address(meeting, "decisions/"), {"text": " ", "state": "decided"}, headers=headers
        )
        assert refused.status_code == 422
        assert 'id="decision-text_error"' in refused.content.decode()

    def test_the_same_decision_twice_is_one(self, plan, csm):
        weekly = planned(csm, plan)
        one = add_decision(by=actor(csm, plan), meeting=seen(weekly), text="DACH first", decided=True)
        assert (
            add_decision(by=actor(csm, plan), meeting=seen(weekly), text=" DACH first ", decided=True) == one
        )
        # Wanted again, it is another thing.
        assert (
            add_decision(by=actor(csm, plan), meeting=seen(weekly), text="DACH first", decided=False) != one
        )

    def test_words_can_be_put_right(self, enter, plan, csm):
        meeting = planned(csm, plan)
        decision = add_decision(by=actor(csm, plan), meeting=meeting, text="Englsh", decided=True)
        enter(csm).post(address(meeting, f"decisions/{decision.pk}/"), {"text": "English"})
        decision.refresh_from_db()
        assert (decision.text, decision.decided_at is not None) == ("English", True)

    def test_a_decision_of_another_plan_is_not_there(self, enter, plan, csm, other_account):
        other = make_live_plan(account=other_account)
        decision = Decision.objects.create(
            account=other_account, plan=other, meeting=other.meetings.get(), text="Theirs", decided_at=None
        )
        answer = enter(csm).post(address(planned(csm, plan), f"decisions/{decision.pk}/"), {"text": "Mine"})
        assert answer.status_code == 404


class TestActionItems:
    def test_one_is_a_task_of_the_plan(self, enter, plan, csm, champion):
        meeting = planned(csm, plan)
        data = {
            "title": "Send the list of users", "side": "customer", "owner": str(champion.pk),
            "due_on": (plan.account.today() + timedelta(days=4)).isoformat(),
            "milestone": str(plan.milestones.get(key="first-value").pk),
        }  # fmt: skip
        page = shown(enter, csm, meeting)
        assert f'value="{plan.milestones.get(key="kickoff-held").pk}" selected' in page
        assert enter(csm).post(address(meeting, "actions/"), data).status_code == 302
        task = plan.tasks.get(meeting=meeting)
        assert (task.title, task.owner, task.milestone.key) == (
            "Send the list of users",
            champion,
            "first-value",
        )
        assert "Send the list of users" in enter(champion).get(f"/plans/{plan.pk}/").content.decode()
        assert OutgoingMail.objects.get().kind == "task_assigned"

    def test_a_champion_adds_for_the_customer(self, enter, plan, csm, champion):
        meeting = planned(csm, plan)
        data = {
            "title": "Ask the council", "side": "vendor", "owner": "", "milestone": str(plan.milestones.first().pk),
            "due_on": plan.account.today().isoformat(),
        }  # fmt: skip
        assert enter(champion).post(address(meeting, "actions/"), data).status_code == 422
        assert (
            enter(champion).post(address(meeting, "actions/"), data | {"side": "customer"}).status_code == 302
        )


class TestHolding:
    def test_the_recap_goes_once_to_everybody_whom_it_concerns(
        self, plan, csm, admin, executive, champion, sponsor, contributor, viewer, account
    ):
        meeting = planned(csm, plan, at=time(10))
        action(csm, meeting, "Send the list", contributor)
        add_decision(by=actor(csm, plan), meeting=seen(meeting), text="DACH first", decided=True)
        add_decision(by=actor(csm, plan), meeting=seen(meeting), text="Who trains?", decided=False)
        OutgoingMail.objects.all().delete()
        hold(csm, meeting, plan_next=True)
        mails = {mail.to: mail for mail in OutgoingMail.objects.filter(kind="meeting_recap")}
        assert sorted(mails) == sorted(person.email for person in (csm, champion, sponsor, contributor))
        mail = mails[champion.email]
        day = plan.account.today() + timedelta(days=7)
        assert after(
            mail.text, "Decided:", "- DACH first", "Still to be decided:", "- Who trains?", "Action items:",
            "- Send the list", "Colin Contributor · due", "/tasks/", "Next: Weekly review", f"{day:%Y}",
            "10:00 (Europe/Berlin)", f"/meetings/{meeting.pk}/",
        )  # fmt: skip
        assert "<li>DACH first</li>" in mail.html
        assert "Weekly review" in mail.subject
        with pytest.raises(ValidationError, match="held already"):
            hold(csm, meeting)
        assert OutgoingMail.objects.filter(kind="meeting_recap").count() == 4

    def test_who_has_not_come_in_or_has_left_gets_nothing(self, plan, csm, champion, sponsor, contributor):
        Stakeholder.objects.filter(user=sponsor).update(joined_at=None)
        Stakeholder.objects.filter(user=champion).update(removed_at=timezone.now())
        hold(csm, planned(csm, plan))
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == [csm.email]

    def test_it_reads_in_the_persons_own_language(self, plan, csm, champion):
        champion.language = "de"
        champion.save()
        hold(csm, planned(csm, plan))
        texts = dict(OutgoingMail.objects.values_list("to", "html"))
        assert '<html lang="de">' in texts[champion.email]
        assert '<html lang="en">' in texts[csm.email]

    def test_pressed_in_the_page_it_saves_the_notes_and_plans_the_next(self, enter, plan, csm, queued):
        meeting = planned(csm, plan, at=time(9, 30))
        page = shown(enter, csm, meeting)
        assert "It was held: send the recap" in page
        data = {"version": "1", "notes": "All there", "plan_next": "on"}
        assert enter(csm).post(address(meeting, "hold/"), data).status_code == 302
        meeting = seen(meeting)
        following = plan.meetings.get(kind="weekly", held_at=None)
        assert (meeting.notes, meeting.held_by) == ("All there", csm)
        assert following.planned_on == meeting.planned_on + timedelta(days=7)
        assert following.starts_at.astimezone(plan.account.zone).time() == time(9, 30)
        assert len(queued.named("accounts.send_mail")) == OutgoingMail.objects.count() == 2
        assert enter(csm).post(address(meeting, "hold/"), data).status_code == 422

    def test_the_next_is_planned_once_and_not_past_the_end(self, plan, csm):
        first = planned(csm, plan)
        planned(csm, plan, 3)
        hold(csm, first, plan_next=True)
        assert plan.meetings.filter(kind="weekly").count() == 2
        last = plan.meetings.get(kind="weekly", held_at=None)
        Meeting.objects.filter(pk=last.pk).update(planned_on=plan.account.today())
        Plan.objects.filter(pk=plan.pk).update(ends_on=plan.account.today() + timedelta(days=6))
        hold(csm, last, plan_next=True)
        assert plan.meetings.filter(kind="weekly").count() == 2

    def test_one_that_is_written_up_late_is_followed_by_one_that_lies_ahead(self, plan, csm):
        meeting = planned(csm, plan)
        Meeting.objects.filter(pk=meeting.pk).update(planned_on=plan.account.today() - timedelta(days=16))
        hold(csm, meeting, plan_next=True)
        following = plan.meetings.get(kind="weekly", held_at=None)
        assert following.planned_on == plan.account.today() + timedelta(days=5)

    @pytest.mark.parametrize(("days", "words"), [(3, "lies ahead")])
    def test_not_before_its_day(self, days, words, enter, plan, csm):
        meeting = planned(csm, plan, days)
        assert "It was held" not in shown(enter, csm, meeting)
        with pytest.raises(ValidationError, match=words):
            hold(csm, meeting)

    def test_not_on_a_draft(self, account, csm):
        draft = make_draft_plan(account=account)
        with pytest.raises(ValidationError, match="draft"):
            hold(csm, planned(csm, draft))

    def test_only_managers_hold(self, plan, csm, champion, executive):
        meeting = planned(csm, plan)
        for person in (champion, executive):
            with pytest.raises(PermissionDenied):
                hold(person, meeting)

    def test_the_kickoffs_milestone_is_not_touched(self, plan, csm):
        hold(csm, plan.meetings.get())
        assert not plan.milestones.filter(reached_at__isnull=False).exists()


class TestPages:
    def test_the_plan_names_the_next_meeting(self, enter, plan, csm, viewer):
        text = enter(viewer).get(f"/plans/{plan.pk}/").content.decode()
        assert after(text, f"/plans/{plan.pk}/meetings/", "Next meeting", "No meeting is planned.")
        planned(csm, plan, 9)
        soon = planned(csm, plan, 2, at=time(8))
        text = enter(viewer).get(f"/plans/{plan.pk}/").content.decode()
        assert after(
            text, "Next meeting", address(soon), "Weekly review", "08:00 (Europe/Berlin)", "Kickoff agenda"
        )

    def test_the_list_has_what_lies_ahead_and_what_is_past(self, enter, plan, csm, sponsor):
        hold(csm, planned(csm, plan))
        planned(csm, plan, 7)
        text = enter(sponsor).get(f"/plans/{plan.pk}/meetings/").content.decode()
        assert after(text, "Ahead", "Planned", "Past", "Held", "Kickoff", "Not written up")
        assert "Plan a weekly review" not in text
        assert "Plan a weekly review" in enter(csm).get(f"/plans/{plan.pk}/meetings/").content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries_of_the_list_do_not_grow(self, count, enter, plan, csm, django_assert_num_queries):
        for n in range(count):
            planned(csm, plan, n + 1)
        browser = enter(csm)
        with django_assert_num_queries(5):
            assert browser.get(f"/plans/{plan.pk}/meetings/").status_code == 200


def _counted():
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


@pytest.mark.django_db(transaction=True)
def test_hold_pressed_twice_at_once_holds_once(plan, csm, champion):
    """Two tabs, two connections: one is told that it is held already, and everybody gets one mail."""
    meeting = planned(csm, plan)

    def press(_n: int) -> str:
        try:
            hold(csm, meeting, "Notes", plan_next=True)
        except (ValidationError, NotesConflict) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "held"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["ValidationError", "held"]
    assert OutgoingMail.objects.filter(kind="meeting_recap").count() == 2
    assert Meeting.objects.filter(plan=plan, kind="weekly").count() == 2
    assert Account.objects.count() == 1


def test_notes_changed_after_the_meeting_are_named_each_time(plan, csm):
    by, meeting = actor(csm, plan), plan.meetings.get()
    Meeting.objects.filter(pk=meeting.pk).update(planned_on=plan.account.today())
    for held in (False, True):
        for words in ("First", "Second", "Third"):
            meeting.refresh_from_db()
            save_notes(by=by, meeting=meeting, version=meeting.version, notes=f"{words} {held}")
        Meeting.objects.filter(pk=meeting.pk).update(held_at=timezone.now(), held_by=csm)
    assert Event.objects.filter(verb="meeting.noted").count() == 1 + 3
