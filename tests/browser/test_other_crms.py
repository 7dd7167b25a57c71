"""A deal from Salesforce, one from a signed webhook, and one that lacks nearly everything."""

import re

import requests
from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN, CSM, People, link_in
from tests.browser.stacks import SAMPLES, Stack, text_of


def test_salesforce_makes_a_draft_that_the_owner_makes_live(demo: Stack, people: People) -> None:
    answer = demo.deliver("salesforce-outbound-one.xml", "salesforce")
    assert "<Ack>true</Ack>" in answer
    page = people.enter(CSM)
    open_plan(page, "Helvetia MedTech")
    expect(page.get_by_role("heading", name="A draft")).to_be_visible()
    assert not demo.mails_to("beatrice.keller@helvetia-medtech.example"), "nobody hears of a draft"
    page.get_by_role("button", name="Make the plan live").click()
    invitation = demo.wait_for_mail("beatrice.keller@helvetia-medtech.example", "invites you")
    assert "Mara Lindqvist" in invitation["Subject"]


def test_a_small_deal_by_webhook_needs_nobody(demo: Stack, people: People) -> None:
    """The playbook for small business goes live at once: the champion has her mail before anybody looked."""
    assert demo.deliver("generic-full.json", "webhook").startswith("200")
    link = link_in(demo, "nora@tidepool.example", "invites you")
    text = text_of(demo.wait_for_mail("nora@tidepool.example", "invites you"))
    assert "Tidepool Studio" in text
    page = people.enter("nora@tidepool.example", width=390)
    page.goto(link)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tidepool Studio")
    expect(page.locator(".badge--brand").first).to_have_text("Live")


def test_a_deal_without_company_and_contacts_says_what_is_missing(demo: Stack, people: People) -> None:
    demo.deliver("hubspot-event-no-company.json", "hubspot")
    page = people.enter(ADMIN)
    page.goto("/portfolio/?show=drafts")
    open_plan(page, "Inbound request", at="/portfolio/")
    missing = page.locator(".alert--due").get_by_role("listitem")
    expect(missing.filter(has_text=re.compile("needs? an owner")).first).to_be_visible()
    expect(page.locator(".alert--due")).to_contain_text("company")
    expect(page.get_by_role("button", name="Make the plan live")).to_be_visible()


def test_a_forged_delivery_is_kept_and_shown_to_the_admin(demo: Stack, people: People) -> None:
    body = (SAMPLES / "generic-minimal.json").read_bytes()
    answer = requests.post(
        f"{demo.origin}/intake/webhook/deals",
        data=body,
        headers={"Content-Type": "application/json", "webhook-id": "msg_1", "webhook-timestamp": "1",
                 "webhook-signature": "v1,AAAA"},
        timeout=10,
    )  # fmt: skip
    assert answer.status_code == 401
    page = people.enter(ADMIN)
    page.goto("/deliveries/?show=refused")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_text("not believed")).to_be_visible()
    expect(page.get_by_role("button", name="Replay")).to_have_count(0)


def open_plan(page: Page, account: str, *, at: str = "/") -> None:
    """From a list of accounts; the worker needs a moment until the plan stands there."""
    page.goto(at)
    link = page.get_by_role("row", name=re.compile(account)).get_by_role("link", name=re.compile(account))
    for _second in range(40):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    link.first.click()
    expect(page.locator("#progress")).to_be_visible()
