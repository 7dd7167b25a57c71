"""Invitations: sent, accepted, revoked, expired. The link shows a page; only the mailed code lets anybody in."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import StakeholderRole, Verb
from accounts.models import Account, Invitation, Stakeholder, User
from accounts.permissions import CHAMPION, Actor
from accounts.services.branding import current_vendor
from accounts.services.mail import day_label, queue_mail
from accounts.services.people import get_or_create_person, keep_sponsors, put_on_account
from accounts.services.recording import record
from portal.lib import clock

VALID_FOR = timedelta(days=14)


@transaction.atomic
def invite_colleague(*, by: Actor, account: Account, email: str, name: str, role: str) -> Invitation:
    """Call a person to the account. A champion may do so within the allowed mail domains, below sponsor.

    Raises ValidationError by field: a domain that is not allowed, a vendor person, somebody who is in already.
    """
    by.require("person.invite")
    if by.role == CHAMPION:
        _keep_to_allowed_domains(account, email)
        if role == StakeholderRole.SPONSOR:
            raise ValidationError({"role": _("Only the vendor can invite a sponsor.")})
    person = get_or_create_person(email=email, name=name)
    if person.is_vendor:
        raise ValidationError({"email": _("This address belongs to somebody at the vendor.")})
    if not person.is_active:
        raise ValidationError({"email": _("The access of this person was closed. Ask the vendor.")})
    put_on_account(account=account, user=person, role=role)
    # Locked, so that two calls at the same moment send one good link between them, not an error.
    stakeholder = account.stakeholders.select_for_update(no_key=True).get(user=person)
    if stakeholder.joined_at and not stakeholder.removed_at:
        raise ValidationError({"email": _("This person is already on the account.")})
    if not stakeholder.removed_at and stakeholder.role != role:
        keep_sponsors(by, stakeholder)
    stakeholder.removed_at = stakeholder.joined_at = None
    stakeholder.role = role
    stakeholder.save(update_fields=["removed_at", "joined_at", "role"])
    return send_invitation(stakeholder=stakeholder, by=by.user)


@transaction.atomic
def call_in_colleague(*, by: Actor, account: Account, email: str, name: str = "") -> User:
    """Whom somebody on the account names to take over work: found there, else invited as a contributor.

    No right to invite is asked, so the allowed mail domains bind everybody, and nobody is brought back whose access
    was ended. Why an address is refused is not told: it would say who is known here.
    """
    person = User.objects.filter(email=email.strip().lower()).first()
    there = account.stakeholders.filter(user=person).first() if person else None
    if there and person and person.is_active and not there.removed_at:
        return person
    _keep_to_company(account, email)
    refused = person and (person.is_vendor or not person.is_active)
    if refused or (there and not by.may("person.invite")):
        raise ValidationError(
            {"email": _("This person cannot take it over. Name somebody else, or ask your success manager.")}
        )
    person = get_or_create_person(email=email, name=name)
    put_on_account(account=account, user=person, role=StakeholderRole.CONTRIBUTOR)
    # Locked, as in `invite_colleague`.
    stakeholder = account.stakeholders.select_for_update(no_key=True).get(user=person)
    if stakeholder.removed_at:
        stakeholder.removed_at = stakeholder.joined_at = None
        stakeholder.role = StakeholderRole.CONTRIBUTOR
        stakeholder.save(update_fields=["removed_at", "joined_at", "role"])
    send_invitation(stakeholder=stakeholder, by=by.user)
    return person


def send_invitation(*, stakeholder: Stakeholder, by: User | None) -> Invitation:
    """Mail a fresh invitation; an earlier open one is replaced, so that one link at a time is good.

    The stakeholder's row is locked: whoever invites the same person at this moment waits, and replaces this one.
    """
    now = clock.now()
    Stakeholder.objects.select_for_update(no_key=True).get(pk=stakeholder.pk)
    stakeholder.invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by
    )
    invitation = Invitation.objects.create(
        account_id=stakeholder.account_id, stakeholder=stakeholder, invited_by=by, expires_at=now + VALID_FOR
    )
    queue_mail(
        "invitation",
        to=stakeholder.user,
        account=stakeholder.account,
        context={
            "by": str(by or current_vendor().name),
            "account_name": stakeholder.account.name,
            "role_label": StakeholderRole(stakeholder.role).label,
            "until_label": day_label(invitation.expires_at),
            "url": settings.PORTAL_PUBLIC_URL + reverse("invitation_page", args=[invitation.pk]),
        },
    )
    record(
        Verb.PERSON_INVITED,
        account_id=stakeholder.account_id,
        by=by,
        subject=str(stakeholder.user),
        new={"role": stakeholder.role},
    )
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Stakeholder | None:
    """Let the invited person in. None, with nothing changed, when it is not theirs or no longer open."""
    # The person's row before the invitation's, as everybody takes them: a removal at the same moment comes
    # before or after, and no two wait for each other.
    stakeholder = Stakeholder.objects.select_for_update(no_key=True).get(pk=invitation.stakeholder_id)
    locked = Invitation.objects.live().select_for_update().filter(pk=invitation.pk).first()
    if locked is None or stakeholder.user_id != user.pk:
        return None
    locked.accepted_at = stakeholder.joined_at = clock.now()
    stakeholder.removed_at = None
    locked.save(update_fields=["accepted_at"])
    stakeholder.save(update_fields=["joined_at", "removed_at"])
    record(
        Verb.PERSON_JOINED,
        account_id=locked.account_id,
        by=user,
        subject=str(user),
        new={"role": stakeholder.role},
    )
    return stakeholder


@transaction.atomic
def revoke_invitation(*, by: Actor, invitation: Invitation) -> None:
    """Make the link worthless. One that was accepted or revoked meanwhile raises ValidationError, and so does
    a sponsor's when a champion asks."""
    by.require("person.revoke")
    keep_sponsors(by, invitation.stakeholder)
    changed = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=clock.now(), revoked_by=by.user)
    if not changed:
        raise ValidationError(_("This invitation is no longer open."))


def is_allowed_address(account: Account, email: str) -> bool:
    """Whether the address is at one of the account's mail domains: the very domain, neither above nor below it."""
    return email.strip().rpartition("@")[2].lower() in account.allowed_domains


def _keep_to_company(account: Account, email: str) -> None:
    if not is_allowed_address(account, email):
        raise ValidationError(
            {"email": _("Only colleagues with a work address at your company can be named.")}
        )


def _keep_to_allowed_domains(account: Account, email: str) -> None:
    if not is_allowed_address(account, email):
        allowed = ", ".join(account.allowed_domains) or _("none yet")
        raise ValidationError(
            {"email": _("You can invite people with an address at: %(domains)s.") % {"domains": allowed}}
        )
