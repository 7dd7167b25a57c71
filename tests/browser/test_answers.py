"""A contributor answers from a mail: on a phone, with the keyboard alone, without ever signing in."""

import re

from playwright.sync_api import Page, expect

from tests.browser.people import link_in
from tests.browser.plans import LivePlan, live_plan
from tests.browser.stacks import Stack, text_of
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to


def tasks_of(stack: Stack, plan: LivePlan) -> list[tuple[str, str]]:
    """The champion's tasks, title and path: first those that one press completes."""
    plan_id = plan.path.strip("/").rpartition("/")[2]
    return [
        (title, f"{plan.path}tasks/{task}/")
        for title, task in stack.sql(
            "SELECT t.title, t.id FROM plans_task t JOIN accounts_user u ON u.id = t.owner_id "
            "WHERE t.plan_id = %s AND u.email = %s AND t.completed_at IS NULL ORDER BY t.evidence_need <> 'none' "
            "OR t.form <> '[]' OR EXISTS (SELECT 1 FROM plans_dependency d WHERE d.task_id = t.id), t.position",
            plan_id,
            plan.champion,
        )
    ]


def pass_on(page: Page, task: str, colleague: str) -> None:
    page.goto(task)
    tab_to(page, "^Not me$")
    page.keyboard.press("Enter")
    tab_to(page, "^email$")
    page.keyboard.type(colleague)
    tab_to(page, "^reason$")
    page.keyboard.type("It is your network.")
    tab_to(page, "^Pass it on$")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("Passed on")


def answer_link(stack: Stack, colleague: str, title: str) -> str:
    mail = text_of(stack.wait_for_mail(colleague, f"Your turn: {title}"))
    found = re.search(rf"{re.escape(stack.origin)}/answer/\S+", mail)
    assert found, mail
    return found[0]


def answer(page: Page, words: str, typed: dict[str, str], button: str) -> None:
    tab_to(page, f"^{words}$")
    page.keyboard.press("Enter")
    for field, text in typed.items():
        tab_to(page, f"^{field}$")
        page.keyboard.type(text)
    tab_to(page, f"^{button}$")
    page.keyboard.press("Enter")


def test_a_contributor_answers_from_a_mail(demo: Stack, people, open_browser, look) -> None:
    plan = live_plan(demo, people, "Harbourlight Books")
    kai = f"kai@{plan.champion.partition('@')[2]}"
    champion = people.enter(plan.champion)
    (second, second_path), (first, first_path) = tasks_of(demo, plan)[:2]
    for path in (first_path, second_path):
        pass_on(champion, path, kai)
    assert link_in(demo, kai, "invites you")

    page = open_browser(demo, width=390).new_page()
    found: list[str] = []

    def judge(name: str) -> None:
        look(page, f"answer-{name}-390")
        found.extend(check(page, name))

    page.goto(answer_link(demo, kai, first))
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    judge("page")
    answer(
        page,
        "I need more time",
        {"proposed_on": "01022020", "reason": "The router comes late."},
        "Ask for this day",
    )
    wrong = page.get_by_label("Until when?")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What takes longer?")).to_have_value("The router comes late.")
    judge("refused")
    ((day,),) = demo.sql("SELECT to_char(current_date + 9, 'MMDDYYYY')")
    expect(wrong).to_be_focused()
    page.keyboard.type(day)
    tab_to(page, "^Ask for this day$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"You asked for “{first}” until")
    judge("until")

    page.goto(answer_link(demo, kai, first))
    answer(page, "Something is in the way", {"reason": "No key to the room."}, "Say that it is blocked")
    expect(page.get_by_role("heading", level=1)).to_contain_text("is blocked")
    judge("blocked")

    page.goto(answer_link(demo, kai, second))
    tab_to(page, "^It is done$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("is done")
    judge("done")
    page.goto(answer_link(demo, kai, second))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has ended")
    judge("ended")

    page.goto(plan.path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert not [one for one in page.context.cookies() if one["name"] == "sessionid"]
    champion.goto(first_path)
    expect(champion.locator("article.panel")).to_contain_text("No key to the room.")
    assert not found, "\n".join(found)


def test_a_plan_through_other_eyes(demo: Stack, people, look, complaints) -> None:
    plan = live_plan(demo, people, "Lanternfield Seeds")
    page = people.enter(plan.csm, width=390)
    page.goto(plan.path)
    tab_to(page, "^See this plan as somebody else$", most=200)
    page.keyboard.press("Enter")
    tab_to(page, "^See it$")
    page.keyboard.press("Enter")
    band = page.locator("aside.viewing")
    expect(band).to_contain_text("Nothing can be changed")
    look(page, "view-as-390")
    found = check(page, "view as")
    page.locator("#turn-list a").first.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#turn-list article.panel")
    expect(panel).to_be_visible()
    with page.expect_response(lambda response: response.status == 403):
        panel.get_by_text("Something is in the way").click()
        panel.get_by_label("What is in the way?").fill("I may not")
        panel.get_by_role("button", name="Say that it is blocked").click()
    expect(page.locator("#live")).to_contain_text("That did not work")
    # htmx says the refusal on the console.
    complaints[:] = [one for one in complaints if "Status Error Code 403" not in one]
    page.goto(plan.path)
    tab_to(page, "^Stop$")
    page.keyboard.press("Enter")
    expect(band).to_have_count(0)
    assert page.url.endswith(plan.path)
    assert not found, "\n".join(found)
