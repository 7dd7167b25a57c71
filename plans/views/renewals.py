"""A renewal: the way to it for the vendor, its terms for the customer, and what is done about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import get_vendor_actor
from accounts.choices import Side, VendorRole
from accounts.permissions import Actor
from accounts.services.contracts import current_contract
from plans.access import get_plan, get_renewal
from plans.forms.base import VersionForm
from plans.forms.renewal import DecideForm, OptionForm, lines_of
from plans.models import Renewal, RenewalItem, RenewalOption
from plans.pages import renewal_list as rows
from plans.pages.renewal import option_context, renewal_context, terms_context
from plans.pages.renewal_words import contract_words
from plans.services.renewing import (
    NotReady,
    RenewalConflict,
    begin_renewal,
    change_option,
    decide_renewal,
    mark_ready,
    meet_item,
    offer_renewal,
    prefer_option,
    prepare_options,
    unmeet_item,
)
from plans.views.tags import live_context


@require_GET
def renewal_list(request: HttpRequest) -> HttpResponse:
    """For a CSM those of their own accounts first."""
    actor = get_vendor_actor(request, "portfolio.view")
    everybody = actor.role != VendorRole.CSM or "all" in request.GET
    tab = request.GET.get("show", "")
    tab = tab if tab in rows.TABS else ""
    found = rows.renewals_of(actor.user, owner=None if everybody else actor.user, tab=tab)
    page = Paginator(found, rows.PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": rows.renewal_rows(list(page)),
        "page": page,
        "page_query": ("all&" if "all" in request.GET else "") + (f"show={tab}&" if tab else ""),
        "tabs": rows.tabs(tab),
        "own": not everybody,
        "may_widen": actor.role == VendorRole.CSM,
    }
    return render(request, "plans/renewal_list.html", context)


@require_GET
def plan_renewal(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The renewal that is open, else the last one; without any, a page that says when it begins."""
    plan, actor = get_plan(request, plan_id, "renewal.view")
    renewal = Renewal.objects.filter(plan=plan).order_by("-decided_at", "-opened_at").first()
    open_one = Renewal.objects.open().filter(plan=plan).order_by("-opened_at").first()
    if found := open_one or renewal:
        return redirect("renewal_detail", plan.pk, found.pk)
    contract = current_contract(plan.account)
    context = {
        "plan": {"id": plan.pk, "name": plan.name, "account_id": plan.account_id},
        "contract": contract_words(contract, plan.account.today()) if contract else None,
        "can": {
            "begin": contract is not None and plan.state == "live" and actor.may("renewal.manage"),
            "contract": actor.may("contract.edit"),
        },
    }
    return render(request, "plans/plan_renewal.html", context)


@require_POST
def renewal_begin(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "renewal.manage")
    contract = current_contract(plan.account)
    try:
        if contract is None:
            raise ValidationError(_("The account has no contract yet."))
        begin_renewal(by=actor, plan=plan, contract=contract)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The renewal is on the plan."))
    return redirect("plan_renewal", plan.pk)


@require_GET
def renewal_detail(request: HttpRequest, plan_id: UUID, renewal_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.view")
    return _answer(request, renewal, actor)


@require_POST
def renewal_prepare(request: HttpRequest, plan_id: UUID, renewal_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.manage")

    def do() -> None:
        if not prepare_options(renewal=renewal, by=actor):
            raise ValidationError(
                _("The contract says too little: enter its lines and its currency, then come back.")
            )

    return _act(request, renewal, actor, do, _("Three options are prepared. Look at each of them."))


@require_http_methods(["GET", "HEAD", "POST"])
def option_edit(request: HttpRequest, plan_id: UUID, renewal_id: UUID, option_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.manage")
    option = get_object_or_404(RenewalOption, pk=option_id, renewal=renewal)
    if request.method != "POST":
        form = OptionForm.of(option, renewal.version)
        return _edit(request, renewal, option, form, lines_of(option))
    form, lines = OptionForm(request.POST), lines_of(option, request.POST)
    if not (form.is_valid() & lines.is_valid()):
        return _edit(request, renewal, option, form, lines, 422)
    try:
        terms = form.terms(lines.offered())
        change_option(
            by=actor, renewal=renewal, version=form.cleaned_data["version"], option=option, terms=terms
        )
    except RenewalConflict as conflict:
        form.add_error(None, _("Somebody changed this renewal meanwhile. Look at it again, then send yours."))
        form.name_version(conflict.renewal.version)
        return _edit(request, renewal, option, form, lines, 409)
    except ValidationError as error:
        form.put_errors(error)
        return _edit(request, renewal, option, form, lines, 422)
    messages.success(request, _("The option is saved."))
    return redirect("renewal_detail", plan_id, renewal_id)


@require_POST
def renewal_offer(request: HttpRequest, plan_id: UUID, renewal_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.manage")
    return _act_on_version(
        request, renewal, actor, offer_renewal, _("Your customer's sponsor and champion see the options now.")
    )


@require_POST
def option_prefer(request: HttpRequest, plan_id: UUID, renewal_id: UUID, option_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.prefer")
    option = get_object_or_404(RenewalOption, pk=option_id, renewal=renewal)
    return _act_on_version(
        request, renewal, actor, prefer_option, _("Noted. Nothing is signed by this."), option=option
    )


@require_POST
def item_meet(request: HttpRequest, plan_id: UUID, renewal_id: UUID, item_id: UUID) -> HttpResponse:
    return _act_on_item(request, plan_id, renewal_id, item_id, meet_item)


@require_POST
def item_unmeet(request: HttpRequest, plan_id: UUID, renewal_id: UUID, item_id: UUID) -> HttpResponse:
    return _act_on_item(request, plan_id, renewal_id, item_id, unmeet_item)


@require_POST
def renewal_ready(request: HttpRequest, plan_id: UUID, renewal_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.manage")
    return _act_on_version(request, renewal, actor, mark_ready, _("The renewal is ready."))


@require_POST
def renewal_decide(request: HttpRequest, plan_id: UUID, renewal_id: UUID) -> HttpResponse:
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.manage")
    form = DecideForm(request.POST, renewal=renewal, auto_id="decide-%s")
    return _act_on_version(request, renewal, actor, decide_renewal, _("It is on record."), form=form)


def _act_on_item(
    request: HttpRequest, plan_id: UUID, renewal_id: UUID, item_id: UUID, do: Callable[..., Renewal]
) -> HttpResponse:
    """Each side says it of what it owes itself; the service asks for the right that goes with it."""
    renewal, actor = get_renewal(request, plan_id, renewal_id, "renewal.view")
    item = get_object_or_404(RenewalItem, pk=item_id, renewal=renewal)
    return _act(request, renewal, actor, lambda: do(by=actor, renewal=renewal, item=item), _("Noted."))


def _act_on_version(
    request: HttpRequest,
    renewal: Renewal,
    actor: Actor,
    do: Callable[..., Renewal],
    said: str,
    *,
    form: VersionForm | None = None,
    **more: object,
) -> HttpResponse:
    slot = {"form_decide": form} if form else {}
    form = form or VersionForm(request.POST)
    if not form.is_valid():
        problem = "" if slot else " ".join(map(str, form.errors.get("version", [])))
        return _answer(request, renewal, actor, status=422, forms=slot, problem=problem)
    data = form.cleaned_data
    return _act(
        request, renewal, actor, lambda: do(by=actor, renewal=renewal, **data, **more), said, slot=slot
    )


def _act(
    request: HttpRequest,
    renewal: Renewal,
    actor: Actor,
    do: Callable[[], object],
    said: str,
    slot: dict[str, VersionForm] | None = None,
) -> HttpResponse:
    """Run the service and go back to the page; or show the page with what is wrong, nothing typed lost."""
    form = (slot or {}).get("form_decide")
    try:
        do()
    except NotReady:
        return _answer(request, renewal, actor, status=422, refused=True)
    except RenewalConflict as conflict:
        problem = _("Somebody changed this renewal meanwhile. This is how it stands now.")
        if form:
            form.name_version(conflict.renewal.version)
        return _answer(request, renewal, actor, status=409, forms=slot, problem=problem)
    except ValidationError as error:
        if form:
            form.put_errors(error)
            return _answer(request, renewal, actor, status=422, forms=slot)
        return _answer(request, renewal, actor, status=422, problem=" ".join(error.messages))
    messages.success(request, said)
    return redirect("renewal_detail", renewal.plan_id, renewal.pk)


def _answer(
    request: HttpRequest,
    renewal: Renewal,
    actor: Actor,
    *,
    status: int = 200,
    forms: "dict[str, VersionForm] | dict[str, Form] | None" = None,
    refused: bool = False,
    problem: str = "",
) -> HttpResponse:
    if status != 200:
        renewal, actor = get_renewal(request, renewal.plan_id, renewal.pk, "renewal.view")
    live = live_context(renewal.plan, actor)
    if actor.side == Side.CUSTOMER:
        context = terms_context(renewal, actor, problem=problem)
        return render(request, "plans/renewal_terms.html", context | live, status=status)
    context = renewal_context(renewal, actor, forms=forms, refused=refused, problem=problem)
    return render(request, "plans/renewal_detail.html", context | live, status=status)


def _edit(
    request: HttpRequest,
    renewal: Renewal,
    option: RenewalOption,
    form: OptionForm,
    lines: object,
    status: int = 200,
) -> HttpResponse:
    context = option_context(renewal, option, form, lines)
    return render(request, "plans/option_edit.html", context, status=status)
