"""A date moves, and what depends on it: what is shown, what is written, who is told, and who may."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Event
from plans.models import DateMove, DateProposal, Meeting, Milestone, Plan, Task
from plans.services.consenting import Consent, Unseen, Why
from plans.services.depending import add_dependency, remove_dependency
from plans.services.framing import move_end, move_kickoff
from plans.services.locking import Conflict
from plans.services.moving import move_task, pin_task, unpin_task
from plans.services.proposing import accept_move, answer_proposal, propose_date
from plans.services.working import complete_task
from portal.lib.workdays import calendar_of
from tests.factories import actor, make_draft_plan, make_live_plan, task_of
from tests.plans.test_concurrency import at_once

pytestmark = pytest.mark.django_db


def later(task: Task, days: int = 0) -> date:
    """A Wednesday three weeks and more away: never a day off in the tests' country before Christmas week."""
    day = task.plan.kickoff_on + timedelta(days=21 + days)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def working_day(plan, number: int) -> date:
    """That many working days after the kickoff."""
    calendar = calendar_of(plan.account.country)
    return calendar.add(calendar.on_or_after(plan.kickoff_on), number)


def move(by, plan, number=1, day=None, **more):
    task = task_of(plan, number)
    return move_task(
        by=actor(by, plan),
        task=task,
        version=task.version,
        due_on=day or later(task),
        reason="Holidays.",
        **more,
    )


def days_of(plan) -> list[date]:
    return [task_of(plan, number).due_on for number in range(1, 5)]


def agreed(act) -> Consent:
    """What somebody would be shown who did `act` now."""
    with pytest.raises(Unseen) as unseen:
        act(Consent())
    return Consent(unseen.value.outcome.mark)


class TestATask:
    def test_what_follows_moves_and_each_date_has_its_line(self, chain, csm):
        before, day = days_of(chain), later(task_of(chain, 1))
        done = move(csm, chain)
        assert days_of(chain) == [day, day, day, before[3]]
        lines = list(DateMove.objects.order_by("new_on", "title"))
        assert [(line.task.key, line.old_on, line.new_on) for line in lines] == [
            (f"task-{number}", before[number - 1], day) for number in (1, 2, 3)
        ]
        assert [line.cause for line in lines] == ["hand", "follows", "follows"]
        assert lines[2].chain == ["Task 1", "Task 2", "Task 3"]
        assert {(line.by, line.by_side, line.reason) for line in lines} == {(csm, "vendor", "Holidays.")}
        event = Event.objects.get(verb="task.moved")
        assert {line.act for line in lines} == {lines[0].act}
        assert event.new == {
            "due_on": day.isoformat(),
            "reason": "Holidays.",
            "moved": 2,
            "act": str(lines[0].act),
        }
        assert done.moved == {task_of(chain, 2).pk, task_of(chain, 3).pk}

    def test_the_other_sides_tasks_have_to_accept_it(self, chain, csm):
        move(csm, chain)
        assert [task_of(chain, number).moved_by_side for number in range(1, 5)] == [
            "vendor",
            "",
            "vendor",
            "",
        ]

    def test_in_a_draft_nobody_has_to(self, account, owners, csm):
        draft = make_draft_plan(account=account, owners=owners, kickoff_on=account.today())
        move(csm, draft)
        assert task_of(draft, 1).moved_by_side == ""

    def test_nothing_moves_that_was_not_shown(self, chain, csm):
        before = days_of(chain)
        with pytest.raises(Unseen) as unseen:
            move(csm, chain, consent=Consent())
        assert unseen.value.why is Why.FIRST
        assert [one.key for one in unseen.value.outcome.moves] == [
            "task:task-1",
            "task:task-2",
            "task:task-3",
        ]
        assert days_of(chain) == before
        move(csm, chain, consent=Consent(unseen.value.outcome.mark))
        assert days_of(chain) != before

    def test_what_has_changed_meanwhile_is_shown_again(self, chain, csm):
        consent = agreed(lambda consent: move(csm, chain, consent=consent))
        move(csm, chain, 3, later(task_of(chain, 3), 14), consent=Consent())
        with pytest.raises(Unseen) as unseen:
            move(csm, chain, consent=consent)
        assert unseen.value.why is Why.CHANGED
        assert task_of(chain, 1).version == 1

    def test_nothing_goes_past_the_end_without_a_yes(self, account, owners, csm):
        plan = make_live_plan(account=account, owners=owners, kickoff_on=account.today(), days=60)
        day = later(task_of(plan, 1), 28)
        Task.objects.filter(plan=plan, key="task-2").update(
            rule_anchor="task:task-1", rule_offset=30, due_on=working_day(plan, 31)
        )
        consent = agreed(lambda consent: move(csm, plan, day=day, consent=consent))
        with pytest.raises(Unseen) as unseen:
            move(csm, plan, day=day, consent=consent)
        assert unseen.value.why is Why.END
        with pytest.raises(ValidationError):
            move(csm, plan, day=day)
        move(csm, plan, day=day, consent=Consent(consent.mark, on_last_day=True))
        last = task_of(plan, 2).due_on
        assert plan.ends_on - timedelta(days=3) <= last <= plan.ends_on
        assert DateMove.objects.get(task__key="task-2").held_back

    def test_not_before_what_it_waits_for(self, chain, csm):
        with pytest.raises(ValidationError) as refused:
            move(csm, chain, 2, chain.kickoff_on)
        assert "It waits for “Task 1”" in refused.value.message_dict["due_on"][0]
        complete_task(by=actor(chain.account.owner, chain), task=task_of(chain, 4), version=1)
        with pytest.raises(ValidationError, match="This task is done already"):
            move(csm, chain, 4)

    def test_past_its_milestone_is_shown_first(self, plan, csm):
        """The milestone is what both sides agreed on: it stays, and nobody passes it unseen."""
        stop = plan.milestones.get(key="kickoff-held")
        day = max(stop.due_on, plan.account.today()) + timedelta(days=9)
        day -= timedelta(days=max(0, day.weekday() - 4))
        consent = agreed(lambda given: move(csm, plan, 1, day, consent=given))
        move(csm, plan, 1, day, consent=consent)
        stop.refresh_from_db()
        assert task_of(plan, 1).due_on == day > stop.due_on

    def test_the_same_day_is_no_move(self, chain, csm):
        with pytest.raises(ValidationError, match="It is due on that day already"):
            move(csm, chain, day=task_of(chain, 1).due_on)
        assert not DateMove.objects.exists()

    def test_there_and_back(self, chain, csm):
        before = days_of(chain)
        move(csm, chain)
        move(csm, chain, day=before[0])
        assert days_of(chain) == before
        for number in (1, 2, 3):
            back, there = DateMove.objects.filter(task=task_of(chain, number))
            assert (there.new_on, back.new_on) == (back.old_on, there.old_on)

    def test_who_had_the_follower_open_is_told_what_moved_it(self, chain, csm, champion):
        move(csm, chain)
        with pytest.raises(Conflict) as conflict:
            complete_task(by=actor(champion, chain), task=task_of(chain, 3), version=1)
        assert (conflict.value.latest.subject, conflict.value.latest.actor) == ("Task 1", csm)

    @pytest.mark.parametrize("size", [4, 64])
    def test_queries_do_not_grow_with_the_plan(self, size, account, owners, csm, django_assert_num_queries):
        waits = {f"task-{n}": [f"task-{n - 1}"] for n in range(2, size + 1)}
        plan = make_live_plan(
            account=account, owners=owners, kickoff_on=account.today(), tasks=size, waits=waits
        )
        task, by, day = task_of(plan, 1), actor(csm, plan), plan.ends_on - timedelta(days=7)
        with django_assert_num_queries(14):
            move_task(by=by, task=task, version=1, due_on=day, reason="Holidays.")
        assert DateMove.objects.count() == size

    def test_a_finished_plan_stays_as_it_is(self, chain, csm):
        Plan.objects.filter(pk=chain.pk).update(closed_at=timezone.now())
        with pytest.raises(ValidationError, match="This plan is finished"):
            move(csm, chain)
        for act in (move_kickoff, move_end):
            day = {"kickoff_on" if act is move_kickoff else "ends_on": chain.kickoff_on + timedelta(days=9)}
            with pytest.raises(ValidationError, match="This plan is finished"):
                act(by=actor(csm, chain), plan=chain, reason="Late.", **day)


class TestTheFrame:
    def test_the_kickoff_takes_its_meeting_along(self, chain, csm):
        before, day = days_of(chain), later(task_of(chain, 1))
        move_kickoff(by=actor(csm, chain), plan=chain, kickoff_on=day, reason="The room.")
        assert all(new > old for old, new in zip(before, days_of(chain), strict=True))
        assert Meeting.objects.get(plan=chain).planned_on == day
        own = DateMove.objects.get(title="")
        assert (own.cause, own.old_on, own.new_on) == ("kickoff", chain.kickoff_on, day)
        line = DateMove.objects.get(task=task_of(chain, 1))
        assert (line.cause, line.chain) == ("kickoff", ["plan:kickoff", "Task 1"])
        assert DateMove.objects.filter(milestone__isnull=False).count() == Milestone.objects.count()
        event = Event.objects.get(verb="plan.kickoff_moved")
        assert (event.old["due_on"], event.new["due_on"]) == (chain.kickoff_on.isoformat(), day.isoformat())

    def test_a_kickoff_that_was_held_stays(self, chain, csm):
        Meeting.objects.update(held_at=timezone.now())
        with pytest.raises(ValidationError, match="The kickoff has been held"):
            move_kickoff(
                by=actor(csm, chain),
                plan=chain,
                kickoff_on=chain.kickoff_on + timedelta(days=7),
                reason="Late.",
            )

    def test_an_earlier_end_holds_back_with_a_yes_and_a_later_one_lets_go(self, chain, csm):
        day, objective = chain.kickoff_on + timedelta(days=30), chain.objectives.get()
        milestone = chain.milestones.get(key="first-value")

        def act(consent, ends_on=day):
            return move_end(
                by=actor(csm, chain), plan=chain, ends_on=ends_on, reason="Shorter.", consent=consent
            )

        mark = agreed(act).mark
        with pytest.raises(Unseen) as unseen:
            act(Consent(mark))
        assert unseen.value.why is Why.END
        act(Consent(mark, on_last_day=True))
        assert Milestone.objects.get(pk=milestone.pk).due_on <= day
        assert DateMove.objects.get(milestone=milestone).chain == ["plan:end", "First value"]
        back = agreed(lambda consent: act(consent, chain.ends_on))
        act(back, chain.ends_on)
        assert Milestone.objects.get(pk=milestone.pk).due_on == milestone.due_on
        objective.refresh_from_db()
        assert DateMove.objects.filter(objective=objective).count() == 2

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (-3, "Choose a day from today"),
            (0, "The kickoff is on that day already"),
            (9999, "Choose a day from today"),
        ],
    )
    def test_a_kickoff_lies_within_the_plan(self, days, words, chain, csm):
        with pytest.raises(ValidationError, match=words):
            move_kickoff(
                by=actor(csm, chain),
                plan=chain,
                kickoff_on=chain.kickoff_on + timedelta(days=days),
                reason="Late.",
            )

    def test_only_managers(self, chain, champion, executive):
        for person in (champion, executive):
            with pytest.raises(PermissionDenied):
                move_end(
                    by=actor(person, chain),
                    plan=chain,
                    ends_on=chain.ends_on + timedelta(days=7),
                    reason="More.",
                )


class TestPins:
    def test_a_pinned_task_stays_until_it_is_let_go(self, chain, csm):
        before = days_of(chain)
        pin_task(by=actor(csm, chain), task=task_of(chain, 2), version=1)
        move(csm, chain)
        assert days_of(chain)[1:] == before[1:]
        unpin_task(by=actor(csm, chain), task=task_of(chain, 2), version=2, reason="No need any more.")
        day = later(task_of(chain, 1))
        assert days_of(chain)[:3] == [day, day, day]
        assert DateMove.objects.get(task=task_of(chain, 2)).cause == "pin"
        assert [event.verb for event in Event.objects.filter(task_id=task_of(chain, 2).pk)] == [
            "task.unpinned",
            "task.pinned",
        ]
        assert task_of(chain, 2).version == 4 - 1

    def test_that_it_comes_too_early_is_shown_first(self, chain, csm):
        pin_task(by=actor(csm, chain), task=task_of(chain, 2), version=1)
        with pytest.raises(Unseen) as unseen:
            move(csm, chain, consent=Consent())
        assert unseen.value.outcome.crossed == (("task:task-2", "task:task-1"),)


class TestWaiting:
    def test_more_and_less(self, chain, csm):
        by, before = actor(csm, chain), days_of(chain)
        move(csm, chain, 4)
        assert days_of(chain)[:3] == before[:3]
        more = {"by": by, "before": task_of(chain, 4), "reason": "It needs the data."}
        consent = agreed(
            lambda consent: add_dependency(task=task_of(chain, 1), version=1, consent=consent, **more)
        )
        add_dependency(task=task_of(chain, 1), version=1, consent=consent, **more)
        assert len(set(days_of(chain))) == 1
        assert DateMove.objects.filter(cause="dependency").get().task.key == "task-1"
        task = task_of(chain, 1)
        remove_dependency(task=task, version=task.version, **more)
        assert days_of(chain)[:3] == before[:3]
        assert [event.verb for event in Event.objects.filter(verb__startswith="dependency.")] == [
            "dependency.removed",
            "dependency.added",
        ]

    def test_what_moves_nothing_is_done_at_once(self, chain, csm):
        add_dependency(
            by=actor(csm, chain), task=task_of(chain, 4), version=1, before=task_of(chain, 1), reason="So.",
            consent=Consent(),
        )  # fmt: skip
        assert task_of(chain, 4).version == 2
        assert not DateMove.objects.exists()

    def test_a_circle_is_refused_with_its_way(self, chain, csm):
        with pytest.raises(ValidationError) as refused:
            add_dependency(
                by=actor(csm, chain),
                task=task_of(chain, 1),
                version=1,
                before=task_of(chain, 3),
                reason="So.",
            )
        assert refused.value.message_dict["before"] == [
            "They would wait for each other: Task 1 → Task 3 → Task 2 → Task 1."
        ]

    def test_only_open_tasks_of_the_same_plan(self, chain, csm, other_account):
        foreign = task_of(make_live_plan(account=other_account), 1)
        complete_task(by=actor(csm, chain), task=task_of(chain, 4), version=1)
        for before in (foreign, task_of(chain, 4)):
            with pytest.raises(ValidationError, match="Choose an open task of this plan"):
                add_dependency(
                    by=actor(csm, chain), task=task_of(chain, 1), version=1, before=before, reason="So."
                )


class TestTheOtherSide:
    def test_it_accepts(self, chain, csm, champion):
        move(csm, chain)
        accept_move(by=actor(champion, chain), task=task_of(chain, 1), version=2)
        assert task_of(chain, 1).moved_by_side == ""
        with pytest.raises(ValidationError, match="no new date to accept"):
            accept_move(by=actor(champion, chain), task=task_of(chain, 1), version=3)
        with pytest.raises(PermissionDenied):
            accept_move(by=actor(csm, chain), task=task_of(chain, 3), version=2)

    def test_it_asks_for_another_day_and_gets_it(self, chain, csm, champion):
        move(csm, chain)
        day = later(task_of(chain, 1), 7)
        propose_date(
            by=actor(champion, chain), task=task_of(chain, 1), version=2, proposed_on=day, reason="Audit."
        )
        assert task_of(chain, 1).proposed_on == day
        proposal = DateProposal.objects.get()
        with pytest.raises(PermissionDenied):
            answer_proposal(by=actor(champion, chain), proposal=proposal, accept=True)
        consent = agreed(
            lambda consent: answer_proposal(
                by=actor(csm, chain), proposal=proposal, accept=True, consent=consent
            )
        )
        answer_proposal(by=actor(csm, chain), proposal=proposal, accept=True, consent=consent)
        task = task_of(chain, 1)
        assert (task.due_on, task.proposed_on, task.moved_by_side) == (day, None, "")
        proposal.refresh_from_db()
        assert (proposal.accepted, proposal.answered_by) == (True, csm)
        line = DateMove.objects.filter(task=task).first()
        assert (line.cause, line.reason) == ("proposal", "Audit.")
        with pytest.raises(ValidationError, match="answered already"):
            answer_proposal(by=actor(csm, chain), proposal=proposal, accept=False)

    def test_it_is_declined_with_a_word(self, chain, csm, champion):
        task = task_of(chain, 1)
        propose_date(
            by=actor(champion, chain), task=task, version=1, proposed_on=later(task), reason="Audit."
        )
        answer_proposal(
            by=actor(csm, chain), proposal=DateProposal.objects.get(), accept=False, answer="Too late."
        )
        assert (task_of(chain, 1).due_on, task_of(chain, 1).proposed_on) == (task.due_on, None)
        assert DateProposal.objects.get().answer == "Too late."
        assert Event.objects.get(verb="task.date_declined").new["reason"] == "Too late."

    def test_a_newer_question_takes_the_place_of_an_older_and_the_tasks_end_ends_it(self, chain, champion):
        task, by = task_of(chain, 1), actor(champion, chain)
        propose_date(by=by, task=task, version=1, proposed_on=later(task), reason="Audit.")
        propose_date(by=by, task=task, version=2, proposed_on=later(task, 7), reason="Longer.")
        assert DateProposal.objects.waiting().get().reason == "Longer."
        complete_task(by=by, task=task, version=3)
        assert not DateProposal.objects.waiting().exists()
        assert task_of(chain, 1).proposed_on is None


@pytest.mark.django_db(transaction=True)
def test_two_move_the_same_chain_at_once(account, owners, csm, admin):
    plan = make_live_plan(
        account=account,
        owners=owners,
        kickoff_on=account.today(),
        waits={"task-2": ["task-1"], "task-4": ["task-1"]},
    )
    first, second = task_of(plan, 1), task_of(plan, 2)
    ends = at_once(
        lambda: move_task(by=actor(csm, plan), task=first, version=1, due_on=later(first), reason="One."),
        lambda: move_task(
            by=actor(admin, plan), task=second, version=1, due_on=later(second, 14), reason="Two."
        ),
    )
    assert ends[0] is None
    # Whoever comes second to a task that has followed meanwhile is told so; nobody's day is lost.
    assert ends[1] is None or isinstance(ends[1], Conflict)
    wanted = later(second, 14) if ends[1] is None else later(first)
    assert task_of(plan, 2).due_on == wanted
    for number in (1, 2, 4):
        lines = list(DateMove.objects.filter(task=task_of(plan, number)).order_by("at"))
        assert lines[-1].new_on == task_of(plan, number).due_on
        assert all(one.new_on == after.old_on for one, after in pairwise(lines))


def test_the_ledger_only_grows(chain, csm):
    move(csm, chain)
    for forbidden in ("UPDATE plans_datemove SET reason = ''", "DELETE FROM plans_datemove"):
        with (
            pytest.raises(DatabaseError, match="a row is only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(forbidden)
