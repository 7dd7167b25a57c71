"""The way from a closed deal to a value recap that a customer can check, on both kinds of installation."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.people import ADMIN, CSM, code_for, enter_code, link_in, look_for_changes, sign_in
from tests.browser.stacks import SAMPLES, Stack

CHAMPION = "priya.raman@northwind-logistics.example"
PLAN = "Northwind Logistics"
PROOF = b"role,name\nsponsor,Henrik Vogel\nchampion,Priya Raman\n"


@pytest.mark.parametrize("name", ["demo", "production"])
def test_from_a_closed_deal_to_a_checked_recap(name, request, open_browser, look, tmp_path) -> None:
    stack: Stack = request.getfixturevalue(name)
    sample = str(SAMPLES / "hubspot-event-array.json")
    assert stack.manage("deliver", sample, "--connection", "hubspot").startswith("200")

    csm = open_browser(stack).new_page()
    csm.goto("/")
    sign_in(csm, stack, CSM)
    review_the_draft(csm, look, name)
    csm.get_by_role("button", name="Make the plan live").click()
    expect(csm.get_by_role("status").first).to_contain_text("The plan is live")
    plan_url = csm.url

    champion = open_browser(stack, width=390, has_touch=True).new_page()
    come_in_by_the_mail(champion, stack, look, name)
    assert champion.url == plan_url
    expect(champion.get_by_role("heading", name=re.compile("your turn|Your turn"))).to_be_visible()

    title = do_the_first_task(champion, look, name)
    shown = champion.locator("#progress").inner_text()
    # The CSM's page was open all the time; nobody reloads it. It looks by itself, which one wait is enough to see.
    if name == "production":
        look_for_changes(csm)
    expect(csm.locator("#progress")).to_have_text(re.compile(re.escape(shown.split("\n")[0])), timeout=10_000)
    accept_the_evidence(csm, title, look, name)
    champion.reload()
    assert champion.locator("#progress").inner_text() == csm.locator("#progress").inner_text()

    admin = open_browser(stack, accept_downloads=True).new_page()
    admin.goto(plan_url)
    sign_in(admin, stack, ADMIN)
    assert admin.url == plan_url, "after signing in one is where one wanted to go"
    file = make_a_recap(admin, tmp_path, look, name)
    check_it(open_browser(stack, width=390).new_page(), file, look, name)


def review_the_draft(page: Page, look, name: str) -> None:
    """The worker needs a moment; the CSM looks again until the draft is there."""
    row = page.get_by_role("row", name=re.compile(PLAN))
    for _second in range(20):
        if row.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    row.get_by_role("link", name=PLAN).click()
    draft = page.locator("section", has=page.get_by_role("heading", name="A draft"))
    expect(draft).to_contain_text("“Enterprise onboarding” matches segment enterprise")
    look(page, f"{name}-draft-1280")


def come_in_by_the_mail(page: Page, stack: Stack, look, name: str) -> None:
    """The link shows a page and changes nothing; the code lets her in."""
    link = link_in(stack, CHAMPION, "invites you")
    joined = "SELECT count(*) FROM accounts_stakeholder s JOIN accounts_user u ON u.id = s.user_id " \
             "WHERE u.email = %s AND s.joined_at IS NOT NULL"  # fmt: skip
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("invites you")
    look(page, f"{name}-invitation-390")
    assert stack.sql(joined, CHAMPION) == [(0,)]
    page.get_by_role("button", name="Accept and sign in").click()
    enter_code(page, code_for(stack, CHAMPION))
    page.wait_for_url(re.compile("/plans/"))
    assert stack.sql(joined, CHAMPION) == [(1,)]


def do_the_first_task(page: Page, look, name: str) -> str:
    """Open in place, prove, complete. Returns the task's title."""
    look(page, f"{name}-plan-390")
    row = page.locator("#turn-list > li").first
    link = row.get_by_role("link").first
    title = link.inner_text().strip()
    link.click()
    panel = row.locator("article.panel")
    expect(panel).to_be_visible()
    look(page, f"{name}-panel-390")
    proof = panel.locator("details", has=page.get_by_text("Add evidence")).first
    if not proof.get_attribute("open") and proof.get_attribute("open") != "":
        proof.locator("summary").click()
    proof.get_by_label("File").set_input_files(
        {"name": "who-is-who.csv", "mimeType": "text/csv", "buffer": PROOF}
    )
    expect(proof.locator("[data-upload-said]")).to_contain_text("who-is-who.csv, 1 kB")
    proof.get_by_label("Note").fill("As agreed with Mara.")
    proof.get_by_role("button", name="Add evidence").click()
    expect(panel.locator(".proofs")).to_contain_text("who-is-who.csv")
    panel.get_by_role("button", name="Mark as done").click()
    expect(row.locator(".alert--ok")).to_contain_text("Done by Priya Raman")
    expect(page.locator("#live")).to_contain_text("Done:")
    look(page, f"{name}-done-390")
    return title


def accept_the_evidence(page: Page, title: str, look, name: str) -> None:
    row = page.locator("#turn-list > li", has_text=title)
    row.get_by_role("link").first.click()
    expect(row.locator(".proofs")).to_contain_text("As agreed with Mara.")
    row.get_by_role("button", name="Accept").click()
    expect(row.locator(".proofs")).to_contain_text("Accepted")
    look(page, f"{name}-accepted-1280")


def make_a_recap(page: Page, folder: Path, look, name: str) -> Path:
    """Ask, watch the steps, download. The PDF says what the pages said."""
    page.get_by_role("link", name="Make a value recap").click()
    look(page, f"{name}-recap-form-1280")
    page.get_by_role("button", name="Make the document").click()
    expect(page.locator(".steps, [aria-labelledby=ready-head]").first).to_be_visible()
    look(page, f"{name}-recap-steps-1280")
    button = page.get_by_role("link", name="Download the PDF")
    expect(button).to_be_visible(timeout=30_000)
    look(page, f"{name}-recap-ready-1280")
    with page.expect_download() as coming:
        button.click()
    file = folder / "recap.pdf"
    coming.value.save_as(file)
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(file.read_bytes())).pages)
    for words in (PLAN, "who-is-who.csv", "Priya Raman", "Mara Lindqvist"):
        assert words in text, f"{words} is not in the recap"
    return file


def check_it(page: Page, file: Path, look, name: str) -> None:
    """Without an account; and one byte more is no longer the document."""
    page.goto("/check/")
    page.get_by_label("The PDF").set_input_files(file)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").first).to_contain_text("Genuine and unchanged")
    look(page, f"{name}-check-390")
    page.get_by_label("The PDF").set_input_files(
        {"name": "recap.pdf", "mimeType": "application/pdf", "buffer": file.read_bytes() + b" "}
    )
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".alert").first).not_to_contain_text("Genuine")
