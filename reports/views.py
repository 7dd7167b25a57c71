"""Documents: the list, asking for one, watching it being made, downloading it, checking a file."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in
from accounts.permissions import Actor, actor_at_vendor
from portal.lib.canonical import digest
from reports.access import accounts_of, get_asked, get_asked_kind, get_edition, get_editions, get_maker
from reports.asking import form_page, kinds_page, list_filters, page_query, usual_subject
from reports.codes import printed
from reports.forms import MOST_BYTES, CheckForm, EditionForm, usual_days
from reports.kinds import KINDS
from reports.models import DocumentKind
from reports.rows import edition_page, edition_row, verdict_words
from reports.services import (
    RebuildDiffers,
    bytes_of,
    cancel_edition,
    check_code,
    check_digest,
    check_file,
    request_edition,
    retry_edition,
)
from reports.titles import file_name

PAGE = 25


@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    editions = get_editions(request)
    about, kind = get_asked(request), get_asked_kind(request)
    accounts = accounts_of(editions)
    if about.account:
        editions = editions.filter(account=about.account)
    if about.plan:
        editions = editions.filter(plan=about.plan)
    if kind:
        editions = editions.filter(kind=kind.key)
    editions = editions.select_related("account", "plan", "requested_by").order_by("-requested_at", "-pk")
    page = Paginator(editions, PAGE).get_page(request.GET.get("page"))
    context = {
        "editions": [edition_row(edition) for edition in page],
        "filters": list_filters(accounts, about.account, kind),
        "can": {"create": actor_at_vendor(signed_in(request)).may("edition.make")},
        "page": page,
        "page_query": page_query(request.GET),
    }
    return render(request, "reports/edition_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edition_create(request: HttpRequest) -> HttpResponse:
    """Which kind, then what it is about. A plan without a kind means its recap."""
    maker = get_maker(request)
    about, kind = get_asked(request), get_asked_kind(request)
    if kind is None and request.method != "POST" and not about.plan:
        return render(request, "reports/edition_form.html", kinds_page(request.GET, about.account))
    kind = kind or KINDS[DocumentKind.RECAP]
    if request.method == "POST":
        form = EditionForm(request.POST, kind=kind, user=maker.user, account=about.account)
        if form.is_valid() and (made := _requested(maker, form)):
            return made
    else:
        initial = {**usual_days(kind, about.plan, about.account), **usual_subject(about)}
        form = EditionForm(kind=kind, user=maker.user, account=about.account, initial=initial)
    status = 422 if form.is_bound else 200
    return render(request, "reports/edition_form.html", form_page(request.GET, form, about), status=status)


@require_safe
def edition_detail(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The page; for htmx only what moves, and 204 while nothing has moved since the step it saw."""
    edition, actor = get_edition(request, edition_id, "edition.view")
    seen = request.GET.get("seen", "")
    if request.htmx and seen == edition.step and edition.state == "working":  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
    else:
        part = "#making" if request.htmx else ""  # type: ignore[attr-defined]
        context = edition_page(edition, actor, seen if part else "")
        response = render(request, f"reports/edition_detail.html{part}", context)
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    return response


@require_safe
def edition_download(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    edition, _actor = get_edition(request, edition_id, "edition.view")
    if edition.state != "done":
        messages.error(request, _("This document is not ready yet."))
        return redirect("edition_detail", edition.pk)
    try:
        content = bytes_of(edition)
    except RebuildDiffers:
        messages.error(request, _("The file is damaged and could not be made again. Make a new document."))
        return redirect("edition_detail", edition.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, file_name(edition))
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_POST
def edition_retry(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    edition, actor = get_edition(request, edition_id, "edition.make")
    try:
        edition = retry_edition(by=actor, edition=edition)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("edition_detail", edition.pk)


@require_POST
def edition_cancel(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    edition, actor = get_edition(request, edition_id, "edition.make")
    try:
        cancel_edition(by=actor, edition=edition)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The document was called off."))
    return redirect("edition_detail", edition.pk)


# Public: whoever was sent a document may check it, a CFO without an account too. It says genuine or not, no more.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def edition_check(request: HttpRequest) -> HttpResponse:
    form, result, status = CheckForm(), None, 200
    if request.method == "POST":
        form = CheckForm(request.POST, request.FILES)
        if not ratelimit.consume(request, action="edition_check"):
            form.add_error(None, _("Too many checks from here. Wait a minute, then try again."))
            status = 429
        elif form.is_valid():
            result = _checked(form.cleaned_data["file"], *form.cleaned_data["code"])
            form = CheckForm()
        else:
            status = 422
    context = {"form": form, "result": result, "upload_max": MOST_BYTES}
    return render(request, "reports/check.html", context, status=status)


def _requested(maker: Actor, form: EditionForm) -> HttpResponseRedirect | None:
    """Ask for the edition and go to its page; None when it was refused, with the reasons in the form."""
    try:
        edition = request_edition(by=maker, **form.asked())
    except ValidationError as error:
        form.put_errors(error)
        return None
    return redirect("edition_detail", edition.pk)


def _checked(file: UploadedFile | None, named: str, typed: str) -> dict[str, object]:
    if file is not None:
        content = file.read()
        return verdict_words(check_file(content), digest(content))
    if named == "code":
        return verdict_words(check_code(typed), printed(typed), is_code=True)
    return verdict_words(check_digest(typed), typed)
