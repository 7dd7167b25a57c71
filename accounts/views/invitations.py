"""Invitations: sent and revoked by those inside, shown to and accepted by whoever is called."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_account, get_invitation
from accounts.arrivals import landing_on, remember_invitation
from accounts.forms import InvitationForm, add_errors
from accounts.models import Invitation
from accounts.rows import account_head
from accounts.services.branding import current_vendor
from accounts.services.invitations import accept_invitation, invite_colleague, revoke_invitation
from accounts.views.sign_in import send_code
from portal.lib.days import long_day


# Public: the called person has no session yet. It names the vendor, the account and the inviter, nobody else.
@login_not_required
@never_cache
@require_safe
def invitation_page(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    invitation = _called(invitation_id)
    return _show(request, invitation)


# Public, as above. It lets nobody in: it sends a code to the invited address, whoever pressed the button.
@login_not_required
@never_cache
@require_POST
def invitation_accept(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    invitation = _called(invitation_id)
    person = invitation.stakeholder.user
    if standing(invitation) != "open":
        return _show(request, invitation)
    if request.user.is_authenticated:
        stakeholder = accept_invitation(invitation=invitation, user=request.user)
        if stakeholder is None:
            return _show(request, invitation, status=403)
        return redirect(landing_on(stakeholder.account, request.user))
    too_many = ratelimit.consume_or_429(request, action="login") or send_code(request, person)
    if too_many:
        return too_many
    remember_invitation(request, invitation)
    return redirect("account_confirm_login_code")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "person.invite")
    initial = {name: request.GET.get(name, "")[:254] for name in ("name", "email", "role")}
    form = InvitationForm(
        request.POST or None, by=actor, initial={key: word for key, word in initial.items() if word}
    )
    if request.method == "POST" and form.is_valid():
        try:
            _not_too_often(request)
            invite_colleague(by=actor, account=account, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Invited: %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("account_page", account.pk)
    context = {"account": account_head(account, actor), "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/invite_form.html", context, status=status)


@require_POST
def invitation_revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    invitation, actor = get_invitation(request, invitation_id, "person.revoke")
    try:
        revoke_invitation(by=actor, invitation=invitation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The invitation was revoked: its link is worthless now."))
    return redirect("account_page", invitation.account_id)


def standing(invitation: Invitation) -> str:
    """open, accepted, revoked or expired, as the called person is told; no access means revoked to them."""
    stakeholder = invitation.stakeholder
    if stakeholder.removed_at or not stakeholder.user.is_active:
        return "revoked"
    return invitation.state


def _not_too_often(request: HttpRequest) -> None:
    """Each invitation is a mail to somebody, who may be the same one again and again."""
    if not ratelimit.consume(request, action="invite", user=request.user):
        raise ValidationError(_("These are too many invitations at once. Go on in an hour."))


def _called(invitation_id: UUID) -> Invitation:
    related = Invitation.objects.select_related("account", "stakeholder__user", "invited_by")
    return get_object_or_404(related, pk=invitation_id)


def _show(request: HttpRequest, invitation: Invitation, status: int | None = None) -> HttpResponse:
    state = standing(invitation)
    somebody = request.user.is_authenticated
    context = {
        "state": state,
        "invitation": {
            "id": str(invitation.pk),
            "account_name": invitation.account.name,
            "by": str(invitation.invited_by or current_vendor().name),
            "until_label": long_day(invitation.expires_at),
        },
        "signed_in": somebody,
        "for_somebody_else": somebody and invitation.stakeholder.user_id != request.user.pk,
    }
    gone = state in ("revoked", "expired")
    return render(request, "accounts/invitation.html", context, status=status or (410 if gone else 200))
