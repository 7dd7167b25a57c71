"""A stage is started, closed and opened again, through its gates; and given to somebody who sees to it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Side, StakeholderRole, VendorRole, Verb
from accounts.models import Stakeholder, User
from accounts.permissions import TABLE, Actor
from plans.choices import CriterionKind, Gate
from plans.models import Criterion, Stage
from plans.permissions import require_on_stage
from plans.services.counting import touch_plan
from plans.services.criteria import Standing, gate_of
from plans.services.locking import lock_plan
from plans.services.mentions import known_to_customers
from plans.services.recording import record_on
from plans.services.taking import require_running
from portal.lib import clock


class GateShut(ValidationError):
    """The gate does not open: `missing` is what does not hold, and who owes it."""

    def __init__(self, message: str, missing: list[Standing]) -> None:
        super().__init__([message, *(_in_words(one) for one in missing)])
        self.missing = missing


@transaction.atomic
def open_stage(*, by: Actor, stage: Stage) -> Stage:
    """Start it. Refused while something that it asks for at its entry does not hold."""
    stage = _take(by, stage)
    if stage.opened_at:
        raise ValidationError(_("This stage was started already."))
    _require_gate(stage, Gate.ENTRY, _("This stage cannot start yet."))
    stage.opened_at, stage.opened_by = clock.now(), by.user
    stage.save(update_fields=["opened_at", "opened_by"])
    return _put(by, stage, Verb.STAGE_OPENED)


@transaction.atomic
def close_stage(*, by: Actor, stage: Stage) -> Stage:
    """Close it. Refused with the list of all that is missing, and who owes it."""
    stage = _take(by, stage)
    if not stage.opened_at:
        raise ValidationError(_("This stage has not started yet."))
    if stage.closed_at:
        raise ValidationError(_("This stage is closed already."))
    _require_gate(stage, Gate.EXIT, _("This stage cannot be closed yet."))
    stage.closed_at, stage.closed_by = clock.now(), by.user
    stage.save(update_fields=["closed_at", "closed_by"])
    return _put(by, stage, Verb.STAGE_CLOSED)


@transaction.atomic
def reopen_stage(*, by: Actor, stage: Stage, reason: str) -> Stage:
    stage = _take(by, stage)
    if not stage.closed_at:
        raise ValidationError(_("This stage is not closed."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is opened again.")})
    stage.closed_at = stage.closed_by = None
    stage.save(update_fields=["closed_at", "closed_by"])
    return _put(by, stage, Verb.STAGE_REOPENED, reason=reason.strip())


@transaction.atomic
def give_stage(*, by: Actor, stage: Stage, owner: User | None) -> Stage:
    """Say who sees to the stage; None puts it back to "needs an owner"."""
    stage = _take(by, stage)
    if owner and not possible_stage_owners(stage, by).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("This person cannot see to a stage.")})
    stage.owner = owner
    stage.save(update_fields=["owner"])
    return _put(by, stage, Verb.STAGE_OWNED, owner=str(owner) if owner else "")


@transaction.atomic
def meet_criterion(*, by: Actor, criterion: Criterion) -> Criterion:
    """Say that it holds. Only for what a person has to say: all else follows from the plan."""
    criterion = _take_criterion(by, criterion)
    if criterion.met_at:
        raise ValidationError(_("%(name)s has said so already.") % {"name": criterion.met_by})
    criterion.met_at, criterion.met_by = clock.now(), by.user
    return _put_criterion(by, criterion, Verb.CRITERION_MET)


@transaction.atomic
def unmeet_criterion(*, by: Actor, criterion: Criterion) -> Criterion:
    """Say that it does not hold any more."""
    criterion = _take_criterion(by, criterion)
    if not criterion.met_at:
        raise ValidationError(_("Nobody has said that this holds."))
    criterion.met_at = criterion.met_by = None
    return _put_criterion(by, criterion, Verb.CRITERION_UNMET)


def possible_stage_owners(stage: Stage, by: Actor | None = None) -> "QuerySet[User]":
    """Those of both sides who may act on a stage at all; a customer gives it to people whom they meet on the plan."""
    roles = TABLE["stage.manage"]
    here = Stakeholder.objects.present().filter(
        account_id=stage.account_id, role__in=[role for role in StakeholderRole if role in roles]
    )
    vendor = Q(vendor_role__in=[role for role in VendorRole if role in roles])
    if by and by.side == Side.CUSTOMER:
        vendor &= known_to_customers(stage.plan) | Q(pk=stage.owner_id)
    return User.objects.filter(vendor | Q(vendor_role="", pk__in=here.values("user")), is_active=True)


def _take(by: Actor, stage: Stage) -> Stage:
    """Guard: the right is there, and the plan runs. The stage comes back as it is now, with what its gates need."""
    locked = _lock(stage)
    require_on_stage(by, "stage.manage", locked)
    _require_live(locked)
    return locked


def _take_criterion(by: Actor, criterion: Criterion) -> Criterion:
    stage = _lock(criterion.stage)
    require_on_stage(by, "criterion.confirm", stage)
    _require_live(stage)
    locked = Criterion.objects.select_for_update(of=("self",)).select_related("met_by").get(pk=criterion.pk)
    if locked.kind != CriterionKind.CONFIRM:
        raise PermissionDenied("criterion.confirm")
    locked.stage = stage
    return locked


def _lock(stage: Stage) -> Stage:
    lock_plan(stage.plan_id)
    rows = Stage.objects.select_for_update(of=("self",))
    return rows.select_related("owner", "plan__account__owner").get(pk=stage.pk)


def _require_live(stage: Stage) -> None:
    require_running(stage.plan)
    if stage.plan.state == "draft":
        raise ValidationError(_("This plan is a draft. Its stages start when it is live."))


def _require_gate(stage: Stage, gate: Gate, message: str) -> None:
    missing = [one for one in gate_of(stage) if one.criterion.gate == gate and not one.holds]
    if missing:
        raise GateShut(message, missing)


def _in_words(one: Standing) -> str:
    names = ", ".join(debtor.name for debtor in one.owes if debtor.name)
    words = {"criterion": one.criterion.text, "missing": one.missing, "names": names}
    return (_("%(criterion)s %(missing)s (%(names)s)") if names else _("%(criterion)s %(missing)s")) % words


def _put(by: Actor, stage: Stage, verb: Verb, **new: str) -> Stage:
    record_on(
        stage,
        verb,
        by=by.user,
        subject=stage.name,
        new={"stage": str(stage.pk), **new},
    )
    touch_plan(stage.plan_id)
    return stage


def _put_criterion(by: Actor, criterion: Criterion, verb: Verb) -> Criterion:
    criterion.save(update_fields=["met_at", "met_by"])
    record_on(
        criterion,
        verb,
        by=by.user,
        subject=criterion.text,
        new={"stage": str(criterion.stage_id)},
    )
    touch_plan(criterion.plan_id)
    return criterion
