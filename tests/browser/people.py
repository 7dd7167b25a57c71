"""How people come in: by the code in their mail, or through the demo's own door."""

import re
from collections.abc import Callable

import requests
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from tests.browser.stacks import Stack, text_of

ADMIN = "ada.okafor@vendor.example"
CSM = "mara.lindqvist@vendor.example"
EXECUTIVE = "ruth.almeida@vendor.example"
# Aldergate: on course. Halden: late and stuck.
SPONSOR = "helen.marsh@aldergate.example"
CHAMPION = "imran.qureshi@aldergate.example"
LATE_CHAMPION = "nadine.kruger@halden.example"

_kept: dict[tuple[str, str], requests.Session] = {}


class People:
    """`enter(address)` is a page of somebody who has entered the demo. The door is opened without a browser, once."""

    def __init__(self, stack: Stack, open_browser: Callable[..., BrowserContext]) -> None:
        self.stack = stack
        self.open_browser = open_browser

    def enter(self, email: str, **options: object) -> Page:
        """A page of theirs, still empty; `options` as for `open_browser`."""
        return self.open_browser(
            self.stack, storage_state=_cookies(self.session(email)), **options
        ).new_page()

    def session(self, email: str) -> requests.Session:
        """Theirs, for what a test prepares: `post` changes something as they would."""
        key = (self.stack.origin, email)
        if key not in _kept:
            _kept[key] = requests.Session()
            # Any page with a form gives the token.
            _kept[key].get(f"{self.stack.origin}/sign-in/", timeout=20)
            assert self.post(email, "/demo/", email=email) == "/"
        return _kept[key]

    def post(self, who: str, address: str, **fields: str) -> str:
        """Where the portal sends them after this form."""
        session = self.session(who)
        answer = session.post(
            f"{self.stack.origin}{address}",
            data=fields | {"csrfmiddlewaretoken": session.cookies["csrftoken"]},
            allow_redirects=False,
            timeout=20,
        )
        assert answer.status_code in (302, 303), f"{answer.status_code} {address}"
        return answer.headers["Location"]


def _cookies(session: requests.Session) -> StorageState:
    """As a browser keeps them."""
    return {
        "cookies": [
            {"name": one.name, "value": one.value or "", "domain": one.domain, "path": one.path}
            for one in session.cookies
        ]
    }


def look_for_changes(page: Page) -> None:
    """Now, as when somebody comes back to the page, and not within eight seconds."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


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
