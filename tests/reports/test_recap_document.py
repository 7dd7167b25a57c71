import logging
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
from reports.codes import code_of, printed
from reports.documents import make_pdf
from reports.recap.document import ATTACHED, render
from reports.recap.snapshot import RecapSnapshot
from tests.reports.recaps import DATA, PORTAL, full_recap, links, page_texts, read, recap, roi, structure

ROOT = Path(__file__).parent.parent.parent
LONG = ("Vereinigte Lagerhaus- und Speditionsgesellschaft " * 5)[:200]
SECTIONS = [
    "Summary", "Outcomes", "Wins", "How broadly it is used", "Milestones", "Whose turn it was", "The next 90 days",
    "The people who did the work", "Accepted evidence", "How to check this document",
]  # fmt: skip
KNOWN = full_recap()
MAKE = """
import hashlib, pathlib, sys, django
django.setup()
from reports.documents import make_pdf
from reports.recap.snapshot import RecapSnapshot
for other in sys.argv[2:]:
    make_pdf(RecapSnapshot.from_bytes(pathlib.Path(other).read_bytes()))
content = make_pdf(RecapSnapshot.from_bytes(pathlib.Path(sys.argv[1]).read_bytes()))
print(hashlib.sha256(content).hexdigest())
"""


@cache
def sample_pdf() -> bytes:
    return make_pdf(KNOWN)


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
    """Here, and in a process with other hashes and another time zone that has made another document before."""
    facts = tmp_path / "facts.json"
    facts.write_bytes(KNOWN.to_bytes())
    process = subprocess.run(
        [sys.executable, "-c", MAKE, str(facts), str(DATA / "recap_empty.json")],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "1", "TZ": "Etc/GMT+1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert process.stdout.strip() == digest(sample_pdf())


def test_one_fact_more_changes_the_bytes() -> None:
    assert make_pdf(recap("empty", made_by="Somebody else")) != make_pdf(recap("empty"))


def test_pages_come_in_order_with_heads_and_numbers() -> None:
    pages = page_texts(sample_pdf())
    assert "Value recap Hartmann & Söhne Logistik GmbH 12 January 2026 to 30 June 2026" in pages[0]
    assert "Page" not in pages[0]
    for number, page in enumerate(pages[1:], start=2):
        assert f"Page {number} of {len(pages)}" in page
        assert "Hartmann & Söhne Logistik GmbH · Value recap" in page
        assert printed(code_of(KNOWN.digest)) in page
    assert 7 <= len(pages) <= 9
    outline = read(sample_pdf()).outline
    assert [one.title for one in outline if not isinstance(one, list)] == ["Value recap"]
    assert [one.title for one in outline[1] if not isinstance(one, list)] == SECTIONS


def test_the_summary_is_one_page_and_answers_first() -> None:
    pages = page_texts(sample_pdf())
    for words in (
        "1 of 3 objectives has reached its target, not confirmed by the customer. 5 of 7 milestones have been "
        "reached, 4 of them on time. Next comes “",
        "1 of 3", "4 of 5", "2 to come, 1 overdue", "75%", "45 of 60, 28 Jun 2026", "86%", "47 of 53 tasks",
        "What was reached", "Close the month faster 87% of the way 12 days 5 days 4 days Confirmed by Dr. Elena "
        "Hartmann on 12 Jun 2026.", "Evidenced, entered by Priya Raman; not confirmed yet.", "−35 k€",
        "What it is worth", "What comes next 26 Jun 2026",
    ):  # fmt: skip
        assert words in pages[1]
    assert "Outcomes" in pages[2]


def test_every_fact_is_printed() -> None:
    text = " ".join(page_texts(sample_pdf()))
    for words in (
        "12 days to 6.5 days", "Thanks to Katrin Vogel, Jonas Weber, Priya Raman.",
        "Claimed; not confirmed yet. Reached on 16 June 2026.",
        "10 Apr 2026 7.0 days Returned by the customer; not counted.",
        "Last confirmed: 71%, by Katrin Vogel on 22 Apr 2026.",
        "45 people used it in the week to 28 June 2026: 75% of 60 seats. That is 14 more than in the week to 7 June "
        "2026. 1 of 2 features was used in this period.",
        "Finance 24 of 30 80%", "1 smaller team is left out.", "Month-end close 40 Finance 2 Feb 2026",
        "Customs views – – not used yet", "2 were answered later than promised", "somebody in two teams counts twice",
        "late, 12 days later", "overdue, 6 days later",
        "68 working days since the plan went live on 12 January 2026: 41 waited for Hartmann & Söhne Logistik GmbH, "
        "22 for Northwind Analytics, 5 for nobody.", "Ledger connected 12 3 2",
        "Letter of the external auditor", "SHA-256 ",
        "Chief Financial Officer", "needs an owner",
        KNOWN.digest,
    ):  # fmt: skip
        assert words in text, words
    # A line may end within an address.
    assert "success.northwind.example/check" in text.replace(" ", "")
    assert not any(f"{number}. days" in text for number in range(10))


def test_what_the_vendor_earns_is_only_for_its_own_people() -> None:
    html = render(full_recap(audience="internal", roi=roi()))
    for words in (
        "Only for people of Northwind Analytics",
        "returned 80% on what it cost; between 52% and 104%.",
    ):
        assert words in html
    assert "EUR\u00a02,500.50" in html
    with pytest.raises(ValidationError):
        full_recap(roi=roi())
    free = {**roi(), "ratio": None}
    assert "not defined" in render(full_recap(audience="internal", roi=free))


def test_the_snapshot_travels_inside_and_has_the_printed_digest() -> None:
    [content] = read(sample_pdf()).attachments[ATTACHED]
    assert content == KNOWN.to_bytes()
    assert digest(content) == KNOWN.digest


def test_titles_of_evidence_lead_to_the_portal() -> None:
    assert f"{PORTAL}/plans/p/tasks/0/" in links(sample_pdf())


def test_pictures_have_words() -> None:
    figures = [one for one in structure(sample_pdf()) if one.get("/S") == "/Figure"]
    words = [str(one.get("/Alt", "")) for one in figures]
    # Bars of the summary, objectives, the weeks, two teams (one without seats), milestones with their axis, days.
    assert len(words) >= 4 + 3 + 1 + 3 + 7 + 1 + 2
    assert all(words)
    assert (
        "Close the month faster: from 12\u00a0days, now 5\u00a0days, target 4\u00a0days by 30 Sep 2026"
        in words
    )
    assert "People who used it, week by week" in words


def test_tables_have_heads_and_all_is_read_in_its_order() -> None:
    elements = structure(sample_pdf())
    kinds = [one.get("/S") for one in elements]
    assert kinds.count("/Table") >= 1 + 3 + 2 + 1 + 1 + 2 + 2 + 1
    assert kinds.count("/TH") > 20
    assert kinds.count("/H2") == len(SECTIONS)
    assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/H3")
    text = " ".join(page_texts(sample_pdf()))
    places = [
        text.index(words)
        for words in ("Value recap", "What was reached", "By team", "By feature", "Goals Goal")
    ]
    assert places == sorted(places)


def test_a_name_without_a_confirmation_confirms_nothing() -> None:
    objective = recap().objectives[1].model_dump()
    claimed = objective["measurements"][-1] | {"confirmed_by": "Katrin Vogel", "confirmed_on": "2026-06-23"}
    html = render(recap(objectives=[objective | {"measurements": [claimed | {"state": "claimed"}]}]))
    assert "Confirmed by Katrin Vogel on 23" not in html


def test_an_empty_recap_says_so_in_sentences() -> None:
    content = make_pdf(recap("empty"))
    text = " ".join(page_texts(content))
    for words in (
        "The plan is 0% complete.",
        "No objectives have been agreed for this plan yet;",
        "No win has been recorded in this period yet;",
        "No usage figures have reached the portal for this period;",
        "This plan has no milestones yet.",
        "No evidence was accepted in this period.",
        "Nobody has completed a task in this period yet.",
        "No next step has been agreed yet.",
    ):
        assert words in text
    kinds = [one.get("/S") for one in structure(content)]
    assert not {"/Table", "/Figure"} & set(kinds)
    assert kinds.count("/H2") == len(["Summary", "What is not there yet", "How to check this document"])
    assert len(read(content).pages) == 1 + 2


def test_markup_and_addresses_are_printed_as_text_and_nothing_is_fetched(caplog) -> None:
    evil = (
        '<script>alert("x")</script> & <img src=file:///etc/hostname> http://127.0.0.1:9/x {{ 7 }} {% now %}'
    )
    outcomes = [
        one.model_copy(update={"title": evil, "detail": evil}).model_dump() for one in recap().outcomes
    ]
    snapshot = recap(account=evil, plan=evil, legal_footer=evil, outcomes=outcomes)
    html = render(snapshot)
    assert "<script" not in html
    assert "<img" not in html
    with caplog.at_level(logging.WARNING, "reports.pdf"):
        printed = " ".join(page_texts(make_pdf(snapshot)))
    assert evil in printed
    assert "Refused to fetch" not in caplog.text


def test_names_of_200_letters_keep_the_summary_on_one_page() -> None:
    """Also on the shorter paper."""
    facts = recap()
    unit = {"title": LONG, "unit": "Transaktionen je Stunde und Kopf"}
    objectives = [one.model_copy(update=unit).model_dump() for one in facts.objectives] * 2
    told = {"title": LONG, "before": LONG, "after": LONG, "detail": LONG * 5, "confirmed_by": "W" * 200}
    outcomes = [one.model_copy(update=told).model_dump() for one in facts.outcomes] * 2
    people = [one.model_copy(update={"name": "W" * 200}).model_dump() for one in facts.people]
    snapshot = full_recap(
        paper="letter",
        account=LONG,
        vendor="M" * 200,
        objectives=objectives,
        outcomes=outcomes,
        people=people,
    )
    pages = page_texts(make_pdf(snapshot))
    assert "Summary" in pages[1]
    assert "3 more objectives are under Outcomes." in pages[1]
    assert "Outcomes" in pages[2][:120]
    assert "What comes next" not in pages[2]
    assert LONG in " ".join(pages)
    assert "W" * 200 in "".join(pages).replace(" ", "")


def test_the_paper_is_the_one_that_was_asked_for() -> None:
    sheet = read(make_pdf(recap("empty", paper="letter", watermark="DRAFT"))).pages[-1]
    assert [round(float(side)) for side in sheet.mediabox[2:]] == [612, 792]
    assert "DRAFT" in sheet.extract_text().replace(" ", "")


def test_arabic_reads_from_right_to_left() -> None:
    html = render(recap(language="ar", account="شركة الخليج"))
    assert '<html lang="ar" dir="rtl"' in html
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


def test_no_font_of_the_machine_is_used() -> None:
    """Every glyph of a Latin recap comes from the bundled family, or the bytes would differ between machines."""
    reader = read(sample_pdf())
    names = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names
    families = ("Portal-Sans", "Portal-Tabular")
    ours = {family + weight for family in families for weight in ("", "-Semi-Bold", "-Bold")}
    assert {name.partition("+")[2] for name in names} <= ours
