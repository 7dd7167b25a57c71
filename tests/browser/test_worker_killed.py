"""kill -9 to the worker in the middle: the demo starts another, and the sweeps of the beat find what it dropped."""

import psutil
from playwright.sync_api import expect

from portal.embedded.crm import DemoCrm
from tests.browser.people import CSM, EXECUTIVE
from tests.browser.stacks import Stack
from tests.processes import wait_for


def kill_worker(stack: Stack) -> None:
    """kill -9 for the worker and its children, by their ids."""
    supervisor = psutil.Process(stack.processes["demo"].pid)
    worker = next(child for child in supervisor.children() if "worker" in child.cmdline())
    family = [*worker.children(recursive=True), worker]
    for member in family:
        member.kill()
    psutil.wait_procs(family, timeout=10)


def test_in_the_middle_of_a_delivery(demo: Stack, people) -> None:
    """The CRM is slow, so the worker dies while it waits for the answer."""
    with DemoCrm() as crm:
        ((usual,),) = demo.sql("SELECT api_base FROM plans_connection WHERE name = 'hubspot'")
        demo.sql("UPDATE plans_connection SET api_base = %s WHERE name = 'hubspot'", crm.address)
        try:
            crm.mood.delay = 4.0
            demo.deliver("hubspot-event-generic.json", "hubspot")
            wait_for(lambda: crm.requests, what="the question to the CRM")
            kill_worker(demo)
            crm.mood.delay = 0.0
            state = (
                "SELECT processed_at IS NULL, attempts FROM plans_delivery ORDER BY received_at DESC LIMIT 1"
            )
            assert demo.sql(state) == [(True, 1)]
            # The lease of the dead worker runs out.
            demo.sql("UPDATE plans_delivery SET due_at = now() WHERE processed_at IS NULL AND attempts = 1")
            wait_for(lambda: demo.sql(state) == [(False, 2)], seconds=60, what="the sweep")
        finally:
            demo.sql("UPDATE plans_connection SET api_base = %s WHERE name = 'hubspot'", usual)
    plans = (
        "SELECT count(*) FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id WHERE a.name = %s"
    )
    assert demo.sql(plans, "Fjordline Analytics") == [(1,)]


def test_in_the_middle_of_a_recap(demo: Stack, people) -> None:
    """Whoever waits on its page sees it finish all the same, without reloading."""
    page = people.enter(CSM)
    page.goto("/editions/new/?kind=recap")
    choice = page.get_by_label("Plan")
    plan = choice.locator("option", has_text="Aldergate").get_attribute("value")
    choice.select_option(value=plan)
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_role("button", name="Make the document").click()
    kill_worker(demo)
    expect(page.locator(".steps")).to_be_visible()
    demo.sql("UPDATE reports_edition SET due_at = now() WHERE finished_at IS NULL AND failed_at IS NULL")
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible(timeout=75_000)
    code = page.locator(".mono").first.inner_text()

    reader = people.enter(EXECUTIVE)
    reader.goto("/check/")
    reader.get_by_label("Or the code in its foot").fill(code.lower())
    reader.get_by_role("button", name="Check").click()
    expect(reader.get_by_role("status").first).to_contain_text("The code of a document that was issued")
