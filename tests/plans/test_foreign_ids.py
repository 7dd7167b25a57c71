"""Ids typed into a form: those of another account, or of another plan, are refused in every field that takes one.

A case is a form, who may send it, the field, and what would be good there: the good id first shows that the form is
complete but for the foreign one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.test import Client
from django.utils import timezone

import plans.forms
from accounts.models import Contract, Event, Stakeholder, User
from plans.models import DateProposal, Milestone, Notification, Plan, Renewal, Stage, Task
from plans.services.knowing import standing_of
from plans.services.offering import prepare_options
from plans.services.proposing import propose_date
from plans.services.renewal_windows import open_renewal
from tests.factories import EvidenceFactory, WinFactory, actor, make_live_plan, objective_of, task_of

pytestmark = pytest.mark.django_db

QUESTIONS = [{"key": "who", "label": "Who?", "kind": "person", "required": True}]


@dataclass(frozen=True)
class House:
    """The plan that somebody acts on, and the people and plans that are none of its business."""

    plan: Plan
    sibling: Plan
    elsewhere: Plan
    people: dict[str, User]

    def url(self, rest: str) -> str:
        return f"/plans/{self.plan.pk}/{rest}"

    def task(self, number: int) -> str:
        return self.url(f"tasks/{task_of(self.plan, number).pk}/")

    def person(self, name: str) -> str:
        return str(self.people[name].pk)

    def others(self) -> list[Plan]:
        """Another plan of the same account, and one of another account."""
        return [self.sibling, self.elsewhere]

    @property
    def day(self) -> str:
        return max(self.plan.account.today(), date.today()).isoformat()


@pytest.fixture
def house(plan, account, other_account, owners, everybody, stranger, csm) -> House:
    sibling = make_live_plan(account=account, owners=owners)
    elsewhere = make_live_plan(account=other_account, owners={"champion": stranger, "csm": csm})
    plan.tasks.filter(key="task-3").update(form=QUESTIONS)
    people = {name: person for name, person in everybody.items() if person}
    return House(plan, sibling, elsewhere, people)


@dataclass(frozen=True)
class Case:
    """`good` and `foreign` are values of the field, `rest` what else the form needs."""

    name: str
    who: str
    url: Callable[[House], str]
    field: str
    good: Callable[[House], Any]
    foreign: Callable[[House], list[Any]]
    rest: Callable[[House], dict[str, Any]] = field(default=lambda house: {"version": 1})


def stranger_of(house: House) -> list[str]:
    return [house.person("stranger")]


def added(house: House) -> dict[str, Any]:
    return {
        "title": "More",
        "side": "customer",
        "due_on": house.day,
        "milestone": str(house.plan.milestones.get(key="first-value").pk),
    }


def milestones_of_others(house: House) -> list[str]:
    return [str(plan.milestones.get(key="first-value").pk) for plan in house.others()]


def tasks_of_others(house: House) -> list[str]:
    return [str(task_of(plan, 4).pk) for plan in house.others()]


def proposal_on(plan: Plan, by: User) -> str:
    """Of task 1, which is the champion's."""
    day = plan.ends_on
    propose_date(
        by=actor(by, plan),
        task=task_of(plan, 1),
        version=task_of(plan, 1).version,
        proposed_on=day,
        reason="Later",
    )
    return str(DateProposal.objects.get(plan=plan, answered_at=None).pk)


def proposals_of_others(house: House) -> list[str]:
    return [
        proposal_on(house.sibling, house.people["champion"]),
        proposal_on(house.elsewhere, house.people["stranger"]),
    ]


def meeting(house: House) -> str:
    return house.url(f"meetings/{house.plan.meetings.get().pk}/actions/")


def win(house: House) -> str:
    return house.url(f"wins/{WinFactory(objective=objective_of(house.plan)).pk}/words/")


def answers(house: House) -> dict[str, Any]:
    task = task_of(house.plan, 3)
    return {"version": task.version, "mark": standing_of(task).mark, "do": "send"}


def dated(house: House) -> dict[str, Any]:
    return {"version": 1, "reason": "It needs it.", "on_last_day": "on"}


def proof_on(plan: Plan) -> str:
    task = task_of(plan, 2)
    return str(EvidenceFactory(task=task, claimed_by=task.owner).pk)


def renewal_on(plan: Plan) -> Renewal:
    """With three options, made once."""
    found = Renewal.objects.filter(plan=plan).first()
    if found is None:
        contract = Contract.objects.create(
            account=plan.account, starts_on=plan.kickoff_on, ends_on=plan.ends_on, arr=100, currency="EUR"
        )
        found = open_renewal(plan.pk, contract.pk)
        prepare_options(renewal=found)
    return found


def option_on(plan: Plan) -> str:
    return str(renewal_on(plan).options.get(kind="same").pk)


def decided(house: House) -> dict[str, Any]:
    return {"version": renewal_on(house.plan).version, "decision": "renewed"}


CASES = [
    Case("reassign", "csm", lambda h: h.task(1) + "reassign/", "owner",
         lambda h: h.person("contributor"), stranger_of),
    Case("pass", "champion", lambda h: h.task(1) + "pass/", "to", lambda h: h.person("contributor"), stranger_of),
    Case("give a stage", "csm", lambda h: h.url(f"stages/{h.plan.stages.get(key='use').pk}/give/"), "owner",
         lambda h: h.person("contributor"), stranger_of, lambda h: {}),
    Case("ask to sign", "csm", lambda h: h.url("signoffs/new/"), "signers",
         lambda h: [h.person("csm"), h.person("champion")],
         lambda h: [[h.person("csm"), h.person("stranger")],
                    [h.person("csm"), h.person("champion"), h.person("stranger")]], lambda h: {}),
    Case("add a task, owner", "csm", lambda h: h.url("tasks/new/"), "owner",
         lambda h: h.person("champion"), stranger_of, added),
    Case("add a task, milestone", "csm", lambda h: h.url("tasks/new/"), "milestone",
         lambda h: added(h)["milestone"], milestones_of_others, added),
    Case("action item, owner", "champion", meeting, "owner",
         lambda h: h.person("champion"), stranger_of, added),
    Case("action item, milestone", "csm", meeting, "milestone",
         lambda h: added(h)["milestone"], milestones_of_others, added),
    Case("wait for", "csm", lambda h: h.task(3) + "wait/", "before",
         lambda h: str(task_of(h.plan, 2).pk), tasks_of_others, dated),
    Case("wait no longer for", "csm", lambda h: h.task(3) + "wait-no-longer/", "before",
         lambda h: None, tasks_of_others, dated),
    Case("answer a date", "csm", lambda h: h.task(1) + "answer-date/", "proposal",
         lambda h: proposal_on(h.plan, h.people["champion"]), proposals_of_others),
    Case("thank somebody", "csm", win, "credited", lambda h: [h.person("champion")],
         lambda h: [[h.person("stranger")], [h.person("champion"), h.person("stranger")]],
         lambda h: {"version": 1, "title": "Faster"}),
    Case("a person in a form", "champion", lambda h: h.task(3) + "form/", "q-who",
         lambda h: h.person("contributor"), stranger_of, answers),
    Case("what proves a number", "csm", lambda h: h.url(f"objectives/{objective_of(h.plan).pk}/measure/"), "evidence",
         lambda h: proof_on(h.plan), lambda h: [proof_on(plan) for plan in h.others()],
         lambda h: {"value": "7", "measured_on": h.plan.account.today()}),
    Case("decide a renewal", "csm", lambda h: h.url(f"renewals/{renewal_on(h.plan).pk}/decide/"), "option",
         lambda h: option_on(h.plan), lambda h: [option_on(plan) for plan in h.others()], decided),
]  # fmt: skip


def state() -> dict[str, Any]:
    """All that such a form could have changed, the number of lines in the history among it."""
    return {
        "tasks": sorted(map(str, Task.objects.values_list("pk", "owner", "due_on", "version", "milestone"))),
        "stages": sorted(map(str, Stage.objects.values_list("pk", "owner"))),
        "people": sorted(map(str, Stakeholder.objects.values_list("account", "user", "role"))),
        "proposals": sorted(map(str, DateProposal.objects.values_list("pk", "answered_at"))),
        "revisions": sorted(map(str, Plan.objects.values_list("pk", "revision"))),
        "events": Event.objects.count(),
    }


def rehearse(browser: Client, url: str, data: dict[str, Any]) -> int:
    """The status, with nothing left of what was done."""
    with transaction.atomic():
        status = browser.post(url, data).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_foreign_id_is_refused_and_changes_nothing(case: Case, house, enter):
    browser, url, rest = enter(house.people[case.who]), case.url(house), case.rest(house)
    good, foreign = case.good(house), case.foreign(house)
    if good is not None:
        # 409: what else would move has to be agreed to first, so the id itself was good.
        assert rehearse(browser, url, rest | {case.field: good}) in (302, 409)
    before = state()
    for value in foreign:
        assert browser.post(url, rest | {case.field: value}).status_code in (404, 422), value
    assert state() == before


def test_every_field_that_takes_an_id_has_a_case():
    found = set()
    for name in ["plans.forms", *(f"plans.forms.{one.name}" for one in iter_modules(plans.forms.__path__))]:
        for one in vars(import_module(name)).values():
            for field_name, made in getattr(one, "base_fields", {}).items():
                if isinstance(made, (forms.ModelChoiceField, forms.UUIDField)):
                    found.add(field_name)
    # Whose eyes to look through has tests of its own (test_view_as.py).
    assert {"owner", "proposal"} <= found
    assert found - {"stakeholder"} <= {case.field for case in CASES}


@pytest.mark.parametrize("what", ["milestone", "stage"])
def test_what_is_to_be_signed_is_of_this_plan(what, house, enter):
    browser = enter(house.people["csm"])
    data = {"signers": [house.person("csm"), house.person("champion")]}
    model = {"milestone": Milestone, "stage": Stage}[what]
    for plan in house.others():
        thing = model.objects.filter(plan=plan).first()
        url = house.url(f"signoffs/new/?{what}={thing.pk}")
        assert browser.get(url).status_code == 404
        assert browser.post(url, data).status_code == 404
    assert not house.plan.signoffs.exists()


def test_whoever_is_not_here_is_not_mentioned(house, enter):
    browser, task = enter(house.people["champion"]), task_of(house.plan, 1)
    browser.post(
        house.url(f"talk/task/{task.pk}/"), {"body": "@Stella Stranger and @Chloe Champion and @Ada Admin"}
    )
    assert [mention.person.name for mention in task.comments.get().mentions.all()] == ["Chloe Champion"]


def test_an_inbox_is_marked_read_as_far_as_ones_own_page_went(house, enter):
    """Somebody else's notification is no place to read up to, and stays unread itself."""
    theirs, own = (
        Notification.objects.create(
            account_id=house.plan.account_id, plan=house.plan, user=house.people[name], kind="your_turn",
            subject="Task", path="/",
        )
        for name in ("sponsor", "champion")
    )  # fmt: skip
    browser = enter(house.people["champion"])
    assert browser.post(f"/inbox/{theirs.pk}/read/").status_code == 404
    assert browser.post("/inbox/read/", {"until": theirs.pk}).status_code == 302
    theirs.refresh_from_db()
    own.refresh_from_db()
    assert theirs.read_at is None
    assert own.read_at is not None
    assert own.read_at <= timezone.now()


@pytest.mark.parametrize(
    ("page", "act", "field"),
    [("signoffs/new/", "signoffs/new/", "signers"), ("stages/{stage}/", "stages/{stage}/give/", "owner")],
)
def test_a_customer_is_offered_those_at_the_vendor_whom_they_meet(page, act, field, house, enter):
    """Not the list of all who work there; whoever works there sees it."""
    stage = house.plan.stages.get(key="use").pk
    page, act = house.url(page.format(stage=stage)), house.url(act.format(stage=stage))
    text = enter(house.people["champion"]).get(page).content.decode()
    assert ("Carla Csm" in text, "Ada Admin" in text) == (True, False)
    assert "Ada Admin" in enter(house.people["csm"]).get(page).content.decode()
    admin = house.person("admin")
    data = {field: [admin, house.person("champion")] if field == "signers" else admin}
    assert enter(house.people["champion"]).post(act, data).status_code == 422
    assert enter(house.people["csm"]).post(act, data).status_code == 302
