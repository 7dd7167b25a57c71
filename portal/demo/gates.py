"""The demo's stages: as far as the work has come, their gates are passed and what has to be signed is signed."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.permissions import Actor, actor_on
from plans.choices import CriterionKind, Gate
from plans.models import Criterion, Plan, Stage
from plans.services.gates import GateShut, close_stage, meet_criterion, open_stage
from plans.services.signing import possible_signers, proposed_signers, request_signoff, sign
from portal.lib import clock


def pass_gates(plan: Plan, csm: User) -> None:
    """Stage by stage until one has a milestone that is not reached, or a gate that does not open."""
    by = actor_on(csm, plan.account_id)
    at = plan.live_at or clock.now()
    for stage in plan.stages.select_related("owner", "plan__account__owner").order_by("position"):
        reached = list(stage.milestones.values_list("reached_at", flat=True))
        try:
            if not stage.opened_at:
                _open(by, stage, at)
            if not all(reached):
                return
            at = max(at, *(day for day in reached if day)) + timedelta(hours=1)
            _close(by, stage, at)
        except GateShut:
            return


def _open(by: Actor, stage: Stage, at: datetime) -> None:
    with clock.as_of(at):
        _say_so(by, stage, Gate.ENTRY)
        open_stage(by=by, stage=stage)


def _close(by: Actor, stage: Stage, at: datetime) -> None:
    with clock.as_of(at):
        _say_so(by, stage, Gate.EXIT)
        if stage.criteria.filter(kind=CriterionKind.SIGNOFF).exists():
            _sign(by, stage, at)
        close_stage(by=by, stage=stage)


def _say_so(by: Actor, stage: Stage, gate: Gate) -> None:
    for criterion in Criterion.objects.filter(stage=stage, gate=gate, kind=CriterionKind.CONFIRM):
        meet_criterion(by=by, criterion=criterion)


def _sign(by: Actor, stage: Stage, at: datetime) -> None:
    people = list(possible_signers(stage.plan).filter(pk__in=proposed_signers(stage.plan)))
    signoff = request_signoff(by=by, plan=stage.plan, stage=stage, signers=people)
    for minutes, person in enumerate(people, start=1):
        with clock.as_of(at + timedelta(minutes=10 * minutes)):
            sign(by=actor_on(person, stage.account_id), signoff=signoff)
