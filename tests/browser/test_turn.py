"""Whose turn, on a phone and by keyboard alone: who can clear the way is said, and who waited for whom is read."""

import re

from playwright.sync_api import expect

from tests.browser.people import LATE_CHAMPION
from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def test_a_block_says_who_can_clear_the_way(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Harrow Signals")
    page = people.enter(plan.champion, width=390)
    page.goto(plan.path)
    row = page.locator("#turn-list > li").first
    title = row.locator("a").first.inner_text()
    row.locator("a").first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#turn-list article.panel")
    expect(panel.locator("[data-focus]").first).to_be_focused()
    expect(panel.locator(".facts")).to_contain_text("Waiting for Harrow Signals since")
    tab_to(page, "^Something is in the way$")
    page.keyboard.press("Enter")
    tab_to(page, "^reason$")
    page.keyboard.type("We need the name of your server.")
    asked = panel.get_by_label("Who can clear the way?")
    page.keyboard.press("Tab")
    expect(asked).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(asked).to_have_value("vendor")
    found = check(page, "block form")
    look(page, "turn-block-390")
    tab_to(page, "^Say that it is blocked$")
    page.keyboard.press("Enter")
    expect(panel.locator(".alert--late")).to_contain_text("the name of your server")
    expect(panel.locator(".facts")).not_to_contain_text("Waiting for Harrow Signals since")
    spine = page.locator("#spine .task", has_text=title).first
    expect(spine.locator(".turn")).not_to_have_text(re.compile("Your turn|Harrow"))
    look(page, "turn-blocked-390")
    assert not found, "\n".join(found)


def test_who_waited_for_whom(demo: Stack, people, look) -> None:
    page = people.enter(LATE_CHAMPION, width=390)
    ((plan,),) = demo.sql(
        "SELECT p.id FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id "
        "WHERE a.name = 'Halden Components'"
    )
    page.goto(f"/plans/{plan}/")
    said = page.locator(".waited").first.inner_text()
    numbers = re.search(r"(\d+) working days since .+?: (\d+) .+?, (\d+) .+?, (\d+) ", said)
    assert numbers, said
    age, customer, vendor, nobody = map(int, numbers.groups())
    assert customer + vendor + nobody == age > 0
    page.locator(".waited a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/turn/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who waited for whom")
    row = page.get_by_role("row", name=re.compile("The whole plan"))
    expect(row.locator("td").last).to_have_text(str(age))
    found = check(page, "turn")
    look(page, "turn-390")
    fold = page.locator("details.tasks-of summary").first
    tab_to(page, f"^{re.escape(fold.inner_text())}$")
    page.keyboard.press("Enter")
    expect(page.locator("details.tasks-of[open] tbody tr").first).to_be_visible()
    found += check(page, "turn, tasks")
    look(page, "turn-tasks-390")
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert not found, "\n".join(found)
