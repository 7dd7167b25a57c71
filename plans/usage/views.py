"""Pages about figures: bringing them in, what came, the feeds, and an account's use."""

import csv
from collections.abc import Iterator
from pathlib import PurePath
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_account, get_vendor_actor
from accounts.models import Account
from accounts.permissions import Actor
from plans.models import UsageFeed, UsageImport
from plans.usage.account_page import account_usage_context
from plans.usage.exporting import TEMPLATE, figures_as_rows
from plans.usage.feeds import add_feed, disable_feed
from plans.usage.forms import FeedForm, UsageFileForm
from plans.usage.importing import apply_import, cancel_import, receive_file
from plans.usage.pages import feeds_context, import_context, import_row, state_of

PAGE = 25
BOM = "\ufeff"


@require_http_methods(["GET", "HEAD", "POST"])
def usage_imports(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "usage.import")
    if request.method == "POST":
        form = UsageFileForm(request.POST, request.FILES, user=actor.user)
        if form.is_valid():
            file = form.cleaned_data["file"]
            name = PurePath((file.name or "").replace("\\", "/")).name
            kept = receive_file(
                by=actor, chunks=file.chunks(), file_name=name, account=form.cleaned_data["account"]
            )
            return redirect("usage_import", kept.pk)
    else:
        form = UsageFileForm(user=actor.user, initial={"account": _asked_account(request)})
    context = _imports_page(request, actor, form)
    return render(request, "plans/usage/imports.html", context, status=422 if form.is_bound else 200)


@require_safe
def usage_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The page; for htmx only what moves, and 204 while nothing has moved since the state it saw."""
    actor, found = _get_import(request, import_id)
    if request.htmx and request.GET.get("seen") == state_of(found):  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
    else:
        part = "#state" if request.htmx else ""  # type: ignore[attr-defined]
        response = render(request, f"plans/usage/import.html{part}", import_context(found, actor))
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    return response


@require_POST
def usage_import_apply(request: HttpRequest, import_id: UUID) -> HttpResponse:
    actor, found = _get_import(request, import_id)
    try:
        apply_import(by=actor, usage_import=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("usage_import", import_id)


@require_POST
def usage_import_cancel(request: HttpRequest, import_id: UUID) -> HttpResponse:
    actor, found = _get_import(request, import_id)
    try:
        cancel_import(by=actor, usage_import=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The import is called off. Nothing of it was taken over."))
    return redirect("usage_import", import_id)


@require_safe
def usage_template(request: HttpRequest) -> StreamingHttpResponse:
    """An example with every column, to be filled in."""
    get_vendor_actor(request, "usage.import")
    return _csv(iter(TEMPLATE), "usage-template.csv")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def usage_feeds(request: HttpRequest) -> HttpResponse:
    """The answer to a new name is the only page that ever shows its token."""
    actor = get_vendor_actor(request, "feed.manage")
    form, made, status = FeedForm(), None, 200
    if request.method == "POST":
        form = FeedForm(request.POST)
        if form.is_valid():
            try:
                made = add_feed(by=actor, name=form.cleaned_data["name"])
                form = FeedForm()
            except ValidationError as error:
                form.put_errors(error)
        status = 201 if made else 422
    return render(request, "plans/usage/feeds.html", feeds_context(form, made), status=status)


@require_POST
def usage_feed_disable(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    actor = get_vendor_actor(request, "feed.manage")
    feed = get_object_or_404(UsageFeed, pk=feed_id)
    disable_feed(by=actor, feed=feed)
    messages.success(request, _("The token of %(feed)s does not work any more.") % {"feed": feed})
    return redirect("usage_feeds")


@require_safe
def account_usage(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "usage.view")
    asked = (request.GET.get("from", ""), request.GET.get("to", ""))
    return render(request, "plans/usage/account.html", account_usage_context(account, actor, asked))


@require_safe
def account_usage_csv(request: HttpRequest, account_id: UUID) -> StreamingHttpResponse:
    """The figures that hold now, in the columns of an import."""
    account, _actor = get_account(request, account_id, "usage.view")
    name = "".join(sign if sign.isalnum() or sign in " -_." else " " for sign in account.name)
    file_name = " ".join(f"{name} {account.today().isoformat()}".split())
    return _csv(figures_as_rows(account), f"{_('Usage')} {file_name}.csv")


def _get_import(request: HttpRequest, import_id: UUID) -> tuple[Actor, UsageImport]:
    actor = get_vendor_actor(request, "usage.import")
    found = UsageImport.objects.select_related("feed", "account", "received_by", "applied_by")
    return actor, get_object_or_404(found, pk=import_id)


def _asked_account(request: HttpRequest) -> Account | None:
    try:
        asked = UUID(request.GET.get("account", ""))
    except ValueError:
        return None
    return Account.objects.visible_to(request.user).filter(pk=asked).first()


def _imports_page(request: HttpRequest, actor: Actor, form: UsageFileForm) -> dict[str, object]:
    imports = UsageImport.objects.select_related("feed", "account", "received_by").defer("errors")
    page = Paginator(imports.order_by("-received_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    account = form.initial.get("account") or getattr(form, "cleaned_data", {}).get("account")
    return {
        "form": form,
        "account": account and {"name": account.name, "url": reverse("account_usage", args=[account.pk])},
        "rows": [import_row(one) for one in page],
        "page": page,
        "page_query": "",
        "upload_max": settings.PORTAL_USAGE_MAX_MB * 1_000_000,
        "feeds_url": reverse("usage_feeds") if actor.may("feed.manage") else "",
    }


def _csv(rows: Iterator[tuple[str, ...]], file_name: str) -> StreamingHttpResponse:
    """As spreadsheets open it: UTF-8 with a BOM, commas, every cell in quotation marks, and none that they would take
    for a formula."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    lines = (writer.writerow(row) for row in rows)
    response = StreamingHttpResponse(_after_bom(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _after_bom(lines: Iterator[str]) -> Iterator[str]:
    yield BOM
    yield from lines


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text
