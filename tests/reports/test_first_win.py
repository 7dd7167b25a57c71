"""A first-win one-pager: its facts from the win, its pictures, and one page whatever it is told."""

import io
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from plans.models import Evidence, Task, Win
from plans.services.measuring import add_measurement
from plans.services.winning import confirm_win, dismiss_win, word_win
from plans.services.working import complete_task
from portal.lib.files import keep_file
from reports.documents import make_pdf
from reports.first_win.document import render
from reports.first_win.gathering import gather
from reports.kinds import Asked
from tests.factories import EvidenceFactory, actor, objective_of
from tests.reports.first_wins import PICTURE, first_win
from tests.reports.recaps import links, page_texts, read, structure

LONG = "Genehmigungsverfahren der Vertragsabteilung in " * 20
QUERIES = 5


def asked(win: Win, **changes) -> Asked:
    today = win.plan.account.today()
    return Asked(win.plan.account, win.plan, win.pk, today, today, "en", "a4", **changes)


@pytest.fixture
def win(plan, csm, champion) -> Win:
    for task in Task.objects.filter(plan=plan).order_by("position"):
        person = csm if task.side == "vendor" else champion
        complete_task(by=actor(person, plan), task=task, version=task.version)
    return Win.objects.get()


def picture(win: Win, by, content: bytes, name: str) -> Evidence:
    task = Task.objects.filter(milestone=win.milestone).first()
    return EvidenceFactory(
        task=task, claimed_by=by, accepted_by=by, accepted_at=win.found_at, kind="file", note="",
        file=keep_file(content, Path(name).suffix), file_name=name, content_type="image/png",
    )  # fmt: skip


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height), 200).save(file, "PNG")
    return file.getvalue()


def test_a_win_tells_who_did_it_and_what_proves_it(plan, csm, champion, sponsor, win) -> None:
    words = {"before": "two days", "after": "eight hours", "story": "Quotes leave the same day."}
    win = word_win(
        by=actor(csm, plan), win=win, version=win.version, title="Same-day quotes", **words,
        next_step="All teams.", credited=[champion, csm], credits_others="The night shift",
    )  # fmt: skip
    whole, broken = (
        picture(win, champion, png(64, 48), "trail.png"),
        picture(win, champion, png(64, 48)[:60], "b.png"),
    )
    draft = gather(asked(win))
    assert (draft.standing.state, draft.shared_by) == ("evidenced", "")
    win = confirm_win(by=actor(sponsor, plan), win=win, version=win.version, may_share=True)
    order = asked(win)
    with CaptureQueriesContext(connection) as queries:
        found = gather(order)
    assert len(queries) == QUERIES
    assert (found.title, found.before, found.after, found.story) == ("Same-day quotes", *words.values())
    assert (found.standing.state, found.standing.name, found.shared_by) == (
        "confirmed",
        "Sam Sponsor",
        "Sam Sponsor",
    )
    assert [(one.name, one.side.value) for one in found.credits] == [
        ("Chloe Champion", "customer"), ("Carla Csm", "vendor")
    ]  # fmt: skip
    by_name = {one.title: one for one in found.proofs}
    assert by_name[whole.file_name].picture is not None
    assert by_name[whole.file_name].picture.sha256 in order.pictures.kept
    assert (by_name[broken.file_name].picture, by_name[broken.file_name].unreadable) == (None, True)


def test_a_picture_of_forty_megapixels_is_printed_small(champion, win) -> None:
    picture(win, champion, png(8000, 5000), "large.png")
    [proof] = [one for one in gather(asked(win)).proofs if one.title == "large.png"]
    assert proof.picture is not None
    assert max(proof.picture.width, proof.picture.height) == 1600


def test_a_win_that_was_taken_back_has_no_page(plan, csm, win) -> None:
    dismiss_win(by=actor(csm, plan), win=win, version=win.version, reason="It was a test.")
    with pytest.raises(ValueError, match="stands"):
        gather(asked(win))


def test_the_page_of_a_win_leads_to_its_document(plan, enter, csm, champion, win) -> None:
    address = f"/editions/new/?kind=first_win&amp;win={win.pk}"
    page = f"/plans/{plan.pk}/wins/{win.pk}/"
    assert address in enter(csm).get(page).content.decode()
    assert address not in enter(champion).get(page).content.decode()


def test_it_says_before_after_thanks_evidence_and_next_step_in_this_order() -> None:
    content = make_pdf(first_win())
    [text] = page_texts(content)
    words = (
        "First month closed without a spreadsheet", "Before 12 days", "Now 6.5 days",
        "Confirmed by Katrin Vogel on 11 May 2026. Reached on 8 May 2026, 41 days after the signature.",
        "The approval trail, from Jonas Weber, accepted by Priya Raman on 8 May 2026",
        "ledger.png, from Jonas Weber: this picture cannot be printed; the portal has the file.",
        "2 more pieces of evidence are in the portal.", "Katrin Vogel, Head of Group Accounting the night shift",
        "All subsidiaries close the same way.",
        "Internal to Hartmann & Söhne Logistik GmbH and Northwind Analytics: nobody has agreed",
    )  # fmt: skip
    places = [text.index(one) for one in words]
    assert places == sorted(places)
    assert links(content) == ["https://success.northwind.example/plans/p/tasks/t/"]
    kinds = [one.get("/S") for one in structure(content)]
    assert kinds.index("/H1") < kinds.index("/H2")


def test_a_picture_is_printed_with_words(tmp_path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(png(1200, 800))
    shown = first_win().proofs[0].model_dump() | {"picture": PICTURE}
    content = make_pdf(first_win(proofs=[shown]), pictures={"a" * 64: file})
    assert [str(one["/Alt"]) for one in structure(content) if one.get("/S") == "/Figure"] == [
        "Picture: The approval trail."
    ]
    assert read(content).pages[0].images


@pytest.mark.parametrize(("paper", "sign"), [("letter", "W"), ("a4", "")])
def test_it_is_one_page_whatever_it_is_told(paper, sign, tmp_path) -> None:
    text = sign * 1000 or LONG
    file = tmp_path / "picture.png"
    file.write_bytes(png(800, 1600))
    tall = PICTURE | {"width": 800, "height": 1600}
    proof = first_win().proofs[0].model_dump() | {"title": text[:120]}
    person = {"name": text[:200], "title": text[:120]}
    told = first_win(
        paper=paper, vendor=text[:200], account=text[:200], title=text[:200], before=text[:200], after=text[:200],
        story=text, about=text[:200], next_step=text, credits_others=text[:500], legal_footer=text[:600],
        credits=[person | {"side": "customer"}] * 6 + [person | {"side": "vendor"}] * 2,
        proofs=[proof | {"picture": tall}] * 2 + [proof] * 2, logo=PICTURE,
        standing={"state": "confirmed", "name": text[:200], "day": "2026-05-11"},
    )  # fmt: skip
    [page] = page_texts(make_pdf(told, pictures={"a" * 64: file}))
    assert "Next step" in page
    assert "Check this document with the code" in page


def test_a_name_of_200_letters_is_shortened_where_it_is_seen() -> None:
    standing = {"state": "confirmed", "name": "W" * 200, "day": "2026-05-11"}
    [page] = page_texts(make_pdf(first_win(standing=standing)))
    assert "WWW… on 11 May 2026. Reached on 8 May 2026" in page


def test_a_bare_win_leaves_no_empty_frame() -> None:
    html = render(
        first_win(
            before="",
            after="",
            story="",
            next_step="",
            credits=[],
            credits_others="",
            proofs=[],
            proofs_more=0,
        )
    )
    assert "The customer has confirmed it; no file was handed in." in html
    for css in ('class="change"', 'class="columns-2"', "<figure", "<ul"):
        assert css not in html


def test_markup_is_text_and_another_language_is_spoken() -> None:
    evil = "<script>x</script><img src=http://127.0.0.1:9/x>"
    html = render(first_win(title=evil, story=evil, next_step=evil, account="شركة الخليج", language="ar"))
    assert "<script" not in html
    assert "<img" not in html
    assert 'dir="rtl"' in html


def test_a_win_of_an_objective_that_was_confirmed_without_a_file(plan, csm, champion) -> None:
    objective = objective_of(plan)
    today = plan.account.today()
    add_measurement(by=actor(csm, plan), objective=objective, value=objective.target, measured_on=today)
    win = Win.objects.get(objective=objective)
    assert "Nothing has been handed in that proves it yet." in render(gather(asked(win)))
    confirm_win(by=actor(champion, plan), win=win, version=win.version)
    snapshot = gather(asked(Win.objects.get(pk=win.pk)))
    html = render(snapshot)
    assert (snapshot.before, snapshot.after) == ("48\xa0hours", "8\xa0hours")
    assert "Confirmed by Chloe Champion" in html
    assert "The customer has confirmed it; no file was handed in." in html
