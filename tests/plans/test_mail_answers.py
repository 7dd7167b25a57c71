"""An answer from a mail: what the link shows, what it lets do, and when it ends."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from accounts.models import Event, OutgoingMail, Stakeholder, User
from accounts.services.people import remove_from_account
from plans.models import DateProposal, Plan, Task
from plans.pages.history import sentence
from plans.services.answer_links import answer_url
from plans.services.working import block_task, complete_task, reassign_task
from tests.factories import StakeholderFactory, actor, make_draft_plan, make_live_plan, task_of

pytestmark = pytest.mark.django_db
ENDED = "This link has ended"


def link(task: Task, person: User) -> str:
    return answer_url(task, person).removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def address(plan, champion) -> str:
    return link(task_of(plan, 1), champion)


@pytest.fixture
def anyone() -> Client:
    """A browser without a session."""
    return Client()


def answer(browser: Client, address: str, kind: str, **data):
    return browser.post(address, {"answer": kind, "version": 1} | data)


def text_of(response) -> str:
    return response.content.decode()


class TestThePage:
    def test_it_shows_the_task_the_person_the_day_and_the_answers(self, anyone, address, plan):
        response = anyone.get(address)
        text = text_of(response)
        assert response.status_code == 200
        for words in ("<h1>Task 1</h1>", "Chloe Champion", "Meridian Software", "It is done"):
            assert words in text
        for words in ("Something is in the way", "I need more time", "Not me"):
            assert words in text
        assert str(task_of(plan, 1).due_on.year) in text

    def test_it_shows_nothing_else(self, anyone, address, plan, account, sponsor, contributor):
        Plan.objects.filter(pk=plan.pk).update(name="The secret plan")
        text = text_of(anyone.get(address))
        others = ["The secret plan", "Acme", "Sam Sponsor", "Colin Contributor", "Carla Csm", "@example.com"]
        others += ["Task 2", "Task 3", "What 1.", "Why 1.", "Result 1.", "Next 1.", "Kickoff held"]
        others += ["example.com", "Quotes are faster", str(account.pk)]
        assert [words for words in others if words in text] == []
        # The one list is that of the companies, without the customer's name.
        options = re.findall(r"<option[^>]*>([^<]+)", text)
        assert options == ["My own company", "Meridian Software", "Somebody outside both companies"]

    def test_its_headers_keep_the_address_to_itself(self, anyone, address):
        for response in (
            anyone.get(address),
            anyone.get("/answer/nothing/"),
            answer(anyone, address, "done"),
        ):
            assert response["Referrer-Policy"] == "strict-origin"
            assert response["Cache-Control"] == "no-store"
            assert "noindex" in response["X-Robots-Tag"]
        assert '<meta name="referrer" content="strict-origin">' in text_of(anyone.get("/answer/nothing/"))

    def test_a_scanner_changes_nothing_and_gets_no_session(self, anyone, address, plan):
        plan.refresh_from_db()
        before = (Event.objects.count(), OutgoingMail.objects.count(), plan.revision)
        for method in (anyone.get, anyone.head, anyone.options):
            method(address)
        anyone.get(address + "?answer=done&version=1")
        plan.refresh_from_db()
        assert (Event.objects.count(), OutgoingMail.objects.count(), plan.revision) == before
        assert task_of(plan, 1).version == 1
        assert "sessionid" not in anyone.cookies

    def test_nobody_is_signed_in_by_it(self, anyone, address, plan):
        answer(anyone, address, "blocked", reason="No access")
        assert anyone.get(f"/plans/{plan.pk}/").status_code == 302

    def test_somebody_else_is_told_whose_it_is(self, enter, sponsor, address, plan, champion):
        browser = enter(sponsor)
        assert "You are signed in as Sam Sponsor. This link is for Chloe Champion" in text_of(
            browser.get(address)
        )
        answer(browser, address, "done")
        assert task_of(plan, 1).completed_by == champion
        assert "You are signed in as" not in text_of(enter(champion).get(link(task_of(plan, 3), champion)))

    def test_it_speaks_the_persons_language(self, anyone, address, champion):
        User.objects.filter(pk=champion.pk).update(language="de")
        response = anyone.get(address, headers={"Accept-Language": "en"})
        assert response["Content-Language"] == "de"
        assert '<html lang="de">' in text_of(response)


class TestAnswers:
    def test_done(self, anyone, address, plan, champion):
        response = answer(anyone, address, "done")
        assert (response.status_code, response.url) == (302, address + "thanks/")
        thanks = text_of(anyone.get(response.url))
        assert "“Task 1” is done." in thanks
        assert "Thank you, Chloe Champion" in thanks
        task = task_of(plan, 1)
        assert task.completed_by == champion
        event = Event.objects.get(task_id=task.pk, verb="task.completed")
        assert (event.actor, event.new) == (champion, {"from": "mail"})
        assert sentence(event) == "Chloe Champion completed “Task 1” (from a mail)"
        assert anyone.get(address).status_code == 410

    def test_blocked(self, anyone, address, plan, champion):
        response = answer(anyone, address, "blocked", reason="No access to the server", on="vendor")
        assert "You said that “Task 1” is blocked." in text_of(anyone.get(response.url))
        task = task_of(plan, 1)
        assert (task.blocked_by, task.blocked_reason) == (champion, "No access to the server")
        assert task.blocked_on == "vendor"
        assert Event.objects.get(verb="task.blocked").new["from"] == "mail"
        again = text_of(anyone.get(address))
        assert "This task is marked as blocked." in again
        assert "No access to the server" not in again

    def test_need_until(self, anyone, address, plan, champion):
        day = task_of(plan, 1).account.today() + timedelta(days=9)
        response = answer(anyone, address, "until", proposed_on=day.isoformat(), reason="Holidays")
        assert response.status_code == 302, text_of(response)
        proposal = DateProposal.objects.get()
        assert (proposal.proposed_by, proposal.proposed_on, proposal.reason) == (champion, day, "Holidays")
        thanks = text_of(anyone.get(response.url))
        assert "You asked for “Task 1” until" in thanks
        assert str(day.day) in thanks
        assert Event.objects.get(verb="task.date_proposed").new["from"] == "mail"

    def test_not_me(self, anyone, address, plan):
        response = answer(
            anyone, address, "pass", email="nora.new@example.com", name="Nora New", reason="Her network"
        )
        assert "You passed “Task 1” on." in text_of(anyone.get(response.url))
        assert task_of(plan, 1).owner.email == "nora.new@example.com"
        assert Event.objects.get(verb="task.passed").new["from"] == "mail"
        assert anyone.get(address).status_code == 410

    def test_whom_it_was_passed_to_answers_before_they_ever_came_in(self, anyone, address, plan):
        answer(anyone, address, "pass", email="nora.new@example.com")
        mail = OutgoingMail.objects.get(kind="task_assigned")
        (found,) = re.findall(r"http://127.0.0.1:8000(/answer/\S+)", mail.text)
        assert answer(anyone, found, "done", version=2).status_code == 302
        assert task_of(plan, 1).completed_by.email == "nora.new@example.com"

    def test_a_vendor_person_passes_to_colleagues_and_asks_for_no_day(self, anyone, plan, csm, admin):
        here = link(task_of(plan, 2), csm)
        assert "I need more time" not in text_of(anyone.get(here))
        answer(anyone, here, "pass", email=admin.email)
        assert task_of(plan, 2).owner == admin

    @pytest.mark.parametrize(
        ("kind", "data", "said"),
        [
            ("blocked", {"reason": "  "}, "This field is required."),
            ("blocked", {"reason": "x" * 2001}, "at most 2000 characters"),
            ("blocked", {"reason": "Kept words", "on": "dependency"}, "Select a valid choice."),
            ("blocked", {"reason": "a\0b"}, "Null characters are not allowed."),
            ("until", {"proposed_on": "tomorrow", "reason": "Kept words"}, "Enter a valid date."),
            ("until", {"proposed_on": "2020-01-01", "reason": "Kept words"}, ""),
            ("pass", {"email": "", "reason": "Kept words"}, "This field is required."),
            ("pass", {"email": "nora@gmail.com", "reason": "Kept words"}, "work address at your company"),
            (
                "pass",
                {"email": "nora@example.com", "name": "a\u202eb", "reason": "Kept words"},
                "one line of text",
            ),
            (
                "pass",
                {"email": "chloe.champion@example.com", "reason": "Kept words"},
                "with this person already",
            ),
            ("", {}, "Choose one of the answers."),
            ("reopen", {}, "Choose one of the answers."),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, kind, data, said, anyone, address, plan):
        response = answer(anyone, address, kind, **data)
        text = text_of(response)
        assert response.status_code == 422
        assert said in text
        if "reason" in data and "Kept" in data["reason"]:
            assert "Kept words" in text
            assert f'id="{kind}-mail" name="answer-mail" open>' in text
        assert task_of(plan, 1).version == 1

    def test_the_page_names_no_domain_and_nobody_when_it_refuses(self, anyone, address, viewer):
        text = text_of(answer(anyone, address, "pass", email=viewer.email))
        assert "cannot take it over" in text
        assert "Vera" not in text
        assert "example.com" not in text.replace(viewer.email, "")

    def test_forms_carry_their_token(self, address):
        strict = Client(enforce_csrf_checks=True)
        assert answer(strict, address, "done").status_code == 403
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text_of(strict.get(address)))[1]
        assert answer(strict, address, "done", csrfmiddlewaretoken=token).status_code == 302


class TestTwice:
    def test_a_second_press_of_done(self, anyone, address):
        answer(anyone, address, "done")
        response = answer(anyone, address, "done")
        assert response.url == address + "thanks/?again=1"
        assert "That was noted already" in text_of(anyone.get(response.url))
        assert Event.objects.filter(verb="task.completed").count() == 1

    def test_a_second_press_of_blocked(self, anyone, address):
        for _time in range(2):
            response = answer(anyone, address, "blocked", reason="No access ")
        assert response.url.endswith("?again=1")
        assert Event.objects.filter(verb="task.blocked").count() == 1

    def test_another_tab_that_is_behind(self, anyone, address):
        answer(anyone, address, "blocked", reason="No access")
        response = answer(anyone, address, "blocked", reason="Something else")
        assert response.status_code == 409
        assert "The task has changed since you opened this page" in text_of(response)
        assert answer(anyone, address, "done").status_code == 409

    def test_the_thanks_end_soon(self, anyone, address):
        answer(anyone, address, "done")
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert anyone.get(address + "thanks/").status_code == 410
            assert answer(anyone, address, "done").status_code == 410

    def test_no_thanks_without_an_answer(self, anyone, address, plan, champion):
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        assert anyone.get(address + "thanks/").status_code == 410, "done on the page, not from the mail"
        assert anyone.get("/answer/nothing/thanks/").status_code == 404


class TestWhenDoneNeedsMore:
    def page(self, anyone, champion, plan):
        return text_of(anyone.get(link(task_of(plan, 1), champion)))

    def test_evidence(self, anyone, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, evidence={"task-1": "any"})
        text = self.page(anyone, champion, plan)
        assert "It is done" not in text
        path = f"/sign-in/?next=/plans/{plan.pk}/tasks/{task_of(plan, 1).pk}/"
        assert f'href="{path}">Sign in to add the evidence</a>' in text
        assert "Shows 1." not in text
        assert answer(anyone, link(task_of(plan, 1), champion), "done").status_code == 422

    def test_another_task_first(self, anyone, account, owners, champion):
        plan = make_live_plan(account=account, owners=owners, waits={"task-1": ["task-2"]})
        text = self.page(anyone, champion, plan)
        assert "waits for another one" in text
        assert "Task 2" not in text
        refused = answer(anyone, link(task_of(plan, 1), champion), "done")
        assert refused.status_code == 422
        assert "Task 2" not in text_of(refused)

    def test_what_blocks_it(self, anyone, plan, champion):
        block_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, reason="The firewall")
        text = self.page(anyone, champion, plan)
        assert "Sign in to go on" in text
        assert "firewall" not in text


class TestWhenItEnds:
    def gone(self, anyone, address) -> None:
        for response in (anyone.get(address), answer(anyone, address, "done")):
            assert response.status_code == 410
            text = text_of(response)
            assert ENDED in text
            assert "Sign in" in text
            assert "Task 1" not in text
            assert "Chloe" not in text

    def test_with_the_task(self, anyone, address, plan, champion):
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        self.gone(anyone, address)

    def test_with_another_owner(self, anyone, address, plan, champion, contributor):
        reassign_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, owner=contributor)
        self.gone(anyone, address)

    def test_without_an_owner(self, anyone, address, plan):
        Task.objects.update(owner=None)
        self.gone(anyone, address)

    def test_with_the_access(self, anyone, address, account, champion, csm):
        there = Stakeholder.objects.get(user=champion)
        remove_from_account(by=actor(csm, account), stakeholder=there)
        self.gone(anyone, address)

    def test_with_the_role(self, anyone, address, champion):
        Stakeholder.objects.filter(user=champion).update(role="viewer")
        self.gone(anyone, address)

    def test_with_the_person(self, anyone, address, champion):
        User.objects.filter(pk=champion.pk).update(is_active=False)
        self.gone(anyone, address)

    @pytest.mark.parametrize("state", ["completed_at", "closed_at"])
    def test_with_the_plan(self, state, anyone, address, plan):
        Plan.objects.filter(pk=plan.pk).update(**{state: timezone.now()})
        self.gone(anyone, address)

    def test_a_draft_answers_nothing(self, anyone, account, owners, champion):
        draft = make_draft_plan(account=account, owners=owners)
        self.gone(anyone, link(task_of(draft, 1), champion))

    def test_after_sixty_days(self, anyone, address):
        with time_machine.travel(timezone.now() + timedelta(days=59, hours=23)):
            assert anyone.get(address).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(days=60, minutes=1)):
            self.gone(anyone, address)

    def test_with_a_revoked_invitation(self, anyone, account, plan, csm):
        there = StakeholderFactory(account=account, user__name="Ines Invited", joined_at=None)
        plan.tasks.filter(key="task-1").update(owner=there.user)
        here = link(task_of(plan, 1), there.user)
        assert anyone.get(here).status_code == 200
        there.invitations.create(
            account=account, invited_by=csm, expires_at=timezone.now(), revoked_at=timezone.now()
        )
        assert anyone.get(here).status_code == 410

    @pytest.mark.parametrize(
        "change",
        [
            lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
            lambda token: "x" + token,
            lambda token: token.split(".")[0],
            lambda token: "é" * 40,
            lambda token: "x" * 5000,
            lambda token: TimestampSigner(salt="another", sep=".").sign(token.split(".")[0]),
            lambda token: TimestampSigner(salt="plans.answer", sep=".").sign("c2hvcnQ"),
        ],
    )
    def test_a_forged_link_is_none(self, change, anyone, address):
        token = address.removeprefix("/answer/").rstrip("/")
        response = anyone.get(f"/answer/{change(token)}/")
        assert response.status_code == 404
        assert ENDED in text_of(response)

    def test_one_persons_link_is_not_anothers(self, anyone, plan, sponsor):
        """A good signature, but the task is not theirs."""
        self.gone(anyone, link(task_of(plan, 1), sponsor))


def test_nobody_presses_for_ever(anyone, address):
    statuses = [answer(anyone, address, "blocked", reason="").status_code for _time in range(21)]
    assert statuses == [422] * 20 + [429]
    assert anyone.get(address).status_code == 200


def test_one_page_takes_few_queries(anyone, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        anyone.get(address)
