"""A document by keyboard on a phone: chosen, asked for, made, and checked by its code."""

from playwright.sync_api import expect

from tests.browser.people import CSM
from tests.browser.stacks import Stack
from tests.browser.test_keyboard import tab_to
from tests.browser.test_usage import judge


def test_a_document_is_made_and_checked(demo: Stack, people, look) -> None:
    page = people.enter(CSM, width=390)
    page.goto("/editions/")
    tab_to(page, "^Make a document$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Make a document")
    judge(page, "choosing a document")
    look(page, "documents-choose-390")
    tab_to(page, "^Plan export$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan export")
    tab_to(page, "^plan$|Aldergate")
    page.keyboard.type("Aldergate")
    judge(page, "asking for a document")
    look(page, "documents-form-390")
    tab_to(page, "^Make the document$")
    page.keyboard.press("Enter")

    ready = page.get_by_role("link", name="Download the PDF")
    expect(page.get_by_role("heading", level=1)).to_have_text("Success plan of Aldergate Insurance")
    expect(ready).to_be_visible(timeout=30_000)
    judge(page, "a document that is ready")
    look(page, "documents-ready-390")
    code = page.locator(".mono").first.inner_text()
    page.goto("/check/")
    page.get_by_label("Or the code in its foot").fill(code.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("A document with this code was issued.")
    look(page, "documents-check-390")
