"""View as: somebody at the vendor looks at a plan as one of the customer's people sees it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Event, Stakeholder
from accounts.permissions import Actor
from accounts.services.recording import record
from plans.models import Plan


@transaction.atomic
def start_view(*, by: Actor, plan: Plan, stakeholder: Stakeholder) -> Event:
    """Record that it is looked at, on the account: the plan's own history is what both sides did.

    Raises ValidationError where that person sees nothing of the plan.
    """
    by.require("person.view_as")
    there = stakeholder.account_id == plan.account_id and stakeholder.joined_at and not stakeholder.removed_at
    if not there or not stakeholder.user.is_active:
        raise ValidationError(_("Only somebody who has come in can be looked over the shoulder."))
    if plan.state == "draft":
        raise ValidationError(_("A draft is the vendor’s alone; the customer sees the plan once it is live."))
    return record(
        Verb.PERSON_VIEWED_AS,
        account_id=plan.account_id,
        by=by.user,
        subject=str(stakeholder.user),
        new={"plan": str(plan.pk), "name": plan.name, "person": str(stakeholder.user_id)},
    )
