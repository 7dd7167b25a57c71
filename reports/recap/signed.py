"""Milestones that the customer has signed for count as confirmed by those who signed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.choices import Side
from plans.models import Milestone, Signature


class Sealed(NamedTuple):
    names: str
    at: datetime


def signed_milestones(milestones: Iterable[Milestone]) -> dict[UUID, Sealed]:
    """By milestone: the customer's people and the last of their signatures, in one query.

    Only a sign-off that all have signed and that stands counts, and only if the milestone was reached in what they
    signed, at the moment that holds now.
    """
    reached = {milestone.pk: milestone.reached_at for milestone in milestones}
    rows = Signature.objects.filter(
        side=Side.CUSTOMER,
        signed_at__isnull=False,
        signoff__milestone__in=reached,
        signoff__completed_at__isnull=False,
        signoff__ended_at__isnull=True,
    )
    found: dict[UUID, Sealed] = {}
    for one in rows.select_related("signoff").order_by("signed_at"):
        milestone_id, told = one.signoff.milestone_id, one.signoff.snapshot["milestones"][0]["reached_at"]
        if milestone_id and one.signed_at and told and datetime.fromisoformat(told) == reached[milestone_id]:
            before = found.get(milestone_id)
            names = f"{before.names}, {one.signed_name}" if before else one.signed_name
            found[milestone_id] = Sealed(names, one.signed_at)
    return found
