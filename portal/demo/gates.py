"""The demo's stages: as far as the work has come, their gates are passed and what has to be signed is signed."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.permissions import Actor, actor_on
from plans.choices import CriterionKind, Gate
from plans.models import Criterion, Plan, Stage
from plans.services.criteria import gate_of
from plans.services.gates import GateShut, close_stage, meet_criterion, open_stage
from plans.services.signing import possible_signers, proposed_signers, request_signoff, sign
from portal.lib import clock


def pass_gates(plan: Plan, csm: User, at: datetime) -> None:
    """At this moment, as many stages as it is time for: until one is at work, or has a gate that does not open."""
    by = actor_on(csm, plan.account_id)
    for stage in plan.stages.select_related("owner", "plan__account__owner").order_by("position"):
        if stage.closed_at:
            continue
        try:
            if not stage.opened_at:
                _open(by, stage, at)
            if stage.milestones.filter(reached_at=None).exists():
                return
            _close(by, stage, at)
            at += timedelta(minutes=6)
        except GateShut:
            return


def _open(by: Actor, stage: Stage, at: datetime) -> None:
    with clock.as_of(at):
        _say_so(by, stage, Gate.ENTRY)
        open_stage(by=by, stage=stage)


def _close(by: Actor, stage: Stage, at: datetime) -> None:
    with clock.as_of(at):
        _say_so(by, stage, Gate.EXIT)
        missing = [
            one.criterion.kind for one in gate_of(stage) if one.criterion.gate == Gate.EXIT and not one.holds
        ]
        if missing == [CriterionKind.SIGNOFF]:
            _sign(by, stage, at)
    with clock.as_of(at + timedelta(minutes=5)):
        close_stage(by=by, stage=stage)


def _say_so(by: Actor, stage: Stage, gate: Gate) -> None:
    for criterion in Criterion.objects.filter(
        stage=stage, gate=gate, kind=CriterionKind.CONFIRM, met_at=None
    ):
        meet_criterion(by=by, criterion=criterion)


def _sign(by: Actor, stage: Stage, at: datetime) -> None:
    people = list(possible_signers(stage.plan).filter(pk__in=proposed_signers(stage.plan)))
    signoff = request_signoff(by=by, plan=stage.plan, stage=stage, signers=people)
    for minutes, person in enumerate(people, start=1):
        with clock.as_of(at + timedelta(minutes=minutes)):
            sign(by=actor_on(person, stage.account_id), signoff=signoff)
