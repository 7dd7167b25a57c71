"""Every screen that the demo has, and who looks at it."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN, CHAMPION, CSM, EXECUTIVE, LATE_CHAMPION, SPONSOR
from tests.browser.stacks import Stack

NOBODY = ""
WHO = {
    NOBODY: "anybody", ADMIN: "admin", CSM: "csm", EXECUTIVE: "executive", SPONSOR: "sponsor",
    CHAMPION: "champion", LATE_CHAMPION: "late-champion",
}  # fmt: skip
_FIXED = {
    NOBODY: ["/sign-in/", "/check/", "/demo/", "/demo/mail/", "/nothing-here/"],
    ADMIN: ["/", "/portfolio/", "/accounts/", "/people/", "/connections/", "/deliveries/", "/editions/",
            "/editions/new/", "/deals/new/"],
    CSM: ["/", "/?show=late", "/accounts/", "/deals/new/", "/editions/", "/settings/", "/inbox/"],
    EXECUTIVE: ["/", "/editions/"],
    SPONSOR: ["/"],
    CHAMPION: ["/", "/people/", "/settings/", "/inbox/"],
    LATE_CHAMPION: ["/"],
}  # fmt: skip


def addresses(stack: Stack, who: str) -> list[str]:
    """The paths that this person is shown, other people's forbidden ones (403, 404) among them."""
    found = list(_FIXED[who])
    plans = {
        name: (f"/plans/{plan}/", f"/accounts/{account}/")
        for name, plan, account in stack.sql(
            "SELECT a.name, p.id, a.id FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id "
            "WHERE a.name IN ('Aldergate Insurance', 'Halden Components', 'Orrin Robotics')"
        )
    }
    seen = {
        CSM: ["Aldergate Insurance", "Halden Components", "Orrin Robotics"],
        EXECUTIVE: ["Halden Components"],
        SPONSOR: ["Aldergate Insurance"],
        CHAMPION: ["Aldergate Insurance", "Halden Components"],
        LATE_CHAMPION: ["Halden Components"],
    }
    for name in seen.get(who, []):
        found += plans[name]
    if who in (CSM, LATE_CHAMPION):
        found.append(f"{plans['Halden Components'][0]}turn/")
    if who in (CSM, SPONSOR):
        found.append(f"{plans['Aldergate Insurance'][1]}facts/")
    if who in (CSM, SPONSOR):
        found += _gates(stack, plans["Aldergate Insurance"][0])
    if who in (CSM, CHAMPION):
        found.append(f"{plans['Aldergate Insurance'][0]}dates/")
        found += [
            f"{plans['Aldergate Insurance'][0]}{page}"
            for page in ("meetings/", "tasks/new/", _kickoff(stack))
        ]
        ((objective,),) = stack.sql(
            "SELECT o.id FROM plans_objective o JOIN plans_measurement m ON m.objective_id = o.id "
            "JOIN plans_plan p ON p.id = o.plan_id JOIN accounts_account a ON a.id = p.account_id "
            "WHERE a.name = 'Aldergate Insurance' ORDER BY o.id LIMIT 1"
        )
        found.append(f"{plans['Aldergate Insurance'][0]}objectives/{objective}/")
        found.append(f"{plans['Aldergate Insurance'][0]}talk/objective/{objective}/")
    return found


def _gates(stack: Stack, plan: str) -> list[str]:
    """A stage that is closed and one that runs, a milestone, a sign-off, and how one is asked for."""
    plan_id = plan.split("/")[2]
    ((closed, running, milestone, signoff),) = stack.sql(
        "SELECT (SELECT id FROM plans_stage WHERE plan_id = p.id AND closed_at IS NOT NULL LIMIT 1), "
        "(SELECT id FROM plans_stage WHERE plan_id = p.id AND closed_at IS NULL ORDER BY position LIMIT 1), "
        "(SELECT id FROM plans_milestone WHERE plan_id = p.id ORDER BY position LIMIT 1), "
        "(SELECT id FROM plans_signoff WHERE plan_id = p.id LIMIT 1) FROM plans_plan p WHERE p.id = %s",
        plan_id,
    )
    found = [f"{plan}stages/{closed}/", f"{plan}stages/{running}/", f"{plan}milestones/{milestone}/"]
    return [*found, f"{plan}signoffs/", f"{plan}signoffs/new/", f"{plan}signoffs/{signoff}/"]


def _kickoff(stack: Stack) -> str:
    ((meeting,),) = stack.sql(
        "SELECT m.id FROM plans_meeting m JOIN accounts_account a ON a.id = m.account_id "
        "WHERE a.name = 'Aldergate Insurance' AND m.kind = 'kickoff'"
    )
    return f"meetings/{meeting}/"


def wrong_forms(page: Page, who: str) -> Iterator[str]:
    """Sends forms with mistakes, one after the other, and yields where the page shows them."""
    if who == NOBODY:
        page.goto("/check/")
        page.get_by_label("Or its SHA-256 digest").fill("not a digest")
        page.get_by_role("button", name="Check").click()
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        yield "check-wrong"
    if who == ADMIN:
        page.goto("/deals/new/")
        page.evaluate("() => document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
        page.get_by_role("button", name="Make the plan").click()
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        yield "deal-wrong"
    if who == CHAMPION:
        yield from _own_address(page)


def _own_address(page: Page) -> Iterator[str]:
    """The settings while they show the address of a calendar."""
    page.goto("/settings/")
    page.get_by_role("button", name="Make a calendar address").click()
    expect(page.get_by_label("Private address")).to_have_value(re.compile(r"^http.+/calendar/.{43}\.ics$"))
    yield "settings-address"
    page.get_by_label("Time zone").fill("Mars/Base")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[aria-invalid=true]")).to_have_value("Mars/Base")
    yield "settings-wrong"
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_label("Private address")).to_have_count(0)


def opened_tasks(page: Page, plan: str) -> Iterator[str]:
    """Tasks open in place, as they come: done, under way, with all folds open."""
    page.goto(plan)
    row = page.locator("#spine details[open] .tasks > li").last
    row.get_by_role("link").first.click()
    expect(row.locator("article.panel")).to_be_visible()
    page.evaluate(
        "() => document.querySelectorAll('article.panel details').forEach(it => { it.open = true; })"
    )
    yield "task-open"
