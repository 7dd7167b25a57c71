"""A form is a task: filled in, saved for later, sent, confirmed; and what the account has told is known."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import Event, Fact, Stakeholder
from plans.models import Plan, Task
from plans.services.filling import fill_form
from plans.services.knowing import missing_answers, standing_of
from plans.services.locking import Conflict
from plans.services.working import complete_task
from portal.lib.files import path_of
from tests.factories import EvidenceFactory, actor, make_live_plan, task_of
from tests.plans.asked import AGAIN, EVERY_KIND, address, form_plan, form_text

pytestmark = pytest.mark.django_db

GOOD = {"q-product-name": "Quoter", "q-region": "Europe", "q-seats": "120"}


@pytest.fixture
def plan(account, owners) -> Plan:
    return form_plan(account=account, owners=owners)


@pytest.fixture
def task(plan) -> Task:
    return task_of(plan, 1)


def in_place(plan) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/"}


def sent(task, do="send", **answers) -> dict[str, object]:
    """What a browser sends of the form as it stands now."""
    task.refresh_from_db(fields=["version"])
    seen = {"version": task.version, "mark": standing_of(task).mark, "do": do}
    return seen | {f"q-{key.replace('_', '-')}": value for key, value in answers.items()}


def fill(champion, task, *, complete=False, **answers):
    task.refresh_from_db(fields=["version"])
    by_key = {key.replace("_", "-"): answer for key, answer in answers.items()}
    return fill_form(
        by=actor(champion, task.plan), task=task, version=task.version, answers=by_key, complete=complete
    )


def answers_of(account) -> dict[str, object]:
    return dict(Fact.objects.filter(account=account).current().values_list("key", "value"))


def picture(name="way.png") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue())


class TestSend:
    def test_every_kind_becomes_a_fact_and_the_task_is_done(self, enter, account, plan, task, champion):
        data = sent(task) | GOOD | {
            "q-story": "One\r\ntwo", "q-systems": ["Mail", "CRM"], "q-audit-day": "2026-03-03",
            "q-diagram": picture("../way.png"), "q-security-contact": str(champion.pk),
        }  # fmt: skip
        answer = enter(champion).post(address(task), data)
        assert (answer.status_code, answer["Location"]) == (302, f"/plans/{plan.pk}/")
        told = answers_of(account)
        kept = told.pop("diagram")
        assert told == {
            "product-name": "Quoter",
            "story": "One\ntwo",
            "region": "Europe",
            "systems": ["CRM", "Mail"],
            "seats": {"number": "120", "unit": "seats"},
            "audit-day": "2026-03-03",
            "security-contact": {
                "id": str(champion.pk), "name": "Chloe Champion", "email": champion.email,
            },
        }  # fmt: skip
        assert kept["name"] == "way.png"
        assert path_of(kept["file"]).read_bytes()[1:4] == b"PNG"
        fact = Fact.objects.get(key="seats")
        assert (fact.source, fact.task_id, fact.plan_id) == ("Task 1", task.pk, plan.pk)
        assert (fact.label, fact.said_by, fact.confirmed) == ("How many seats?", champion, False)
        now = task_of(plan, 1)
        assert (now.completed_by, now.version) == (champion, 2)
        assert list(Event.objects.filter(task_id=task.pk).values_list("verb", flat=True)) == [
            "task.completed",
            "task.form_filled",
        ]
        plan.refresh_from_db()
        assert plan.tasks_done == 1

    def test_in_its_place_stands_the_short_note(self, enter, plan, task, champion):
        answer = enter(champion).post(address(task), sent(task) | GOOD, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "data-announce>Sent: Task 1.</p>" in text
        assert "Done by Chloe Champion" in text
        assert "<strong>1 of 4 tasks done</strong>" in text

    def test_required_answers_are_asked_for_and_nothing_typed_is_lost(self, enter, plan, task, champion):
        data = sent(task, product_name="Quoter 👩‍🚀", story="مرحبا " * 800)
        answer = enter(champion).post(address(task), data, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert text.count("Answer this question.") == 2
        assert f'id="answer-{task.pk}-q-seats_error"' in text
        assert 'value="Quoter 👩‍🚀"' in text
        assert ("مرحبا " * 800).strip() in text
        assert not Fact.objects.exists()
        assert task_of(plan, 1).version == 1

    def test_done_alone_is_refused(self, enter, plan, task, champion):
        answer = enter(champion).post(
            f"/plans/{plan.pk}/tasks/{task.pk}/complete/", {"version": 1}, headers=in_place(plan)
        )
        text = answer.content.decode()
        assert answer.status_code == 422
        assert (
            "Answer the questions of this task first: What do you call it?, Where is the data?, How many seats?"
            in text
        )
        assert 'class="form asked"' in text
        assert "Mark as done" not in text

    def test_done_after_all_was_saved(self, plan, task, champion):
        fill(champion, task, product_name="Quoter", region="Europe", seats=3)
        assert missing_answers(task) == []
        complete_task(by=actor(champion, plan), task=task, version=2)
        assert task_of(plan, 1).completed_by == champion

    def test_the_same_guards_as_for_done(self, enter, account, owners, champion):
        text = form_text(
            {"task-1": AGAIN}, key="guards", evidence={"task-1": "any"}, waits={"task-1": ["task-2"]}
        )
        plan = make_live_plan(account=account, owners=owners, text=text)
        task = task_of(plan, 1)
        page = enter(champion).get(f"/plans/{plan.pk}/tasks/{task.pk}/").content.decode()
        assert 'value="send">Send' not in page.replace(' tabindex="-1" aria-hidden="true"', "")
        assert "Save for later" in page
        data = sent(task, product_name="Mine", seats="3", budget="5")
        answer = enter(champion).post(address(task), data)
        assert "This task waits for: Task 2." in answer.content.decode()
        assert 'value="Mine"' in answer.content.decode()
        Task.objects.filter(plan=plan, key="task-2").update(completed_at=timezone.now())
        answer = enter(champion).post(address(task), data)
        assert "Add the evidence first: Shows 1." in answer.content.decode()
        EvidenceFactory(task=task, claimed_by=champion)
        assert enter(champion).post(address(task), data).status_code == 302
        assert task_of(plan, 1).completed_at

    @pytest.mark.parametrize(
        ("answers", "words"),
        [
            ({"q-product-name": "x" * 5000}, "This is too long: 5000 characters"),
            ({"q-product-name": "a\x00b"}, "Null characters are not allowed."),
            ({"q-story": "x" * 10_001}, "This is too long: 10001 characters"),
            ({"q-region": "Asia"}, "Select a valid choice."),
            ({"q-systems": ["CRM", "Fax"]}, "Select a valid choice."),
            ({"q-seats": "many"}, "Enter a number."),
            ({"q-seats": "NaN"}, "Enter a number."),
            ({"q-seats": "5001"}, "The most is 5,000\u00a0seats."),
            ({"q-audit-day": "soon"}, "Enter a valid date."),
            ({"q-audit-day": "0026-03-03"}, "Give a year from 1900 to 2200."),
            ({"q-security-contact": "x"}, "Select a valid choice."),
            ({"mark": ""}, "The form is incomplete. Load the page again."),
            ({"version": "x"}, "Enter a whole number."),
        ],
    )
    def test_a_bad_answer_stands_at_its_question(self, answers, words, enter, plan, task, champion):
        data = sent(task, do="save") | GOOD | {"q-story": "My long story"} | answers
        answer = enter(champion).post(address(task), data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="120"' in answer.content.decode() or "q-seats" in answers
        assert not Fact.objects.exists()

    def test_a_person_of_another_account_is_nobody_here(self, enter, task, champion, stranger, csm):
        for wrong in (stranger, csm):
            data = sent(task, do="save", security_contact=str(wrong.pk))
            assert enter(champion).post(address(task), data).status_code == 422
            with pytest.raises(ValidationError, match="Choose a person of the account"):
                fill(champion, task, security_contact=wrong)
        assert not Fact.objects.exists()

    def test_a_finished_plan_stays_as_it_is(self, enter, plan, task, champion):
        data = sent(task) | GOOD
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        answer = enter(champion).post(address(task), data)
        assert answer.status_code == 422
        assert "This plan is finished; nothing in it changes any more." in answer.content.decode()
        assert not Fact.objects.exists()

    def test_a_task_without_questions_takes_no_answers(self, plan, champion):
        with pytest.raises(ValidationError, match="no questions"):
            fill(
                champion,
                task_of(form_plan({}, key="none", account=plan.account, owners={"champion": champion}), 1),
                x=1,
            )

    def test_only_what_is_asked(self, task, champion):
        with pytest.raises(ValidationError, match="does not ask"):
            fill(champion, task, shoe_size="44")

    def test_the_other_side_and_viewers_do_not_answer(self, task, csm, viewer, contributor):
        for person in (csm, viewer, contributor):
            with pytest.raises(PermissionDenied):
                fill(person, task, product_name="Quoter")


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("way.png", b"#!/bin/sh\nrm -rf /\n", "This kind of file cannot be taken."),
            ("way.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This kind of file cannot be taken."),
            ("way.txt", b"", "This file is empty."),
        ],
    )
    def test_a_bad_file_is_refused_and_the_rest_stays(
        self, name, content, words, enter, plan, task, champion
    ):
        data = sent(task) | GOOD | {"q-diagram": SimpleUploadedFile(name, content)}
        answer = enter(champion).post(address(task), data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="120"' in answer.content.decode()
        assert not Fact.objects.exists()

    def test_too_large(self, enter, task, champion, settings):
        settings.PORTAL_UPLOAD_MAX_MB = 1
        data = sent(task, do="save", diagram=SimpleUploadedFile("big.txt", b"x" * 1_000_001))
        assert "larger than 1 MB" in enter(champion).post(address(task), data).content.decode()

    def test_a_good_file_is_kept_when_another_answer_is_wrong(self, enter, account, plan, task, champion):
        data = sent(task, product_name="Quoter", seats="9999", diagram=picture())
        answer = enter(champion).post(address(task), data, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert set(answers_of(account)) == {"diagram"}
        fact = Fact.objects.get()
        assert f'href="/accounts/{account.pk}/facts/{fact.pk}/file/">way.png</a>' in text
        assert 'name="version" value="2"' in text
        again = enter(champion).post(address(task), sent(task) | GOOD)
        assert again.status_code == 302
        assert answers_of(account)["diagram"]["name"] == "way.png"

    def test_a_good_file_is_kept_when_the_task_cannot_be_sent(self, enter, account, plan, task, champion):
        Task.objects.filter(pk=task.pk).update(evidence_need="any")
        answer = enter(champion).post(address(task), sent(task) | GOOD | {"q-diagram": picture()})
        assert answer.status_code == 422
        assert set(answers_of(account)) == {"diagram"}

    def test_the_same_file_again_is_no_new_answer(self, enter, task, champion):
        for _again in range(2):
            enter(champion).post(address(task), sent(task, do="save", story="x", diagram=picture()))
        assert Fact.objects.filter(key="diagram").count() == 1

    def test_a_download_that_never_runs(self, enter, account, task, champion):
        enter(champion).post(address(task), sent(task, do="save", diagram=picture("way <1>.png")))
        url = f"/accounts/{account.pk}/facts/{Fact.objects.get().pk}/file/"
        answer = enter(champion).get(url)
        assert b"".join(answer.streaming_content)[1:4] == b"PNG"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox"

    def test_what_is_no_file_has_no_download(self, enter, account, task, champion):
        fill(champion, task, product_name="Quoter")
        fact = Fact.objects.get()
        assert enter(champion).get(f"/accounts/{account.pk}/facts/{fact.pk}/file/").status_code == 404


class TestLater:
    def test_some_answers_are_saved_and_there_again(self, enter, plan, task, champion, sponsor):
        answer = enter(champion).post(address(task), sent(task, do="save", product_name="Quoter"))
        assert answer["Location"] == f"/plans/{plan.pk}/tasks/{task.pk}/"
        assert task_of(plan, 1).completed_at is None
        text = enter(sponsor).get(answer["Location"]).content.decode()
        assert 'value="Quoter"' in text
        assert "Answered by Chloe Champion, " in text
        assert "known already" not in text

    def test_an_answer_is_taken_back(self, enter, account, task, champion):
        fill(champion, task, product_name="Quoter")
        enter(champion).post(address(task), sent(task, do="save", product_name=""))
        assert answers_of(account) == {"product-name": None}
        page = enter(champion).get(f"/accounts/{account.pk}/facts/").content.decode()
        assert "withdrawn" in page
        assert "1 older answer" in page

    def test_nothing_new_is_said(self, enter, task, champion):
        answer = enter(champion).post(address(task), sent(task, do="save"))
        assert answer.status_code == 422
        assert "There is nothing new to save." in answer.content.decode()


class TestKnown:
    @pytest.fixture
    def second(self, plan, task, champion) -> Task:
        """The second form, after the first was sent."""
        fill(champion, task, complete=True, product_name="Quoter", region="Europe", seats=Decimal(120))
        return task_of(plan, 3)

    def page(self, enter, person, task) -> str:
        return enter(person).get(f"/plans/{task.plan_id}/tasks/{task.pk}/").content.decode()

    def test_what_was_told_stands_filled_in_with_its_source(self, enter, second, champion):
        text = self.page(enter, champion, second)
        assert 'value="Quoter"' in text
        assert 'value="120"' in text
        assert text.count("Known from “Task 1”, Chloe Champion, ") == 2
        assert "2 answers are known already." in text
        assert "Still right</button>" in text

    def test_one_press_says_that_all_is_still_right(self, enter, account, second, champion):
        data = sent(second, do="confirm", product_name="Quoter", seats="120.0", budget="")
        assert enter(champion).post(address(second), data).status_code == 302
        confirmed = Fact.objects.filter(task_id=second.pk)
        assert {fact.key: (fact.confirmed, fact.value) for fact in confirmed} == {
            "product-name": (True, "Quoter"),
            "seats": (True, {"number": "120", "unit": "seats"}),
        }
        text = self.page(enter, champion, second)
        assert text.count("Confirmed by Chloe Champion, ") == 2
        assert "known already" not in text

    def test_it_saves_what_was_typed_beside_it(self, enter, account, second, champion):
        data = sent(second, do="confirm", product_name="Quoter 2", seats="120", budget="9")
        enter(champion).post(address(second), data)
        told = {fact.key: fact for fact in Fact.objects.filter(task_id=second.pk)}
        assert told["product-name"].value == "Quoter 2"
        assert {key: fact.confirmed for key, fact in told.items()} == {
            "product-name": False, "seats": True, "budget": False,
        }  # fmt: skip

    def test_sending_confirms_what_was_left_as_it_was(self, enter, plan, second, champion):
        data = sent(second, product_name="Quoter", seats="150", budget="9")
        assert enter(champion).post(address(second), data).status_code == 302
        told = {fact.key: fact.confirmed for fact in Fact.objects.filter(task_id=second.pk)}
        assert told == {"product-name": True, "seats": False, "budget": False}
        assert Fact.objects.filter(key="seats").count() == 2
        assert task_of(plan, 3).completed_at

    def test_saving_does_not_confirm(self, enter, second, champion):
        data = sent(second, do="save", product_name="Quoter", seats="120", budget="9")
        enter(champion).post(address(second), data)
        assert [fact.key for fact in Fact.objects.filter(task_id=second.pk)] == ["budget"]
        assert "2 answers are known already." in self.page(enter, champion, second)

    def test_what_was_not_shown_is_not_taken_as_answered(self, second, champion):
        with pytest.raises(ValidationError) as refused:
            fill(champion, second, complete=True, budget=Decimal(5))
        assert set(refused.value.error_dict) == {"product-name", "seats"}

    def test_where_all_is_known_one_button_is_enough(self, enter, account, owners, champion, second):
        third = task_of(form_plan({"task-1": AGAIN[:2]}, key="third", account=account, owners=owners), 1)
        text = self.page(enter, champion, third)
        assert "Still right: send the answers" in text
        assert 'value="confirm"' not in text

    def test_another_kind_unit_or_option_is_shown_and_asked_anew(
        self, enter, account, owners, champion, second
    ):
        changed = [
            {"key": "product-name", "label": "Its name", "kind": "choice", "options": ["A", "B"]},
            {"key": "seats", "label": "Seats", "kind": "number", "unit": "chairs", "required": False},
            {"key": "region", "label": "Region", "kind": "choice", "options": ["Asia", "America"]},
        ]
        other = task_of(form_plan({"task-1": changed}, key="changed", account=account, owners=owners), 1)
        text = self.page(enter, champion, other)
        assert "There now: “Quoter”" in text
        assert "There now: “120\u00a0seats”" in text
        assert "known already" not in text
        # Left empty, what does not fit here stays as it was told.
        data = sent(other, do="save", product_name="A", seats="", region="")
        enter(champion).post(address(other), data)
        assert answers_of(account)["seats"] == {"number": "120", "unit": "seats"}
        assert answers_of(account)["product-name"] == "A"

    def test_somebody_who_has_left_is_named_and_not_chosen(
        self, enter, account, owners, champion, task, viewer
    ):
        fill(champion, task, security_contact=viewer)
        Stakeholder.objects.filter(user=viewer).update(removed_at=timezone.now())
        other = task_of(form_plan({"task-1": EVERY_KIND[7:]}, key="left", account=account, owners=owners), 1)
        text = self.page(enter, champion, other)
        assert "There now: “Vera Viewer”" in text
        assert f'value="{viewer.pk}"' not in text

    def test_another_account_knows_nothing(self, enter, second, stranger, other_account):
        elsewhere = form_plan(
            {"task-1": AGAIN}, key="else", account=other_account, owners={"champion": stranger}
        )
        text = self.page(enter, stranger, task_of(elsewhere, 1))
        assert "Quoter" not in text
        assert "Known from" not in text


class TestTwoPeople:
    def test_the_second_sees_whose_answers_are_there_and_keeps_the_own(
        self, enter, plan, task, champion, sponsor
    ):
        data = sent(task, product_name="Mine", region="America", seats="7")
        fill(sponsor, task, product_name="Theirs", seats=50)
        answer = enter(champion).post(address(task), data, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Somebody was faster." in text
        assert "Sam Sponsor filled in “Task 1”" in text
        assert 'value="Mine"' in text
        assert "There now: “Theirs”" in text
        assert "There now: “50\u00a0seats”" in text
        assert "Answered by Sam Sponsor, " in text
        assert 'name="version" value="2"' in text
        # The form as it now stands may be sent.
        assert enter(champion).post(address(task), sent(task) | GOOD).status_code == 302

    def test_what_was_left_alone_takes_the_newer_answer(self, enter, plan, task, champion, sponsor):
        fill(champion, task, product_name="Old", story="A story", seats=3)
        data = sent(task, product_name="Old", story="Mine", seats="")
        fill(sponsor, task, product_name="New", story="Theirs", seats=4, region="Europe")
        answer = enter(champion).post(address(task), data)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert 'value="New"' in text
        assert "There now: “New”" not in text
        # Changed by both, and emptied by one: what was typed stays, and the other answer stands beside it.
        assert ">\nMine</textarea>" in text
        assert "There now: “Theirs”" in text
        assert "There now: “4\u00a0seats”" in text
        # Not answered when it was opened: the answer that came in is shown.
        assert "There now: “Europe”" not in text

    def test_an_answer_in_another_form_meanwhile(self, enter, account, plan, task, champion, sponsor):
        fill(champion, task, product_name="Old")
        second = task_of(plan, 3)
        data = sent(second, product_name="Older", seats="7", budget="9")
        fill(sponsor, task, product_name="New")
        answer = enter(champion).post(address(second), data)
        assert answer.status_code == 409
        assert "There now: “New”" in answer.content.decode()
        assert answers_of(account)["product-name"] == "New"

    def test_what_was_typed_is_said_where_the_form_is_gone(self, enter, plan, task, champion, sponsor):
        data = sent(task, story="My long story", seats="7")
        fill(sponsor, task, complete=True, product_name="Theirs", region="Europe", seats=50)
        text = enter(champion).post(address(task), data).content.decode()
        assert "You had written: “My long story · 7”" in text

    def test_the_service_loses_to_who_was_first(self, plan, task, champion, sponsor):
        fill(sponsor, task, product_name="Theirs")
        with pytest.raises(Conflict) as lost:
            fill_form(
                by=actor(champion, plan),
                task=task,
                version=1,
                answers={"product-name": "Mine"},
                complete=False,
            )
        assert lost.value.latest.actor == sponsor


class TestWhoSeesAnswers:
    def test_on_the_task(self, enter, plan, task, champion, sponsor, csm, executive, contributor, viewer):
        fill(champion, task, complete=True, product_name="Quoter", region="Europe", seats=3)
        url = f"/plans/{plan.pk}/tasks/{task.pk}/"
        for person in (champion, sponsor, csm, executive):
            text = enter(person).get(url).content.decode()
            assert "<dt>What do you call it?</dt>" in text
            assert "Quoter" in text
            assert "not answered" in text
        for person in (contributor, viewer):
            text = enter(person).get(url).content.decode()
            assert "<dt>What do you call it?</dt>" in text
            assert "Quoter" not in text
        Task.objects.filter(pk=task.pk).update(owner=contributor)
        assert "Quoter" in enter(contributor).get(url).content.decode()

    def test_a_form_that_was_sent_keeps_saying_what_it_was_told(self, enter, plan, task, champion, sponsor):
        fill(champion, task, complete=True, product_name="Quoter", region="Europe", seats=3)
        fill(sponsor, task_of(plan, 3), complete=True, product_name="Later", seats=3, budget=1)
        text = enter(champion).get(f"/plans/{plan.pk}/tasks/{task.pk}/").content.decode()
        assert "Quoter" in text
        assert "Answered by Chloe Champion, " in text
        assert "Later" not in text

    def test_the_page_of_all_answers(self, enter, account, task, champion, csm):
        fill(champion, task, product_name="Quoter", story="<script>1</script>")
        Fact.objects.create(
            account=account, key="product-name", label="What do you call it?", kind="text", value="Before",
            said_at=timezone.now() - timedelta(days=400), source="Old form",
        )  # fmt: skip
        text = enter(csm).get(f"/accounts/{account.pk}/facts/").content.decode()
        assert "Quoter" in text
        assert "&lt;script&gt;1&lt;/script&gt;" in text
        assert "1 older answer" in text
        assert "“Old form”, The portal, " in text
        assert text.index("Quoter") < text.index("Before")

    def test_the_account_leads_there(self, enter, account, champion, contributor):
        link = f'href="/accounts/{account.pk}/facts/"'
        assert link in enter(champion).get(f"/accounts/{account.pk}/").content.decode()
        assert link not in enter(contributor).get(f"/accounts/{account.pk}/").content.decode()

    def test_nothing_yet(self, enter, account, champion):
        assert "Nothing yet." in enter(champion).get(f"/accounts/{account.pk}/facts/").content.decode()


class TestQueries:
    def asked(self, account, owners, number) -> Task:
        form = [{"key": f"q{n}", "label": f"Q{n}", "kind": "text"} for n in range(number - 1)]
        form.append({"key": "who", "label": "Who", "kind": "person", "required": False})
        return task_of(form_plan({"task-1": form}, key=f"many-{number}", account=account, owners=owners), 1)

    def test_a_form_costs_two_whatever_it_asks(self, enter, account, owners, champion):
        counts = []
        for number in (0, 1, 20):
            task = (
                self.asked(account, owners, number)
                if number
                else task_of(form_plan({}, key="no", account=account, owners=owners), 1)
            )
            browser = enter(champion)
            url = f"/plans/{task.plan_id}/tasks/{task.pk}/"
            browser.get(url)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                browser.get(url)
            counts.append(len(asked))
        assert [count - counts[0] for count in counts] == [0, 2, 2]

    @pytest.mark.parametrize("number", [1, 20])
    def test_saving(self, number, enter, account, owners, champion, django_assert_num_queries):
        task = self.asked(account, owners, number)
        answers = {f"q{n}": "x" for n in range(number - 1)} | {"who": str(champion.pk)}
        data = sent(task, do="save", **answers)
        browser = enter(champion)
        browser.get("/")
        with django_assert_num_queries(15):
            assert browser.post(address(task), data).status_code == 302

    def test_the_page_of_all_answers(self, enter, account, owners, champion, django_assert_num_queries):
        browser = enter(champion)
        for number in (1, 20):
            task = self.asked(account, owners, number)
            fill(champion, task, who=champion, **{f"q{n}": "x" for n in range(number - 1)})
            with django_assert_num_queries(7):
                browser.get(f"/accounts/{account.pk}/facts/")
