"""A task by hand: at the end of its milestone, told to its owner, and never for the wrong side."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Event, OutgoingMail
from plans.models import Milestone, Plan, Task
from plans.services.adding import add_task
from tests.factories import actor, make_draft_plan

pytestmark = pytest.mark.django_db


def add(by, plan, **more):
    plan = Plan.objects.select_related("account").get(pk=plan.pk)
    given = {
        "milestone": plan.milestones.get(key="kickoff-held"),
        "title": "Call the data protection officer",
        "side": "customer",
        "owner": None,
        "due_on": plan.account.today() + timedelta(days=5),
        **more,
    }
    return add_task(by=actor(by, plan), plan=plan, **given)


def typed(plan, **more):
    return {
        "title": "Call the data protection officer",
        "side": "customer",
        "owner": "",
        "due_on": (plan.account.today() + timedelta(days=5)).isoformat(),
        "what": "Ask for the form.",
        "milestone": str(plan.milestones.get(key="kickoff-held").pk),
        **more,
    }


def address(plan) -> str:
    return f"/plans/{plan.pk}/tasks/new/"


class TestService:
    def test_a_form_that_was_sent_twice_makes_one(self, plan, csm, admin, champion):
        task = add(csm, plan, owner=champion)
        assert add(csm, plan, owner=champion) == task
        assert Event.objects.filter(verb="task.added").count() == 1
        # Another owner, another person, or a minute later: that is meant.
        assert add(csm, plan) != task
        assert add(admin, plan, owner=champion) != task
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            assert add(csm, plan, owner=champion) != task

    def test_it_stands_at_the_end_of_its_milestone_with_a_day_of_its_own(self, plan, csm, champion):
        before = list(plan.tasks.order_by("position").values_list("key", flat=True))
        task = add(csm, plan, owner=champion, what=" Ask. ")
        after = list(plan.tasks.order_by("position").values_list("key", flat=True))
        assert after == [*before[:2], task.key, *before[2:]]
        assert len({*plan.tasks.values_list("position", flat=True)}) == 5
        task.refresh_from_db()
        assert (task.rule_anchor, task.baseline_on, task.what, task.account_id) == (
            "", None, "Ask.", plan.account_id,
        )  # fmt: skip
        event = Event.objects.get(task_id=task.pk)
        assert (event.verb, event.subject, event.actor) == ("task.added", task.title, csm)
        plan.refresh_from_db()
        assert (plan.tasks_total, plan.revision) == (5, 3)

    def test_its_owner_is_told_unless_they_added_it_or_it_is_a_draft(self, plan, csm, champion, account):
        add(csm, plan, owner=champion)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to) == ("task_assigned", champion.email)
        add(champion, plan, owner=champion)
        add(csm, make_draft_plan(account=account), owner=champion)
        assert OutgoingMail.objects.count() == 1

    def test_a_milestone_that_was_reached_is_open_again(self, plan, csm):
        stop = plan.milestones.get(key="kickoff-held")
        Milestone.objects.filter(pk=stop.pk).update(reached_at=timezone.now())
        add(csm, plan, milestone=stop)
        stop.refresh_from_db()
        assert stop.reached_at is None
        assert Event.objects.filter(verb="milestone.reopened", subject="Kickoff held").count() == 1

    def test_an_empty_milestone_takes_one_too(self, plan, csm):
        stop = plan.milestones.get(key="first-value")
        Task.objects.filter(milestone=stop).delete()
        assert add(csm, plan, milestone=stop).position == 2

    def test_a_champion_adds_for_the_customer_only(self, plan, champion, contributor, sponsor, executive):
        assert add(champion, plan, owner=contributor).owner == contributor
        with pytest.raises(PermissionDenied):
            add(champion, plan, side="vendor")
        for person in (contributor, sponsor, executive):
            with pytest.raises(PermissionDenied):
                add(person, plan)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            (lambda plan, people: {"title": "  "}, "title"),
            (lambda plan, people: {"due_on": plan.account.today() - timedelta(days=1)}, "due_on"),
            (lambda plan, people: {"due_on": plan.ends_on + timedelta(days=1)}, "due_on"),
            (lambda plan, people: {"owner": people["stranger"]}, "owner"),
            (lambda plan, people: {"side": "vendor", "owner": people["champion"]}, "owner"),
            (lambda plan, people: {"milestone": people["draft"].milestones.first()}, "milestone"),
        ],
    )
    def test_what_does_not_fit_is_refused_by_field(
        self, change, field, plan, csm, champion, stranger, account
    ):
        people = {"stranger": stranger, "champion": champion, "draft": make_draft_plan(account=account)}
        with pytest.raises(ValidationError) as refused:
            add(csm, plan, **change(plan, people))
        assert list(refused.value.error_dict) == [field]
        assert plan.tasks.count() == 4

    def test_a_finished_plan_takes_none(self, plan, csm):
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        with pytest.raises(ValidationError, match="finished"):
            add(csm, plan)


class TestPage:
    def test_from_the_plan_to_the_new_task(self, enter, plan, csm, champion):
        browser = enter(csm)
        assert f'href="{address(plan)}"' in browser.get(f"/plans/{plan.pk}/").content.decode()
        page = browser.get(address(plan)).content.decode()
        assert "<h1>Add a task</h1>" in page
        answer = browser.post(address(plan), typed(plan, owner=str(champion.pk)))
        task = plan.tasks.get(title="Call the data protection officer")
        assert (answer.status_code, answer["Location"]) == (302, f"/plans/{plan.pk}/tasks/{task.pk}/")
        assert (task.owner, task.what) == (champion, "Ask for the form.")

    def test_a_milestone_can_be_named_in_the_address(self, enter, plan, csm):
        stop = plan.milestones.get(key="first-value")
        text = enter(csm).get(f"{address(plan)}?milestone={stop.pk}").content.decode()
        assert f'value="{stop.pk}" selected' in text
        assert enter(csm).get(f"{address(plan)}?milestone=nothing").status_code == 200

    def test_the_milestone_page_leads_there(self, enter, plan, csm, viewer):
        stop = plan.milestones.get(key="first-value")
        link = f'href="{address(plan)}?milestone={stop.pk}"'
        assert link in enter(csm).get(f"/plans/{plan.pk}/milestones/{stop.pk}/").content.decode()
        assert link not in enter(viewer).get(f"/plans/{plan.pk}/milestones/{stop.pk}/").content.decode()

    def test_a_champion_is_not_asked_for_the_side(self, enter, plan, champion, csm):
        text = enter(champion).get(address(plan)).content.decode()
        assert 'type="hidden" name="side" value="customer"' in text
        assert csm.name not in text.partition("<form class")[2]
        assert enter(champion).post(address(plan), typed(plan, side="vendor")).status_code == 422

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": "x" * 5000}, "title"),
            ({"title": "a\x00b"}, "title"),
            ({"title": "\u202eevil"}, "title"),
            ({"due_on": "2001-01-01"}, "due_on"),
            ({"due_on": "tomorrow"}, "due_on"),
            ({"side": "both"}, "side"),
            ({"owner": "me"}, "owner"),
            ({"milestone": "x"}, "milestone"),
            ({"what": "x" * 5001}, "what"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, changes, field, enter, plan, csm):
        answer = enter(csm).post(address(plan), typed(plan, **changes))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in text
        assert "Ask for the form." in text or field == "what"
        assert plan.tasks.count() == 4

    def test_letters_of_any_script(self, enter, plan, csm):
        title = "שאלה 😀 " + "ü" * 180
        assert enter(csm).post(address(plan), typed(plan, title=title)).status_code == 302
        assert plan.tasks.filter(title=title).exists()

    @pytest.mark.parametrize("people", [1, 5])
    def test_queries_do_not_grow(self, people, enter, plan, csm, account, django_assert_num_queries):
        from tests.factories import StakeholderFactory

        StakeholderFactory.create_batch(people, account=account)
        browser = enter(csm)
        with django_assert_num_queries(9):
            assert browser.get(address(plan)).status_code == 200
