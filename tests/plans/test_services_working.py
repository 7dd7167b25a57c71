"""The rules of work: evidence first, predecessors first, one version at a time, counts that are a recount."""

import random
from contextlib import suppress
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.choices import Side
from accounts.models import Event
from plans.models import Evidence, Milestone, Plan, Task
from plans.services import evidence as proofs
from plans.services import working
from plans.services.counting import touch_plan
from plans.services.locking import Conflict
from tests.factories import EvidenceFactory, actor, make_live_plan, task_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(champion, account):
    return actor(champion, account)


@pytest.fixture
def vendor(csm, account):
    return actor(csm, account)


def verbs(plan) -> list[str]:
    return list(Event.objects.filter(plan_id=plan.pk).order_by("id").values_list("verb", flat=True))


class TestEvidenceRule:
    @pytest.fixture
    def plan(self, account, owners):
        return make_live_plan(account=account, owners=owners, evidence={"task-1": "any", "task-3": "file"})

    def test_a_task_that_needs_evidence_cannot_be_completed_without(self, plan, by):
        with pytest.raises(ValidationError, match="Add the evidence first: Shows 1"):
            working.complete_task(by=by, task=task_of(plan, 1), version=1)
        assert verbs(plan) == ["plan.made"]

    def test_any_kind_will_do_where_any_is_asked(self, plan, by):
        proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        assert task_of(plan, 1).completed_by == by.user

    def test_only_a_file_where_a_file_is_asked(self, plan, by, champion):
        EvidenceFactory(task=task_of(plan, 3), claimed_by=champion, kind="note")
        with pytest.raises(ValidationError):
            working.complete_task(by=by, task=task_of(plan, 3), version=1)
        EvidenceFactory(task=task_of(plan, 3), claimed_by=champion, kind="file")
        working.complete_task(by=by, task=task_of(plan, 3), version=1)

    def test_what_was_returned_no_longer_proves(self, plan, by, vendor):
        proof = proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        proofs.return_evidence(by=vendor, evidence=proof, reason="Too dark")
        with pytest.raises(ValidationError):
            working.complete_task(by=by, task=task_of(plan, 1), version=1)

    def test_returning_the_only_proof_reopens_the_task_and_its_milestone(self, plan, by, vendor):
        proof = proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        working.complete_task(by=vendor, task=task_of(plan, 2), version=1)
        assert Milestone.objects.get(plan=plan, key="kickoff-held").reached_at
        proofs.return_evidence(by=vendor, evidence=proof, reason="Too dark")
        assert task_of(plan, 1).completed_at is None
        assert Milestone.objects.get(plan=plan, key="kickoff-held").reached_at is None
        assert verbs(plan)[-3:] == ["evidence.returned", "task.reopened", "milestone.reopened"]

    def test_a_second_proof_keeps_it_done(self, plan, by, vendor):
        proof = proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="And there")
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        proofs.return_evidence(by=vendor, evidence=proof, reason="Too dark")
        assert task_of(plan, 1).completed_at

    def test_it_is_judged_once_and_never_by_its_own_side(self, plan, by, vendor):
        proof = proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        with pytest.raises(PermissionDenied):
            proofs.accept_evidence(by=by, evidence=proof)
        proofs.accept_evidence(by=vendor, evidence=proof)
        with pytest.raises(ValidationError, match="Carla Csm has accepted this already"):
            proofs.return_evidence(by=vendor, evidence=proof, reason="Too dark")


class TestOrder:
    def test_predecessors_first(self, account, owners, by, vendor):
        plan = make_live_plan(account=account, owners=owners, waits={"task-3": ["task-1", "task-2"]})
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        with pytest.raises(ValidationError, match="This task waits for: Task 2"):
            working.complete_task(by=by, task=task_of(plan, 3), version=1)
        working.complete_task(by=vendor, task=task_of(plan, 2), version=1)
        working.complete_task(by=by, task=task_of(plan, 3), version=1)

    def test_a_blocked_task_is_unblocked_first(self, plan, by):
        working.block_task(by=by, task=task_of(plan, 1), version=1, reason="No VPN")
        with pytest.raises(ValidationError, match="blocked"):
            working.complete_task(by=by, task=task_of(plan, 1), version=2)

    @pytest.mark.parametrize("act", ["complete", "block"])
    def test_what_is_done_is_done(self, act, plan, by):
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        more = {"reason": "x"} if act == "block" else {}
        with pytest.raises(ValidationError, match="done already"):
            getattr(working, f"{act}_task")(by=by, task=task_of(plan, 1), version=2, **more)


class TestMilestones:
    def test_reached_with_the_last_task_and_open_again_with_the_first_undo(self, plan, by, vendor):
        working.complete_task(by=by, task=task_of(plan, 1), version=1)
        milestone = Milestone.objects.get(plan=plan, key="kickoff-held")
        assert milestone.reached_at is None
        working.complete_task(by=vendor, task=task_of(plan, 2), version=1)
        milestone.refresh_from_db()
        assert milestone.reached_at == task_of(plan, 2).completed_at
        working.reopen_task(by=by, task=task_of(plan, 1), version=2, reason="Too early")
        milestone.refresh_from_db()
        assert milestone.reached_at is None
        assert verbs(plan) == [
            "plan.made",
            "task.completed",
            "task.completed",
            "milestone.reached",
            "task.reopened",
            "milestone.reopened",
        ]


class TestVersions:
    def test_who_comes_second_is_told_and_changes_nothing(self, plan, by, sponsor, account):
        seen = task_of(plan, 1)
        working.block_task(by=by, task=seen, version=1, reason="No VPN")
        with pytest.raises(Conflict) as told:
            working.complete_task(by=actor(sponsor, account), task=seen, version=1)
        assert (told.value.latest.verb, told.value.latest.actor) == ("task.blocked", by.user)
        assert task_of(plan, 1).completed_at is None
        assert Event.objects.filter(plan_id=plan.pk).count() == 2

    def test_the_reason_is_the_act_and_not_the_evidence_after_it(self, plan, by, account, sponsor):
        working.block_task(by=by, task=task_of(plan, 1), version=1, reason="No VPN")
        proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")
        with pytest.raises(Conflict) as told:
            working.complete_task(by=actor(sponsor, account), task=task_of(plan, 1), version=1)
        assert told.value.latest.verb == "task.blocked"

    def test_the_plans_revision_grows_with_each_act(self, plan, by):
        seen = [Plan.objects.get(pk=plan.pk).revision]
        for version in (1, 3):
            working.complete_task(by=by, task=task_of(plan, 1), version=version)
            working.reopen_task(by=by, task=task_of(plan, 1), version=version + 1)
            seen.append(Plan.objects.get(pk=plan.pk).revision)
        assert [later - sooner for sooner, later in pairwise(seen)] == [2, 2]


class TestRights:
    def test_the_service_guards_too(self, plan, by, vendor, contributor, account):
        for wrong in (vendor, actor(contributor, account)):
            with pytest.raises(PermissionDenied):
                working.complete_task(by=wrong, task=task_of(plan, 1), version=1)

    def test_nothing_changes_in_a_finished_plan(self, plan, by):
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        with pytest.raises(ValidationError, match="finished"):
            working.complete_task(by=by, task=task_of(plan, 1), version=1)
        with pytest.raises(ValidationError, match="finished"):
            proofs.add_evidence(by=by, task=task_of(plan, 1), kind="note", note="Here")


COUNTS = (
    "tasks_total",
    "tasks_done",
    "tasks_blocked",
    "tasks_unowned",
    "ready_vendor",
    "ready_customer",
    "reviews_vendor",
    "reviews_customer",
    "next_due_on",
)


def recount(plan) -> dict[str, object]:
    """The counts in plain Python, from the rows."""
    tasks = list(Task.objects.filter(plan=plan).prefetch_related("waits_for"))
    opened = [task for task in tasks if not task.completed_at]
    ready = [
        task
        for task in opened
        if not task.blocked_at and all(before.completed_at for before in task.waits_for.all())
    ]
    waiting = [proof for proof in Evidence.objects.filter(plan=plan) if proof.state == "claimed"]
    return {
        "tasks_total": len(tasks),
        "tasks_done": len(tasks) - len(opened),
        "tasks_blocked": sum(task.blocked_at is not None for task in tasks),
        "tasks_unowned": sum(task.owner_id is None for task in opened),
        "ready_vendor": sum(task.side == "vendor" for task in ready),
        "ready_customer": sum(task.side == "customer" for task in ready),
        "reviews_vendor": sum(proof.claimed_side == "customer" for proof in waiting),
        "reviews_customer": sum(proof.claimed_side == "vendor" for proof in waiting),
        "next_due_on": min((task.due_on for task in opened), default=None),
    }


def act_at_random(dice: random.Random, plan, people) -> None:
    """One act by somebody on something; most are allowed, some are refused, and both is fine."""
    task = Task.objects.get(plan=plan, key=f"task-{dice.randint(1, 8)}")
    by = people[task.side]
    proof = dice.choice([*Evidence.objects.filter(plan=plan).select_related("task"), None])
    judge = people[Side(proof.task.side).other] if proof else by
    acts = {
        "complete": lambda: working.complete_task(by=by, task=task, version=task.version),
        "reopen": lambda: working.reopen_task(by=by, task=task, version=task.version),
        "block": lambda: working.block_task(by=by, task=task, version=task.version, reason="x"),
        "unblock": lambda: working.unblock_task(by=by, task=task, version=task.version),
        "disown": lambda: working.reassign_task(by=by, task=task, version=task.version, owner=None),
        "take": lambda: working.reassign_task(by=by, task=task, version=task.version, owner=by.user),
        "prove": lambda: proofs.add_evidence(by=by, task=task, kind="note", note="Here"),
        "accept": lambda: proof and proofs.accept_evidence(by=judge, evidence=proof),
        "return": lambda: proof and proofs.return_evidence(by=judge, evidence=proof, reason="x"),
    }
    with suppress(ValidationError, Conflict):
        acts[dice.choice([*acts, "complete", "complete"])]()


@pytest.mark.parametrize("seed", range(6))
def test_the_counts_are_always_a_recount(seed, account, owners, by, vendor):
    plan = make_live_plan(
        account=account,
        owners=owners,
        tasks=8,
        waits={"task-3": ["task-1"], "task-4": ["task-2", "task-3"], "task-8": ["task-7"]},
        evidence={"task-5": "any", "task-6": "any"},
    )
    dice = random.Random(seed)
    for _step in range(25):
        act_at_random(dice, plan, {"customer": by, "vendor": vendor})
        kept = Plan.objects.values(*COUNTS).get(pk=plan.pk)
        assert kept == recount(plan)
    reached = {stop.pk for stop in Milestone.objects.filter(plan=plan, reached_at__isnull=False)}
    done = {
        stop.pk
        for stop in Milestone.objects.filter(plan=plan)
        if not stop.tasks.filter(completed_at__isnull=True).exists()
    }
    assert reached == done


def test_counting_says_what_it_wrote(plan):
    before = Plan.objects.get(pk=plan.pk).revision
    counts = touch_plan(plan.pk)
    assert (counts.revision, counts.total, counts.done) == (before + 1, 4, 0)


def commit(change) -> None:
    """Do it as a transaction of its own would, with the constraints that are checked at its end."""
    with transaction.atomic():
        change()
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestTheDatabaseHoldsIt:
    def test_history_is_only_added_to(self, plan):
        for change in (
            lambda: Event.objects.filter(plan_id=plan.pk).update(subject="Nothing happened"),
            lambda: Event.objects.filter(plan_id=plan.pk).delete(),
        ):
            with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
                change()
        assert Event.objects.get(plan_id=plan.pk).verb == "plan.made"

    def test_a_task_belongs_to_the_account_of_its_plan(self, plan, other_account):
        with pytest.raises(IntegrityError, match="same_account"):
            commit(lambda: Task.objects.filter(plan=plan).update(account=other_account))

    def test_evidence_of_one_account_cannot_hang_on_a_task_of_another(self, plan, other_account, champion):
        elsewhere = make_live_plan(account=other_account)
        wrong = {"task": task_of(elsewhere, 1), "plan": plan, "account": plan.account}
        with pytest.raises(IntegrityError, match="same_account"):
            commit(lambda: EvidenceFactory(claimed_by=champion, **wrong))

    def test_done_and_blocked_at_once_cannot_be(self, plan, champion):
        now = timezone.now()
        with pytest.raises(IntegrityError, match="done_is_not_blocked"), transaction.atomic():
            Task.objects.filter(plan=plan).update(completed_at=now, completed_by=champion, blocked_at=now)
