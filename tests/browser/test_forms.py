"""A form on a phone, by keyboard alone: filled in, saved, come back to, sent; and the next form knows the answers."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import focused, tab_to

_OVER = "() => document.documentElement.scrollWidth - window.innerWidth"


def type_into(page: Page, name: str, text: str) -> None:
    """Go on by Tab to the question with this key, and type."""
    for _press in range(40):
        if page.evaluate("() => document.activeElement.name || ''") == f"q-{name}":
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}; the focus is on {focused(page)!r}")


@pytest.fixture
def addresses(demo: Stack, people) -> tuple[str, str, str, str]:
    """The champion, her account, and two forms of her plan; what the first waits for is done."""
    plan = live_plan(demo, people, "Fieldstone Prints")
    plan_id = plan.path.split("/")[2]
    demo.sql(
        "UPDATE plans_task SET completed_at = now() WHERE key IN ('send-welcome', 'connect-crm') AND plan_id = %s",
        plan_id,
    )
    ((account,),) = demo.sql("SELECT account_id FROM plans_plan WHERE id = %s", plan_id)
    first, second = (
        f"{plan.path}tasks/{demo.sql('SELECT id FROM plans_task WHERE key = %s AND plan_id = %s', key, plan_id)[0][0]}/"
        for key in ("choose-workflow", "answer-two-questions")
    )
    return plan.champion, f"/accounts/{account}/", first, second


def test_a_form_without_a_mouse(addresses, people, look) -> None:
    champion, account, first, second = addresses
    found: list[str] = []

    def judge(page: Page, name: str) -> None:
        found.extend(check(page, name))
        assert page.evaluate(_OVER) <= 0, name
        look(page, f"form-{name}-390")

    page = people.enter(champion, width=390)
    page.goto(first)
    judge(page, "empty")
    # Sent too early: the first question that lacks an answer has the focus, and what was typed stays.
    type_into(page, "approver", "Nora")
    page.keyboard.press("Enter")
    panel = page.locator("article.panel")
    expect(panel.get_by_text("Answer this question.")).to_have_count(2)
    judge(page, "wrong")
    expect(panel.get_by_label("Who approves?")).to_have_value("Nora")

    tab_to(page, "^Save for later$")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("Saved: Choose a ready-made workflow.")
    page.goto(first)
    expect(panel.get_by_label("Who approves?")).to_have_value("Nora")
    expect(panel.get_by_text("Answered by Nora")).to_be_visible()
    page.get_by_label("One approver for every quote").focus()
    page.keyboard.press("Space")
    type_into(page, "stand-in", "Ben 🎉")
    tab_to(page, "^Send the answers$")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("Done by Nora")).to_be_visible()
    expect(panel.locator("dd", has_text="Ben 🎉")).to_be_visible()
    judge(page, "sent")

    page.goto(second)
    expect(panel.get_by_label("Who approves?")).to_have_value("Nora")
    expect(panel.get_by_text("2 answers are known already.")).to_be_visible()
    judge(page, "known")
    tab_to(page, "^Still right$")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("Confirmed by Nora")).to_have_count(2)
    expect(panel.get_by_text("known already")).to_have_count(0)

    page.goto(account)
    tab_to(page, "^What the account has told in forms$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Answers")
    judge(page, "facts")
    assert not found, "\n".join(found)
