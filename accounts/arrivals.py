"""The way in by an invitation: remembered in the session while the code travels, accepted after signing in."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Account, Invitation, User
from accounts.services.invitations import accept_invitation

SESSION_KEY = "invitation"


def remember_invitation(request: HttpRequest, invitation: Invitation) -> None:
    request.session[SESSION_KEY] = str(invitation.pk)


def is_remembered(request: HttpRequest) -> bool:
    return SESSION_KEY in request.session


def take_invitation(request: HttpRequest, user: User) -> str:
    """Accept the remembered invitation and say where to go; "" when there is none, or none that is theirs."""
    remembered = request.session.pop(SESSION_KEY, "")
    invitation = Invitation.objects.filter(pk=UUID(remembered)).first() if remembered else None
    stakeholder = accept_invitation(invitation=invitation, user=user) if invitation else None
    return landing_on(stakeholder.account, user) if stakeholder else ""


def landing_on(account: Account, user: User) -> str:
    """The account's plan where there is exactly one to see, else the account."""
    plans = list(account.plans.visible_to(user)[:2])
    if len(plans) == 1:
        return reverse("plan_detail", args=[plans[0].pk])
    return reverse("account_page", args=[account.pk])
