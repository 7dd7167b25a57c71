"""The ladder instead of more mail."""

from datetime import timedelta

import pytest

from accounts.choices import Verb
from accounts.models import Event, MailPreference, Stakeholder
from plans import jobs
from plans.models import Notification, Nudge, Plan, Task
from plans.services.escalating import escalate_plan, plans_to_escalate
from plans.services.notifying import notify_plan
from plans.services.working import block_task, complete_task, reassign_task
from portal.lib.workdays import calendar_of
from tests.factories import actor, task_of
from tests.mornings import TUESDAY, at, morning, running_plan

pytestmark = pytest.mark.django_db
DE = calendar_of("DE")


@pytest.fixture
def plan(account, owners, contributor, sponsor, csm) -> Plan:
    """Task 1 is the contributor's, and late since Monday. Only digests are wanted."""
    plan = running_plan(account=account, owners=owners)
    plan.tasks.update(due_on=TUESDAY + timedelta(days=90))
    plan.tasks.filter(key="task-1").update(due_on=TUESDAY - timedelta(days=1), owner=contributor)
    for person in (csm, contributor, sponsor, owners["champion"]):
        MailPreference.objects.create(user=person, weekly=False)
    return plan


def mornings_until(working_days: int) -> list:
    """Every working morning, with what the beat does: digests, then the ladder, then what it makes of events."""
    sent = []
    for n in range(working_days + 1):
        day = DE.add(TUESDAY, n) if n else TUESDAY
        sent += [(n, mail) for mail in morning(day)]
        with at(day, 9):
            jobs.escalate()
            for plan in Plan.objects.all():
                notify_plan(plan.pk)
    return sent


def told() -> list[tuple[str, int]]:
    events = Event.objects.filter(verb=Verb.TASK_ESCALATED).order_by("pk")
    return [(event.new["owner"], event.new["step"]) for event in events]


def test_three_reminders_then_the_champion_then_the_sponsor_then_the_csm(
    plan, contributor, champion, sponsor, csm
):
    sent = mornings_until(19)
    assert told() == [("Chloe Champion", 1), ("Sam Sponsor", 2), ("Carla Csm", 3)]
    hers = [n for n, mail in sent if mail.to == [contributor.email]]
    assert hers == [0, 2, 4], "three reminders, and then silence"
    (when, line) = next((n, mail) for n, mail in sent if mail.to == [champion.email])
    assert when == 7, "told on the sixth working day, in the digest of the next"
    assert "Colin Contributor has not answered for 8 days: “Task 1”" in line.body
    assert line.subject == "Colin Contributor has not answered for 8 days: “Task 1”"
    assert [mail.to[0] for _n, mail in sent].count(champion.email) == 1
    assert sponsor.email in {mail.to[0] for _n, mail in sent}
    assert list(Nudge.objects.filter(step__gt=0).order_by("step").values_list("user__name", "step")) == told()


def test_each_step_is_a_line_of_history_and_a_notification(plan, champion, contributor):
    mornings_until(6)
    event = Event.objects.get(verb=Verb.TASK_ESCALATED)
    assert (event.task_id, event.actor, event.subject) == (task_of(plan, 1).pk, None, "Task 1")
    assert event.new["waited_for"] == "Colin Contributor"
    one = Notification.objects.get(kind="escalated")
    assert (one.user, one.by_name) == (champion, "Colin Contributor")


@pytest.mark.parametrize("act", ["done", "blocked", "reassigned"])
def test_any_act_ends_it(plan, csm, champion, contributor, act):
    mornings_until(4)
    task = task_of(plan, 1)
    with at(DE.add(TUESDAY, 5), 10):
        if act == "done":
            complete_task(by=actor(contributor, plan), task=task, version=task.version)
        elif act == "blocked":
            block_task(by=actor(contributor, plan), task=task, version=task.version, reason="No key.")
        else:
            reassign_task(by=actor(csm, plan), task=task, version=task.version, owner=champion)
    with at(DE.add(TUESDAY, 9), 9):
        jobs.escalate()
    assert told() == []


def test_a_word_about_it_starts_it_anew(plan, contributor):
    from accounts.services.recording import record

    mornings_until(4)
    with at(DE.add(TUESDAY, 5), 10):
        record(
            Verb.COMMENT_ADDED, account_id=plan.account_id, plan_id=plan.pk, task_id=task_of(plan, 1).pk,
            by=contributor, subject="Task 1",
        )  # fmt: skip
    with at(DE.add(TUESDAY, 6), 9):
        jobs.escalate()
    assert told() == []
    # And reminders go on: the silence is over.
    assert [mail.to for mail in morning(DE.add(TUESDAY, 6))] == [[contributor.email]]


def test_the_vendors_own_tasks_go_to_the_csm(plan, csm, admin):
    Task.objects.filter(key="task-1").update(due_on=TUESDAY + timedelta(days=90))
    Task.objects.filter(key="task-2").update(due_on=TUESDAY - timedelta(days=1), owner=admin)
    admin.time_zone = "Europe/Berlin"
    admin.save()
    MailPreference.objects.create(user=admin, weekly=False)
    mornings_until(7)
    assert told() == [("Carla Csm", 3)]


def test_a_champion_who_is_late_is_not_told_of_herself(plan, champion):
    Task.objects.filter(key="task-1").update(owner=champion)
    mornings_until(6)
    assert told() == [("Sam Sponsor", 2)]


def test_with_nobody_above_nothing_happens(plan, csm):
    Task.objects.filter(key="task-1").update(side="vendor", owner=csm)
    csm.time_zone = "Europe/Berlin"
    csm.save()
    mornings_until(7)
    assert told() == []


def test_who_left_is_no_rung(plan, champion, sponsor):
    Stakeholder.objects.filter(user=champion).update(removed_at="2026-01-01T00:00Z")
    sponsor.is_active = False
    sponsor.save()
    mornings_until(6)
    assert told() == [("Carla Csm", 3)]


def test_twice_at_once_is_told_once(plan):
    mornings_until(6)
    with at(DE.add(TUESDAY, 6), 9):
        assert plans_to_escalate() == [str(plan.pk)]
        assert escalate_plan(plan.pk) == 0
    assert len(told()) == 1


def test_a_plan_that_ended_tells_nobody(plan):
    mornings_until(4)
    with at(DE.add(TUESDAY, 6), 9):
        Plan.objects.update(closed_at="2026-03-17T00:00Z")
        assert plans_to_escalate() == []
        assert escalate_plan(plan.pk) == 0
