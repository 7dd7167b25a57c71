"""What an account cost, and the cohorts of accounts at risk: for the vendor's eyes only."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_account, get_vendor_actor
from accounts.contract_forms import plain
from accounts.contract_rows import contract_name, contract_url
from accounts.cost_forms import CohortForm, CostForm, MemberForm
from accounts.models import CohortMember, RiskCohort
from accounts.services.cohorts import expose_contract, put_cohort, unexpose_contract
from accounts.services.contracts import current_contract
from accounts.services.costs import add_cost, remove_cost
from portal.lib.days import long_day, period
from portal.lib.figures import figure
from portal.lib.money import add, money_text

READ_OR_POST = ["GET", "HEAD", "POST"]
MOST_COSTS = 500


@require_http_methods(READ_OR_POST)
def account_costs(request: HttpRequest, account_id: UUID) -> HttpResponse:
    posted = request.method == "POST"
    account, actor = get_account(request, account_id, "cost.edit" if posted else "cost.view")
    form = CostForm(request.POST if posted else None)
    if not posted:
        contract = current_contract(account)
        form.initial = {"spent_on": account.today(), "currency": contract.currency if contract else "EUR"}
    elif form.is_valid():
        try:
            add_cost(by=actor, account=account, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
        else:
            messages.success(request, _("The cost is entered."))
            return redirect("account_costs", account.pk)
    costs = list(account.costs.filter(removed_at=None).order_by("-spent_on", "-added_at")[:MOST_COSTS])
    codes = sorted({cost.currency for cost in costs})
    context = {
        "account": {"id": account.pk, "name": account.name},
        "form": form if actor.may("cost.edit") else None,
        "rows": [
            {
                "id": cost.pk,
                "day": long_day(cost.spent_on),
                "kind": cost.get_kind_display(),
                "note": cost.note,
                "amount": money_text(cost.amount, cost.currency),
            }
            for cost in costs
        ],
        "totals": [
            money_text(add([cost.amount for cost in costs if cost.currency == code]), code) for code in codes
        ],
    }
    return render(request, "accounts/account_costs.html", context, status=422 if posted else 200)


@require_POST
def cost_remove(request: HttpRequest, account_id: UUID, cost_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "cost.edit")
    remove_cost(by=actor, cost=get_object_or_404(account.costs, pk=cost_id))
    messages.success(request, _("The cost is removed."))
    return redirect("account_costs", account.pk)


@require_safe
def cohort_list(request: HttpRequest) -> HttpResponse:
    get_vendor_actor(request, "cohort.manage")
    cohorts = RiskCohort.objects.annotate(size=Count("members"))
    rows = [_cohort(one) | {"size": _size(one.size)} for one in cohorts]
    return render(request, "accounts/cohort_list.html", {"rows": rows})


@require_http_methods(READ_OR_POST)
def cohort_add(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "cohort.manage")
    posted = request.method == "POST"
    form = CohortForm(request.POST if posted else None)
    if form.is_valid():
        try:
            cohort = put_cohort(by=actor, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
        else:
            return redirect("cohort_detail", cohort.pk)
    return render(request, "accounts/cohort_add.html", {"form": form}, status=422 if posted else 200)


@require_http_methods(READ_OR_POST)
def cohort_detail(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "cohort.manage")
    cohort = get_object_or_404(RiskCohort, pk=cohort_id)
    posted = request.method == "POST"
    said = {name: plain(getattr(cohort, name)) for name in CohortForm.base_fields}
    form = CohortForm(request.POST if posted else None, initial=said)
    if form.is_valid():
        try:
            put_cohort(by=actor, cohort=cohort, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
            cohort.refresh_from_db()
        else:
            messages.success(request, _("The cohort is saved."))
            return redirect("cohort_detail", cohort.pk)
    return _show_cohort(request, cohort, form=form, status=422 if posted else 200)


@require_POST
def cohort_expose(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "cohort.manage")
    cohort = get_object_or_404(RiskCohort, pk=cohort_id)
    form = MemberForm(request.POST, cohort=cohort)
    if form.is_valid():
        try:
            expose_contract(by=actor, cohort=cohort, contract=form.cleaned_data["contract"])
        except ValidationError as error:
            form.put_errors(error)
        else:
            return redirect("cohort_detail", cohort.pk)
    return _show_cohort(request, cohort, member_form=form, status=422)


@require_POST
def cohort_unexpose(request: HttpRequest, cohort_id: UUID, member_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "cohort.manage")
    member = get_object_or_404(CohortMember, cohort_id=cohort_id, pk=member_id)
    unexpose_contract(by=actor, member=member)
    return redirect("cohort_detail", cohort_id)


def _show_cohort(
    request: HttpRequest,
    cohort: RiskCohort,
    *,
    status: int,
    form: CohortForm | None = None,
    member_form: MemberForm | None = None,
) -> HttpResponse:
    said = {name: plain(getattr(cohort, name)) for name in CohortForm.base_fields}
    members = cohort.members.select_related("contract__account").order_by("contract__account__name")
    context = {
        "cohort": _cohort(cohort),
        "form": form or CohortForm(initial=said),
        "member_form": member_form or MemberForm(cohort=cohort),
        "members": [_member(one) for one in members],
    }
    return render(request, "accounts/cohort_detail.html", context, status=status)


def _cohort(cohort: RiskCohort) -> dict[str, Any]:
    words = {
        "low": figure(cohort.baseline_low),
        "base": figure(cohort.baseline),
        "high": figure(cohort.baseline_high),
    }
    return {
        "id": cohort.pk,
        "name": cohort.name,
        "days": period(cohort.starts_on, cohort.ends_on),
        "baseline": _("Baseline %(base)s%% (%(low)s to %(high)s%%)") % words,
    }


def _member(member: CohortMember) -> dict[str, Any]:
    contract = member.contract
    return {
        "id": member.pk,
        "account": contract.account.name,
        "name": contract_name(contract),
        "url": contract_url(contract),
        "amount": money_text(contract.arr, contract.currency) if contract.arr is not None else "",
    }


def _size(members: int) -> str:
    return ngettext("%(n)d contract", "%(n)d contracts", members) % {"n": members}
