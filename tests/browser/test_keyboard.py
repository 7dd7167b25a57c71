"""The champion's way with the keyboard alone: reached, seen, and the focus lands where a person expects it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.plans import live_plan
from tests.browser.stacks import Stack

_SEEN = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  // The link of a row puts its ring around the whole row.
  const ring = [null, "::after"].map((part) => getComputedStyle(it, part)).some(
    (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""

_STOP = f"""() => {{
  const it = document.activeElement;
  return [it === document.body || it.tabIndex < 0, (it.innerText || it.name || "").trim(), ({_SEEN})()];
}}"""


def _seen(page: Page) -> bool:
    """Chromium scrolls to what gets the focus some frames later."""
    for _frame in range(20):
        if page.evaluate(_SEEN):
            return True
        page.evaluate("() => new Promise((next) => requestAnimationFrame(next))")
    return False


def focused(page: Page) -> str:
    """The words of what has the focus."""
    return page.evaluate(
        "() => (document.activeElement.innerText || document.activeElement.name || '').trim()"
    )


def tab_to(page: Page, words: str, *, most: int = 60, key: str = "Tab") -> None:
    """Press Tab until the focus is on something with these words; each stop on the way has to be seen."""
    for _press in range(most):
        page.keyboard.press(key)
        passing, here, seen = page.evaluate(_STOP)
        if passing:
            continue  # Past the last one, or on what a swap has just focused; the next press goes on from there.
        assert seen or _seen(page), f"the focus cannot be seen on {here!r}"
        if re.search(words, here):
            return
    raise AssertionError(f"{most} presses of {key} do not reach {words!r}")


def test_the_first_task_without_a_mouse(demo: Stack, people, look) -> None:
    plan = live_plan(demo, people, "Keystone Letters")
    page = people.enter(plan.champion)
    page.goto(plan.path)

    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    look(page, "keyboard-skip-1280")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"

    title = "Say what should be faster in three months"
    tab_to(page, f"^{re.escape(title)}")
    page.keyboard.press("Enter")
    panel = page.locator("#turn-list article.panel")
    expect(panel).to_be_visible()
    # The focus is in what has opened, on its first words.
    expect(panel.locator("[data-focus]").first).to_be_focused()
    look(page, "keyboard-panel-1280")

    if panel.locator("details[id^=proof-]").get_attribute("open") is None:
        tab_to(page, "^Add evidence$")
        page.keyboard.press("Space")
    tab_to(page, "^note$")
    page.keyboard.type("Our three measures, agreed on Tuesday.")
    tab_to(page, "^Add evidence$")
    page.keyboard.press("Enter")
    expect(panel.locator(".proofs")).to_contain_text("agreed on Tuesday")
    expect(panel.locator(":focus")).to_have_count(1)
    expect(page.locator("#live")).to_contain_text("Evidence added")

    tab_to(page, "^Mark as done$")
    page.keyboard.press("Enter")
    done = panel.locator(".alert--ok")
    expect(done).to_be_focused()
    expect(page.locator("#live")).to_contain_text("Done:")

    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert title in focused(page), "closing gives the focus back to the row"


def test_a_refused_form_takes_the_focus_to_the_field(demo: Stack, people) -> None:
    plan = live_plan(demo, people, "Fieldstone Maps")
    page = people.enter(plan.champion)
    page.goto(plan.path)
    page.locator("#turn-list a").first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#turn-list article.panel")
    expect(panel.locator("[data-focus]").first).to_be_focused()
    tab_to(page, "^Something is in the way$")
    page.keyboard.press("Enter")
    tab_to(page, "^reason$")
    page.keyboard.type("   ")
    tab_to(page, "^Say that it is blocked$")
    page.keyboard.press("Enter")
    wrong = panel.get_by_label("What is in the way?")
    expect(wrong).to_be_focused()
    assert wrong.get_attribute("aria-invalid") == "true"
    assert panel.locator(f"#{wrong.get_attribute('aria-describedby').split()[-1]}").inner_text()
