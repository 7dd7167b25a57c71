"""Evidence for a task: claimed by the side that works, accepted or returned by the other."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.choices import EvidenceKind, EvidenceNeed
from plans.models import Evidence, Task
from plans.permissions import require_on_task, require_review
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.recording import record_on
from plans.services.reviewing import put_accepted, put_returned
from plans.services.taking import require_running
from plans.services.working import put_reopened
from portal.lib.files import keep_file
from portal.lib.uploads import Upload


@transaction.atomic
def add_evidence(
    *, by: Actor, task: Task, kind: str, note: str = "", url: str = "", upload: Upload | None = None
) -> Evidence:
    """Claim that the task's result is there. `upload` has been judged by `portal.lib.uploads`.

    The file is written before the row: a transaction that fails leaves a file that no row names, never the reverse.
    """
    plan = lock_plan(task.plan_id)
    task = Task.objects.select_for_update().get(pk=task.pk)
    require_on_task(by, "evidence.add", task)
    require_running(plan)
    _require_content(kind, note, url, upload)
    evidence = Evidence(
        account_id=task.account_id,
        plan_id=task.plan_id,
        task=task,
        kind=kind,
        note=note.strip(),
        url=url if kind == EvidenceKind.LINK else "",
        claimed_by=by.user,
        claimed_side=by.side,
    )
    if upload and kind == EvidenceKind.FILE:
        evidence.file = keep_file(upload.content, upload.extension)
        evidence.file_name, evidence.content_type = upload.name, upload.content_type
        evidence.size, evidence.sha256 = len(upload.content), upload.sha256
    evidence.save(force_insert=True)
    _record(Verb.EVIDENCE_ADDED, by, evidence)
    touch_plan(task.plan_id)
    return evidence


@transaction.atomic
def accept_evidence(*, by: Actor, evidence: Evidence) -> None:
    evidence = _take(by, evidence)
    put_accepted(by, evidence)
    _record(Verb.EVIDENCE_ACCEPTED, by, evidence)
    touch_plan(evidence.plan_id)


@transaction.atomic
def return_evidence(*, by: Actor, evidence: Evidence, reason: str) -> None:
    """Send it back. A done task that now lacks what it needs is open again."""
    evidence = _take(by, evidence)
    put_returned(by, evidence, reason)
    _record(Verb.EVIDENCE_RETURNED, by, evidence, reason=reason.strip())
    task = evidence.task
    if task.completed_at and task.evidence_need != EvidenceNeed.NONE and not _still_proved(task):
        put_reopened(by, task, reason.strip())
    else:
        touch_plan(evidence.plan_id)


def _take(by: Actor, evidence: Evidence) -> Evidence:
    plan = lock_plan(evidence.plan_id)
    locked = Evidence.objects.select_for_update(of=("self",)).select_related("task").get(pk=evidence.pk)
    locked.plan = locked.task.plan = plan
    require_review(by, "evidence.review", locked)
    return locked


def _still_proved(task: Task) -> bool:
    standing = Evidence.objects.standing().filter(task=task)
    return (
        standing if task.evidence_need == EvidenceNeed.ANY else standing.filter(kind=task.evidence_need)
    ).exists()


def _require_content(kind: str, note: str, url: str, upload: Upload | None) -> None:
    if kind == EvidenceKind.FILE and upload is None:
        raise ValidationError({"file": _("Choose a file.")})
    if kind == EvidenceKind.LINK and not url:
        raise ValidationError({"url": _("Give the address of what you want to show.")})
    if kind == EvidenceKind.NOTE and not note.strip():
        raise ValidationError({"note": _("Write what there is to show.")})


def _record(verb: Verb, by: Actor, evidence: Evidence, reason: str = "") -> None:
    record_on(
        evidence,
        verb,
        task_id=evidence.task_id,
        by=by.user,
        subject=str(evidence),
        new={"kind": evidence.kind, "task": evidence.task.title, "evidence": str(evidence.pk)}
        | ({"reason": reason} if reason else {}),
    )
