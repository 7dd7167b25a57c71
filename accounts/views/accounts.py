"""The list of accounts, an account, its people and the mail domains they may come from."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import get_account, get_stakeholder, get_vendor_actor
from accounts.forms import DomainsForm, InvitationForm
from accounts.models import Account, Stakeholder
from accounts.permissions import Actor
from accounts.rows import (
    account_head,
    account_row,
    deal_row,
    edition_row,
    invitation_row,
    latest_by_stakeholder,
    plan_row,
    stakeholder_row,
)
from accounts.services.accounts import set_allowed_domains
from accounts.services.people import remove_from_account

PAGE = 25
# Invitations to look back on; an account with more of them has other questions.
MOST = 50
SHOWN_EDITIONS = 5


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    get_vendor_actor(request, "account.list")
    query = request.GET.get("q", "").strip()[:200]
    accounts = Account.objects.visible_to(request.user).named_like(query)
    accounts = accounts.select_related("owner").prefetch_related("plans__account")
    page = Paginator(accounts, PAGE).get_page(request.GET.get("page"))
    total = page.paginator.count
    context = {
        "headline": ngettext("%(n)d account", "%(n)d accounts", total) % {"n": total},
        "rows": [account_row(account, list(account.plans.all())) for account in page],
        "page": page,
        "page_query": f"{urlencode({'q': query})}&" if query else "",
        "query": query,
    }
    return render(request, "accounts/account_list.html", context)


@require_safe
def account_page(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "account.view")
    return render(request, "accounts/account_detail.html", page_of(account, actor))


@require_POST
def account_domains(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "account.edit")
    form = DomainsForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/account_detail.html", page_of(account, actor, form), status=422)
    set_allowed_domains(by=actor, account=account, domains=form.cleaned_data["domains"])
    messages.success(request, _("The mail domains were saved."))
    return redirect("account_page", account.pk)


@require_POST
def stakeholder_remove(request: HttpRequest, account_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    stakeholder, actor = get_stakeholder(request, account_id, stakeholder_id, "person.revoke")
    try:
        remove_from_account(by=actor, stakeholder=stakeholder)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s has no access any more.") % {"name": stakeholder.user})
    return redirect("account_page", account_id)


def page_of(account: Account, actor: Actor, domains_form: DomainsForm | None = None) -> dict[str, Any]:
    """What the page shows to this person. What is the vendor's is not even asked for a customer."""
    at_vendor = actor.may("account.list")
    can = {
        "invite": actor.may("person.invite"),
        "edit": actor.may("account.edit"),
        "make": actor.may("edition.make"),
    }
    invitations = list(
        account.invitations.select_related("stakeholder__user", "invited_by").order_by("-created_at")[:MOST]
    )
    latest = latest_by_stakeholder(invitations)
    people = Stakeholder.objects.present().filter(account=account).select_related("user__mail_preference")
    today = account.today()
    saved = DomainsForm(initial={"domains": "\n".join(account.allowed_domains)})
    return {
        "account": account_head(account, actor),
        "people": [stakeholder_row(person, latest.get(person.pk), actor) for person in people],
        "invitations": [invitation_row(one, actor) for one in invitations] if can["invite"] else [],
        "plans": [plan_row(plan, today) for plan in account.plans.visible_to(actor.user)],
        "domains": account.allowed_domains,
        "domains_form": (domains_form or saved) if can["edit"] else None,
        "deals": [deal_row(deal) for deal in account.deals.select_related("contract")] if at_vendor else [],
        "editions": _editions(account, actor) if actor.may("edition.view") else None,
        "form_invite": InvitationForm(by=actor) if can["invite"] else None,
        "roi_url": reverse("account_roi", args=[account.pk]) if actor.may("roi.view") else "",
        "contracts_url": reverse("contract_list", args=[account.pk]) if actor.may("contract.view") else "",
        "facts_url": reverse("account_facts", args=[account.pk]) if actor.may("fact.view") else "",
        "scoreboard_url": reverse("scoreboard", args=[account.pk]) if actor.may("scoreboard.view") else "",
        "usage_url": reverse("account_usage", args=[account.pk]) if actor.may("usage.view") else "",
        "security_url": reverse("account_security", args=[account.pk]) if actor.may("security.view") else "",
        "can": can,
    }


def _editions(account: Account, actor: Actor) -> list[dict[str, Any]]:
    """The newest documents that are done, without their contents."""
    done = account.editions.visible_to(actor.user).finished().defer("snapshot")
    return [edition_row(edition) for edition in done.order_by("-finished_at")[:SHOWN_EDITIONS]]
