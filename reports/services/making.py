"""An edition is made: snapshot → HTML → PDF → file. Twice, at once, or after a worker was killed: it ends as one.

The snapshot is kept before anything is laid out, so that whoever carries on makes the same document. A worker has
an edition for the time of its lease, renewed with each step; the sweep gives it to another when that has passed.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from plans.services.locking import lock_plan
from portal.lib import clock
from portal.lib.canonical import digest
from portal.lib.files import keep_file, path_of
from portal.lib.queue import enqueue
from reports.codes import code_of
from reports.kinds import KINDS, Asked, Refused
from reports.models import Edition, Picture, Step
from reports.pictures import PictureBox
from reports.services.issuing import issue_edition
from reports.services.picture_files import picture_files
from reports.services.requesting import JOB

if TYPE_CHECKING:
    from reports.pdf import Pdf

LEASE = timedelta(seconds=90)
MAX_ATTEMPTS = 3
BATCH = 50
# Seconds between two looks at the database while pages are laid out.
EVERY = 3

logger = logging.getLogger(__name__)

OnStep = Callable[[str], None]


class CalledOff(Exception):
    """Somebody called the edition off, or it is in other hands: whoever has it lets go."""


def make_edition(edition_id: UUID | str, on_step: OnStep | None = None) -> None:
    """Make the edition; nothing happens when it is finished, has failed, or is with another worker.

    `on_step` is told each `reports.models.Step` as it begins. A fault is tried again later, then kept as a reason;
    one that is called off meanwhile is let go of at the next step.
    """
    edition = _take(edition_id)
    if edition is None:
        return
    if edition.attempts > MAX_ATTEMPTS:
        _fail(edition, edition.reason or _("The making was broken off several times."))
        return
    try:
        _freeze(edition, on_step)
        _finish(edition, _lay_out(edition, on_step))
    except CalledOff:
        logger.info("Edition %s was called off", edition.pk)
    except Refused as error:
        _fail(edition, str(error))
    except Exception as error:
        # A fault of ours must not lose the request: it is kept, tried again, and shown to who asked.
        logger.exception("Edition %s", edition.pk)
        if not connection.in_atomic_block:
            # One that broke in the middle cannot even say so.
            connection.close_if_unusable_or_obsolete()
        _try_later(edition, f"{type(error).__name__}: {error}")


def due_edition_ids() -> list[str]:
    due = Edition.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return [str(pk) for pk in due]


def _take(edition_id: UUID | str) -> Edition | None:
    lease = clock.now() + LEASE
    taken = Edition.objects.due().filter(pk=edition_id).update(due_at=lease, attempts=F("attempts") + 1)
    if not taken:
        return None
    return Edition.objects.select_related("account", "plan__account", "requested_by").get(pk=edition_id)


def _freeze(edition: Edition, on_step: OnStep | None) -> None:
    """Keep the facts, once: whoever comes second takes those of the first."""
    from reports.documents import current_version  # loads WeasyPrint

    _tell(edition, Step.COMPOSING, on_step)
    if edition.snapshot is None:
        asked = _asked(edition)
        with _one_moment():
            content = KINDS[edition.kind].gather(asked).to_bytes()
        _keep_facts(edition, content, asked.pictures, current_version(edition.kind))


def _asked(edition: Edition) -> Asked:
    return Asked(
        account=edition.account,
        plan=edition.plan,
        subject_id=edition.subject_id,
        period_from=edition.period_from,
        period_to=edition.period_to,
        language=edition.language,
        paper=edition.paper,
        audience=edition.audience,
        requested_by=edition.requested_by,
    )


@transaction.atomic
def _keep_facts(edition: Edition, content: bytes, pictures: PictureBox, version: str) -> None:
    sha256 = digest(content)
    kept = Edition.objects.filter(pk=edition.pk, snapshot__isnull=True).update(
        snapshot=content, snapshot_sha256=sha256, code=code_of(sha256), template_version=version
    )
    if kept:
        Picture.objects.bulk_create(
            Picture(
                account_id=edition.account_id,
                edition=edition,
                sha256=one.ref.sha256,
                media_type=one.ref.media_type,
                width=one.ref.width,
                height=one.ref.height,
                file=one.file,
            )
            for one in pictures.kept.values()
        )
    edition.refresh_from_db(fields=["snapshot", "snapshot_sha256", "code", "template_version"])


def _lay_out(edition: Edition, on_step: OnStep | None) -> "Pdf":
    from reports.documents import make_pdf, read_snapshot  # loads WeasyPrint
    from reports.pdf import Step as PdfStep

    def tell(step: str) -> None:
        # Writing the file is the end of laying out for the person who waits.
        _tell(edition, Step.COMPOSING if step == PdfStep.COMPOSING else Step.LAYING_OUT, on_step)

    snapshot = read_snapshot(edition.kind, bytes(edition.snapshot or b""))
    return make_pdf(
        snapshot,
        edition.template_version,
        pictures=picture_files(edition),
        on_step=tell,
        on_sign=_now_and_then(partial(_hold, edition)),
    )


def _finish(edition: Edition, content: "Pdf") -> None:
    """Keep the file, say so, and tell whom it is for; a worker that was slower than its lease finds the edition
    finished or called off, and yields."""
    name = keep_file(content, ".pdf")
    with transaction.atomic():
        if edition.plan_id:
            lock_plan(edition.plan_id)
        finished = Edition.objects.filter(
            pk=edition.pk, finished_at__isnull=True, cancelled_at__isnull=True
        ).update(
            file=name,
            file_sha256=digest(content),
            size=len(content),
            pages=content.pages,
            step=Step.DONE,
            finished_at=clock.now(),
            failed_at=None,
            reason="",
        )
        if finished:
            issue_edition(edition)
    if not finished:
        path_of(name).unlink()


def _tell(edition: Edition, step: Step, on_step: OnStep | None) -> None:
    """Written at once, outside of any transaction, for the person who waits; the lease is renewed with it."""
    if edition.step == step:
        return
    edition.step = step
    _hold(edition)
    if on_step:
        on_step(step)


def _hold(edition: Edition) -> None:
    """Renew the lease. Raises CalledOff when there is nothing to hold any more."""
    held = Edition.objects.in_the_making().filter(pk=edition.pk)
    if not held.update(step=edition.step, due_at=clock.now() + LEASE):
        raise CalledOff


def _now_and_then(act: Callable[[], None]) -> Callable[[], None]:
    """A long document tells of each page; the database need not hear more than every few seconds."""
    last = monotonic()

    def sometimes() -> None:
        nonlocal last
        if monotonic() - last > EVERY:
            last = monotonic()
            act()

    return sometimes


def _try_later(edition: Edition, reason: str) -> None:
    """After 5 s, then 10 s; the third time it has failed, and somebody may ask for it again."""
    if edition.attempts >= MAX_ATTEMPTS:
        _fail(edition, reason)
        return
    wait = 5 * 2 ** (edition.attempts - 1)
    due = clock.now() + timedelta(seconds=wait)
    Edition.objects.in_the_making().filter(pk=edition.pk).update(due_at=due, reason=reason, step=Step.QUEUED)
    enqueue(JOB, str(edition.pk), countdown=wait)


def _fail(edition: Edition, reason: str) -> None:
    Edition.objects.in_the_making().filter(pk=edition.pk).update(failed_at=clock.now(), reason=reason)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, whatever others write meanwhile."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
