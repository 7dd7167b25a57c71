"""Two browsers on one task: the second is told what happened, and keeps what was typed."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack


def test_the_second_is_told_and_loses_nothing(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Twofold Dairy")
    first, second = people.enter(plan.champion, width=390), people.enter(plan.csm)
    for page in (first, second):
        page.goto(plan.path)
    link = first.locator("#turn-list a").first
    address = f"{plan.path}{link.get_attribute('href')}"
    link.click()
    panel = first.locator("article.panel")
    # The CSM has the same task open, as a page.
    second.goto(address)
    fold = panel.locator("details", has_text="Something is in the way").last
    fold.locator("summary").click()
    fold.get_by_label("What is in the way?").fill("Our API user is not released yet.")

    new_date = date.today() + timedelta(days=21)
    second.locator("summary", has_text="Change the date").click()
    second.get_by_label("New date").fill(new_date.isoformat())
    second.get_by_label("Why does it move?").fill("The trade fair comes first.")
    second.get_by_role("button", name="Change the date").click()
    second.get_by_role("button", name="Move all of them").click()
    expect(second.locator("article.panel")).to_contain_text("in 3 weeks")

    fold.get_by_role("button", name="Say that it is blocked").click()
    told = panel.get_by_role("alert").filter(has_text="Somebody was faster")
    expect(told).to_contain_text("Diego Santos")
    expect(told).to_be_focused()
    expect(panel).to_contain_text("in 3 weeks")
    look(first, "conflict-390")
    task = address.rstrip("/").rpartition("/")[2]
    assert demo.sql("SELECT blocked_reason, due_on FROM plans_task WHERE id = %s", task) == [("", new_date)]

    # What was typed is still there, and goes through on top of the new date.
    expect(fold.get_by_label("What is in the way?")).to_have_value("Our API user is not released yet.")
    fold.get_by_role("button", name="Say that it is blocked").click()
    expect(panel.locator(".alert--late")).to_contain_text("Our API user is not released yet.")
