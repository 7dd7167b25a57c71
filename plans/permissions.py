"""What the table of accounts leaves open: sides and ownership on tasks, and who reviews a claim."""

from django.core.exceptions import PermissionDenied

from accounts.permissions import ADMIN, CONTRIBUTOR, CSM, Actor
from plans.models import DateProposal, Stage, Task
from plans.models.proof import Reviewed

SIDE_BOUND = frozenset(
    {
        "task.complete",
        "task.block",
        "task.reopen",
        "task.reassign",
        "task.move",
        "task.pass",
        "task.propose",
        "task.accept_move",
        "evidence.add",
        "form.fill",
    }
)


def may_on_task(actor: Actor, action: str, task: Task) -> bool:
    """The table first. Then: each side acts on its own tasks, a contributor on those that are theirs.

    The vendor's managers may also reassign and move the customer's tasks: they run the plan.
    """
    if not actor.may(action):
        return False
    if actor.role in (ADMIN, CSM) and action in ("task.reassign", "task.move"):
        return True
    if action in SIDE_BOUND and task.side != actor.side:
        return False
    return actor.role != CONTRIBUTOR or task.owner_id == actor.user.pk


def require_on_task(actor: Actor, action: str, task: Task) -> None:
    """Raise PermissionDenied (403) unless `may_on_task`."""
    if not may_on_task(actor, action, task):
        raise PermissionDenied(action)


def sees_answers(actor: Actor, task: Task) -> bool:
    """What a form was told: for those who see all facts of the account, and for who fills in this one."""
    return actor.may("fact.view") or may_on_task(actor, "form.fill", task)


def may_review(actor: Actor, action: str, claim: Reviewed) -> bool:
    """A claim is reviewed by the other side than the one that made it, while it still stands open."""
    return actor.may(action) and claim.claimed_side != actor.side and claim.state == "claimed"


def require_review(actor: Actor, action: str, claim: Reviewed) -> None:
    if not actor.may(action) or claim.claimed_side == actor.side:
        raise PermissionDenied(action)


def may_answer(actor: Actor, proposal: DateProposal) -> bool:
    """Another day is asked for by one side and answered by the other."""
    return actor.may("date.answer") and proposal.proposed_side != actor.side


def require_answer(actor: Actor, proposal: DateProposal) -> None:
    if not may_answer(actor, proposal):
        raise PermissionDenied("date.answer")


def may_on_stage(actor: Actor, action: str, stage: Stage) -> bool:
    """The vendor's managers run every stage, others the one that they own; leads may say that a criterion holds."""
    if actor.role in (ADMIN, CSM):
        return actor.may(action)
    if action == "criterion.confirm" and actor.may(action):
        return True
    return actor.may("stage.manage") and stage.owner_id == actor.user.pk


def require_on_stage(actor: Actor, action: str, stage: Stage) -> None:
    """Raise PermissionDenied (403) unless `may_on_stage`."""
    if not may_on_stage(actor, action, stage):
        raise PermissionDenied(action)
