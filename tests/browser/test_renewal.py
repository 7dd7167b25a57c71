"""A renewal and its numbers on a phone, with the keyboard alone: worked out, shown, preferred, confirmed."""

import re

from playwright.sync_api import expect

from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

CSM, SPONSOR = "diego.santos@vendor.example", "arthur.penn@marlow.example"


def _plan(demo: Stack) -> str:
    ((plan,),) = demo.sql(
        "SELECT p.id FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id WHERE a.name = %s",
        "Marlow Print Works",
    )
    return f"/plans/{plan}/"


def test_options_are_shown_and_one_is_preferred(demo: Stack, people, look) -> None:
    page = people.enter(CSM, width=390)
    page.goto("/renewals/")
    tab_to(page, "^Marlow Print Works$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/renewals/*/")
    tab_to(page, "^It is ready$")
    page.keyboard.press("Enter")
    # The list of what is missing has the focus.
    expect(page.locator("#refused")).to_be_focused()
    expect(page.locator("#refused")).to_contain_text("It is up to Diego Santos")
    found = check(page, "renewal, refused")
    look(page, "renewal-refused-390")
    tab_to(page, r"^Work it out\s*: With more$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/options/*/")
    tab_to(page, "^lines-0-quantity$")
    page.keyboard.type("36")
    found += check(page, "option")
    tab_to(page, "^Save the option$")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/renewals/[0-9a-f-]{36}/$"))
    expect(page.locator("#options")).to_contain_text("36 seats instead of 28 seats")
    tab_to(page, "^Show them to the customer$")
    page.keyboard.press("Enter")
    expect(page.locator("#options")).to_contain_text("Shown to the customer by Diego Santos")
    look(page, "renewal-390")

    page = people.enter(SPONSOR, width=390)
    page.goto(f"{_plan(demo)}renewal/")
    found += check(page, "terms")
    look(page, "terms-390")
    tab_to(page, r"^We prefer this one\s*: With more$")
    page.keyboard.press("Enter")
    expect(page.locator("[data-preferred]")).to_contain_text("Arthur Penn prefers this one")
    assert not found, "\n".join(found)


def test_several_numbers_are_confirmed_at_once(demo: Stack, people, look) -> None:
    page = people.enter(SPONSOR, width=390)
    page.goto("/")
    tab_to(page, "^Confirm the numbers$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/values/")
    boxes = page.locator("[name=chosen]")
    count = boxes.count()
    assert count >= 2
    found = check(page, "numbers")
    look(page, "numbers-390")
    for _box in range(2):
        tab_to(page, "^chosen$")
        page.keyboard.press("Space")
    tab_to(page, "^Confirm what is ticked$")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("2 numbers are confirmed.")
    expect(page.locator("[name=chosen]")).to_have_count(count - 2)
    expect(page.locator("#values")).to_contain_text("Confirmed by Arthur Penn")
    found += check(page, "numbers, confirmed")
    assert not found, "\n".join(found)
