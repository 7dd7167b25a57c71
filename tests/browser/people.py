"""How people come in: by the code in their mail, or through the demo's own door."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.stacks import Stack, text_of

ADMIN = "ada.okafor@vendor.example"
CSM = "mara.lindqvist@vendor.example"
EXECUTIVE = "ruth.almeida@vendor.example"
# Aldergate: on course. Halden: late and stuck.
SPONSOR = "helen.marsh@aldergate.example"
CHAMPION = "imran.qureshi@aldergate.example"
LATE_CHAMPION = "nadine.kruger@halden.example"

_kept: dict[tuple[str, str], object] = {}


class People:
    """`enter(address)` is a page of somebody who has entered the demo; a second time it costs nothing."""

    def __init__(self, stack: Stack, open_browser: Callable[..., BrowserContext]) -> None:
        self.stack = stack
        self.open_browser = open_browser

    def enter(self, email: str, **options: object) -> Page:
        """A page of theirs, still empty; `options` as for `open_browser`."""
        key = (self.stack.origin, email)
        if key not in _kept:
            context = self.open_browser(self.stack)
            page = context.new_page()
            page.goto("/demo/")
            page.locator(f"form:has(input[value='{email}']) button").click()
            page.wait_for_url(f"{self.stack.origin}/")
            _kept[key] = context.storage_state()
            context.close()
        return self.open_browser(self.stack, storage_state=_kept[key], **options).new_page()


def code_for(stack: Stack, email: str, *, after: int = 0) -> str:
    """The code in the newest sign-in mail, once more than `after` have come."""
    mail = stack.wait_for_mail(email, "sign-in code", after=after)
    found = re.search(r"^\d{6}$", text_of(mail), re.MULTILINE)
    assert found, text_of(mail)
    return found[0]


def ask_for_code(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")


def enter_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, stack: Stack, email: str) -> None:
    """From the sign-in page on, with the code of the mail."""
    before = len(stack.mails_to(email, "sign-in code"))
    ask_for_code(page, email)
    enter_code(page, code_for(stack, email, after=before))


def link_in(stack: Stack, email: str, words: str) -> str:
    """The first link of the mail with these words."""
    text = text_of(stack.wait_for_mail(email, words))
    found = re.search(rf"{re.escape(stack.origin)}/\S+", text)
    assert found, text
    return found[0]
