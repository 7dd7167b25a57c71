"""Not me: a task goes on to a colleague, who is invited where they are not here yet."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Event, Invitation, OutgoingMail, Stakeholder, User
from accounts.services.invitations import call_in_colleague
from plans.models import DateProposal, Plan, Task
from plans.pages.history import sentence
from plans.services.answering import pass_task, possible_takers
from plans.services.locking import Conflict
from tests.factories import StakeholderFactory, UserFactory, actor, make_live_plan, task_of

pytestmark = pytest.mark.django_db


def hand_over(by, plan, number=1, **data):
    task = task_of(plan, number)
    return pass_task(by=actor(by, plan), task=task, version=data.pop("version", task.version), **data)


def refused(error) -> str:
    return " ".join(error.value.messages)


class TestPassTask:
    def test_to_somebody_who_is_here(self, plan, champion, contributor):
        plan.refresh_from_db()
        act = hand_over(champion, plan, to=contributor, reason=" It is about the network. ")
        task = task_of(plan, 1)
        assert (task.owner, task.version, task.edited_fields) == (contributor, 2, ["owner"])
        event = Event.objects.get(verb="task.passed")
        assert (event.actor, event.task_id, event.plan_id) == (champion, task.pk, plan.pk)
        assert event.old == {"owner": "Chloe Champion"}
        assert event.new == {"owner": "Colin Contributor", "reason": "It is about the network."}
        assert act.event == event
        assert sentence(event) == (
            "Chloe Champion passed “Task 1” on to Colin Contributor: It is about the network."
        )
        assert Plan.objects.get(pk=plan.pk).revision == plan.revision + 1
        assert Stakeholder.objects.joined().filter(user=champion).exists(), "who passes keeps their access"

    def test_the_new_owner_gets_a_mail_that_says_who_passed_it(self, plan, champion, contributor):
        hand_over(champion, plan, to=contributor, reason="You know it best.")
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to) == ("task_assigned", contributor.email)
        for part in (mail.text, mail.html):
            assert "Chloe Champion passed a task in" in part
            assert "“You know it best.”" in part
            assert "/answer/" in part

    def test_to_somebody_new_who_is_invited_as_a_contributor(self, plan, account, contributor):
        plan.tasks.filter(key="task-1").update(owner=contributor)
        hand_over(contributor, plan, email=" Nora.New@EXAMPLE.com ", name="Nora New")
        nora = User.objects.get(email="nora.new@example.com")
        assert task_of(plan, 1).owner == nora
        there = Stakeholder.objects.get(user=nora)
        assert (there.account, there.role, there.joined_at) == (account, "contributor", None)
        assert Invitation.objects.get().invited_by == contributor
        assert sorted(OutgoingMail.objects.values_list("kind", "to")) == [
            ("invitation", "nora.new@example.com"),
            ("task_assigned", "nora.new@example.com"),
        ]

    def test_an_address_of_somebody_who_is_here_just_gets_it(self, plan, account, champion):
        consultant = StakeholderFactory(account=account, user__email="kim@consulting.example").user
        hand_over(champion, plan, email="Kim@Consulting.example", name="Not Their Name")
        consultant.refresh_from_db()
        assert task_of(plan, 1).owner == consultant
        assert consultant.name != "Not Their Name"
        assert not Invitation.objects.exists()

    def test_at_the_vendor_it_goes_to_a_colleague_there(self, plan, csm, admin, executive):
        assert set(possible_takers(task_of(plan, 2))) == {admin}
        hand_over(csm, plan, 2, to=admin)
        assert task_of(plan, 2).owner == admin
        with pytest.raises(ValidationError, match="Nobody at the vendor has this address"):
            hand_over(admin, plan, 2, email="new@example.com")
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("who", ["csm", "viewer", "executive", "contributor", "stranger"])
    def test_whose_it_is_not_passes_nothing(self, who, everybody, plan, sponsor):
        with pytest.raises(PermissionDenied):
            hand_over(everybody[who], plan, to=sponsor)

    def test_a_lead_passes_what_nobody_owns(self, plan, sponsor, contributor):
        Task.objects.filter(pk=task_of(plan, 1).pk).update(owner=None)
        hand_over(sponsor, plan, to=contributor)
        assert Event.objects.get(verb="task.passed").old == {"owner": ""}

    def test_two_tabs(self, plan, champion, contributor, sponsor):
        hand_over(champion, plan, to=contributor)
        with pytest.raises(Conflict):
            hand_over(champion, plan, to=sponsor, version=1)

    def test_what_is_over_is_not_passed_on(self, plan, champion, contributor):
        Task.objects.filter(pk=task_of(plan, 1).pk).update(completed_at=timezone.now(), completed_by=champion)
        with pytest.raises(ValidationError, match="done already"):
            hand_over(champion, plan, to=contributor)
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        with pytest.raises(ValidationError, match="finished"):
            hand_over(champion, plan, 3, to=contributor)

    def test_who_cannot_take_it(self, plan, champion, viewer, csm, stranger):
        for person in (viewer, csm, stranger):
            with pytest.raises(ValidationError) as error:
                hand_over(champion, plan, to=person)
            assert "cannot take it over" in refused(error), person
        with pytest.raises(ValidationError, match="with this person already"):
            hand_over(champion, plan, to=champion)
        with pytest.raises(ValidationError, match="Choose a colleague"):
            hand_over(champion, plan)
        assert task_of(plan, 1).version == 1


class TestWhoCanBeNamed:
    @pytest.mark.parametrize(
        "email",
        [
            "nora@elsewhere.example",
            "nora@sub.example.com",
            "nora@example.com.evil.example",
            "nora@xexample.com",
            "nora@exаmple.com",  # a Cyrillic а
            "nora@gmail.com",
            "nora@example.com@gmail.com",
            "nora",
        ],
    )
    def test_only_the_very_domain_counts(self, email, plan, champion):
        with pytest.raises(ValidationError, match="work address at your company"):
            hand_over(champion, plan, email=email)
        assert not User.objects.filter(email=email).exists()
        assert not OutgoingMail.objects.exists()

    def test_an_account_without_domains_invites_nobody(self, plan, account, champion):
        account.allowed_domains = []
        account.save()
        with pytest.raises(ValidationError, match="work address at your company"):
            hand_over(champion, plan, email="nora@example.com")

    def test_who_was_put_out_comes_back_only_by_those_who_invite(self, account, contributor, champion):
        gone = StakeholderFactory(account=account, role="sponsor", removed_at=timezone.now()).user
        with pytest.raises(ValidationError, match="cannot take it over"):
            call_in_colleague(by=actor(contributor, account), account=account, email=gone.email)
        assert call_in_colleague(by=actor(champion, account), account=account, email=gone.email) == gone
        there = Stakeholder.objects.get(user=gone)
        assert (there.removed_at, there.joined_at, there.role) == (None, None, "contributor")

    def test_closed_accesses_and_vendor_people_get_the_same_words(self, account, contributor, csm):
        closed = UserFactory(name="Cleo Closed", is_active=False)
        for email in (closed.email, csm.email):
            with pytest.raises(ValidationError, match="cannot take it over"):
                call_in_colleague(by=actor(contributor, account), account=account, email=email)


def test_other_accounts_are_untouched(other_account, stranger, plan, champion):
    """Somebody from elsewhere at an allowed address comes to this account, and stays where they are."""
    stranger.email = "stella@example.com"
    stranger.save()
    hand_over(champion, plan, email=stranger.email)
    assert Stakeholder.objects.filter(user=stranger).count() == 2
    assert make_live_plan(account=other_account).tasks.filter(owner=stranger).count() == 0


class TestInTheTask:
    """The same answers on the task's page, for whoever has it."""

    def address(self, plan, act="", number=1) -> str:
        return f"/plans/{plan.pk}/tasks/{task_of(plan, number).pk}/{act}"

    def test_whoever_has_it_is_asked(self, enter, plan, champion, sponsor, csm, viewer):
        text = enter(champion).get(self.address(plan)).content.decode()
        for words in ("Your answer", "Mark as done", "Something is in the way", "I need more time", "Not me"):
            assert words in text
        assert "at example.com: an invitation goes there" in text
        for somebody in (sponsor, csm, viewer):
            assert "Your answer" not in enter(somebody).get(self.address(plan)).content.decode()
        Task.objects.filter(plan=plan).update(owner=None)
        assert "Your answer" in enter(sponsor).get(self.address(plan)).content.decode()

    def test_at_the_vendor_nobody_asks_for_a_day_or_invites(self, enter, plan, csm, admin):
        text = enter(csm).get(self.address(plan, number=2)).content.decode()
        assert "Not me" in text
        assert "I need more time" not in text
        assert 'name="email"' not in text
        assert "Change the date" in text

    @pytest.mark.parametrize("htmx", [False, True])
    def test_passing_it_on(self, htmx, enter, plan, champion, contributor):
        headers = (
            {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/"} if htmx else {}
        )
        data = {"version": 1, "to": contributor.pk, "email": "", "name": "", "reason": "Yours"}
        answer = enter(champion).post(self.address(plan, "pass/"), data, headers=headers)
        assert answer.status_code == (200 if htmx else 302)
        assert task_of(plan, 1).owner == contributor
        if htmx:
            assert "data-announce>Passed on: Task 1.</p>" in answer.content.decode()

    def test_asking_for_another_day(self, enter, plan, champion):
        day = plan.account.today() + timedelta(days=9)
        data = {"version": 1, "proposed_on": day.isoformat(), "reason": "Holidays"}
        assert enter(champion).post(self.address(plan, "until/"), data).status_code == 302
        assert DateProposal.objects.get().proposed_on == day
        assert task_of(plan, 1).due_on != day, "nothing moves until the other side agrees"

    @pytest.mark.parametrize(
        ("act", "data", "said"),
        [
            ("pass/", {"email": "nora@gmail.com"}, "work address at your company"),
            ("pass/", {"email": "x" * 300 + "@example.com"}, "at most 254 characters"),
            ("pass/", {"name": "N" * 5000, "email": "n@example.com"}, "at most 200 characters"),
            ("pass/", {"email": "n@example.com", "name": "a\0b"}, "Null characters"),
            ("pass/", {"to": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
            ("pass/", {}, "Choose a colleague, or give a work e-mail."),
            ("until/", {"proposed_on": "2020-01-01"}, ""),
            ("until/", {"proposed_on": "31.13.2026"}, "Enter a valid date."),
        ],
    )
    def test_what_is_wrong_stands_beside_what_was_typed(self, act, data, said, enter, plan, champion):
        answer = enter(champion).post(
            self.address(plan, act), {"version": 1, "reason": "Kept words \u202e 😀"} | data
        )
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "Kept words \u202e 😀" in answer.content.decode()
        assert not OutgoingMail.objects.exists()

    def test_two_tabs_keep_the_words(self, enter, plan, champion, contributor, sponsor):
        hand_over(champion, plan, to=contributor)
        data = {"version": 1, "to": sponsor.pk, "reason": "Kept words"}
        answer = enter(champion).post(self.address(plan, "pass/"), data)
        assert answer.status_code == 409
        assert "You had written: “Kept words”" in answer.content.decode()

    def test_nobody_floods_others_with_invitations(self, enter, plan, champion, monkeypatch):
        monkeypatch.setattr("plans.views.answering.ratelimit.consume", lambda *_args, **_more: False)
        data = {"version": 1, "email": "nora@example.com"}
        answer = enter(champion).post(self.address(plan, "pass/"), data)
        assert answer.status_code == 422
        assert "too many invitations" in answer.content.decode()

    def test_strangers_find_nothing(self, enter, plan, stranger):
        for act in ("pass/", "until/"):
            assert enter(stranger).post(self.address(plan, act), {"version": 1}).status_code == 404
            assert enter(None).post(self.address(plan, act), {"version": 1}).status_code == 302
