"""Every screen, on a phone and on a desk, by day and by night: axe finds nothing, nothing runs over the edge."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.people import CHAMPION, CSM, LATE_CHAMPION, SPONSOR
from tests.browser.screens import NOBODY, WHO, addresses, opened_tasks, wrong_forms
from tests.browser.stacks import Stack

_OVER = "() => document.documentElement.scrollWidth - window.innerWidth"
# A colour on its way from day to night is none that anybody reads.
_STILL = "() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def check(page: Page, where: str) -> list[str]:
    """What axe finds on the page as it stands."""
    found = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{where}: {rule['id']}: {node['html'][:160]} ({(node['any'] or [{'message': ''}])[0]['message'][:160]})"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("who", WHO, ids=WHO.values())
def test_axe_finds_nothing(who, demo: Stack, people, open_browser, look) -> None:
    found: list[str] = []

    def judge(page: Page, name: str) -> None:
        """Colours by day and by night, the order of things on a desk and on a phone; asked for only once."""
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(_STILL)
            found.extend(check(page, f"{name} at {width}, {scheme}"))
            look(page, f"{WHO[who]}-{name}-{width}-{scheme}")
        if page.evaluate(_OVER) > 0:
            found.append(f"{name}: runs over the edge of a phone")

    page = people.enter(who) if who else open_browser(demo).new_page()
    for address in addresses(demo, who):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status in (200, 403, 404), address
        judge(page, _name(address))
    for name in wrong_forms(page, who):
        judge(page, name)
    if who in (CSM, CHAMPION, LATE_CHAMPION, SPONSOR):
        plan = next(one for one in addresses(demo, who) if one.startswith("/plans/"))
        for name in opened_tasks(page, plan):
            judge(page, name)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("who", [NOBODY, CHAMPION, LATE_CHAMPION, SPONSOR], ids=lambda who: WHO[who])
def test_nothing_scrolls_sideways_on_a_small_phone(
    who, language, demo: Stack, people, open_browser, look
) -> None:
    """German words are longer."""
    page = people.enter(who, width=360) if who else open_browser(demo, width=360).new_page()
    page.set_extra_http_headers({"Accept-Language": language})
    for address in addresses(demo, who):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate(_OVER) <= 0, address
        look(page, f"{WHO[who]}-{language}-{_name(address)}-360")


def _name(address: str) -> str:
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: found[0][:4], address)
    return re.sub(r"\W+", "-", plain).strip("-") or "home"
