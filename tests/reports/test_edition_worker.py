"""Editions on a real Celery worker, and on one that is killed in the middle of a PDF."""

import os
import signal
from datetime import timedelta

import psutil
import pytest

from plans.models import Evidence
from portal.lib import clock
from portal.lib.canonical import digest
from portal.lib.files import path_of
from portal.lib.queue import enqueue
from reports.models import Edition, Step
from reports.services import rebuild
from tests import processes
from tests.factories import task_of
from tests.processes import wait_for
from tests.reports.editions import asked

pytestmark = pytest.mark.django_db(transaction=True)


def now(edition: Edition) -> Edition:
    edition.refresh_from_db()
    return edition


def test_a_real_worker_makes_it(celery_worker_process, plan, csm) -> None:
    edition = asked(plan, csm)
    wait_for(lambda: now(edition).state != "working", seconds=60, what="the edition")
    assert (edition.state, edition.attempts) == ("done", 1)
    assert digest(path_of(edition.file).read_bytes()) == edition.file_sha256
    assert digest(rebuild(edition)) == edition.file_sha256


def test_a_worker_killed_in_the_middle_of_a_pdf_loses_nothing(
    real_queue, plan, csm, champion, tmp_path
) -> None:
    much_evidence(plan, csm, champion)
    (tmp_path / "first").mkdir()
    with processes.worker(tmp_path / "first", {}) as process:
        edition = asked(plan, csm)
        wait_for(lambda: now(edition).step == Step.LAYING_OUT, seconds=60, what="the laying out")
        kill(process.pid)
    assert (now(edition).state, edition.step, edition.attempts) == ("working", Step.LAYING_OUT, 1)
    frozen = bytes(edition.snapshot)
    Evidence.objects.update(note="Changed since")

    folder = tmp_path / "temporary"
    folder.mkdir()
    with processes.worker(tmp_path, {"TMPDIR": str(folder)}) as process:
        # The message that the dead worker had is lost or comes again: the lease still holds, nothing is made twice.
        enqueue("reports.make_edition", str(edition.pk))
        Edition.objects.update(due_at=clock.now() - timedelta(seconds=1))
        enqueue("reports.sweep_editions")
        wait_for(lambda: now(edition).state != "working", seconds=60, what="the edition")
        assert [one.name.partition("-")[0] for one in folder.glob("weasyprint-*")] == ["weasyprint"]
        assert [
            os.getpriority(os.PRIO_PROCESS, one.pid) for one in psutil.Process(process.pid).children()
        ] == [10]
    # A worker that ends, or whose child is replaced, leaves no unpacked fonts behind.
    assert not list(folder.glob("weasyprint-*"))
    edition = Edition.objects.get()
    assert (edition.state, edition.attempts) == ("done", 2)
    assert bytes(edition.snapshot) == frozen
    assert digest(path_of(edition.file).read_bytes()) == edition.file_sha256 == digest(rebuild(edition))


def much_evidence(plan, csm, champion) -> None:
    """So that laying out takes long enough to be killed in the middle."""
    Evidence.objects.bulk_create(
        Evidence(
            plan=plan, account_id=plan.account_id, task=task_of(plan, 1), kind="note", note=f"Proof {n} " * 8,
            claimed_by=champion, claimed_side="customer", accepted_by=csm, accepted_at=clock.now(),
        )
        for n in range(200)
    )  # fmt: skip


def kill(pid: int) -> None:
    """The worker and its children, as the kernel does it when memory runs out."""
    worker = psutil.Process(pid)
    for process in (worker, *worker.children(recursive=True)):
        os.kill(process.pid, signal.SIGKILL)
    worker.wait(10)
