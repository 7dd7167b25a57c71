import os
import shutil
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from portal.lib.canonical import digest
from reports.documents import make_pdf
from reports.recap.document import ATTACHED, render
from reports.recap.snapshot import RecapSnapshot
from tests.reports.recaps import DATA, page_texts, read, recap

ROOT = Path(__file__).parent.parent.parent
LONG = ("Vereinigte Lagerhaus- und Speditionsgesellschaft " * 5)[:200]
SECTIONS = [
    "Summary", "Outcomes", "Agreed and actual", "Milestones", "Accepted evidence", "The people who did the work",
    "Next steps",
    "How to check this document",
]  # fmt: skip
MAKE = """
import hashlib, pathlib, sys, django
django.setup()
from reports.documents import make_pdf
from reports.recap.snapshot import RecapSnapshot
make_pdf(RecapSnapshot.from_bytes(pathlib.Path(sys.argv[2]).read_bytes()))
content = make_pdf(RecapSnapshot.from_bytes(pathlib.Path(sys.argv[1]).read_bytes()))
print(hashlib.sha256(content).hexdigest())
"""


@cache
def sample_pdf() -> bytes:
    return make_pdf(recap())


def test_a_snapshot_comes_back_to_the_same_bytes() -> None:
    content = recap().to_bytes()
    assert RecapSnapshot.from_bytes(content).to_bytes() == content
    assert b'"baseline":"-140"' in content
    assert b"\xc3\xb6hne Logistik" in content


def test_a_snapshot_that_contradicts_itself_is_refused() -> None:
    objective = recap().objectives[0].model_dump()
    for changes in (
        {"now": Decimal(3)},
        {"now": None},
        {"measurements": [objective["measurements"][0] | {"confirmed_by": ""}]},
        {"colour": "red"},
    ):
        with pytest.raises(ValidationError):
            recap(objectives=[objective | changes])
    with pytest.raises(ValidationError):
        recap(period_from="2027-01-01")
    with pytest.raises(ValidationError):
        recap(brand="red; } body { display: none")


def test_the_same_snapshot_gives_the_same_bytes_in_any_process(tmp_path) -> None:
    order = [(DATA / "recap_sample.json", DATA / "recap_empty.json"), (DATA / "recap_sample.json",) * 2]
    digests = {digest(sample_pdf()), digest(make_pdf(recap()))}
    for seed, files in zip(("1", "2"), order, strict=True):
        process = subprocess.run(
            [sys.executable, "-c", MAKE, *map(str, files)],
            cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(process.stdout.strip())
    assert len(digests) == 1


def test_one_fact_more_changes_the_bytes() -> None:
    assert make_pdf(recap(made_by="Somebody else")) != sample_pdf()


def test_pages_come_in_order_with_heads_and_numbers() -> None:
    pages = page_texts(sample_pdf())
    assert "Value recap Hartmann & Söhne Logistik GmbH 12 January 2026 to 30 June 2026" in pages[0]
    assert "Page" not in pages[0]
    for number, page in enumerate(pages[1:], start=2):
        assert f"Page {number} of {len(pages)}" in page
        assert "Hartmann & Söhne Logistik GmbH · Value recap" in page
    assert 7 <= len(pages) <= 9
    titles = [one.title for one in read(sample_pdf()).outline[0:] if not isinstance(one, list)]
    assert titles == ["Value recap"]
    assert [one.title for one in read(sample_pdf()).outline[1] if not isinstance(one, list)] == SECTIONS
    assert "Summary" in pages[1]
    assert "Outcomes" in pages[2]


def test_the_summary_is_one_page_and_answers_first() -> None:
    summary = page_texts(sample_pdf())[1]
    for words in (
        "1 of 3 objectives has reached its target, not confirmed by the customer.",
        "5 of 7 milestones have been reached, 4 of them on time.",
        "The plan is 86% complete.",
        "4 of 5", "22 of 27", "25 of 26", "2 still to come, 1 of them overdue",
        "from 12 days now 5 days target 4 days",
        "Due 30 Sep 2026 · 87% of the way",
        "Confirmed by Dr. Elena Hartmann on 12 Jun 2026.",
        "Not confirmed by the customer. Last confirmed: 71%, by Katrin Vogel on 22 Apr 2026.",
        "−35 k€",
    ):  # fmt: skip
        assert words in summary


def test_every_fact_is_printed() -> None:
    text = " ".join(page_texts(sample_pdf()))
    for words in (
        "12 days to 6.5 days", "Thanks to Katrin Vogel, Jonas Weber, Priya Raman.",
        "Reached on 16 June 2026. Not confirmed by the customer.",
        "10 Apr 2026 7.0 days Returned by the customer; not counted.",
        "12 days late", "overdue since 26 Jun 2026", "due 15 Sep 2026",
        "Letter of the external auditor", "SHA-256 ", "trust.northwind.example/reviews/2026-02",
        "Chief Financial Officer", "needs an owner", "success.northwind.example/check",
        recap().digest,
    ):  # fmt: skip
        assert words in text
    assert not any(f"{number}. days" in text for number in range(10))


def test_the_snapshot_travels_inside_and_has_the_printed_digest() -> None:
    [content] = read(sample_pdf()).attachments[ATTACHED]
    assert content == recap().to_bytes()
    assert digest(content) == recap().digest


def test_pictures_have_words() -> None:
    figures = [one for one in _structure(sample_pdf()) if one.get("/S") == "/Figure"]
    words = [str(one.get("/Alt", "")) for one in figures]
    # Objectives, progress bars, seven strips twice, and the months above them on both pages.
    assert len(words) == 3 + 3 + 7 + 7 + 2
    assert all(words)
    assert (
        "Close the month faster: from 12\u00a0days, now 5\u00a0days, target 4\u00a0days by 30 Sep 2026"
        in words
    )


def test_tables_have_heads() -> None:
    kinds = [one.get("/S") for one in _structure(sample_pdf())]
    assert kinds.count("/Table") >= 3 + 1 + 1 + 2 + 1
    assert kinds.count("/TH") > 20
    assert "/H1" in kinds
    assert "/H2" in kinds


def test_a_name_without_a_confirmation_confirms_nothing() -> None:
    objective = recap().objectives[1].model_dump()
    claimed = objective["measurements"][-1] | {"confirmed_by": "Katrin Vogel", "confirmed_on": "2026-06-23"}
    html = render(recap(objectives=[objective | {"measurements": [claimed]}]))
    assert "Confirmed by Katrin Vogel on 23" not in html
    assert html.count("Not confirmed by the customer.") == 2 + 1


def test_an_empty_recap_says_so_in_sentences() -> None:
    content = make_pdf(recap("empty"))
    text = " ".join(page_texts(content))
    for words in (
        "The plan is 0% complete.",
        "No objectives have been agreed for this plan yet;",
        "No outcome has been recorded in this period yet",
        "This plan has no milestones yet.",
        "No evidence was accepted in this period.",
        "Nobody has completed a task in this period yet.",
        "No next step has been agreed yet.",
    ):
        assert words in text
    assert not [one for one in _structure(content) if one.get("/S") in ("/Table", "/Figure")]
    assert len(read(content).pages) == 4


def test_markup_is_printed_as_text() -> None:
    evil = '<script>alert("x")</script> & <img src=x> {{ 7 }} {% now %}'
    facts = recap()
    outcomes = [one.model_copy(update={"title": evil, "detail": evil}).model_dump() for one in facts.outcomes]
    html = render(recap(account=evil, plan=evil, outcomes=outcomes))
    assert "<script" not in html
    assert "<img" not in html
    printed = page_texts(make_pdf(recap(account=evil, plan=evil, outcomes=outcomes)))[2]
    assert evil in printed


def test_names_of_200_letters_keep_the_summary_on_one_page() -> None:
    facts = recap()
    objectives = [one.model_copy(update={"title": LONG}).model_dump() for one in facts.objectives] * 2
    people = [one.model_copy(update={"name": "W" * 200}).model_dump() for one in facts.people]
    pages = page_texts(make_pdf(recap(account=LONG, vendor="M" * 200, objectives=objectives, people=people)))
    assert "Summary" in pages[1]
    assert "3 more objectives are under Outcomes." in pages[1]
    assert "Outcomes" in pages[2]
    assert LONG in " ".join(pages)
    assert "W" * 200 in "".join(pages).replace(" ", "")


def test_arabic_reads_from_right_to_left() -> None:
    html = render(recap(language="ar", account="شركة الخليج"))
    assert '<html lang="ar" dir="rtl">' in html
    content = make_pdf(recap(language="ar", account="شركة الخليج"))
    assert read(content).trailer["/Root"]["/Lang"] == "ar"


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="v0"):
        render(recap(), "v0")


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_nothing(tmp_path) -> None:
    file = tmp_path / "recap.pdf"
    file.write_bytes(sample_pdf())
    done = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def _structure(content: bytes) -> list[dict]:
    """All structure elements of the document, in order."""
    found, waiting = [], [read(content).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if not isinstance(one, dict):
            continue
        found.append(one)
        kids = one.get("/K", [])
        waiting += reversed(kids if isinstance(kids, list) else [kids])
    return found


def test_no_font_of_the_machine_is_used() -> None:
    """Every glyph of a Latin recap comes from the bundled family, or the bytes would differ between machines."""
    reader = read(sample_pdf())
    names = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names
    assert {name.partition("+")[2] for name in names} <= {
        "Portal-Sans",
        "Portal-Sans-Semi-Bold",
        "Portal-Sans-Bold",
    }
