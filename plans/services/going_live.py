"""Going live: the baseline is frozen and the customer's people are called in. And the end of a plan."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from accounts.services.invitations import send_invitation
from accounts.services.recording import record
from plans.models import Plan
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.telling import tell_plan_is_live
from portal.lib import clock


@transaction.atomic
def make_live(*, plan: Plan, by: Actor | None) -> Plan:
    """Draft → live. `by` is None when the playbook says "at once" and the intake does it.

    Raises ValidationError when it is live already, or when the customer has nobody to invite.
    """
    if by:
        by.require("plan.go_live")
    plan = lock_plan(plan.pk)
    if plan.state != "draft":
        raise ValidationError(_("This plan is live already."))
    people = (
        Stakeholder.objects.present().filter(account_id=plan.account_id).select_related("user", "account")
    )
    if not people:
        raise ValidationError(_("Nobody at the customer is known yet. Invite a champion first."))
    user = by.user if by else None
    _freeze_baseline(plan)
    plan.live_at, plan.live_by = clock.now(), user
    plan.save(update_fields=["live_at", "live_by"])
    record(Verb.PLAN_LIVE, account_id=plan.account_id, plan_id=plan.pk, by=user, subject=plan.name)
    _open_first_stage(plan, user)
    _call_in(plan, list(people), user)
    touch_plan(plan.pk)
    return plan


def call_in_newcomers(plan: Plan) -> None:
    """Invite people whom a later delivery brought to a live plan: everybody who was never called before."""
    newcomers = Stakeholder.objects.present().filter(
        account_id=plan.account_id, joined_at=None, invitations=None
    )
    _call_in(plan, list(newcomers.select_related("user", "account")), None)


@transaction.atomic
def finish_plan(*, plan: Plan, by: Actor, completed: bool) -> Plan:
    """End a plan: completed when all its tasks are done, closed when it is given up."""
    by.require("plan.finish")
    plan = lock_plan(plan.pk)
    if plan.is_finished:
        raise ValidationError(_("This plan is finished already."))
    if completed and (plan.tasks_done < plan.tasks_total or not plan.live_at):
        raise ValidationError(_("A plan is complete when all its tasks are done. You can close it instead."))
    now = clock.now()
    plan.completed_at, plan.closed_at = (now, None) if completed else (None, now)
    plan.save(update_fields=["completed_at", "closed_at"])
    verb = Verb.PLAN_COMPLETED if completed else Verb.PLAN_CLOSED
    record(verb, account_id=plan.account_id, plan_id=plan.pk, by=by.user, subject=plan.name)
    touch_plan(plan.pk)
    return plan


def _freeze_baseline(plan: Plan) -> None:
    plan.tasks.update(baseline_on=F("due_on"))
    plan.milestones.update(baseline_on=F("due_on"))
    plan.objectives.update(baseline_on=F("due_on"))


def _open_first_stage(plan: Plan, by: User | None) -> None:
    """Work begins with the plan: whatever the first stage asks for at its entry, it is running now."""
    stage = plan.stages.order_by("position").first()
    if stage is None or stage.opened_at:
        return
    stage.opened_at, stage.opened_by = plan.live_at, by
    stage.save(update_fields=["opened_at", "opened_by"])
    record(Verb.STAGE_OPENED, account_id=plan.account_id, plan_id=plan.pk, by=by, subject=stage.name)


def _call_in(plan: Plan, people: list[Stakeholder], by: User | None) -> None:
    for stakeholder in people:
        if stakeholder.joined_at:
            tell_plan_is_live(plan, stakeholder.user)
        else:
            send_invitation(stakeholder=stakeholder, by=by)
