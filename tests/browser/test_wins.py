"""A win on a phone, with the keyboard alone: measured, found by the portal, confirmed, and seen on the timeline."""

import re

from playwright.sync_api import expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def test_from_a_number_to_a_confirmed_win(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Lantern Works")
    page = people.enter(plan.champion, width=390)
    page.goto(plan.path)
    page.locator("#objectives h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/objectives/**")
    (target,) = demo.sql(
        "SELECT trim_scale(o.target)::text FROM plans_objective o JOIN plans_plan p ON p.id = o.plan_id "
        f"WHERE p.id = '{plan.path.split('/')[2]}' ORDER BY o.position LIMIT 1"
    )[0]
    tab_to(page, "^value$")
    page.keyboard.type(target)
    tab_to(page, "^Add the measurement$")
    page.keyboard.press("Enter")
    expect(page.locator("#measurements")).to_contain_text("not confirmed yet")

    page.goto(plan.path)
    expect(page.locator("#wins")).to_contain_text("Please confirm it")
    page.locator("#wins li a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/wins/**")
    found = check(page, "win, to be confirmed")
    look(page, "win-open-390")
    tab_to(page, "^may_share$")
    page.keyboard.press("Space")
    tab_to(page, "^Confirm the win$")
    page.keyboard.press("Enter")
    expect(page.locator(".win")).to_contain_text(re.compile("Confirmed by .+agreed that others may be told"))
    found += check(page, "win, confirmed")
    look(page, "win-confirmed-390")

    page.goto(f"{plan.path}timeline/")
    expect(page.locator(".timeline svg").first).to_be_visible()
    found += check(page, "timeline")
    look(page, "timeline-390")
    assert not found, "\n".join(found)
