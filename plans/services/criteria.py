"""How the gates of a stage stand: of each criterion whether it holds, else what is missing and who owes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side, StakeholderRole
from accounts.models import Stakeholder
from plans.choices import CriterionKind
from plans.models import Criterion, Evidence, Plan, Signature, SignOff, Stage, Task
from plans.services.snapshots import is_changed


class Debtor(NamedTuple):
    """Whose move it is; without a name it is anybody's of that side."""

    side: str
    name: str = ""


@dataclass(frozen=True)
class Standing:
    """A criterion as it stands. `missing` is a sentence; the ids say where to see to it."""

    criterion: Criterion
    holds: bool
    missing: str = ""
    owes: tuple[Debtor, ...] = ()


@dataclass(frozen=True)
class _Surroundings:
    plan: Plan
    stage: Stage
    open_tasks: Sequence[Task]
    evidence: Sequence[Evidence]
    leads: Sequence[Stakeholder]
    signoff: SignOff | None
    signatures: Sequence[Signature]

    def owner(self) -> tuple[Debtor, ...]:
        """Who sees to the stage; where nobody does, the account's CSM."""
        owner = self.stage.owner or self.plan.account.owner
        return (Debtor(owner.side, str(owner)) if owner else Debtor(Side.VENDOR),)

    def reviewers(self, side: str) -> tuple[Debtor, ...]:
        if side == Side.VENDOR:
            csm = self.plan.account.owner
            return (Debtor(side, str(csm) if csm else ""),)
        return tuple(Debtor(side, str(lead.user)) for lead in self.leads) or (Debtor(side),)


def gate_of(stage: Stage) -> list[Standing]:
    """The entry gate, then the exit gate; as many queries for one criterion as for fifty.

    `stage` comes with its owner, plan, account and the account's owner.
    """
    criteria = list(
        Criterion.objects.filter(stage=stage)
        .select_related("task__owner", "milestone", "met_by")
        .order_by("gate", "position")
    )
    about = _read(stage, criteria)
    return [_JUDGES[CriterionKind(one.kind)](one, about) for one in criteria]


def _read(stage: Stage, criteria: Sequence[Criterion]) -> _Surroundings:
    milestones = [one.milestone_id for one in criteria if one.milestone_id]
    tasks = [one.task_id for one in criteria if one.kind == CriterionKind.EVIDENCE]
    inside = Q(milestone__stage=stage) | Q(milestone__in=milestones)
    leads = Stakeholder.objects.joined().filter(
        account_id=stage.account_id, role__in=(StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)
    )
    signatures = Signature.objects.filter(signoff__stage=stage, signoff__ended_at__isnull=True)
    signed = list(signatures.select_related("signoff__stage", "signoff__milestone", "person"))
    return _Surroundings(
        plan=stage.plan,
        stage=stage,
        open_tasks=list(Task.objects.open().filter(inside).select_related("owner", "milestone")),
        evidence=list(Evidence.objects.standing().filter(task__in=tasks)),
        leads=list(leads.select_related("user")),
        signoff=signed[0].signoff if signed else None,
        signatures=signed,
    )


def _confirm(one: Criterion, about: _Surroundings) -> Standing:
    if one.met_at:
        return Standing(one, True)
    return Standing(one, False, _("Nobody has said so yet."), about.owner())


def _task(one: Criterion, about: _Surroundings) -> Standing:
    if one.task is None or one.task.completed_at:
        return Standing(one, True)
    return Standing(
        one, False, _("The task is not done: %(task)s.") % {"task": one.task.title}, _owed(one.task)
    )


def _form(one: Criterion, about: _Surroundings) -> Standing:
    # Sending a form completes its task; answers that are only kept for later do not count.
    if one.task is None or one.task.completed_at:
        return Standing(one, True)
    return Standing(
        one, False, _("The form is not filled in: %(task)s.") % {"task": one.task.title}, _owed(one.task)
    )


def _evidence(one: Criterion, about: _Surroundings) -> Standing:
    claims = [proof for proof in about.evidence if proof.task_id == one.task_id]
    if one.task is None or any(proof.accepted_at for proof in claims):
        return Standing(one, True)
    words = {"task": one.task.title}
    if claims:
        side = Side(claims[-1].claimed_side).other
        return Standing(
            one, False, _("Evidence waits for a review: %(task)s.") % words, about.reviewers(side)
        )
    return Standing(one, False, _("There is no evidence yet: %(task)s.") % words, _owed(one.task))


def _milestone(one: Criterion, about: _Surroundings) -> Standing:
    if one.milestone is None or one.milestone.reached_at:
        return Standing(one, True)
    waiting = [task for task in about.open_tasks if task.milestone_id == one.milestone_id]
    missing = _("The milestone is not reached: %(milestone)s.") % {"milestone": one.milestone.title}
    return Standing(one, False, missing, _owed(*waiting) or about.owner())


def _tasks(one: Criterion, about: _Surroundings) -> Standing:
    waiting = [task for task in about.open_tasks if task.milestone.stage_id == about.stage.pk]
    if not waiting:
        return Standing(one, True)
    count = len(waiting)
    words = ngettext("%(n)d task of the stage is open.", "%(n)d tasks of the stage are open.", count)
    return Standing(one, False, words % {"n": count}, _owed(*waiting))


def _signoff(one: Criterion, about: _Surroundings) -> Standing:
    if about.signoff is None:
        return Standing(one, False, _("Nobody has been asked to sign yet."), about.owner())
    unsigned = [row for row in about.signatures if row.signed_at is None]
    if unsigned:
        people = tuple(Debtor(row.side, str(row.person)) for row in unsigned)
        return Standing(one, False, _("Signatures are missing."), people)
    if is_changed(about.signoff, about.plan):
        missing = _("What was signed has changed since. It has to be signed anew.")
        return Standing(one, False, missing, about.owner())
    return Standing(one, True)


def _owed(*tasks: Task) -> tuple[Debtor, ...]:
    """Each owner once, in the order of the tasks."""
    return tuple(dict.fromkeys(Debtor(task.side, str(task.owner or "")) for task in tasks))


_JUDGES: dict[CriterionKind, Callable[[Criterion, _Surroundings], Standing]] = {
    CriterionKind.CONFIRM: _confirm,
    CriterionKind.TASK: _task,
    CriterionKind.EVIDENCE: _evidence,
    CriterionKind.FORM: _form,
    CriterionKind.MILESTONE: _milestone,
    CriterionKind.SIGNOFF: _signoff,
    CriterionKind.TASKS: _tasks,
}
