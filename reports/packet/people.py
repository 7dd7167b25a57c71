"""Who writes the packet's letter, to whom, and who signs its order form."""

from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, Subquery

from accounts.choices import StakeholderRole, VendorRole
from accounts.models import Stakeholder, User
from reports.kinds import Asked
from reports.packet.snapshot import Person


class People(NamedTuple):
    csm: Person | None
    sponsor: Person | None
    executive: Person | None


def read_people(asked: Asked) -> People:
    """Who writes the letter, to whom, and who signs for the vendor, in one query: the account's CSM, the sponsor who
    came first, and the vendor's executive where there is only one, so that nobody has to be chosen."""
    sponsors = Stakeholder.objects.present().filter(account=asked.account, role=StakeholderRole.SPONSOR)
    found = list(
        User.objects.annotate(
            sponsor_since=Subquery(sponsors.filter(user=OuterRef("pk")).values("created_at")[:1]),
            title=Subquery(sponsors.filter(user=OuterRef("pk")).values("title")[:1]),
        )
        .filter(
            Q(pk=asked.account.owner_id)
            | Q(is_active=True, vendor_role=VendorRole.EXECUTIVE)
            | Q(sponsor_since__isnull=False)
        )
        .order_by("sponsor_since", "pk")
    )
    executives = [one for one in found if one.vendor_role == VendorRole.EXECUTIVE and one.is_active]
    sponsor = next((one for one in found if one.sponsor_since), None)
    csm = next((one for one in found if one.pk == asked.account.owner_id), None)
    return People(
        csm=_vendor_person(csm) if csm else None,
        sponsor=_sponsor(sponsor) if sponsor else None,
        executive=_vendor_person(executives[0]) if len(executives) == 1 else None,
    )


def _sponsor(user: Any) -> Person:
    return Person(name=str(user), title=user.title or str(StakeholderRole.SPONSOR.label), email=user.email)


def _vendor_person(user: User) -> Person:
    title = str(VendorRole(user.vendor_role).label) if user.vendor_role else ""
    return Person(name=str(user), title=title, email=user.email)
