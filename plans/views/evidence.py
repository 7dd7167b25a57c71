"""Evidence: added by the side that works, judged by the other, and downloaded, never shown in place."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from plans.access import get_evidence, get_task
from plans.choices import EvidenceKind
from plans.forms.base import VersionForm
from plans.forms.proof import EvidenceForm
from plans.pages.proofs import return_form
from plans.services.evidence import accept_evidence, add_evidence, return_evidence
from plans.views.answers import act_on_task
from portal.lib.files import path_of


@require_POST
def evidence_add(request: HttpRequest, plan_id: UUID, task_id: UUID) -> HttpResponse:
    task, actor = get_task(request, plan_id, task_id, "evidence.add")
    form = EvidenceForm(request.POST, request.FILES, auto_id="evidence-%s")
    return act_on_task(
        request,
        task,
        actor,
        form=form,
        slot="form_evidence",
        do=lambda data: add_evidence(
            by=actor, task=task, kind=form.kind, note=data["note"], url=data["link"], upload=data["file"]
        ),
        said=_("Evidence added: %(task)s.") % {"task": task.title},
    )


@require_POST
def evidence_accept(request: HttpRequest, plan_id: UUID, evidence_id: UUID) -> HttpResponse:
    evidence, actor = get_evidence(request, plan_id, evidence_id, "evidence.review")
    return act_on_task(
        request,
        evidence.task,
        actor,
        form=VersionForm({"version": evidence.task.version}),
        do=lambda _data: accept_evidence(by=actor, evidence=evidence),
        said=_("Evidence accepted."),
    )


@require_POST
def evidence_return(request: HttpRequest, plan_id: UUID, evidence_id: UUID) -> HttpResponse:
    evidence, actor = get_evidence(request, plan_id, evidence_id, "evidence.review")
    return act_on_task(
        request,
        evidence.task,
        actor,
        form=return_form(evidence, request.POST),
        returning=evidence.pk,
        do=lambda data: return_evidence(by=actor, evidence=evidence, reason=data["reason"]),
        said=_("Evidence returned."),
    )


@require_GET
def evidence_download(request: HttpRequest, plan_id: UUID, evidence_id: UUID) -> FileResponse:
    """The file as it was judged when it came in. A browser saves it and never runs it."""
    evidence, _actor = get_evidence(request, plan_id, evidence_id, "evidence.view")
    if evidence.kind != EvidenceKind.FILE or not path_of(evidence.file).is_file():
        raise Http404
    response = FileResponse(
        path_of(evidence.file).open("rb"),
        as_attachment=True,
        filename=evidence.file_name,
        content_type=evidence.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
