"""What an account has told: all of it on a page, and the files among it as downloads."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import get_account
from plans.access import get_fact
from plans.pages.facts import facts_context
from portal.lib.files import path_of


@require_GET
def account_facts(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, _actor = get_account(request, account_id, "fact.view")
    return render(request, "plans/account_facts.html", facts_context(account))


@require_GET
def fact_file(request: HttpRequest, account_id: UUID, fact_id: UUID) -> FileResponse:
    """The file as it was judged when it came in. A browser saves it and never runs it."""
    fact = get_fact(request, account_id, fact_id)
    kept = fact.value if fact.kind == "file" and isinstance(fact.value, dict) else {}
    if not kept.get("file") or not path_of(kept["file"]).is_file():
        raise Http404
    response = FileResponse(
        path_of(kept["file"]).open("rb"),
        as_attachment=True,
        filename=kept["name"],
        content_type=kept["content_type"],
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
