"""People come to be: from a deal's contacts, by invitation, or added at the vendor by an admin."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.choices import Side, StakeholderRole
from accounts.models import Account, Stakeholder, User
from accounts.permissions import Actor
from portal.lib import clock
from portal.lib.queue import enqueue


def get_or_create_person(*, email: str, name: str = "") -> User:
    """The person with this address, made if unknown; a name that was missing is filled in, never overwritten."""
    email = email.strip().lower()
    person = User.objects.filter(email=email).first()
    if person is None:
        try:
            with transaction.atomic():
                return User.objects.create_user(email=email, name=name[:200])
        except IntegrityError:  # made by somebody else a moment ago
            person = User.objects.get(email=email)
    if name and not person.name:
        person.name = name[:200]
        person.save(update_fields=["name"])
    return person


def put_on_account(
    *, account: Account, user: User, role: str, title: str = "", buying_role: str = "", team: str = ""
) -> Stakeholder:
    """The person as a stakeholder of the account; whoever is there already stays in the role they have.

    Raises ValidationError for vendor people: nobody stands on both sides.
    """
    if user.is_vendor:
        raise ValidationError(_("%(name)s works at the vendor.") % {"name": user})
    stakeholder, _made = Stakeholder.objects.get_or_create(
        account=account,
        user=user,
        defaults={"role": role, "title": title[:200], "buying_role": buying_role[:120], "team": team[:120]},
    )
    return stakeholder


@transaction.atomic
def add_vendor_person(*, by: Actor, email: str, name: str, role: str) -> User:
    """Let a colleague in. Raises ValidationError when the address belongs to a customer's person."""
    by.require("people.manage")
    person = get_or_create_person(email=email, name=name)
    if person.stakeholders.exists():
        raise ValidationError({"email": _("This address belongs to a stakeholder of a customer.")})
    if person.pk == by.user.pk and role != by.role:
        raise ValidationError({"role": _("You cannot change your own role.")})
    person.vendor_role, person.is_active = role, True
    if name:
        person.name = name
    person.save(update_fields=["vendor_role", "is_active", "name"])
    return person


@transaction.atomic
def change_vendor_role(*, by: Actor, person: User, role: str) -> None:
    """Give a vendor person another role. One's own stays, so that the last admin cannot lock everybody out."""
    by.require("people.manage")
    if not person.is_vendor:
        raise ValidationError(_("%(name)s does not work at the vendor.") % {"name": person})
    if person.pk == by.user.pk and role != by.role:
        raise ValidationError(_("You cannot change your own role."))
    person.vendor_role = role
    person.save(update_fields=["vendor_role"])


@transaction.atomic
def deactivate_person(*, by: Actor, person: User) -> None:
    """Close the door to a vendor person; what they did stays. An admin cannot lock themselves out."""
    by.require("people.manage")
    if person.pk == by.user.pk:
        raise ValidationError(_("You cannot deactivate yourself."))
    person.is_active = False
    person.save(update_fields=["is_active"])


@transaction.atomic
def remove_from_account(*, by: Actor, stakeholder: Stakeholder) -> None:
    """End a stakeholder's access at once; their invitations end with it.

    Raises ValidationError for oneself, and for a sponsor unless somebody at the vendor does it.
    """
    by.require("person.revoke")
    if stakeholder.user_id == by.user.pk:
        raise ValidationError(_("You cannot remove yourself."))
    keep_sponsors(by, stakeholder)
    stakeholder.removed_at = clock.now()
    stakeholder.save(update_fields=["removed_at"])
    stakeholder.invitations.live().update(revoked_at=clock.now(), revoked_by=by.user)
    # Their open tasks need an owner again: the plans see to that.
    enqueue("plans.release_tasks")


def keep_sponsors(by: Actor, stakeholder: Stakeholder) -> None:
    """A champion does not put out whoever pays: raises ValidationError."""
    if by.side == Side.CUSTOMER and stakeholder.role == StakeholderRole.SPONSOR:
        raise ValidationError(_("Only the vendor can do that for a sponsor."))
