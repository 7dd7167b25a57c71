"""The evidence of an opened task: what waits for an answer first, then the newest."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.choices import EvidenceKind
from plans.forms.proof import ReturnForm
from plans.models import Evidence, Plan, Task
from plans.pages.objectives import judged_label
from plans.permissions import may_review
from portal.lib.days import moment

NEWEST, PAGE = 50, 100
"""So many are shown at once, and so many on a page of all of them."""


def proofs_context(
    task: Task,
    evidence: Sequence[Evidence],
    actor: Actor,
    returning: Mapping[Any, ReturnForm],
    page: str | None = None,
) -> dict[str, Any]:
    """`evidence` as rows. Where they are not all of them, `proofs_all` leads to the rest; with `page`, `proofs_page` is
    that page of all, and `proofs_fewer` leads back."""
    ordered = sorted(evidence, key=lambda proof: proof.claimed_at, reverse=True)
    ordered.sort(key=lambda proof: proof.state != "claimed")
    url, place = reverse("task_detail", args=[task.plan_id, task.pk]), f"#proofs-{task.pk}"
    more: dict[str, Any] = {}
    if page is not None:
        found = Paginator(ordered, PAGE).get_page(page)
        shown = list(found)
        more = {"proofs_page": found, "proofs_at": place, "proofs_fewer": f"{url}{place}"}
    else:
        # A form that was refused stands beside its evidence, wherever that is.
        shown = [proof for n, proof in enumerate(ordered) if n < NEWEST or proof.pk in returning]
        if len(ordered) > len(shown):
            words = _("Show all %(number)s") % {"number": number_format(len(ordered), force_grouping=True)}
            more = {"proofs_all": {"url": f"{url}?all=1{place}", "label": words}}
    return {"evidence": _rows(shown, actor, task.plan, returning), **more}


def _rows(
    evidence: Sequence[Evidence], actor: Actor, plan: Plan, returning: Mapping[Any, ReturnForm]
) -> list[dict[str, Any]]:
    labels = {"accepted": _("Accepted"), "returned": _("Returned"), "claimed": _("To be reviewed")}
    running = not plan.is_finished
    rows = []
    for proof in evidence:
        can_judge = running and may_review(actor, "evidence.review", proof)
        rows.append(
            {
                "id": proof.pk,
                "kind": proof.kind,
                "label": proof.file_name or proof.url,
                "href": _href(proof, plan),
                "size_label": filesizeformat(proof.size) if proof.size else "",
                "note": proof.note,
                "by": str(proof.claimed_by),
                "when_label": moment(proof.claimed_at, plan.account.zone),
                "when_iso": proof.claimed_at.isoformat(),
                "state": proof.state,
                "state_label": labels[proof.state],
                "judged_label": judged_label(proof, plan),
                "reason": proof.return_reason,
                "can_judge": can_judge,
                "form_return": (returning.get(proof.pk) or return_form(proof)) if can_judge else None,
            }
        )
    return rows


def return_form(claim: Any, data: Any = None) -> ReturnForm:
    form = ReturnForm(data, auto_id=f"return-{claim.pk}-%s")
    form.fields["reason"].widget.attrs["data-draft"] = f"return:{claim.pk}"
    return form


def _href(proof: Evidence, plan: Plan) -> str:
    if proof.kind == EvidenceKind.FILE:
        return reverse("evidence_download", args=[plan.pk, proof.pk])
    return proof.url
