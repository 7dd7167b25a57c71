"""Every screen, on a phone and on a desk, by day and by night: axe finds nothing, nothing runs over the edge."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from tests.browser.people import ADMIN, CHAMPION, CSM, LATE_CHAMPION
from tests.browser.screens import CUSTOMERS, NOBODY, WHO, acts, addresses, opened_tasks, wrong_forms
from tests.browser.stacks import Stack

_OVER = "() => document.documentElement.scrollWidth - window.innerWidth"
# A colour on its way from day to night is none that anybody reads.
_STILL = """() => Promise.race([
  Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))),
  new Promise((enough) => setTimeout(enough, 1000)),
])"""
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # To describe each of a page's thousand elements that are right takes longer than to look at them.
    "resultTypes": ["violations"],
}
_DESK: ViewportSize = {"width": 1280, "height": 844}
_PHONE: ViewportSize = {"width": 360, "height": 844}


def check(page: Page, where: str, within: str = "") -> list[str]:
    """What axe finds on the page as it stands, or in the part of it that this selector names."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "async ([within, rules]) => (await axe.run(within || document, rules)).violations", [within, _RULES]
    )
    return [
        f"{where}: {rule['id']}: {node['html'][:160]} ({(node['any'] or [{'message': ''}])[0]['message'][:160]})"
        for rule in found
        for node in rule["nodes"]
    ]


class Judge:
    """Asks each screen for as little as shows all: by day on a desk, by night on a small phone.

    Customers see their screens by night, and in German, whose words are longer; by day they look as the vendor's do,
    and the journeys look at what customers do there.
    """

    def __init__(self, page: Page, who: str, look: Callable[[Page, str], None], elsewhere: set[str]) -> None:
        self.page, self.who, self.look = page, WHO[who], look
        self.by_day = who in (NOBODY, ADMIN, CSM)
        self.german = who in (NOBODY, *CUSTOMERS)
        # Those that somebody else looks at by night.
        self.elsewhere = elsewhere
        self.found: list[str] = []

    def visit(self, address: str) -> None:
        name = _name(address)
        if self.by_day or address == "/" or not self.german:
            self._goto(address, "en")
        if self.by_day or address == "/":
            self.desk(name)
            self.page.set_viewport_size(_PHONE)
            self._fits(f"{name} in English")
        if address in self.elsewhere:
            return
        if self.german:
            self._goto(address, "de")
        self.phone(name)

    def as_it_is(self, name: str, within: str = "") -> None:
        """Something that a reload would end."""
        self.desk(name, within)
        self.phone(name, within)

    def desk(self, name: str, within: str = "") -> None:
        self._ask(name, _DESK, "light", within)

    def phone(self, name: str, within: str = "") -> None:
        self._ask(name, _PHONE, "dark", within)
        self._fits(name)

    def _goto(self, address: str, language: str) -> None:
        self.page.set_extra_http_headers({"Accept-Language": language})
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status in (200, 403, 404, 410), address
        assert self.page.locator("html").get_attribute("lang") == language, address

    def _ask(self, name: str, size: ViewportSize, scheme: Literal["light", "dark"], within: str) -> None:
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(_STILL)
        self.found += check(self.page, f"{name}, {size['width']}, {scheme}", within)
        self.look(self.page, f"{self.who}-{name}-{size['width']}-{scheme}")

    def _fits(self, name: str) -> None:
        if self.page.evaluate(_OVER) > 0:
            self.found.append(f"{name}: runs over the edge of a small phone")


@pytest.mark.parametrize("who", WHO, ids=WHO.values())
def test_every_screen(who, demo: Stack, people, open_browser, look) -> None:
    page = people.enter(who) if who else open_browser(demo).new_page()
    elsewhere = {one for customer in CUSTOMERS for one in addresses(demo, customer) if one != "/"}
    judge = Judge(page, who, look, elsewhere if who == CSM else set())
    for address in addresses(demo, who):
        judge.visit(address)
    page.set_extra_http_headers({"Accept-Language": "en"})
    for name in wrong_forms(page, who):
        judge.as_it_is(name)
    if who in (CSM, CHAMPION, LATE_CHAMPION):
        plan = next(one for one in addresses(demo, who) if one.startswith("/plans/"))
        for name in opened_tasks(page, plan):
            # The rest of the page has been looked at.
            judge.as_it_is(name, within="article.panel")
    if who == CSM:
        for name in acts(demo, page):
            judge.as_it_is(name)
    assert not judge.found, "\n".join(judge.found)


def _name(address: str) -> str:
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: found[0][:4], address)
    return re.sub(r"\W+", "-", plain).strip("-") or "home"
