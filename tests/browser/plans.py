"""A plan of one's own for a test: a small deal that goes in through the webhook, live at once, champion joined."""

import json
from dataclasses import dataclass

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
    assert stack.send(json.dumps(deal).encode(), "webhook").startswith("200")
    champion = f"nora@{domain}"
    invitation = link_in(stack, champion, "invites you").removeprefix(stack.origin)
    path = people.post(champion, f"{invitation}accept/")
    assert path.startswith("/plans/"), path
    return LivePlan(path, champion, CSM)
