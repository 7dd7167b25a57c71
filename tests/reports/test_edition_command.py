"""`manage.py edition`: the same documents at the command line."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from portal.lib.canonical import digest
from reports.models import Edition
from tests.factories import make_draft_plan
from tests.reports.editions import finished, period
from tests.reports.recaps import page_texts


def edition(*words: object) -> str:
    said = io.StringIO()
    call_command("edition", *map(str, words), stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_it_makes_a_recap_and_prints_its_digest(plan, tmp_path) -> None:
    file = tmp_path / "recap.pdf"
    assert edition("recap", "--plan", plan.pk, "--out", file) == f"{digest(file.read_bytes())}\n"
    made = Edition.objects.get()
    assert (made.state, made.requested_by, made.period_to) == ("done", None, period(plan)[1])
    assert edition("verify", file) == "genuine\n"


@pytest.mark.usefixtures("sketched")
def test_made_for_a_person_it_is_the_file_that_the_page_makes(plan, csm, tmp_path) -> None:
    begins, ends = period(plan)
    said = edition(
        "recap", "--plan", plan.pk, "--out", tmp_path / "a.pdf", "--from", begins, "--to", ends, "--by", csm.email
    )  # fmt: skip
    assert said.strip() == finished(plan, csm).file_sha256


def test_a_period_in_the_past_keeps_its_days(plan, tmp_path) -> None:
    day = period(plan)[0] - timedelta(days=200)
    file = tmp_path / "recap.pdf"
    edition("recap", "--plan", plan.pk, "--out", file, "--to", day)
    assert Edition.objects.get().period_to == day
    assert "Value recap" in page_texts(file.read_bytes())[0]


def test_what_cannot_be_made_is_said(account, owners, plan, champion, tmp_path) -> None:
    out = ("--out", tmp_path / "x.pdf")
    draft = make_draft_plan(account=account, owners=owners)
    for words, said in (
        (("--plan", uuid4()), "no plan"),
        (("--plan", draft.pk), "draft"),
        (("--plan", plan.pk, "--from", "2026-02-01", "--to", "2026-01-01"), "ends before it begins"),
        (("--plan", plan.pk, "--by", champion.email), "may not"),
        (("--plan", plan.pk, "--by", "nobody@example.com"), "Nobody"),
        (("--plan", "x"), "invalid"),
        (("--plan", plan.pk, "--audience", "everybody"), "invalid choice"),
    ):
        with pytest.raises(CommandError, match=said):
            edition("recap", *words, *out)
    assert not (tmp_path / "x.pdf").exists()


def test_other_kinds_name_what_they_are_about(account, plan, tmp_path) -> None:
    out = ("--out", tmp_path / "x.pdf")
    for words, said in (
        (("scoreboard", "--account", uuid4()), "no account"),
        (("first_win", "--win", uuid4()), "Choose the win"),
        (("packet", "--renewal", uuid4()), "Choose the renewal"),
        (("plan_export", "--plan", plan.pk, "--day", "2999-01-01"), "has not come"),
    ):
        with pytest.raises(CommandError, match=said):
            edition(*words, *out)


def test_an_altered_file_fails_the_check(plan, csm, tmp_path) -> None:
    file = tmp_path / "recap.pdf"
    edition("recap", "--plan", plan.pk, "--out", file)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(CommandError):
        edition("verify", file)
    with pytest.raises(CommandError):
        edition("verify", tmp_path / "missing.pdf")


@pytest.mark.usefixtures("sketched")
def test_an_issued_one_is_made_again(plan, csm, tmp_path) -> None:
    made = finished(plan, csm)
    assert edition("rebuild", "--id", made.pk, "--out", tmp_path / "again.pdf").strip() == made.file_sha256
    assert digest((tmp_path / "again.pdf").read_bytes()) == made.file_sha256
    Edition.objects.filter(pk=made.pk).update(file_sha256="0" * 64)
    with pytest.raises(CommandError, match="was 0000"):
        edition("rebuild", "--id", made.pk)
