"""Who may be named in a conversation: people who may read it, and of whom the writer may know."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.models import Comment, Plan, Task


def people_to_mention(plan: Plan, by: Actor, *, vendor_only: bool) -> "QuerySet[User]":
    """Vendor-only: the vendor's people. Else, for the vendor, all of them and the account's stakeholders.

    A customer knows the vendor's people of this plan: who owns the account or a task, or wrote what both sides read.
    A draft has no readers at the customer.
    """
    people = User.objects.filter(is_active=True).order_by("name", "email")
    vendor = ~Q(vendor_role="")
    if vendor_only:
        return people.filter(vendor)
    if not by.user.is_vendor:
        vendor &= known_to_customers(plan)
    here = Stakeholder.objects.present().filter(account=plan.account_id, user=OuterRef("pk"))
    customer = Q(vendor_role="") & Q(Exists(here)) if plan.live_at else Q(pk__in=[])
    return people.filter(vendor | customer)


def known_to_customers(plan: Plan) -> Q:
    """Of the vendor's people those whom a customer meets on this plan, to filter a query of users."""
    owns = Task.objects.filter(plan=plan.pk, owner=OuterRef("pk"))
    wrote = Comment.objects.shared().filter(plan=plan.pk, author=OuterRef("pk"))
    return Q(pk=plan.account.owner_id) | Q(Exists(owns)) | Q(Exists(wrote))
