"""A weekly review from its planning to its recap: on a phone, with the keyboard alone; then the champion finds it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack, text_of
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import focused, tab_to

ACTION = "Send us the list of depots"


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def judge(page: Page, where: str) -> None:
    found = check(page, where)
    over = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert (found, over) == ([], 0), where


def test_a_weekly_review_without_a_mouse(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Quarry Lane Freight")
    page = people.enter(plan.csm, width=390)
    page.goto(f"{plan.path}meetings/")
    judge(page, "meeting list")
    press(page, "^Plan a weekly review$")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan a meeting")
    # Today, where the account is: a meeting is held on its day, not before.
    today = demo.sql(
        "SELECT (now() AT TIME ZONE a.time_zone)::date FROM accounts_account a "
        "JOIN plans_plan p ON p.account_id = a.id WHERE p.id = %s",
        plan.path.split("/")[2],
    )[0][0]
    tab_to(page, "^day$")
    page.get_by_label("Day", exact=True).fill(today.isoformat())
    # The parts inside of a browser's own date and time fields are the browser's affair.
    page.get_by_label("Minutes").focus()
    judge(page, "meeting plan")
    look(page, "meeting-plan-390")
    press(page, "^Plan the meeting$")
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly review")
    expect(page.locator(".agenda")).to_contain_text("Due until the next meeting")

    press(page, "^Add a decision$")
    tab_to(page, "^text$")
    page.keyboard.type("The depots in the north come first.")
    press(page, "^Add the decision$")
    expect(page.locator("#decisions .decision")).to_contain_text("The depots in the north come first.")
    expect(page.locator("#decisions-head")).to_be_focused()

    press(page, "^Add an action item$")
    tab_to(page, "^title$")
    page.keyboard.type(ACTION)
    tab_to(page, "Meridian Software")
    page.keyboard.press("ArrowDown")
    tab_to(page, "^Nobody yet")
    page.keyboard.type("Nora")
    page.locator("#add-action").get_by_label("Milestone").focus()
    press(page, "^Add the action item$")
    expect(page.locator("#actions .action-item")).to_contain_text(ACTION)
    expect(page.locator("#actions .action-item")).to_contain_text("Nora")
    judge(page, "meeting")
    look(page, "meeting-390")

    tab_to(page, "^notes$")
    page.keyboard.type("All of us were there. **Depots** were the topic.")
    press(page, "^It was held: send the recap$")
    expect(page.locator(".badge", has_text="Held")).to_be_visible()
    expect(page.locator("#notes .notes strong")).to_have_text("Depots")
    judge(page, "meeting held")
    look(page, "meeting-held-390")

    champion = people.enter(plan.champion, width=390)
    mail = text_of(demo.wait_for_mail(plan.champion, "what was decided"))
    assert "- The depots in the north come first." in mail
    assert ACTION in mail
    # The kickoff comes before the weekly review that was planned along.
    assert "Next: Kickoff" in mail
    link = re.findall(rf"{re.escape(demo.origin)}/plans/\S+/meetings/\S+", mail)[-1]
    champion.goto(link)
    expect(champion.locator("#notes")).to_contain_text("All of us were there.")
    champion.goto(plan.path)
    champion.locator("#turn-list a", has_text=ACTION).focus()
    assert ACTION in focused(champion)
    expect(champion.locator("#next-meeting")).to_contain_text("Kickoff")
    champion.get_by_role("link", name="Meetings", exact=True).first.click()
    expect(champion.locator(".meeting-row", has_text="Weekly review")).to_have_count(2)
    champion.goto(f"{plan.path}tasks/new/")
    judge(champion, "task add")
