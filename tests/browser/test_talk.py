"""The conversation on a phone: by keyboard alone, with somebody else in it, without a connection, without a session."""

import re

from playwright.sync_api import Page, expect

from tests.browser.people import look_for_changes, sign_in
from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

COMPOSER = "section.talk:not(.talk--vendor) form[data-live-free] textarea"


def open_first(page: Page) -> str:
    """Opens the first task of one's turn in place; the address of its own page."""
    page.locator("#turn-list a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.panel")).to_be_visible()
    return page.locator("article.panel").get_attribute("data-live-from") or ""


def test_two_people_talk(demo: Stack, people, look, complaints) -> None:
    plan = live_plan(demo, people, "Murmur Foods")
    first, second = people.enter(plan.champion, width=390), people.enter(plan.csm)
    first.goto(plan.path)
    address = open_first(first)
    second.goto(address)

    # With the keyboard alone, a name chosen from the list.
    tab_to(first, "^body$", most=80)
    first.keyboard.type("Good morning @Die")
    expect(first.locator(".names li")).to_have_text("Diego Santos")
    first.keyboard.press("Enter")
    first.keyboard.type("is **Tuesday** fine?")
    tab_to(first, "^Add the comment$")
    first.keyboard.press("Enter")
    comment = first.locator("article.panel .comment")
    expect(comment).to_be_focused()
    expect(comment.locator("strong", has_text="@Diego Santos")).to_be_visible()
    expect(first.locator("#live")).to_contain_text("Your comment is there.")
    assert not check(first, "the panel with a comment")

    # The other one types a note, and the comment comes in around it: words, focus and scroll stay.
    note = second.locator("section.talk--vendor textarea").last
    note.focus()
    second.keyboard.type("They are slow")
    place = note.bounding_box()
    look_for_changes(second)
    expect(second.locator(".comment", has_text="is Tuesday fine?")).to_be_visible()
    expect(note).to_be_focused()
    expect(note).to_have_value("They are slow")
    assert abs(note.bounding_box()["y"] - place["y"]) < 2
    second.keyboard.type(" to answer.")
    second.get_by_role("button", name="Keep the note").click()
    expect(second.locator(".talk--vendor .comment")).to_contain_text("They are slow to answer.")
    assert not check(second, "the task with a note")
    look(second, "talk-note-1280")

    # Both write: each is told of the other, and of no note.
    for page in (second, first):
        page.locator(COMPOSER).focus()
        page.keyboard.type("And ")
    expect(first.locator(".writing")).to_have_text("Diego Santos is writing here, too.")
    look(first, "talk-390")
    first.reload()
    assert "slow" not in first.content()

    # The draft came back with the task, and goes when it is not wanted.
    open_first(first)
    composer = first.locator(COMPOSER)
    expect(composer).to_have_value("And ")
    first.get_by_role("button", name="Discard it").click()
    expect(composer).to_have_value("")
    expect(composer).to_be_focused()


def test_what_others_change_comes_in_around_what_is_typed(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Aroundword Paper")
    first, second = people.enter(plan.champion, width=390), people.enter(plan.csm)
    first.goto(plan.path)
    second.goto(open_first(first))
    panel = first.locator("article.panel")
    fold = panel.locator("details", has_text="Something is in the way").last
    fold.locator("summary").click()
    reason = fold.get_by_label("What is in the way?")
    reason.fill("The API user is missing.")
    reason.focus()
    second.locator(COMPOSER).fill("I asked for it.")
    second.get_by_role("button", name="Add the comment").click()
    expect(second.locator(".comment")).to_contain_text("I asked for it.")
    look_for_changes(first)

    # Outside of the opened task all is new; inside, where something is typed, it is only said.
    expect(first.locator("#plan-history")).to_contain_text("Diego Santos wrote about")
    notice = panel.locator("[data-live-notice]")
    expect(notice).to_contain_text("Diego Santos wrote about")
    expect(panel.locator(".comment")).to_have_count(0)
    expect(reason).to_be_focused()
    look(first, "talk-changed-meanwhile-390")
    notice.get_by_role("button", name="Show the change").click()
    expect(panel.locator(".comment")).to_contain_text("I asked for it.")
    expect(reason).to_have_value("The API user is missing.")
    fold.get_by_role("button", name="Say that it is blocked").click()
    expect(panel).to_contain_text("The API user is missing.")


def test_what_is_typed_survives(demo: Stack, people, complaints) -> None:
    plan = live_plan(demo, people, "Lostline Freight")
    page = people.enter(plan.champion, width=390)
    page.goto(plan.path)
    open_first(page)
    composer = page.locator(COMPOSER)

    # A lost connection.
    composer.fill("The train went into a tunnel.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator("#live")).to_contain_text("That did not work")
    page.context.set_offline(False)
    page.reload()
    open_first(page)
    expect(composer).to_have_value("The train went into a tunnel.")
    expect(page.locator(".draft-back")).to_contain_text("Your draft is back.")
    complaints[:] = [
        one for one in complaints if not re.search("INTERNET_DISCONNECTED|sendError|afterRequest", one)
    ]

    # A session that has ended.
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add the comment").click()
    page.wait_for_url("**/sign-in/**")
    sign_in(page, demo, plan.champion)
    page.wait_for_url(f"**{plan.path}")
    kept = page.locator("[data-kept-text]")
    expect(kept).to_contain_text("The train went into a tunnel.")
    assert not check(page, "what was written")
    open_first(page)
    expect(composer).to_have_value("The train went into a tunnel.")
    expect(kept).to_be_hidden()
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator("article.panel .comment")).to_contain_text("into a tunnel")
    page.reload()
    expect(kept).to_have_count(0)
    open_first(page)
    expect(composer).to_have_value("")


def test_without_javascript(demo: Stack, people) -> None:
    plan = live_plan(demo, people, "Plainword Books")
    page = people.enter(plan.champion, width=390, java_script_enabled=False)
    page.goto(plan.path)
    page.locator("#turn-list a").first.click()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Your comment").fill("Typed by hand, @Diego Santos.")
    page.get_by_role("button", name="Add the comment").click()
    sign_in(page, demo, plan.champion)
    expect(page.locator("[data-kept-text]")).to_contain_text("Typed by hand, @Diego Santos.")
    page.get_by_label("Your comment").fill("Typed by hand, @Diego Santos.")
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator(".comment")).to_contain_text("Typed by hand, @Diego Santos.")
    expect(page.locator("[data-kept-text]")).to_have_count(0)
    assert re.search(r"#comment-[0-9a-f-]{36}$", page.url)
