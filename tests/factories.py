"""What tests are made of. Plans come from the real service, out of a small playbook written here."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import factory
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.choices import Segment, StakeholderRole, Touch, VendorRole
from accounts.models import Account, Stakeholder, User
from accounts.permissions import Actor, actor_on
from plans.models import Evidence, Measurement, Objective, Plan, PlaybookVersion, Task, Win
from plans.playbook.schema import Playbook as PlaybookText
from plans.services.making import PlanOrder, make_plan
from plans.services.publishing import publish_playbook

MILESTONES = ("kickoff-held", "first-value")


class UserFactory(DjangoModelFactory):
    """A customer's person; `vendor_role` makes one of the vendor's."""

    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(lambda person: f"{person.name.lower().replace(' ', '.')}@example.com")


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Account {n}")
    domain = "example.com"
    allowed_domains = ["example.com"]
    segment = Segment.MID_MARKET
    touch = Touch.HIGH
    owner = factory.SubFactory(UserFactory, vendor_role=VendorRole.CSM)
    country = "DE"
    time_zone = "Europe/Berlin"
    source = "hand"


class StakeholderFactory(DjangoModelFactory):
    """Somebody who has come in; `joined_at=None` makes one who has not."""

    class Meta:
        model = Stakeholder

    account = factory.SubFactory(AccountFactory)
    user = factory.SubFactory(UserFactory)
    role = StakeholderRole.CHAMPION
    joined_at = factory.LazyFunction(timezone.now)


def playbook_text(
    tasks: int = 4,
    *,
    key: str = "small",
    evidence: Mapping[str, str] | None = None,
    waits: Mapping[str, Sequence[str]] | None = None,
    roles: Mapping[str, str] | None = None,
    **changes: Any,
) -> PlaybookText:
    """A playbook of `tasks` tasks named task-1 … in two milestones, the odd ones the customer's champion's.

    By task key: `evidence` (none, any, file, link), `waits` (the tasks that it waits for), `roles` (csm, champion,
    contributor). `changes` replace whole parts of the text.
    """
    return PlaybookText.model_validate(
        {
            "key": key,
            "name": "Small playbook",
            "version": 1,
            "summary": "Small.",
            "match": {},
            "go_live": "review",
            "meeting_cadence": "Every Monday.",
            "kickoff": {
                "lead_days": 2,
                "due": {"anchor": "kickoff"},
                "agenda": [{"title": "Who does what", "minutes": 20, "lead": "both"}],
            },
            "roles": [
                {"key": "csm", "name": "Success manager", "side": "vendor", "portal_role": "csm"},
                {"key": "champion", "name": "Champion", "side": "customer", "portal_role": "champion"},
                {"key": "contributor", "name": "Tester", "side": "customer", "portal_role": "contributor"},
            ],
            "stages": [
                {"key": "start", "name": "Start", "purpose": "To begin.", "owner": "csm"},
                {"key": "use", "name": "Use", "purpose": "To use it.", "owner": "champion"},
            ],
            "milestones": [
                _milestone("kickoff-held", "start", "Kickoff held"),
                _milestone("first-value", "use", "First value", first_value=True),
            ],
            "tasks": [_task(n, tasks, evidence or {}, waits or {}, roles or {}) for n in range(1, tasks + 1)],
            "objectives": [_objective()],
            **changes,
        }
    )


def publish(text: PlaybookText) -> PlaybookVersion:
    """The text as a published version."""
    return publish_playbook(text)[0]


def make_draft_plan(
    *,
    account: Account | None = None,
    owners: Mapping[str, User] | None = None,
    text: PlaybookText | None = None,
    kickoff_on: date | None = None,
    days: int = 180,
    **parts: Any,
) -> Plan:
    """A draft from `text`, or from `playbook_text(**parts)`. `owners` are people by role key.

    It began two weeks ago (so that early tasks are late) unless `kickoff_on` says otherwise, and runs `days` days.
    """
    text = text or playbook_text(**{"key": f"small-{PlaybookVersion.objects.count() + 1}", **parts})
    begins = kickoff_on or timezone.now().date() - timedelta(days=14)
    return make_plan(
        PlanOrder(
            account=account or AccountFactory(),
            version=publish(text),
            kickoff_on=begins,
            ends_on=begins + timedelta(days=days),
            reason="Chosen in a test.",
            owners={role: person.pk for role, person in (owners or {}).items()},
        )
    )


def make_live_plan(**order: Any) -> Plan:
    """As `make_draft_plan`, gone live without the mails of going live."""
    plan = make_draft_plan(**order)
    plan.tasks.update(baseline_on=F("due_on"))
    plan.milestones.update(baseline_on=F("due_on"))
    plan.live_at = timezone.now()
    plan.save(update_fields=["live_at"])
    return plan


def task_of(plan: Plan, number: int) -> Task:
    """The plan's task-`number`, fresh from the database."""
    return Task.objects.select_related("plan__account").get(plan=plan, key=f"task-{number}")


def actor(user: User, account: Account | Plan | UUID) -> Actor:
    """The person in the role that they have on the account (or on the plan's)."""
    if isinstance(account, Plan):
        account = account.account_id
    return actor_on(user, account.pk if isinstance(account, Account) else account)


class EvidenceFactory(DjangoModelFactory):
    """A note as proof of `task`, claimed by the task's side; give `claimed_by`."""

    class Meta:
        model = Evidence

    plan = factory.SelfAttribute("task.plan")
    account = factory.SelfAttribute("task.account")
    kind = "note"
    note = "It works."
    claimed_side = factory.SelfAttribute("task.side")


class MeasurementFactory(DjangoModelFactory):
    """A value of `objective`; give `claimed_by`."""

    class Meta:
        model = Measurement

    plan = factory.SelfAttribute("objective.plan")
    account = factory.SelfAttribute("objective.account")
    value = 40
    measured_on = factory.LazyFunction(lambda: timezone.now().date())
    claimed_side = factory.LazyAttribute(lambda measurement: measurement.claimed_by.side)


class WinFactory(DjangoModelFactory):
    """A win to confirm; of `objective`, or of a `milestone`."""

    class Meta:
        model = Win

    objective = None
    milestone = None
    plan = factory.LazyAttribute(lambda win: (win.objective or win.milestone).plan)
    account = factory.LazyAttribute(lambda win: win.plan.account)
    title = "Quotes are faster"
    reached_on = factory.LazyFunction(lambda: timezone.now().date())


def objective_of(plan: Plan) -> Objective:
    return Objective.objects.select_related("plan__account").get(plan=plan, key="faster")


def _milestone(key: str, stage: str, title: str, **more: Any) -> dict[str, Any]:
    due = {"anchor": "kickoff", "offset": 10 if stage == "start" else 60}
    return {"key": key, "stage": stage, "title": title, "goal": f"{title}, for sure.", "due": due, **more}


def _task(
    number: int,
    total: int,
    evidence: Mapping[str, str],
    waits: Mapping[str, Sequence[str]],
    roles: Mapping[str, str],
) -> dict[str, Any]:
    key = f"task-{number}"
    role = roles.get(key) or ("champion" if number % 2 else "csm")
    kind = evidence.get(key, "none")
    return {
        "key": key,
        "milestone": MILESTONES[number * 2 > total],
        "title": f"Task {number}",
        "side": "vendor" if role == "csm" else "customer",
        "role": role,
        "why": f"Why {number}.",
        "what": f"What {number}.",
        "desired_result": f"Result {number}.",
        "estimate_minutes": 30,
        "due": {"anchor": "kickoff", "offset": number},
        "evidence": {"kind": kind, "shows": "" if kind == "none" else f"Shows {number}."},
        "waits_for": list(waits.get(key, ())),
        "next_step": f"Next {number}.",
    }


def _objective() -> dict[str, Any]:
    return {
        "key": "faster",
        "title": "Quotes are faster",
        "metric": "Hours to a quote",
        "unit": "hours",
        "direction": "down",
        "baseline": "48",
        "target": "8",
        "due": {"anchor": "kickoff", "offset": 90},
        "stage": "use",
    }
