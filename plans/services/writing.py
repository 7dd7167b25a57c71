"""Somebody types in a text that others may have open, too: who else does."""

from datetime import timedelta

from django.db import transaction

from accounts.permissions import Actor
from plans.models import Plan, Writing
from portal.lib import clock

FRESH = timedelta(seconds=30)
"""For as long somebody counts as writing after they were last heard of."""


@transaction.atomic
def note_writing(*, by: Actor, plan: Plan, thing: str) -> list[str]:
    """Say that the person writes there now; the names of the others who do. Old rows of the plan go at once."""
    by.require("comment.add")
    now = clock.now()
    Writing.objects.filter(plan=plan, seen_at__lt=now - FRESH).delete()
    Writing.objects.bulk_create(
        [Writing(account_id=plan.account_id, plan=plan, thing=thing, person=by.user, seen_at=now)],
        update_conflicts=True,
        unique_fields=["thing", "person"],
        update_fields=["seen_at"],
    )
    others = Writing.objects.filter(plan=plan, thing=thing).exclude(person=by.user).select_related("person")
    return [str(other.person) for other in others.order_by("person__name")[:5]]
