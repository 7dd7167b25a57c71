"""A stage is closed and signed: on a phone, with the keyboard alone, by both sides."""

import re

from playwright.sync_api import Page, expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def press(page: Page, words: str, *, key: str = "Enter") -> None:
    """Go to what has these words by Tab, and press it; a page follows."""
    tab_to(page, words, most=90)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_stage_is_closed_and_signed(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Gatehouse Prints")
    champion, csm = people.enter(plan.champion, width=390), people.enter(plan.csm, width=390)
    csm.goto(plan.path)
    stage = csm.locator("#spine").get_by_role("link", name="Kickoff", exact=True).get_attribute("href")
    csm.goto(f"{plan.path}{stage}")
    expect(csm.get_by_text("Running", exact=True)).to_be_visible()

    press(csm, "^Close this stage$")
    refused = csm.locator("#refused")
    expect(refused).to_contain_text("This stage cannot be closed yet.")
    expect(refused.get_by_role("listitem")).to_have_count(2)
    expect(refused).to_contain_text("It is up to Nora")
    found = check(csm, "stage, refused")
    look(csm, "gates-refused-390")

    # The customer follows what is missing to where it is done.
    champion.goto(f"{plan.path}{stage}")
    press(champion, "^The task is not done")
    tab_to(champion, "^Mark as done$")
    champion.keyboard.press("Enter")
    expect(champion.get_by_text(re.compile("^Done by"))).to_be_visible()
    champion.goto(f"{plan.path}{stage}")
    press(champion, "^There is no evidence yet")
    if champion.locator("details[id^=proof-]").get_attribute("open") is None:
        tab_to(champion, "^Add evidence$")
        champion.keyboard.press("Space")
    tab_to(champion, "^note$")
    champion.keyboard.type("The list is in our shared folder.")
    tab_to(champion, "^Add evidence$")
    champion.keyboard.press("Enter")
    expect(champion.locator(".proofs")).to_contain_text("in our shared folder")

    csm.goto(f"{plan.path}{stage}")
    press(csm, "^Evidence waits for a review")
    tab_to(csm, "^Accept$")
    csm.keyboard.press("Enter")
    expect(csm.locator(".proofs")).to_contain_text("Accepted")

    csm.goto(f"{plan.path}{stage}")
    press(csm, "^Ask people to sign$")
    expect(csm.get_by_role("checkbox", checked=True)).to_have_count(2)
    found += check(csm, "asking")
    press(csm, "^Ask them to sign$")
    letter = csm.url
    press(csm, "^Sign$")
    expect(csm.get_by_text("1 of 2 have signed")).to_be_visible()
    champion.goto(f"{plan.path}{stage}")
    press(champion, "^Read what is signed$")
    tab_to(champion, "^note$")
    champion.keyboard.type("Agreed.")
    look(champion, "gates-letter-390")
    press(champion, "^Sign$")
    expect(champion.locator(".signatures")).to_contain_text("Agreed.")
    expect(champion.get_by_text("Signed by both sides")).to_be_visible()
    found += check(champion, "sign-off")
    assert champion.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    csm.goto(f"{plan.path}{stage}")
    press(csm, "^Close this stage$")
    expect(csm.get_by_role("status").first).to_contain_text("The stage is closed.")
    expect(csm.get_by_text("Signed by both sides")).to_be_visible()
    found += check(csm, "stage, closed")
    look(csm, "gates-closed-390")

    press(csm, "^Started$")
    expect(csm.get_by_role("heading", level=1)).to_have_text("Started")
    found += check(csm, "milestone")
    assert csm.url != letter
    assert not found, "\n".join(found)
