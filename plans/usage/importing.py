"""A file of figures: received, checked without a change (the dry run), then taken over, all of it or nothing.

The row is the truth: a worker takes it for the time of a lease, and holds a lock of the database while it works, which
ends with the worker. The sweep finds what a killed one has left.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Account
from accounts.permissions import Actor
from accounts.services.recording import record_on_each
from plans.choices import ImportStep
from plans.models import UsageImport
from plans.usage.reading import read_csv
from plans.usage.staging import Found, compare, stage, take_over, take_turn
from portal.lib import clock
from portal.lib.files import keep_stream, path_of
from portal.lib.queue import enqueue

JOB = "plans.import_usage"
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3
BATCH = 20
FORGET = 100
OPEN = (ImportStep.RECEIVED, ImportStep.CHECKED, ImportStep.APPLYING)

logger = logging.getLogger(__name__)


def receive_file(
    *, by: Actor, chunks: Iterable[bytes], file_name: str, account: Account | None = None
) -> UsageImport:
    """Keep an uploaded file and have it checked. With `account` all of it is about this account."""
    by.require("usage.import")
    kept = keep_stream(chunks, ".csv")
    with transaction.atomic():
        one = UsageImport.objects.create(
            account=account,
            file=kept.name,
            file_name=file_name[:255],
            size=kept.size,
            content_sha256=kept.sha256,
            received_by=by.user,
        )
        enqueue(JOB, str(one.pk))
    return one


@transaction.atomic
def apply_import(*, by: Actor, usage_import: UsageImport) -> None:
    """Have a checked file taken over. Raises ValidationError: it has errors, or somebody was faster."""
    by.require("usage.import")
    now = clock.now()
    taken = UsageImport.objects.filter(pk=usage_import.pk, step=ImportStep.CHECKED, errors_total=0).update(
        step=ImportStep.APPLYING, applied_by=by.user, due_at=now, attempts=0, reason=""
    )
    if not taken:
        raise ValidationError(_("Only a file that was checked, and has no errors, can be taken over."))
    enqueue(JOB, str(usage_import.pk))


def cancel_import(*, by: Actor, usage_import: UsageImport) -> None:
    """Call an import off; a worker that is at it writes nothing. Raises ValidationError: it has ended."""
    by.require("usage.import")
    ended = UsageImport.objects.filter(pk=usage_import.pk, step__in=OPEN).update(
        step=ImportStep.CANCELLED, failed_at=clock.now()
    )
    if not ended:
        raise ValidationError(_("This import has ended already."))


def work_on_import(import_id: UUID | str) -> None:
    """Check or take over; nothing happens when it is neither's turn, or another worker is at it."""
    one = _take(import_id)
    if one is None:
        return
    if one.attempts > MAX_ATTEMPTS:
        _end(one, one.reason or _("The work on this file was cut off several times."))
        return
    try:
        with transaction.atomic():
            if _alone(one.pk):
                (_check if one.step == ImportStep.RECEIVED else _apply)(one)
    except _CalledOff:
        return
    except Exception as error:
        # A fault of ours must not lose the file: it is kept, tried again, and its reason shown.
        logger.exception("Usage import %s", one.pk)
        _try_later(one, f"{type(error).__name__}: {error}")


def due_import_ids() -> list[str]:
    due = UsageImport.objects.filter(
        step__in=[ImportStep.RECEIVED, ImportStep.APPLYING], due_at__lte=clock.now()
    )
    return [str(pk) for pk in due.order_by("due_at").values_list("pk", flat=True)[:BATCH]]


def forget_files() -> int:
    """Delete files whose import ended `PORTAL_USAGE_FILE_DAYS` ago, and call off what nobody took over in that time.

    Who brought what and when, what it counted and its digest stay. Answers how many files are gone.
    """
    now = clock.now()
    until = now - timedelta(days=settings.PORTAL_USAGE_FILE_DAYS)
    UsageImport.objects.filter(step=ImportStep.CHECKED, checked_at__lt=until).update(
        step=ImportStep.CANCELLED, failed_at=now, reason=_("Nobody took it over in time.")
    )
    ended = UsageImport.objects.exclude(file="").exclude(step__in=OPEN)
    gone = ended.filter(
        Q(applied_at__lt=until) | Q(failed_at__lt=until) | Q(step=ImportStep.CANCELLED, checked_at__lt=until)
    )
    old = list(gone.order_by("received_at").values_list("pk", "file")[:FORGET])
    for _pk, file in old:
        path_of(file).unlink(missing_ok=True)
    UsageImport.objects.filter(pk__in=[pk for pk, _file in old]).update(file="")
    return len(old)


class _CalledOff(Exception):
    """Somebody called it off, or another worker was faster: what was written is rolled back."""


def _take(import_id: UUID | str) -> UsageImport | None:
    """Lease it; None when it is not due, or when a worker that outlived its lease is still at it."""
    now = clock.now()
    due = UsageImport.objects.filter(
        pk=import_id, step__in=[ImportStep.RECEIVED, ImportStep.APPLYING], due_at__lte=now
    )
    with transaction.atomic():
        if not _alone(import_id) or not due.update(due_at=now + LEASE, attempts=F("attempts") + 1):
            return None
    return UsageImport.objects.select_related("account", "applied_by").get(pk=import_id)


def _alone(import_id: UUID | str) -> bool:
    """Whether nobody else is at it; until this transaction ends, nobody else is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"usage {import_id}"])
        return bool(cursor.fetchone()[0])


def _check(one: UsageImport) -> None:
    found = _staged(one)
    if not found.faults_total:
        compare(found)
    _settle(
        one,
        step=ImportStep.CHECKED,
        found=found.as_kept(),
        errors=found.faults,
        errors_total=found.faults_total,
        checked_at=clock.now(),
        reason="",
    )


def _apply(one: UsageImport) -> None:
    found = _staged(one)
    if found.faults_total:
        # It had none when it was checked: an account has gone since, or is called otherwise.
        _settle(
            one, step=ImportStep.FAILED, found=found.as_kept(), errors=found.faults,
            errors_total=found.faults_total, failed_at=clock.now(),
            reason=_("What the file names has changed since it was checked."),
        )  # fmt: skip
        return
    take_turn()
    write(one, found)
    _settle(one, step=ImportStep.APPLIED, found=found.as_kept(), applied_at=clock.now(), reason="")


def write(one: UsageImport, found: Found) -> None:
    """Count anew, take over, and record it on each account whose figures have changed."""
    compare(found)
    changed = take_over(one.pk, clock.now())
    period = f"{found.counts.get('from', '')} – {found.counts.get('to', '')}"
    record_on_each(
        Verb.USAGE_IMPORTED,
        {account_id: {"figures": number, "import": str(one.pk)} for account_id, number in changed.items()},
        by=one.applied_by,
        subject=period,
    )


def _staged(one: UsageImport) -> Found:
    with path_of(one.file).open("rb") as file:
        rows = read_csv(file, today=clock.now().date(), one_account=one.account is not None)
        return stage(rows, account=one.account)


def _settle(one: UsageImport, **facts: object) -> None:
    """The outcome, where it still stands as it was taken. Raises _CalledOff."""
    if not UsageImport.objects.filter(pk=one.pk, step=one.step).update(**facts):
        raise _CalledOff


def _try_later(one: UsageImport, reason: str) -> None:
    if one.attempts >= MAX_ATTEMPTS:
        _end(one, reason)
        return
    wait = 5 * 2 ** (one.attempts - 1)
    due = clock.now() + timedelta(seconds=wait)
    UsageImport.objects.filter(pk=one.pk, step=one.step).update(due_at=due, reason=reason)
    enqueue(JOB, str(one.pk), countdown=wait)


def _end(one: UsageImport, reason: str) -> None:
    UsageImport.objects.filter(pk=one.pk, step=one.step).update(
        step=ImportStep.FAILED, failed_at=clock.now(), reason=reason
    )
