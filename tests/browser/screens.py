"""Every screen that the demo has, and who looks at it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.core import signing
from django.core.signing import TimestampSigner
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Page, expect

from accounts.services.unsubscribing import SALT
from tests.browser.people import ADMIN, CHAMPION, CSM, EXECUTIVE, LATE_CHAMPION, SPONSOR
from tests.browser.stacks import Stack

NOBODY = ""
WHO = {
    NOBODY: "anybody", ADMIN: "admin", CSM: "csm", EXECUTIVE: "executive", SPONSOR: "sponsor",
    CHAMPION: "champion", LATE_CHAMPION: "late-champion",
}  # fmt: skip
CUSTOMERS = (SPONSOR, CHAMPION, LATE_CHAMPION)
_FIXED = {
    NOBODY: ["/sign-in/", "/check/", "/demo/", "/demo/mail/", "/nothing-here/"],
    ADMIN: ["/", "/portfolio/", "/accounts/", "/people/", "/connections/", "/deliveries/", "/editions/",
            "/editions/new/", "/editions/new/?kind=packet", "/deals/new/", "/cohorts/", "/usage/feeds/", "/company/"],
    CSM: ["/", "/?show=late", "/accounts/", "/deals/new/", "/editions/", "/settings/", "/inbox/", "/usage/",
          "/security/"],
    EXECUTIVE: ["/", "/editions/"],
    SPONSOR: ["/"],
    CHAMPION: ["/", "/people/", "/settings/", "/inbox/"],
    LATE_CHAMPION: ["/"],
}  # fmt: skip


def addresses(stack: Stack, who: str) -> list[str]:
    """The paths that this person is shown, other people's forbidden ones (403, 404) among them."""
    late, good = _at(stack, "Halden Components"), _at(stack, "Aldergate Insurance")
    ending = _at(stack, "Marlow Print Works")
    if who == NOBODY:
        return [*_FIXED[who], *_from_mails(stack)]
    seen = {
        CSM: [*good.values(), late["plan"], late["account"], late["turn"], _at(stack, "Orrin Robotics")["plan"],
              "/renewals/?all", ending["renewal"], ending["values"]],
        EXECUTIVE: [late["plan"], late["account"], good["win"], good["signoff"]],
        SPONSOR: [good[name] for name in ("plan", "account", "contract", "facts", "scoreboard", "signoff", "asking",
                                          "timeline", "turn", "renewal", "values", "usage", "security")],
        CHAMPION: [good[name] for name in ("plan", "account", "closed", "milestone", "signoff", "dates", "why",
                                           "meetings", "meeting", "adding", "form", "objective", "talk", "win",
                                           "timeline")] + [late["plan"], late["account"]],
        LATE_CHAMPION: [late[name] for name in ("plan", "account", "turn", "stage", "form", "meetings", "facts")],
    }  # fmt: skip
    return [*_FIXED[who], *seen.get(who, [])]


def _at(stack: Stack, name: str) -> dict[str, str]:
    """Every screen of this account and its plan."""
    ((plan, account, closed, stage, milestone, signoff, objective, win, meeting, form, task),) = stack.sql(
        """
        SELECT p.id, a.id,
          (SELECT id FROM plans_stage WHERE plan_id = p.id AND closed_at IS NOT NULL ORDER BY position LIMIT 1),
          (SELECT id FROM plans_stage WHERE plan_id = p.id AND closed_at IS NULL ORDER BY position LIMIT 1),
          (SELECT id FROM plans_milestone WHERE plan_id = p.id ORDER BY position LIMIT 1),
          (SELECT id FROM plans_signoff WHERE plan_id = p.id ORDER BY id LIMIT 1),
          (SELECT o.id FROM plans_objective o WHERE o.plan_id = p.id ORDER BY
            NOT EXISTS (SELECT 1 FROM plans_measurement WHERE objective_id = o.id), o.position LIMIT 1),
          (SELECT id FROM plans_win WHERE plan_id = p.id ORDER BY id LIMIT 1),
          (SELECT id FROM plans_meeting WHERE plan_id = p.id AND kind = 'kickoff'),
          (SELECT id FROM plans_task WHERE plan_id = p.id AND form <> '[]'
            ORDER BY completed_at IS NOT NULL, position LIMIT 1),
          (SELECT id FROM plans_task WHERE plan_id = p.id AND completed_at IS NULL ORDER BY due_on, position LIMIT 1)
        FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id WHERE a.name = %s
        """,
        name,
    )
    parts = {
        "plan": "", "turn": "turn/", "dates": "dates/", "timeline": "timeline/", "adding": "tasks/new/",
        "meetings": "meetings/", "planning": "meetings/new/", "meeting": meeting and f"meetings/{meeting}/",
        "stage": f"stages/{stage}/", "closed": closed and f"stages/{closed}/",
        "milestone": f"milestones/{milestone}/", "milestone-why": f"milestones/{milestone}/why/",
        "signoffs": "signoffs/", "asking": "signoffs/new/", "signoff": signoff and f"signoffs/{signoff}/",
        "objective": f"objectives/{objective}/", "talk": f"talk/objective/{objective}/",
        "renewal": "renewal/", "values": "values/",
        "win": win and f"wins/{win}/", "form": f"tasks/{form}/", "why": f"tasks/{task}/why/",
    }  # fmt: skip
    found = {key: f"/plans/{plan}/{part}" for key, part in parts.items() if part is not None}
    pages = {
        "account": "", "facts": "facts/", "scoreboard": "scoreboard/", "usage": "usage/", "security": "security/",
    }  # fmt: skip
    ((contract,),) = stack.sql(
        "SELECT id FROM accounts_contract WHERE account_id = %s ORDER BY starts_on DESC LIMIT 1", account
    )
    found |= {
        "contract": f"/accounts/{account}/contracts/{contract}/",
        "costs": f"/accounts/{account}/costs/",
        "roi": f"/accounts/{account}/roi/",
    }
    return found | {key: f"/accounts/{account}/{part}" for key, part in pages.items()}


def _from_mails(stack: Stack) -> list[str]:
    """What the links of mails open: an answer for an open task, one for a task that is done, fewer mails."""
    key = (Path(stack.environment["PORTAL_VAR_DIR"]) / "secret_key").read_text()
    tasks = stack.sql(
        "SELECT DISTINCT ON (t.completed_at IS NULL) t.id, u.id FROM plans_task t "
        "JOIN accounts_user u ON u.id = t.owner_id WHERE u.email = %s ORDER BY t.completed_at IS NULL, t.position",
        LATE_CHAMPION,
    )
    assert len(tasks) == 2
    answers = TimestampSigner(key=key, salt="plans.answer", sep=".")
    links = [answers.sign(urlsafe_base64_encode(task.bytes + person.bytes)) for task, person in tasks]
    fewer = signing.dumps([tasks[0][1].hex, "weekly"], key=key, salt=SALT)
    return [*(f"/answer/{link}/" for link in links), f"/unsubscribe/{fewer}/"]


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
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[aria-invalid=true]")).to_have_value("Mars/Base")
    yield "settings-wrong"
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_label("Private address")).to_have_count(0)


def opened_tasks(page: Page, plan: str) -> Iterator[str]:
    """A task open in place, with all folds open."""
    page.goto(plan)
    row = page.locator("#spine details[open] .tasks > li").last
    row.get_by_role("link").first.click()
    expect(row.locator("article.panel")).to_be_visible()
    _unfold(page)
    yield "task-open"


def _unfold(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('main details').forEach(it => { it.open = true; })")


def acts(stack: Stack, page: Page) -> Iterator[str]:
    """What a success manager sees between a question and its answer."""
    plan = _at(stack, "Aldergate Insurance")["plan"]
    ((task,),) = stack.sql(
        "SELECT t.id FROM plans_task t JOIN plans_dependency d ON d.waits_for_id = t.id "
        "JOIN plans_task s ON s.id = d.task_id AND s.completed_at IS NULL "
        "WHERE t.plan_id = %s AND t.completed_at IS NULL ORDER BY s.due_on - t.due_on, t.position LIMIT 1",
        plan.split("/")[2],
    )
    page.goto(f"{plan}tasks/{task}/")
    _unfold(page)
    yield "task-page"
    form = page.locator("form", has=page.get_by_label("Why does it move?"))
    form.get_by_label("New date").fill(_weekday(90).isoformat())
    form.get_by_label("Why does it move?").fill("The data centre is closed.")
    form.get_by_role("button", name="Change the date").click()
    expect(page.locator(".preview")).to_be_visible()
    yield "move-preview"
    page.goto(plan)
    page.locator("summary", has_text="See this plan as somebody else").click()
    page.get_by_role("button", name="See it").click()
    expect(page.locator("aside.viewing")).to_be_visible()
    yield "view-as"
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("aside.viewing")).to_have_count(0)


def _weekday(days: int) -> date:
    """A Wednesday about so many days ahead."""
    day = date.today() + timedelta(days=days)
    return day + timedelta(days=(2 - day.weekday()) % 7)
