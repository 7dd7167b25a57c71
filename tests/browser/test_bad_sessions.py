"""What goes wrong on the way in, and sessions that end at a bad moment."""

import re

from playwright.sync_api import expect

from tests.browser.people import (
    CHAMPION,
    LATE_CHAMPION,
    SPONSOR,
    ask_for_code,
    code_for,
    enter_code,
    look_for_changes,
    sign_in,
)
from tests.browser.plans import live_plan
from tests.browser.stacks import Stack


def test_a_session_that_ends_while_somebody_types(demo: Stack, people) -> None:
    plan = live_plan(demo, people, "Lapse Lanterns")
    page = people.enter(plan.champion)
    page.goto(plan.path)
    address = f"{plan.path}{page.locator('#turn-list a').first.get_attribute('href')}"
    page.goto(address)
    page.locator("summary", has_text="Something is in the way").click()
    page.get_by_label("What is in the way?").fill("The scanner is broken.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Say that it is blocked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, demo, plan.champion)
    expect(page.locator("article.panel")).to_be_visible()
    assert page.url.endswith(address), "back at the task, not at some home"


def test_a_plan_that_stays_open_after_the_session(demo: Stack, people) -> None:
    """The page that looks for changes asks in vain and stays as it is; the next click asks who it is."""
    page = people.enter(CHAMPION)
    page.goto("/")
    page.locator("a[href^='/plans/']").filter(has_text="Aldergate").last.click()
    plan = page.url
    page.context.clear_cookies(name="sessionid")
    with page.expect_response("**/changes/"):
        look_for_changes(page)
    assert page.url == plan
    expect(page.locator("#progress")).to_be_visible()


def test_a_wrong_code_and_then_the_right_one(demo: Stack, open_browser, look) -> None:
    page = open_browser(demo, width=390).new_page()
    page.goto("/sign-in/")
    ask_for_code(page, LATE_CHAMPION)
    code = code_for(demo, LATE_CHAMPION)
    enter_code(page, "000000" if code != "000000" else "111111")
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    look(page, "wrong-code-390")
    enter_code(page, code)
    expect(page.locator(".me-name")).to_have_count(1)


def test_an_unknown_address_is_answered_alike(demo: Stack, open_browser) -> None:
    page = open_browser(demo, width=390).new_page()
    page.goto("/sign-in/")
    ask_for_code(page, "nobody@nowhere.example")
    unknown = page.locator("main").inner_text()
    other = open_browser(demo, width=390).new_page()
    other.goto("/sign-in/")
    ask_for_code(other, SPONSOR)
    assert other.locator("main").inner_text() == unknown.replace("nobody@nowhere.example", SPONSOR)
    assert not demo.mails_to("nobody@nowhere.example")


def test_an_invitation_that_has_expired(demo: Stack, open_browser) -> None:
    ((invitation,),) = demo.sql("SELECT id FROM accounts_invitation ORDER BY id LIMIT 1")
    ((before, accepted),) = demo.sql(
        "SELECT expires_at, accepted_at FROM accounts_invitation WHERE id = %s", invitation
    )
    change = "UPDATE accounts_invitation SET expires_at = %s, accepted_at = %s WHERE id = %s"
    demo.sql(change, "2026-01-01T00:00:00Z", None, invitation)
    try:
        page = open_browser(demo, width=390).new_page()
        assert page.goto(f"/invitations/{invitation}/").status == 410
        expect(page.get_by_role("heading", level=1)).to_have_text("This invitation has expired")
        expect(page.get_by_role("button", name=re.compile("Accept"))).to_have_count(0)
    finally:
        demo.sql(change, before, accepted, invitation)
