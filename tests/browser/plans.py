"""A plan of one's own for a test: a small deal that goes in through the webhook, live at once, champion joined."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.browser.people import People, link_in
from tests.browser.stacks import SAMPLES, Stack

CSM = "diego.santos@vendor.example"


@dataclass(frozen=True)
class LivePlan:
    """Where it is, and who works on it."""

    path: str
    champion: str
    csm: str


def live_plan(stack: Stack, people: People, company: str) -> LivePlan:
    """Small business, from a playbook that goes live by itself. The champion comes in by her invitation."""
    slug = company.lower().replace(" ", "-")
    domain = f"{slug}.example"
    deal = json.loads((SAMPLES / "generic-full.json").read_text())
    deal["opportunity"] |= {"id": f"OPP-{slug}", "name": f"{company} – Starter"}
    deal["account"] |= {"id": f"ACC-{slug}", "name": company, "domain": domain}
    deal["idempotency_key"] = f"OPP-{slug}-won"
    for contact in deal["contacts"]:
        contact["email"] = f"{contact['email'].partition('@')[0]}@{domain}"
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(deal, file)
        file.flush()
        stack.deliver(Path(file.name), "webhook")
    champion = f"nora@{domain}"
    link = link_in(stack, champion, "invites you")
    page = people.enter(champion)
    page.goto(link)
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/plans/**")
    path = page.url.removeprefix(stack.origin)
    page.context.close()
    return LivePlan(path, champion, CSM)
