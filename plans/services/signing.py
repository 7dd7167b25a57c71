"""Sign-off: named people of both sides sign what stands in the plan now; a later change is seen against it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext as _

from accounts.choices import Side, StakeholderRole, VendorRole, Verb
from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.models import Milestone, Plan, Signature, SignOff, Stage
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.mentions import known_to_customers
from plans.services.recording import record_on
from plans.services.snapshots import digest_of, is_changed, take_snapshot
from portal.lib import clock

MOST_SIGNERS = 20


@transaction.atomic
def request_signoff(
    *,
    by: Actor,
    plan: Plan,
    signers: Sequence[User],
    milestone: Milestone | None = None,
    stage: Stage | None = None,
) -> SignOff:
    """Freeze the milestone, the stage or (neither given) the plan, and name who signs: at least one of each side.

    One that stands for the same thing is ended: whoever signed it keeps what they signed, readable.
    """
    by.require("signoff.request")
    plan = _take(plan)
    _require_signers(by, plan, signers)
    _end(by, SignOff.objects.standing().filter(plan=plan, milestone=milestone, stage=stage))
    snapshot = take_snapshot(plan, milestone=milestone, stage=stage)
    signoff = SignOff.objects.create(
        account_id=plan.account_id,
        plan=plan,
        milestone=milestone,
        stage=stage,
        title=snapshot["title"][:200],
        snapshot=snapshot,
        digest=digest_of(snapshot),
        requested_by=by.user,
    )
    Signature.objects.bulk_create(
        Signature(account_id=plan.account_id, plan=plan, signoff=signoff, person=person, side=person.side)
        for person in signers
    )
    _record(Verb.SIGNOFF_REQUESTED, by, signoff, signers=[str(person.pk) for person in signers])
    touch_plan(plan.pk)
    return signoff


@transaction.atomic
def sign(*, by: Actor, signoff: SignOff, note: str = "") -> Signature:
    """Sign for oneself, once, what was shown. Refused when the plan has moved on since it was asked for."""
    by.require("signoff.view")
    plan = _take(signoff.plan)
    signoff, signature = _named(by, signoff)
    if signoff.ended_at:
        raise ValidationError(_("This was withdrawn: nobody needs to sign it any more."))
    if signature.signed_at:
        raise ValidationError(_("You have signed this already."))
    if is_changed(signoff, plan):
        raise ValidationError(_("The plan has changed since this was asked for. Ask for a new sign-off."))
    signature.signed_at, signature.note = clock.now(), note.strip()
    signature.signed_name, signature.signed_role = str(by.user), _role(by, plan.account_id)
    signature.save(update_fields=["signed_at", "signed_name", "signed_role", "note"])
    if not signoff.signatures.filter(signed_at__isnull=True).exists():
        signoff.completed_at = signature.signed_at
        signoff.save(update_fields=["completed_at"])
    _record(Verb.SIGNOFF_SIGNED, by, signoff, complete=signoff.completed_at is not None)
    touch_plan(plan.pk)
    return signature


@transaction.atomic
def end_signoff(*, by: Actor, signoff: SignOff) -> None:
    """Withdraw it. What was signed stays readable."""
    by.require("signoff.request")
    _take(signoff.plan)
    if not _end(by, SignOff.objects.standing().filter(pk=signoff.pk)):
        raise ValidationError(_("This was withdrawn already."))
    touch_plan(signoff.plan_id)


def possible_signers(plan: Plan, by: Actor | None = None) -> "QuerySet[User]":
    """Whoever may see the plan: the account's people once they have come in, then the vendor's.

    Where a customer asks, of the vendor's people only those whom they meet on this plan.
    """
    joined = Stakeholder.objects.joined().filter(account_id=plan.account_id)
    here = User.objects.filter(is_active=True, vendor_role="", pk__in=joined.values("user"))
    customer_first = Case(When(vendor_role="", then=0), default=1)
    ours = User.objects.vendor()
    if by and by.side == Side.CUSTOMER:
        ours = ours.filter(known_to_customers(plan))
    return (ours | here).order_by(customer_first, "name", "email")


def likely_signers(plan: Plan) -> set[UUID]:
    """Who usually signs, of many: the account's sponsors and champions, its CSM, and who sees to a stage."""
    leads = (StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)
    joined = Stakeholder.objects.joined().filter(account_id=plan.account_id, role__in=leads)
    owners = Stage.objects.filter(plan=plan, owner__isnull=False).order_by()
    people = {*joined.values_list("user", flat=True), *owners.values_list("owner", flat=True)}
    return people | ({plan.account.owner_id} if plan.account.owner_id else set())


def proposed_signers(plan: Plan) -> list[UUID]:
    """The sponsor, or else the champion, and the account's CSM."""
    leads = (StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)
    joined = Stakeholder.objects.joined().filter(account_id=plan.account_id, role__in=leads)
    found = sorted(joined.values_list("role", "user"), key=lambda row: leads.index(StakeholderRole(row[0])))
    people = [found[0][1] if found else None, plan.account.owner_id]
    return [person for person in people if person]


def _take(plan: Plan) -> Plan:
    """Signing changes nothing in a plan, so a completed one may be signed; one that was given up may not."""
    locked = lock_plan(plan.pk)
    if locked.state == "draft":
        raise ValidationError(_("This plan is a draft: the other side does not see it yet."))
    if locked.state == "closed":
        raise ValidationError(_("This plan is finished; nothing in it changes any more."))
    locked.account = plan.account
    return locked


def _named(by: Actor, signoff: SignOff) -> tuple[SignOff, Signature]:
    rows = Signature.objects.select_for_update(of=("self",)).filter(signoff=signoff, person=by.user)
    signature = rows.select_related("signoff__milestone", "signoff__stage").first()
    if signature is None:
        raise PermissionDenied("signoff.sign")
    return signature.signoff, signature


def _require_signers(by: Actor, plan: Plan, signers: Sequence[User]) -> None:
    ids = {person.pk for person in signers}
    if possible_signers(plan, by).filter(pk__in=ids).count() < len(ids) or len(ids) < len(signers):
        raise ValidationError({"signers": _("Only people who may see the plan can sign it, each once.")})
    if {person.side for person in signers} != set(Side):
        raise ValidationError({"signers": _("Name at least one person of each side.")})
    if len(ids) > MOST_SIGNERS:
        raise ValidationError({"signers": _("At most %(n)d people sign.") % {"n": MOST_SIGNERS}})


def _role(by: Actor, account_id: UUID) -> str:
    """As what they sign: the title that the account knows, or else the role in the portal."""
    if by.side == Side.VENDOR:
        return str(VendorRole(by.user.vendor_role).label)
    title = (
        Stakeholder.objects.filter(account_id=account_id, user=by.user)
        .values_list("title", flat=True)
        .first()
    )
    return (title or str(StakeholderRole(by.role).label))[:120]


def _end(by: Actor, standing: Iterable[SignOff]) -> int:
    ended = 0
    for signoff in standing:
        signoff.ended_at, signoff.ended_by = clock.now(), by.user
        signoff.save(update_fields=["ended_at", "ended_by"])
        _record(Verb.SIGNOFF_ENDED, by, signoff)
        ended += 1
    return ended


def _record(verb: Verb, by: Actor, signoff: SignOff, **new: Any) -> None:
    record_on(
        signoff,
        verb,
        by=by.user,
        subject=signoff.title,
        new={"signoff": str(signoff.pk), **new},
    )
