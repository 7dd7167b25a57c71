"""A date slips and both sides see why: on a phone, with the keyboard alone."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

PHONE = {"width": 390, "height": 844}


def test_a_date_slips_and_both_sides_see_why(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Slipstone Paper")
    task, followers = _customer_task_with_followers(demo, plan.path)

    csm = _phone(people.enter(plan.csm))
    csm.goto(f"{plan.path}tasks/{task}/")
    tab_to(csm, "^Change the date$", most=120)
    csm.keyboard.press("Enter")
    panel = csm.locator("article.panel")
    _fill_day(csm, "New date", _weekday(35))
    tab_to(csm, "^reason$")
    csm.keyboard.type("The data centre is closed")
    csm.keyboard.press("Enter")
    preview = panel.locator(".preview")
    expect(preview).to_be_focused()
    expect(preview).to_contain_text(followers[0])
    look(csm, "dates-preview-390")
    assert not check(csm, "preview")
    tab_to(csm, "^Move all of them$")
    csm.keyboard.press("Enter")
    expect(panel).to_contain_text("has not accepted the new date yet")

    champion = _phone(people.enter(plan.champion))
    champion.goto(f"{plan.path}tasks/{task}/")
    expect(champion.locator("article.panel")).to_contain_text("The data centre is closed")
    tab_to(champion, r"^Why this day\?$")
    champion.keyboard.press("Enter")
    expect(champion.get_by_role("heading", level=1)).to_have_text("Why is it this day?")
    expect(champion.locator(".history").first).to_contain_text("moved by hand – The data centre is closed")
    look(champion, "dates-why-390")
    assert not check(champion, "why")
    tab_to(champion, "^All dates of the plan$")
    champion.keyboard.press("Enter")
    expect(champion.locator(".history--acts")).to_contain_text("moved with it")
    look(champion, "dates-ledger-390")
    assert not check(champion, "ledger")

    champion.goto(f"{plan.path}tasks/{task}/")
    tab_to(champion, "^I need more time", most=120)
    champion.keyboard.press("Enter")
    _fill_day(champion, "Until when?", _weekday(28))
    tab_to(champion, "^reason$")
    champion.keyboard.type("A week earlier is possible")
    tab_to(champion, "^Ask")
    champion.keyboard.press("Enter")
    expect(champion.locator("article.panel")).to_contain_text("has not answered yet")

    csm.goto(f"{plan.path}tasks/{task}/")
    expect(panel).to_contain_text("A week earlier is possible")
    tab_to(csm, "^Agree to ")
    csm.keyboard.press("Enter")
    # What moves along comes first, and has the focus.
    expect(preview).to_be_focused()
    look(csm, "dates-agree-390")
    tab_to(csm, "^Agree, and move all of them$")
    csm.keyboard.press("Enter")
    expect(panel.locator(f"time[datetime='{_weekday(28).isoformat()}']").first).to_be_visible()
    expect(panel).not_to_contain_text("A week earlier is possible has")


def _phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)
    return page


def _weekday(days: int) -> date:
    """A Wednesday about so many days ahead."""
    day = date.today() + timedelta(days=days)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def _fill_day(page: Page, label: str, day: date) -> None:
    """Into a day's three parts, as fingers do it."""
    field = page.get_by_label(label)
    field.focus()
    page.keyboard.type(day.strftime("%m%d%Y"))
    expect(field).to_have_value(day.isoformat())
    # Past the calendar's button, which is a part of the field.
    page.keyboard.press("Tab")


def _customer_task_with_followers(stack: Stack, path: str) -> tuple[str, list[str]]:
    """The champion's own task for which most others wait, and these."""
    plan = re.search(r"[0-9a-f-]{36}", path)[0]
    rows = stack.sql(
        "SELECT t.id, array_agg(s.title) FROM plans_task t "
        "JOIN plans_dependency d ON d.waits_for_id = t.id JOIN plans_task s ON s.id = d.task_id "
        f"WHERE t.plan_id = '{plan}' AND t.side = 'customer' AND t.role = 'champion' AND t.completed_at IS NULL "
        "GROUP BY t.id, t.position ORDER BY count(*) DESC, t.position LIMIT 1"
    )
    (found,) = rows
    return str(found[0]), list(found[1])
