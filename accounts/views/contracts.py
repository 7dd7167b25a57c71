"""Contracts of an account: the list, a contract with its schedule, and the forms that change it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_account, get_contract
from accounts.contract_forms import (
    AddedLineForms,
    AmendmentForm,
    ContractForm,
    LimitForms,
    LineForms,
    NewTermsForm,
    TermsForm,
    asked_rows,
    limit_rows,
    line_rows,
    said_rows,
    terms_of,
)
from accounts.contract_rows import contract_head, contract_page, contract_row, schedule_rows
from accounts.models import Account, Contract
from accounts.services.amending import amend_contract, withdraw_amendment
from accounts.services.contract_locking import ContractConflict
from accounts.services.contracts import add_contract, change_contract, set_entitlements, set_lines
from accounts.services.previewing import preview_contract

READ_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def contract_list(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "contract.view")
    today = account.today()
    contracts = account.contracts.order_by("-starts_on", "-created_at")
    context = {
        "account": {"id": account.pk, "name": account.name},
        "rows": [contract_row(contract, today) for contract in contracts],
        "can_edit": actor.may("contract.edit"),
    }
    return render(request, "accounts/contract_list.html", context)


@require_http_methods(READ_OR_POST)
def contract_add(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "contract.edit")
    form = NewTermsForm(_sent(request))
    if form.is_valid():
        try:
            contract = add_contract(
                by=actor, account=account, terms=form.said(), plan_id=running_plan_id(account)
            )
        except ValidationError as error:
            form.put_errors(error)
        else:
            messages.success(request, _("The contract is entered. Now say what was sold."))
            return redirect("contract_lines", account.pk, contract.pk)
    context = {"account": {"id": account.pk, "name": account.name}, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/contract_add.html", context, status=status)


@require_safe
def contract_detail(request: HttpRequest, account_id: UUID, contract_id: UUID) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.view")
    return render(request, "accounts/contract_detail.html", contract_page(contract, actor))


@require_http_methods(READ_OR_POST)
def contract_change(request: HttpRequest, account_id: UUID, contract_id: UUID) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.edit")
    form = TermsForm(_sent(request), initial=terms_of(contract), with_lines=contract.lines.exists())

    def act() -> object:
        return change_contract(
            by=actor, contract=contract, version=form.cleaned_data["version"], terms=form.said(),
            plan_id=running_plan_id(contract.account),
        )  # fmt: skip

    return _edit(request, contract, form, None, act, page="contract_change", said=_("The terms are saved."))


@require_http_methods(READ_OR_POST)
def contract_lines(request: HttpRequest, account_id: UUID, contract_id: UUID) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.edit")
    if request.method != "POST" and contract.amendments.exists():
        messages.info(request, _("This contract has been amended: its lines change by another amendment."))
        return redirect("contract_detail", account_id, contract_id)
    lines = contract.lines.select_related("contract")
    form, rows = _rows(request, contract, LineForms, line_rows(list(lines)))

    def act() -> object:
        return set_lines(
            by=actor, contract=contract, version=form.cleaned_data["version"], lines=said_rows(rows),
            plan_id=running_plan_id(contract.account),
        )  # fmt: skip

    return _edit(request, contract, form, rows, act, page="contract_lines", said=_("The lines are saved."))


@require_http_methods(READ_OR_POST)
def contract_entitlements(request: HttpRequest, account_id: UUID, contract_id: UUID) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.edit")
    form, rows = _rows(request, contract, LimitForms, limit_rows(list(contract.entitlements.all())))

    def act() -> object:
        return set_entitlements(
            by=actor, contract=contract, version=form.cleaned_data["version"], limits=said_rows(rows),
            plan_id=running_plan_id(contract.account),
        )  # fmt: skip

    return _edit(
        request,
        contract,
        form,
        rows,
        act,
        page="contract_entitlements",
        said=_("The limits are saved."),
    )


@require_http_methods(READ_OR_POST)
def contract_amend(request: HttpRequest, account_id: UUID, contract_id: UUID) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.edit")
    standing = [(str(line.pk), line.name) for line in contract.lines.filter(ended_by=None)]
    form, rows = _rows(request, contract, AddedLineForms, [], AmendmentForm, choices=standing)

    def act() -> object:
        data = form.cleaned_data
        return amend_contract(
            by=actor, contract=contract, version=data["version"], effective_on=data["effective_on"],
            reason=data["reason"], ends=[UUID(pk) for pk in data["ends"]], adds=said_rows(rows),
            plan_id=running_plan_id(contract.account),
        )  # fmt: skip

    return _edit(
        request, contract, form, rows, act, page="contract_amend", said=_("The amendment is entered.")
    )


@require_POST
def amendment_withdraw(
    request: HttpRequest, account_id: UUID, contract_id: UUID, number: int
) -> HttpResponse:
    contract, actor = get_contract(request, account_id, contract_id, "contract.edit")
    form = ContractForm(request.POST)
    try:
        if form.is_valid():
            version = form.cleaned_data["version"]
            withdraw_amendment(
                by=actor, contract=contract, version=version, number=number,
                plan_id=running_plan_id(contract.account),
            )  # fmt: skip
            messages.success(request, _("The amendment is withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ContractConflict as conflict:
        messages.error(request, _faster(conflict))
    return redirect("contract_detail", account_id, contract_id)


def running_plan_id(account: Account) -> UUID | None:
    """The plan whose history tells of it: the newest that is neither completed nor closed."""
    running = account.plans.filter(completed_at=None, closed_at=None).order_by("-created_at")
    return running.values_list("pk", flat=True).first()


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _rows(
    request: HttpRequest,
    contract: Contract,
    rows_of: type[BaseFormSet],
    stored: list[dict[str, Any]],
    form_of: type[ContractForm] = ContractForm,
    **options: Any,
) -> tuple[ContractForm, BaseFormSet]:
    """The form and its rows: as stored, as sent, or with a row more or less, which is then the one to type in."""
    if request.method != "POST":
        day = min(max(contract.account.today(), contract.starts_on), contract.ends_on)
        initial = {"version": contract.version, "effective_on": day}
        form = form_of(initial=initial, **options)
        return form, rows_of(initial=stored or [{}], prefix="rows")
    asked = asked_rows(request.POST, rows_of)
    if asked:
        typed = {name: request.POST.get(name) for name in form_of.base_fields}
        if "ends" in typed:
            typed["ends"] = request.POST.getlist("ends")  # type: ignore[assignment]
        typed_rows, at = asked
        rows = rows_of(initial=typed_rows, prefix="rows")
        next(iter(rows[at])).field.widget.attrs["autofocus"] = True
        return form_of(initial=typed, **options), rows
    return form_of(request.POST, **options), rows_of(request.POST, prefix="rows")


def _edit(
    request: HttpRequest,
    contract: Contract,
    form: ContractForm,
    rows: BaseFormSet | None,
    act: Callable[[], object],
    *,
    page: str,
    said: str,
) -> HttpResponse:
    """Show the form; what it would do, where that is asked; or do it. An old version is 409, and nothing is lost."""
    context: dict[str, Any] = {"contract": contract_head(contract), "form": form, "rows": rows}
    status = 200
    if form.is_bound:
        status = 422
        valid = [form.is_valid(), rows is None or rows.is_valid()]
        try:
            if all(valid) and request.POST.get("do") == "preview":
                preview = preview_contract(act, contract)
                today = contract.account.today()
                context["preview"] = schedule_rows(preview.invoices, preview.contract.currency, today)
                context["previewed"] = True
                status = 200
            elif all(valid):
                act()
                messages.success(request, said)
                return redirect("contract_detail", contract.account_id, contract.pk)
        except ValidationError as error:
            form.put_errors(error)
        except ContractConflict as conflict:
            form.name_version(conflict.contract.version)
            context["conflict"] = _faster(conflict)
            status = 409
    return render(request, f"accounts/{page}.html", context, status=status)


def _faster(conflict: ContractConflict) -> str:
    if conflict.latest and conflict.latest.actor_name:
        return _("%(name)s has changed the contract since you opened it.") % {
            "name": conflict.latest.actor_name
        }
    return _("The contract has changed since you opened it.")
