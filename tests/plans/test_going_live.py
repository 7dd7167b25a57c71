"""From draft to live: the baseline freezes, the customer's people are called in, once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Event, Invitation, OutgoingMail
from plans.services.going_live import finish_plan, make_live
from plans.services.moving import move_task
from plans.services.working import complete_task
from tests.factories import StakeholderFactory, actor, make_draft_plan, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(account, owners):
    """With the champion and the contributor, who have joined before, and two who have not."""
    for name in ("Nora New", "Ned New"):
        StakeholderFactory(account=account, user__name=name, joined_at=None)
    StakeholderFactory(account=account, user__name="Gone Away", joined_at=None, removed_at=timezone.now())
    return make_draft_plan(account=account, owners=owners)


def mails() -> dict[str, str]:
    return dict(OutgoingMail.objects.values_list("to", "kind"))


def test_it_is_live_with_a_baseline_and_everybody_is_told(draft, csm, queued) -> None:
    assert not draft.tasks.exclude(baseline_on=None).exists()
    plan = make_live(plan=draft, by=actor(csm, draft))
    assert (plan.state, plan.live_by) == ("live", csm)
    for row in [*plan.tasks.all(), *plan.milestones.all()]:
        assert row.baseline_on == row.due_on is not None
    assert mails() == {
        "nora.new@example.com": "invitation",
        "ned.new@example.com": "invitation",
        "chloe.champion@example.com": "plan_live",
        "colin.contributor@example.com": "plan_live",
    }
    assert Invitation.objects.count() == 2
    assert len(queued.named("accounts.send_mail")) == 4
    verbs = list(Event.objects.filter(account=plan.account).order_by("id").values_list("verb", "actor_name"))
    assert verbs == [
        ("plan.made", ""),
        ("plan.live", "Carla Csm"),
        ("stage.opened", "Carla Csm"),
        ("person.invited", "Carla Csm"),
        ("person.invited", "Carla Csm"),
    ]
    assert plan.account.stakeholders.filter(user__name="Gone Away", invitations=None).exists()


def test_an_invitation_links_to_its_page_and_holds_fourteen_days(draft, csm) -> None:
    make_live(plan=draft, by=actor(csm, draft))
    invitation = Invitation.objects.get(stakeholder__user__name="Nora New")
    mail = OutgoingMail.objects.get(to="nora.new@example.com")
    assert f"http://127.0.0.1:8000/invitations/{invitation.pk}" in mail.text
    assert f"/{invitation.pk}" in mail.html
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_twice_is_refused_and_invites_nobody_again(draft, csm) -> None:
    make_live(plan=draft, by=actor(csm, draft))
    with pytest.raises(ValidationError, match="live already"):
        make_live(plan=draft, by=actor(csm, draft))
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (2, 4)
    assert Event.objects.filter(verb="plan.live").count() == 1


def test_without_anybody_at_the_customer_it_stays_a_draft(account, csm) -> None:
    plan = make_draft_plan(account=account)
    StakeholderFactory(account=account, removed_at=timezone.now())
    with pytest.raises(ValidationError, match="Nobody at the customer is known yet"):
        make_live(plan=plan, by=actor(csm, plan))
    plan.refresh_from_db()
    assert plan.state == "draft"
    assert not plan.tasks.exclude(baseline_on=None).exists()
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("who", ["executive", "champion", "contributor", "stranger"])
def test_only_those_who_may(who, draft, everybody) -> None:
    with pytest.raises(PermissionDenied):
        make_live(plan=draft, by=actor(everybody[who], draft))
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_baseline_stays_when_a_date_moves(draft, csm) -> None:
    plan = make_live(plan=draft, by=actor(csm, draft))
    task = task_of(plan, 4)
    later = plan.ends_on - timedelta(days=5)
    move_task(by=actor(csm, plan), task=task, version=task.version, due_on=later, reason="Holidays.")
    moved = task_of(plan, 4)
    assert (moved.due_on, moved.baseline_on) == (later, task.due_on)


def test_the_portal_itself_may_make_it_live(draft) -> None:
    plan = make_live(plan=draft, by=None)
    assert (plan.state, plan.live_by) == ("live", None)
    event = Event.objects.get(verb="plan.live")
    assert (event.actor, event.actor_name, event.actor_side) == (None, "", "")


def test_an_end(draft, csm) -> None:
    by = actor(csm, draft)
    with pytest.raises(ValidationError, match="complete when all its tasks are done"):
        finish_plan(plan=draft, by=by, completed=True)
    plan = make_live(plan=draft, by=by)
    for number in range(1, 5):
        task = task_of(plan, number)
        complete_task(by=actor(task.owner, plan), task=task, version=task.version)
    assert finish_plan(plan=plan, by=by, completed=True).state == "completed"
    with pytest.raises(ValidationError, match="finished already"):
        finish_plan(plan=plan, by=by, completed=False)
    assert Event.objects.filter(verb="plan.completed").count() == 1
