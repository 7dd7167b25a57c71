"""Decisions that somebody waits for: of meetings, of proposed days, and which renewal option the customer prefers."""

from django.urls import reverse

from plans.models import DateProposal, Decision, Plan, Renewal
from reports.review.snapshot import Wanted
from reports.snapshots import Side

READ = 50


def read_wanted(plan: Plan, portal_address: str) -> list[Wanted]:
    """Four queries. An option that was not offered yet is no question to the customer."""
    return [*_preference(plan), *_decisions(plan), *_proposals(plan, portal_address)]


def _decisions(plan: Plan) -> list[Wanted]:
    rows = Decision.objects.filter(
        plan=plan, decided_at__isnull=True, meeting__cancelled_at__isnull=True
    ).order_by("meeting__planned_on", "position", "id")
    return [Wanted(kind="decision", title=one.text) for one in rows[:READ]]


def _proposals(plan: Plan, portal_address: str) -> list[Wanted]:
    rows = DateProposal.objects.waiting().filter(plan=plan, task__completed_at__isnull=True)
    return [
        Wanted(
            kind="proposal",
            title=one.task.title,
            by=str(one.proposed_by),
            side=Side(one.proposed_side),
            due_on=one.task.due_on,
            on=one.proposed_on,
            reason=one.reason,
            address=portal_address + reverse("task_detail", args=[one.plan_id, one.task_id]),
        )
        for one in rows.select_related("task", "proposed_by").order_by("proposed_at")[:READ]
    ]


def _preference(plan: Plan) -> list[Wanted]:
    renewals = Renewal.objects.open().filter(plan=plan, offered_at__isnull=False).select_related("contract")
    found = []
    for renewal in renewals.prefetch_related("options"):
        options = list(renewal.options.all())
        if options and not any(one.preferred_at for one in options):
            names = tuple(one.name for one in options)
            found.append(Wanted(kind="preference", on=renewal.contract.ends_on, options=names))
    return found
