"""The first line of a view: may you see it (404), may you do it (403)."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import (
    Account,
    CalendarKey,
    Contract,
    Invitation,
    SecurityConfirmation,
    Stakeholder,
    User,
)
from accounts.permissions import Actor, actor_at_vendor, actor_on


def signed_in(request: HttpRequest) -> User:
    """Who asks. Nobody comes to a view without a session unless the view says `login_not_required`."""
    return cast(User, request.user)


def get_account(request: HttpRequest, account_id: UUID, action: str) -> tuple[Account, Actor]:
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("owner"), pk=account_id
    )
    actor = actor_on(signed_in(request), account.pk)
    actor.require(action)
    return account, actor


def get_stakeholder(
    request: HttpRequest, account_id: UUID, stakeholder_id: UUID, action: str
) -> tuple[Stakeholder, Actor]:
    """Somebody who belongs to an account that the person may see."""
    account, actor = get_account(request, account_id, action)
    people = Stakeholder.objects.present().filter(account=account).select_related("user", "account")
    return get_object_or_404(people, pk=stakeholder_id), actor


def get_contract(
    request: HttpRequest, account_id: UUID, contract_id: UUID, action: str
) -> tuple[Contract, Actor]:
    account, actor = get_account(request, account_id, action)
    contract = get_object_or_404(account.contracts.select_related("renews"), pk=contract_id)
    contract.account = account
    return contract, actor


def get_invitation(request: HttpRequest, invitation_id: UUID, action: str) -> tuple[Invitation, Actor]:
    """An invitation as those see it who manage it; the invited person's own page is public."""
    invitations = Invitation.objects.filter(account__in=Account.objects.visible_to(request.user))
    invitation = get_object_or_404(invitations.select_related("stakeholder__user"), pk=invitation_id)
    actor = actor_on(signed_in(request), invitation.account_id)
    actor.require(action)
    return invitation, actor


def get_confirmation(
    request: HttpRequest, confirmation_id: UUID, action: str
) -> tuple[SecurityConfirmation, Actor]:
    """One that was not removed. For the vendor's own a stakeholder needs the right on one of their accounts."""
    seen = SecurityConfirmation.objects.visible_to(request.user).standing()
    confirmation = get_object_or_404(seen.select_related("account"), pk=confirmation_id)
    user: User = request.user  # type: ignore[assignment]
    if confirmation.account_id:
        actor = actor_on(user, confirmation.account_id)
    elif user.vendor_role:
        actor = actor_at_vendor(user)
    else:
        roles = Stakeholder.objects.joined().filter(user=user).values_list("role", flat=True)
        actor = next(
            (one for one in (Actor(user, role) for role in roles) if one.may(action)), Actor(user, "")
        )
    actor.require(action)
    return confirmation, actor


def get_vendor_person(request: HttpRequest, person_id: UUID, action: str) -> tuple[User, Actor]:
    actor = get_vendor_actor(request, action)
    return get_object_or_404(User.objects.exclude(vendor_role=""), pk=person_id), actor


def get_vendor_actor(request: HttpRequest, action: str) -> Actor:
    actor = actor_at_vendor(signed_in(request))
    actor.require(action)
    return actor


def get_calendar_person(token: str) -> User:
    """Whose calendar the token opens: the address itself is the right to read it, without a session."""
    return get_object_or_404(CalendarKey.objects.opened_by(token).select_related("user")).user
