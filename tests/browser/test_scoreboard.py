"""The scoreboard on a phone, with the keyboard alone: from the account to the week, back a week, to its PDF."""

import re

from playwright.sync_api import expect

from tests.browser.people import CSM, SPONSOR
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def test_the_scoreboard_without_a_mouse(demo: Stack, people, look) -> None:
    ((account,),) = demo.sql("SELECT id FROM accounts_account WHERE name = 'Aldergate Insurance'")
    page = people.enter(SPONSOR, width=390)
    page.goto(f"/accounts/{account}/")
    tab_to(page, "^The last week in five numbers$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Scoreboard")).to_be_visible()
    expect(page.locator(".score", has_text="Active users")).to_contain_text(re.compile(r"\d+%"))
    over = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert (check(page, "scoreboard"), over) == ([], 0)
    look(page, "scoreboard-390")

    here = page.locator(".pages").inner_text()
    tab_to(page, "^How this is counted$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("reading does not count")).to_be_visible()
    tab_to(page, "^The week before$")
    page.keyboard.press("Enter")
    expect(page.locator(".pages")).not_to_have_text(here)
    # What a customer's people cannot have made is not offered.
    expect(page.get_by_role("button", name="Make a PDF")).to_have_count(0)

    page = people.enter(CSM, width=390)
    page.goto(f"/accounts/{account}/scoreboard/")
    tab_to(page, "^Make (a PDF|it again)$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/editions/"))
