"""Fill an empty portal with the demo's accounts. Running it again adds nothing that is there."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Deal, OutgoingMail, User
from accounts.permissions import actor_on
from plans.intake.applying import apply_facts
from plans.services.going_live import make_live
from plans.services.notifying import notify_plan
from portal.demo import history
from portal.demo.contracts import put_amendment, put_contract
from portal.demo.costs import put_cohort, put_costs
from portal.demo.deals import STORIES, Story
from portal.demo.people import ADMIN, VENDOR, Entry, put_connections, put_vendor_people
from portal.demo.renewals import put_renewals
from portal.demo.usage import put_usage
from portal.lib import clock


def seed() -> list[Entry]:
    """Make what is missing and say who can enter."""
    people = put_vendor_people()
    put_connections()
    for story in STORIES:
        if not Deal.objects.filter(source="manual", external_id=story.key).exists():
            _tell(story, people[story.csm])
    put_cohort(people[ADMIN], timezone.now().date())
    put_renewals()
    entries = [Entry(email, f"{name}, {role} at the vendor") for email, name, role in VENDOR]
    for story in STORIES:
        if story.live:
            entries += [Entry(c.email, f"{c.name}, {c.title}, {story.account.name}") for c in story.contacts]
    return entries


@transaction.atomic
def _tell(story: Story, csm: User) -> None:
    now = timezone.now()
    closed = now - timedelta(days=story.days_ago)
    with clock.as_of(closed):
        applied = apply_facts(story.facts(closed.date()), source="manual")
    if applied is None:
        return
    by = actor_on(csm, applied.account.pk)
    with clock.as_of(closed + timedelta(hours=1)):
        put_contract(applied.account, story.key, by=by, plan_id=applied.plan.pk)
    if not story.live:
        return
    plan = applied.plan
    plan.refresh_from_db()
    if not plan.live_at:
        with clock.as_of(closed + timedelta(days=1)):
            plan = make_live(plan=plan, by=by)
    history.let_people_in(plan.account, (closed + timedelta(days=2)).date())
    history.work_through(plan, story, csm)
    put_usage(plan.account, story.key, closed.date())
    put_costs(plan.account, story.key, csm)
    put_amendment(plan.account, story.key, by=by, plan_id=plan.pk)
    # What is new to people stands in their inbox at once; the sweep would take a moment.
    notify_plan(plan.pk)
    # Old news: these people have long read it, and a newcomer's mailbox should begin empty.
    OutgoingMail.objects.filter(account=plan.account, sent_at__isnull=True).update(
        sent_at=now, text="", html=""
    )


def entry_sheet(entries: list[Entry]) -> str:
    """How to enter, as text for the terminal and for the demo page."""
    width = max(len(entry.email) for entry in entries)
    lines = [f"  {entry.email:<{width}}  {entry.who}" for entry in entries]
    first = "Enter with one of these addresses; the code comes by mail:"
    return "\n".join([first, *lines, ""])


def write_entry_sheet(entries: list[Entry]) -> None:
    (settings.VAR_DIR / "demo-people.txt").write_text(entry_sheet(entries), encoding="utf-8")
