"""The own company on a phone, with the keyboard alone: a logo that is a script, then a good one and a yellow brand."""

from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN, SPONSOR
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30">'
    '%s<circle cx="15" cy="15" r="12" fill="#0b6"/><path d="M40 8h70v14h-70z" fill="#123"/></svg>'
)


def judge(page: Page, where: str) -> None:
    over = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert (check(page, where), over) == ([], 0), where


def choose(page: Page, drawing: str) -> None:
    tab_to(page, "^logo$")
    page.get_by_label("Logo").set_input_files(
        {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": drawing.encode()}
    )


def test_a_brand_without_a_mouse(demo: Stack, people, look) -> None:
    page = people.enter(ADMIN, width=390)
    try:
        page.goto("/company/")
        choose(page, DRAWING % "<script>alert(1)</script>")
        tab_to(page, "^Save$")
        page.keyboard.press("Enter")
        expect(page.locator(".errorlist")).to_contain_text("contains a script")
        judge(page, "company refused")

        choose(page, DRAWING % "")
        page.locator("#id_brand").fill("#ffee00")
        tab_to(page, "^legal_footer$")
        page.keyboard.type("Meridian Software Ltd, Reg. 1234")
        tab_to(page, "^Save$")
        page.keyboard.press("Enter")
        expect(page.locator(".swatches").first).to_contain_text("cannot be read on white paper")
        expect(page.locator(".maker-logo")).to_be_visible()
        assert page.locator(".maker-logo").evaluate("(img) => img.naturalWidth") > 0
        judge(page, "company saved")
        look(page, "company-390")
        page.emulate_media(color_scheme="dark")
        page.reload()
        expect(page.locator(".maker-logo")).to_be_visible()
        judge(page, "company by night")
        look(page, "company-390-dark")

        page.goto("/security/")
        tab_to(page, "^name$")
        page.keyboard.type("ISO 27001")
        tab_to(page, "^issuer$")
        page.keyboard.type("Lindholm Audit")
        page.get_by_label("Valid until").fill("2020-01-31")
        page.get_by_label("Link").focus()
        tab_to(page, "^Add$")
        page.keyboard.press("Enter")
        expect(page.locator(".badge", has_text="Expired")).to_be_visible()
        judge(page, "security")
        look(page, "security-390-dark")
        tab_to(page, "^Remove")
        page.keyboard.press("Enter")
        expect(page.locator(".badge", has_text="Expired")).to_have_count(0)

        sponsor = people.enter(SPONSOR, width=390)
        sponsor.goto("/")
        # Another process shows it ten seconds later at most; the brand comes from the address of the sheet.
        expect(sponsor.get_by_role("heading", level=1)).to_be_visible()
        judge(sponsor, "a sponsor's home")
    finally:
        # The stack is shared: others know the vendor as it was.
        demo.sql("DELETE FROM accounts_vendor")
