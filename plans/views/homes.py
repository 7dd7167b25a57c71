"""The first page, which is another for each kind of person; and the portfolio."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import get_vendor_actor, signed_in
from accounts.choices import VendorRole
from accounts.models import User
from plans.pages import homes
from plans.pages.machinery import admin_figures
from plans.pages.objectives import load_objectives, objective_card
from plans.pages.stakeholder_homes import only_watches, plans_of, roles_of, sponsor_home, stakeholder_home


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody has a home; who is on no account sees there what they are invited to."""
    person = signed_in(request)
    if person.vendor_role == VendorRole.ADMIN:
        return render(request, "plans/home_admin.html", admin_figures())
    if person.vendor_role == VendorRole.CSM:
        return render(request, "plans/home_csm.html", _portfolio(request, owner=person))
    if person.vendor_role:
        return render(request, "plans/home_executive.html", _portfolio(request, owner=None))
    roles, plans = roles_of(person), plans_of(person)
    if plans and only_watches(roles.values()):
        context = sponsor_home(person, roles, plans) | {"objectives": _objectives(plans[0])}
        return render(request, "plans/home_sponsor.html", context)
    return render(request, "plans/home_stakeholder.html", stakeholder_home(person, roles, plans))


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """All running plans, for everybody at the vendor; an executive's home is the same."""
    get_vendor_actor(request, "portfolio.view")
    return render(request, "plans/home_executive.html", _portfolio(request, owner=None))


def _portfolio(request: HttpRequest, *, owner: User | None) -> dict[str, Any]:
    """Of the accounts of `owner`, or of all. An unknown tab is the first one."""
    actor = get_vendor_actor(request, "portfolio.view")
    plans = homes.portfolio(actor.user, owner=owner)
    counts = homes.count_exceptions(plans)
    tab = request.GET.get("show", "")
    tab = tab if tab in homes.EXCEPTIONS else ""
    paginator = Paginator(homes.ranked(plans, tab), homes.PAGE)
    # Known already: the tabs count the same rows.
    paginator.count = counts[tab or "all"]
    page = paginator.get_page(request.GET.get("page"))
    rows = homes.portfolio_rows([homes.PlanFacts._make(row) for row in page])
    return {
        "headline": homes.portfolio_headline(counts),
        "scope_label": _("Your accounts") if owner else _("All accounts"),
        "tabs": homes.portfolio_tabs(counts, tab),
        "rows": rows,
        "page": page,
        "page_query": f"show={tab}&" if tab else "",
        "can": {"add_deal": actor.may("deal.enter")},
        "figures": homes.portfolio_figures(counts),
        "empty_text": _("No plan is in this list.")
        if tab
        else _("A plan appears here as soon as a deal is won."),
    }


def _objectives(plan: Any) -> list[dict[str, Any]]:
    today = plan.account.today()
    return [objective_card(plan, objective, measured, today) for objective, measured in load_objectives(plan)]
