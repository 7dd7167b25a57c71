"""Evidence by its buttons: added, judged by the other side, downloaded and never run."""

import io
import re
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Event
from plans.models import Evidence, Plan
from plans.services.working import complete_task
from portal.lib.files import path_of
from tests.factories import EvidenceFactory, actor, make_live_plan, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(account, owners):
    return make_live_plan(account=account, owners=owners, evidence={"task-1": "any", "task-3": "file"})


@pytest.fixture
def task(plan):
    return task_of(plan, 1)


@pytest.fixture
def claim(task, champion):
    return EvidenceFactory(task=task, claimed_by=champion, note="Look here")


def picture(name="proof.png") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="application/x-whatever")


def add(task) -> str:
    return f"/plans/{task.plan_id}/tasks/{task.pk}/evidence/"


def of(claim, act) -> str:
    return f"/plans/{claim.plan_id}/evidence/{claim.pk}/{act}/"


def in_place(plan) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver/plans/{plan.pk}/"}


class TestAdd:
    def test_a_file_under_a_name_of_ours(self, enter, task, champion):
        answer = enter(champion).post(add(task), {"file": picture("../../Proof <1>.png"), "note": "Ours"})
        assert answer.status_code == 302
        proof = Evidence.objects.get()
        assert (proof.kind, proof.content_type, proof.note) == ("file", "image/png", "Ours")
        assert (proof.claimed_by, proof.claimed_side, proof.state) == (champion, "customer", "claimed")
        assert proof.file.endswith(".png")
        assert "Proof" not in proof.file
        assert path_of(proof.file).read_bytes()[1:4] == b"PNG"
        text = enter(champion).get(answer["Location"]).content.decode()
        assert "Proof &lt;1&gt;.png" in text
        assert "Mark as done" in text

    def test_a_link_and_a_note(self, enter, task, champion):
        browser = enter(champion)
        browser.post(add(task), {"link": "wiki.example.com/page", "note": "See there"})
        browser.post(add(task), {"note": "Only words"})
        kinds = list(Evidence.objects.values_list("kind", "url", "note"))
        assert kinds == [("link", "https://wiki.example.com/page", "See there"), ("note", "", "Only words")]

    def test_htmx_answers_with_all_that_moved(self, enter, plan, task, champion, csm):
        answer = enter(champion).post(add(task), {"note": "Only words"}, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Only words" in text
        assert "Mark as done" in text
        assert 'aria-label="Has evidence"' in text
        assert f'id="turn-{task.pk}"' in text

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("proof.png", b"#!/bin/sh\nrm -rf /\n", "This kind of file cannot be taken."),
            ("proof.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This kind of file cannot be taken."),
            ("proof.txt", b"<!doctype html><script>1</script>", "This kind of file cannot be taken."),
            ("proof.exe", b"MZ\x90\x00\x03" + b"\x00" * 200, "This kind of file cannot be taken."),
            ("proof.txt", b"", "This file is empty."),
        ],
    )
    def test_a_bad_file_is_refused_next_to_the_field_and_the_note_kept(
        self, name, content, words, enter, plan, task, champion
    ):
        answer = enter(champion).post(
            add(task),
            {"file": SimpleUploadedFile(name, content), "note": "My long note"},
            headers=in_place(plan),
        )
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text
        assert 'id="evidence-file_error"' in text
        assert "My long note" in text
        assert not Evidence.objects.exists()

    def test_too_large(self, enter, task, champion, settings):
        settings.PORTAL_UPLOAD_MAX_MB = 1
        big = SimpleUploadedFile("big.txt", b"x" * 1_000_001)
        answer = enter(champion).post(add(task), {"file": big, "note": "My long note"})
        assert answer.status_code == 422
        assert "This file is larger than 1 MB." in answer.content.decode()
        assert "My long note" in answer.content.decode()

    def test_a_good_file_beside_a_bad_link_has_to_be_chosen_again(self, enter, task, champion):
        answer = enter(champion).post(add(task), {"file": picture(), "link": "javascript:alert(1)"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Enter a valid URL." in text
        assert "Choose the file again: browsers do not keep it." in text
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/x"])
    def test_only_web_addresses(self, link, enter, task, champion):
        answer = enter(champion).post(add(task), {"link": link})
        assert answer.status_code == 422
        assert 'id="evidence-link_error"' in answer.content.decode()

    def test_nothing_at_all(self, enter, task, champion):
        answer = enter(champion).post(add(task), {"note": "   "})
        assert answer.status_code == 422
        assert "Choose a file, give a link, or write a note." in answer.content.decode()

    def test_an_office_document_without_macros(self, enter, task, champion):
        def package(*names: str) -> SimpleUploadedFile:
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as archive:
                for name in names:
                    archive.writestr(name, "x")
            return SimpleUploadedFile("plan.docx", stream.getvalue())

        browser = enter(champion)
        good = browser.post(add(task), {"file": package("[Content_Types].xml", "word/document.xml")})
        bad = browser.post(add(task), {"file": package("[Content_Types].xml", "word/vbaProject.bin")})
        assert (good.status_code, bad.status_code) == (302, 422)
        assert Evidence.objects.get().file.endswith(".docx")

    def test_who_may(self, enter, task, stranger, viewer, executive, csm, contributor, champion):
        for person in (viewer, executive, csm, contributor):
            assert enter(person).post(add(task), {"note": "x"}).status_code == 403, person
        assert enter(stranger).post(add(task), {"note": "x"}).status_code == 404
        assert enter(champion).get(add(task)).status_code == 405
        assert not Evidence.objects.exists()

    def test_a_finished_plan_takes_none(self, enter, plan, task, champion):
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        answer = enter(champion).post(add(task), {"note": "My long note"})
        assert answer.status_code == 422
        assert "This plan is finished" in answer.content.decode()


class TestAccept:
    def test_by_the_other_side(self, enter, plan, claim, csm, champion):
        answer = enter(csm).post(of(claim, "accept"), headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Accepted" in text
        assert "Carla Csm accepted evidence for “Task 1”: Look here" in text
        claim.refresh_from_db()
        assert (claim.state, claim.accepted_by) == ("accepted", csm)

    def test_without_javascript(self, enter, claim, csm):
        answer = enter(csm).post(of(claim, "accept"))
        assert answer["Location"] == f"/plans/{claim.plan_id}/tasks/{claim.task_id}/"
        assert "Confirmed by Carla Csm" in enter(csm).get(answer["Location"]).content.decode()

    def test_never_by_the_side_that_claimed(self, enter, claim, champion, sponsor):
        for person in (champion, sponsor):
            assert enter(person).post(of(claim, "accept")).status_code == 403
        claim.refresh_from_db()
        assert claim.state == "claimed"

    def test_once(self, enter, claim, csm, admin):
        enter(admin).post(of(claim, "accept"))
        answer = enter(csm).post(of(claim, "accept"))
        assert answer.status_code == 422
        assert "Ada Admin has accepted this already." in answer.content.decode()
        assert Event.objects.filter(verb="evidence.accepted").count() == 1


class TestReturn:
    def test_a_done_task_that_lacks_its_proof_is_open_again(self, enter, plan, claim, csm, champion):
        complete_task(by=actor(champion, plan), task=claim.task, version=1)
        answer = enter(csm).post(of(claim, "return"), {"reason": "Too dark"}, headers=in_place(plan))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "<strong>0 of 4 tasks done</strong>" in text
        claim.refresh_from_db()
        assert (claim.state, claim.return_reason) == ("returned", "Too dark")
        assert task_of(plan, 1).completed_at is None
        assert "Too dark" in enter(champion).get(f"/plans/{plan.pk}/").content.decode()

    def test_a_reason_is_needed(self, enter, plan, claim, csm):
        answer = enter(csm).post(of(claim, "return"), {"reason": " "}, headers=in_place(plan))
        assert answer.status_code == 422
        assert f'id="return-{claim.pk}-reason_error"' in answer.content.decode()
        claim.refresh_from_db()
        assert claim.state == "claimed"

    def test_too_late(self, enter, claim, csm, admin):
        enter(admin).post(of(claim, "accept"))
        answer = enter(csm).post(of(claim, "return"), {"reason": "Too dark"})
        assert answer.status_code == 422
        assert "Ada Admin has accepted this already." in answer.content.decode()


@pytest.mark.parametrize("act", ["accept", "return"])
def test_judging_guards_its_door(
    act, enter, claim, stranger, viewer, executive, contributor, csm, other_account, champion
):
    data = {"reason": "x"}
    for person in (viewer, executive, contributor):
        assert enter(person).post(of(claim, act), data).status_code == 403, person
    assert enter(stranger).post(of(claim, act), data).status_code == 404
    assert enter(None).post(of(claim, act), data).status_code == 302
    assert enter(csm).get(of(claim, act)).status_code == 405
    other = make_live_plan(account=other_account)
    assert enter(csm).post(f"/plans/{other.pk}/evidence/{claim.pk}/{act}/", data).status_code == 404


class TestDownload:
    @pytest.fixture
    def proof(self, enter, task, champion):
        enter(champion).post(add(task), {"file": picture("proof.png")})
        return Evidence.objects.get()

    def test_it_is_saved_and_never_run(self, enter, proof, viewer):
        answer = enter(viewer).get(of(proof, "file"))
        assert b"".join(answer.streaming_content)[1:4] == b"PNG"
        assert answer["Content-Disposition"] == 'attachment; filename="proof.png"'
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox"
        assert "no-store" in answer["Cache-Control"]

    def test_strangers_get_nothing(self, enter, proof, stranger, csm):
        assert enter(stranger).get(of(proof, "file")).status_code == 404
        assert enter(None).get(of(proof, "file")).status_code == 302
        assert enter(csm).post(of(proof, "file")).status_code == 405

    def test_what_is_no_file_cannot_be_downloaded(self, enter, claim, csm):
        assert enter(csm).get(of(claim, "file")).status_code == 404
        assert enter(csm).get(f"/plans/{claim.plan_id}/evidence/{uuid4()}/file/").status_code == 404


class TestMany:
    @pytest.fixture
    def many(self, task, champion):
        """121 pieces of evidence, the first of them the only two that wait for an answer."""
        now = timezone.now()
        old = [now - timedelta(days=n) for n in range(121)]
        Evidence.objects.bulk_create(
            EvidenceFactory.build(
                plan=task.plan, task=task, account_id=task.account_id, claimed_by=champion, note=f"Note {n}.",
                claimed_at=at, accepted_at=None if n > 118 else now, accepted_by=None if n > 118 else champion,
            )
            for n, at in enumerate(old)
        )  # fmt: skip
        return f"/plans/{task.plan_id}/tasks/{task.pk}/"

    def notes(self, answer) -> list[str]:
        return re.findall(r"Note (\d+)\.", answer.content.decode())

    def test_what_waits_comes_first_then_the_newest_fifty(self, enter, many, csm):
        answer = enter(csm).get(many)
        assert self.notes(answer) == ["119", "120", *map(str, range(48))]
        assert "Show all 121" in answer.content.decode()
        assert len(answer.content) < 200_000

    def test_all_of_them_a_hundred_a_page(self, enter, many, csm, django_assert_num_queries):
        browser = enter(csm)
        browser.get(many)
        first = browser.get(many, {"all": "1"})
        assert self.notes(first) == ["119", "120", *map(str, range(98))]
        assert "all=1&amp;page=2#proofs-" in first.content.decode()
        assert self.notes(browser.get(many, {"all": "1", "page": "2"})) == [str(n) for n in range(98, 119)]
        assert len(self.notes(browser.get(many, {"all": "1", "page": "x"}))) == 100
        with django_assert_num_queries(11):
            browser.get(many)
        with django_assert_num_queries(13):
            browser.get(many, {"all": "1"})
        Evidence.objects.filter(claimed_at__lt=timezone.now() - timedelta(days=60)).delete()
        with django_assert_num_queries(11):
            browser.get(many)
        with django_assert_num_queries(13):
            browser.get(many, {"all": "1"})
        Evidence.objects.exclude(note="Note 0.").delete()
        with django_assert_num_queries(10):
            answer = browser.get(many)
        assert "Show all" not in answer.content.decode()

    def test_htmx_stays_on_the_page_it_is_on(self, enter, many, csm, task):
        waiting = Evidence.objects.get(note="Note 119.")
        here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{many}?all=1&page=2"}
        answer = enter(csm).post(of(waiting, "accept"), {"version": task.version}, headers=here)
        assert answer.status_code == 200
        assert self.notes(answer)[-1] == "119"

    def test_a_refused_reason_stands_beside_its_evidence(self, enter, many, csm, task):
        Evidence.objects.update(accepted_at=None, accepted_by=None)
        last = Evidence.objects.get(note="Note 120.")
        answer = enter(csm).post(of(last, "return"), {"version": task.version, "reason": ""})
        assert answer.status_code == 422
        assert self.notes(answer) == [*map(str, range(50)), "120"]
