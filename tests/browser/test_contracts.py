"""A contract on a phone, with the keyboard alone: lines come without a script, and the invoices are seen first."""

import re

from playwright.sync_api import expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def test_from_lines_to_invoices_to_an_amendment(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Harbour Ledgers")
    ((account,),) = demo.sql("SELECT account_id FROM plans_plan WHERE id = %s", plan.path.split("/")[2])
    page = people.enter(plan.csm, width=390)
    page.goto(f"/accounts/{account}/contracts/")
    page.locator("main table a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contracts/[0-9a-f-]{36}/$"))
    tab_to(page, "^Enter the lines$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lines/")
    tab_to(page, "^rows-0-name$")
    page.keyboard.type("Seats")
    tab_to(page, "^rows-0-unit_price$")
    page.keyboard.type("1200.55")
    tab_to(page, "^Add a line$")
    page.keyboard.press("Enter")
    # The page opens where one goes on typing, with what was typed.
    expect(page.locator("[name=rows-1-name]")).to_be_focused()
    assert page.locator("[name=rows-0-unit_price]").input_value() == "1200.55"
    page.keyboard.type("Setup")
    tab_to(page, "^rows-1-unit_price$")
    page.keyboard.type("500")
    tab_to(page, "^a year")
    page.keyboard.type("once")
    found = check(page, "contract lines")
    # Enter in a field shows the invoices, and takes no row away.
    tab_to(page, "^rows-1-discount_percent$")
    page.keyboard.press("Enter")
    expect(page.locator(".preview tfoot")).to_contain_text("1,700.55")
    found += check(page, "contract lines, looked at")
    look(page, "contract-lines-390")
    tab_to(page, "^Save the lines$")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contracts/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text("1,700.55")
    found += check(page, "contract")
    look(page, "contract-390")
    tab_to(page, "^Amend the contract$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/amend/")
    tab_to(page, "^ends$")
    page.keyboard.press("Space")
    found += check(page, "contract, amended")
    tab_to(page, "^Enter the amendment$")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Amendment 1")
    look(page, "contract-amended-390")
    assert not found, "\n".join(found)
