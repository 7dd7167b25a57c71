"""What the portal is measured against: the same work as an ordinary Django developer writes it first.

Page: four queries for model instances, and a template that prints 64 rows of them with `{% url %}`, a date filter
and a condition each. No access check, no turn, no counts. Act: whoever is signed in, CSRF, one row updated, one
inserted, a redirect. Both run through the portal's own middleware. Inserts: the same rows made from plain values
with `bulk_create`, one call a table, in one transaction. The PDF: WeasyPrint's own calls, nothing around them.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

from accounts.models import Event
from plans.models import Milestone, Objective, Plan, Task
from reports import pdf

Rows = Sequence[tuple[type[Model], Sequence[dict[str, Any]]]]


# Public, so that it costs no session: its four queries are these.
@login_not_required
def plan_page(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Plan with account, tasks with owner and milestone, milestones, objectives."""
    plan = get_object_or_404(Plan.objects.select_related("account"), pk=plan_id)
    return render(
        request,
        "bench/floor_plan.html",
        {
            "plan": plan,
            "tasks": Task.objects.filter(plan=plan).select_related("owner", "milestone"),
            "milestones": Milestone.objects.filter(plan=plan),
            "objectives": Objective.objects.filter(plan=plan),
        },
    )


def change_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One update and one insert in a transaction, by whoever is signed in."""
    with transaction.atomic():
        Task.objects.filter(pk=task_id).update(version=F("version") + 1)
        Event.objects.create(
            account_id=request.POST["account"],
            plan_id=request.POST["plan"],
            task_id=task_id,
            actor=request.user,
            actor_name=str(request.user),
            verb="floor",
            subject="Changed",
        )
    return HttpResponseRedirect(request.path)


@transaction.atomic
def insert_rows(rows: Rows) -> None:
    """All rows of all tables, in an order that foreign keys allow."""
    for model, values in rows:
        model.objects.bulk_create([model(**each) for each in values])  # type: ignore[attr-defined]


class WeasyPrintAlone:
    """The finished HTML to a PDF with the same options; fonts and style are read once, as the portal does it."""

    def __init__(self, html: str, attached: bytes, stylesheet: str) -> None:
        self._html, self._attached = html, attached
        self._fetcher = pdf.OnlyOurs(pdf._our_files())
        self._fonts = FontConfiguration()
        self._style = CSS(url=stylesheet, url_fetcher=self._fetcher, font_config=self._fonts)

    def work(self) -> bytes:
        return HTML(string=self._html, base_url=pdf.SCHEME, url_fetcher=self._fetcher).write_pdf(
            stylesheets=[self._style],
            font_config=self._fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=b"floor",
            attachments=[Attachment(string=self._attached, name="snapshot.json")],
        )
