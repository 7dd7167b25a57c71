"""Two people at the same moment, on real connections: one wins, the other is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from accounts.models import Contract, Event, Fact
from plans.models import Evidence, Plan, Task
from plans.services.evidence import accept_evidence, return_evidence
from plans.services.filling import fill_form
from plans.services.locking import Conflict
from plans.services.offering import prepare_options
from plans.services.renewal_windows import open_renewal
from plans.services.renewing import RenewalConflict, decide_renewal
from plans.services.working import block_task, complete_task
from tests.factories import EvidenceFactory, actor, make_live_plan, task_of
from tests.plans.asked import form_plan

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts) -> list[object]:
    """Run the acts in threads of their own, started together; the error of each, or None."""
    gate = Barrier(len(acts))

    def run(act) -> object:
        try:
            gate.wait(timeout=10)
            act()
        except (Conflict, RenewalConflict, ValidationError) as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_complete_the_same_task(plan, champion, sponsor):
    task = task_of(plan, 1)
    ends = at_once(
        *(
            lambda person=person: complete_task(by=actor(person, plan), task=task, version=1)
            for person in (champion, sponsor)
        )
    )
    (lost,) = [end for end in ends if end]
    winner = task_of(plan, 1).completed_by
    assert isinstance(lost, Conflict)
    assert lost.latest.actor_id == winner.pk
    assert winner == (champion if ends[0] is None else sponsor)
    assert Event.objects.filter(verb="task.completed").count() == 1
    assert Plan.objects.get(pk=plan.pk).tasks_done == 1


def test_one_completes_and_one_blocks(plan, champion, sponsor):
    task = task_of(plan, 1)
    ends = at_once(
        lambda: complete_task(by=actor(champion, plan), task=task, version=1),
        lambda: block_task(by=actor(sponsor, plan), task=task, version=1, reason="No VPN"),
    )
    assert [type(end) for end in ends if end] == [Conflict]
    now = task_of(plan, 1)
    assert (now.completed_at is None) != (now.blocked_at is None)
    assert now.version == 2


def test_one_accepts_and_one_returns(plan, champion, csm, admin):
    proof = EvidenceFactory(task=task_of(plan, 1), claimed_by=champion)
    ends = at_once(
        lambda: accept_evidence(by=actor(csm, plan), evidence=proof),
        lambda: return_evidence(by=actor(admin, plan), evidence=proof, reason="Too dark"),
    )
    assert [type(end) for end in ends if end] == [ValidationError]
    assert Evidence.objects.get().state in ("accepted", "returned")
    assert Event.objects.filter(verb__in=["evidence.accepted", "evidence.returned"]).count() == 1


def test_two_send_the_same_form(account, owners, champion, sponsor):
    """The answers of one of them stand, all of them."""
    plan = form_plan(account=account, owners=owners)
    task = task_of(plan, 3)
    ends = at_once(
        *(
            lambda person=person: fill_form(
                by=actor(person, plan), task=task, version=1, complete=True,
                answers={"product-name": person.name, "seats": 5, "budget": 9},
            )
            for person in (champion, sponsor)
        )
    )  # fmt: skip
    assert [type(end) for end in ends if end] == [Conflict]
    winner = task_of(plan, 3).completed_by
    facts = Fact.objects.filter(account=account)
    assert {fact.said_by for fact in facts} == {winner}
    assert facts.count() == 3
    assert facts.get(key="product-name").value == winner.name


def test_many_complete_many_tasks_and_every_count_is_right(account, owners, champion, csm):
    plan = make_live_plan(account=account, owners=owners, tasks=12)
    tasks = list(Task.objects.filter(plan=plan))
    before = Plan.objects.get(pk=plan.pk).revision
    people = {"customer": champion, "vendor": csm}
    ends = at_once(
        *(
            lambda task=task: complete_task(by=actor(people[task.side], plan), task=task, version=1)
            for task in tasks
        )
    )
    assert ends == [None] * 12
    plan.refresh_from_db()
    assert (plan.tasks_done, plan.progress_percent, plan.revision) == (12, 100, before + 12)
    assert plan.milestones.filter(reached_at__isnull=True).count() == 0
    assert Event.objects.filter(verb="milestone.reached").count() == 2


def test_two_decide_the_same_renewal(plan, csm, admin):
    contract = Contract.objects.create(
        account=plan.account, starts_on=plan.kickoff_on, ends_on=plan.ends_on, arr=100, currency="EUR"
    )
    renewal = open_renewal(plan.pk, contract.pk)
    prepare_options(renewal=renewal)
    same = renewal.options.get(kind="same")
    ends = at_once(
        lambda: decide_renewal(
            by=actor(csm, plan), renewal=renewal, version=1, decision="renewed", option=same
        ),
        lambda: decide_renewal(
            by=actor(admin, plan), renewal=renewal, version=1, decision="lost", reason="Merged."
        ),
    )
    assert [type(end) for end in ends if end] == [RenewalConflict]
    assert Event.objects.filter(verb="renewal.decided").count() == 1
    assert Contract.objects.filter(renews=contract).count() == (ends[0] is None)
