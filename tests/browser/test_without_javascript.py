"""Everything that is worked on a plan works in a browser that runs no script."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.people import sign_in
from tests.browser.plans import live_plan
from tests.browser.stacks import Stack


def test_the_work_on_a_task(demo: Stack, people, open_browser) -> None:
    plan = live_plan(demo, people, "Plainview Press")
    page = open_browser(demo, width=390, java_script_enabled=False).new_page()
    page.goto(plan.path)
    sign_in(page, demo, plan.champion)
    assert page.url.endswith(plan.path), "after the code one is where one wanted to go"

    open_first(page)
    task = page.url
    unfold(page, "Something is in the way")
    page.get_by_label("What is in the way?").fill("  ")
    page.get_by_role("button", name="Say that it is blocked").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    page.get_by_label("What is in the way?").fill("The list is with our accountant.")
    page.get_by_role("button", name="Say that it is blocked").click()
    expect(page.locator(".alert--late")).to_contain_text("The list is with our accountant.")
    page.get_by_role("button", name="No longer blocked").click()
    expect(page.get_by_role("status").first).to_contain_text("No longer blocked")

    unfold(page, "Change the date")
    new_date = date.today() + timedelta(days=30)
    page.get_by_label("New date").fill(new_date.isoformat())
    page.get_by_label("Why does it move?").fill("Our accountant is away.")
    page.get_by_role("button", name="Change the date").click()
    expect(page.locator(f"time[datetime='{new_date}']").first).to_be_visible()

    unfold(page, "Add evidence")
    page.get_by_label("File").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"#!/bin/sh\necho no picture\n"}
    )
    page.get_by_label("Note").fill("The picture of the list.")
    page.get_by_role("button", name="Add evidence").click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    expect(page.get_by_label("Note")).to_have_value("The picture of the list.")
    page.get_by_label("File").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"name,team\nNora,Ops\n"}
    )
    page.get_by_role("button", name="Add evidence").click()
    expect(page.locator(".proofs")).to_contain_text("list.csv")

    csm = people.enter(plan.csm, java_script_enabled=False)
    csm.goto(task)
    unfold(csm, "Return with a reason")
    csm.get_by_label("What is missing?").fill("The teams' leads are missing.")
    csm.get_by_role("button", name="Return it").click()
    expect(csm.locator(".proofs")).to_contain_text("Returned")
    page.reload()
    expect(page.locator(".proofs")).to_contain_text("The teams' leads are missing.")
    unfold(page, "Add evidence")
    page.get_by_label("File").set_input_files(
        {"name": "list-with-leads.csv", "mimeType": "text/csv", "buffer": b"name,team,lead\nNora,Ops,x\n"}
    )
    page.get_by_role("button", name="Add evidence").click()
    csm.reload()
    csm.get_by_role("button", name="Accept").click()
    expect(csm.locator(".proofs")).to_contain_text("Accepted")

    page.goto(task)
    page.get_by_role("button", name="Mark as done").click()
    assert page.url.endswith(plan.path)
    expect(page.locator("#progress")).to_contain_text("1 of")

    open_first(page)
    unfold(page, "Not me")
    choice = page.get_by_label("Whose is it?")
    other = choice.locator("option", has_text="Sam Okafor")
    choice.select_option(value=other.get_attribute("value"))
    page.get_by_role("button", name="Pass it on").click()
    expect(page.locator("article.panel")).to_contain_text("Sam Okafor")


def test_a_measurement_and_a_recap(demo: Stack, people) -> None:
    plan = live_plan(demo, people, "Quietwater Tools")
    page = people.enter(plan.champion, java_script_enabled=False)
    page.goto(plan.path)
    page.locator(".objectives a").first.click()
    page.get_by_label("Value").fill("2.5")
    page.get_by_label("How was it measured?").fill("Counted by hand.")
    page.get_by_role("button", name="Add the measurement").click()
    expect(page.locator("#measurements")).to_contain_text("Counted by hand.")
    objective = page.url

    csm = people.enter(plan.csm, java_script_enabled=False)
    csm.goto(objective)
    csm.get_by_role("button", name="Confirm").click()
    expect(csm.locator("#measurements")).to_contain_text(re.compile("Confirmed|Accepted"))

    csm.goto(plan.path)
    csm.get_by_role("link", name="Make a value recap").click()
    csm.get_by_role("button", name="Make the document").click()
    # The page loads itself again until the document is there.
    expect(csm.get_by_role("link", name="Download the PDF")).to_be_visible(timeout=40_000)


def open_first(page: Page) -> None:
    page.locator("#turn-list a").first.click()
    expect(page.locator("article.panel")).to_be_visible()


def unfold(page: Page, words: str) -> None:
    """A details element opens without a script; one that is open stays so."""
    fold = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{re.escape(words)}$")))
    if fold.first.get_attribute("open") is None:
        fold.first.locator("summary").first.click()
