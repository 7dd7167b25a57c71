"""The evidence of an opened task: what waits for an answer first, then the newest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.choices import EvidenceKind, EvidenceNeed
from plans.forms.proof import ReturnForm
from plans.models import Evidence, Plan, Task
from plans.pages.objectives import judged_label
from plans.permissions import may_review
from portal.lib.days import moment
from portal.lib.prepared import PreparedObjects

NEWEST, PAGE = 50, 100
"""So many are shown at once, and so many on a page of all of them."""


@dataclass(frozen=True)
class Proofs:
    """`newest` are those to show; `kinds` count all of the task's: (kind, side, accepted, returned, how many)."""

    newest: list[Evidence]
    kinds: list[tuple[str, str, bool, bool, int]]

    @property
    def total(self) -> int:
        return sum(kind[-1] for kind in self.kinds)

    def proves(self, need: str) -> bool:
        return any(
            need in (EvidenceNeed.ANY, kind) for kind, _side, _ok, returned, _n in self.kinds if not returned
        )

    def claims(self) -> list[str]:
        """The sides that wait for an answer."""
        return [side for _kind, side, ok, returned, _n in self.kinds if not (ok or returned)]


def load_proofs(task_id: UUID) -> Proofs:
    """One query; two where there are more than are shown."""
    newest = _newest(task_id)
    if len(newest) > NEWEST:
        counted = Evidence.objects.filter(task=task_id).order_by()
        kinds = counted.values_list(
            "kind", "claimed_side", _is_set("accepted_at"), _is_set("returned_at")
        ).annotate(n=Count("pk"))
        return Proofs(newest[:NEWEST], list(kinds))
    return Proofs(
        newest,
        [(one.kind, one.claimed_side, bool(one.accepted_at), bool(one.returned_at), 1) for one in newest],
    )


def proofs_context(
    task: Task, proofs: Proofs, actor: Actor, returning: Mapping[Any, ReturnForm], page: str | None = None
) -> dict[str, Any]:
    """`evidence` as rows. Where they are not all of them, `proofs_all` leads to the rest; with `page`, `proofs_page` is
    that page of all, and `proofs_fewer` leads back."""
    url, place = reverse("task_detail", args=[task.plan_id, task.pk]), f"#proofs-{task.pk}"
    more: dict[str, Any] = {}
    if page is not None:
        found = Paginator(_ordered(task.pk), PAGE).get_page(page)
        shown = list(found)
        more = {"proofs_page": found, "proofs_at": place, "proofs_fewer": f"{url}{place}"}
    else:
        shown = proofs.newest
        if proofs.total > NEWEST:
            words = _("Show all %(number)s") % {"number": number_format(proofs.total, force_grouping=True)}
            more = {"proofs_all": {"url": f"{url}?all=1{place}", "label": words}}
    # A form that was refused stands beside its evidence, wherever that is.
    if hidden := set(returning) - {proof.pk for proof in shown}:
        shown = [*shown, *_ordered(task.pk).filter(pk__in=hidden)]
    return {"evidence": _rows(shown, actor, task.plan, returning), **more}


def _ordered(task_id: Any) -> "QuerySet[Evidence]":
    waits = ExpressionWrapper(Q(accepted_at=None, returned_at=None), BooleanField())
    judges = ("claimed_by", "accepted_by", "returned_by")
    return (
        Evidence.objects.filter(task=task_id)
        .select_related(*judges)
        .order_by(waits.desc(), "-claimed_at", "-pk")
    )


def _is_set(name: str) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**{f"{name}__isnull": False}), BooleanField())


_newest: PreparedObjects[Evidence] = PreparedObjects(lambda task_id: _ordered(task_id)[: NEWEST + 1])


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
