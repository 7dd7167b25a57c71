"""An edition is asked for once, made once whatever happens, and stays as it is."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection

from accounts.choices import Verb
from accounts.models import Event
from accounts.permissions import Actor
from plans.models import Notification, Task
from plans.services.counting import touch_plan
from plans.services.notifying import notify_plan
from plans.services.wording import line
from portal.lib import clock
from portal.lib.canonical import digest
from portal.lib.files import path_of
from reports import documents, jobs
from reports.models import Edition, Step
from reports.recap import gathering
from reports.recap.snapshot import RecapSnapshot
from reports.services import (
    RebuildDiffers,
    bytes_of,
    cancel_edition,
    due_edition_ids,
    make_edition,
    making,
    rebuild,
    request_edition,
    retry_edition,
)
from tests.factories import actor, make_draft_plan, make_live_plan, playbook_text
from tests.processes import ROOT, environment
from tests.reports.editions import asked, finished, period
from tests.reports.recaps import page_texts


def expire(edition: Edition) -> None:
    """As if the worker that has it had been gone for longer than its lease."""
    Edition.objects.filter(pk=edition.pk).update(due_at=clock.now() - timedelta(seconds=1))


def test_asked_for_it_waits_with_its_job(plan, csm, queued) -> None:
    edition = asked(plan, csm)
    assert (edition.state, edition.step, edition.account_id) == ("working", Step.QUEUED, plan.account_id)
    assert queued.named("reports.make_edition") == [(str(edition.pk),)]


def test_made_it_is_frozen_with_its_digests(plan, csm) -> None:
    edition = finished(plan, csm)
    content = path_of(edition.file).read_bytes()
    assert edition.file_sha256 == digest(content)
    assert edition.size == len(content)
    assert edition.snapshot_sha256 == digest(bytes(edition.snapshot))
    assert edition.template_version == documents.current_version("recap")
    assert (edition.step, edition.attempts, edition.reason) == (Step.DONE, 1, "")
    snapshot = RecapSnapshot.from_bytes(bytes(edition.snapshot))
    assert (snapshot.made_by, snapshot.account) == ("Carla Csm", "Acme")
    assert snapshot.check_address.endswith("/check/")


def test_the_steps_are_written_as_they_happen(plan, csm) -> None:
    edition = asked(plan, csm)
    seen = []
    make_edition(
        edition.pk, on_step=lambda step: seen.append((step, Edition.objects.get(pk=edition.pk).step))
    )
    assert seen == [(Step.COMPOSING, "composing"), (Step.LAYING_OUT, "laying_out")]


@pytest.mark.usefixtures("sketched")
def test_making_it_again_changes_nothing(plan, csm) -> None:
    edition = finished(plan, csm)
    make_edition(edition.pk)
    again = Edition.objects.get(pk=edition.pk)
    assert (again.file, again.attempts, again.finished_at) == (edition.file, 1, edition.finished_at)


@pytest.mark.parametrize("role", ["executive", "sponsor", "champion", "contributor", "viewer", "stranger"])
def test_only_managers_ask_for_one(plan, everybody, role) -> None:
    with pytest.raises(PermissionDenied):
        asked(plan, everybody[role])
    assert not Edition.objects.exists()


def test_a_draft_has_no_recap(account, owners, csm) -> None:
    with pytest.raises(ValidationError) as refused:
        asked(make_draft_plan(account=account, owners=owners), csm)
    assert list(refused.value.message_dict) == ["plan"]


def test_a_period_must_make_sense(plan, csm) -> None:
    begins, ends = period(plan)
    day = timedelta(days=1)
    for first, last, fields in (
        (ends, begins, ["period_to"]),
        (begins, ends + day, ["period_to"]),
        (ends + day, ends + day, ["period_from", "period_to"]),
    ):
        with pytest.raises(ValidationError) as refused:
            asked(plan, csm, period_from=first, period_to=last)
        assert list(refused.value.message_dict) == fields
    with pytest.raises(ValidationError, match="no document"):
        asked(plan, csm, kind="poem")
    assert asked(plan, csm, period_from=ends, period_to=ends).period_from == ends


@pytest.mark.usefixtures("sketched")
def test_the_same_request_returns_the_one_in_the_making(plan, csm, admin, queued) -> None:
    edition = asked(plan, csm)
    assert asked(plan, admin).pk == edition.pk
    assert len(queued.named("reports.make_edition")) == 1
    make_edition(edition.pk)
    assert asked(plan, csm).pk != edition.pk


@pytest.mark.django_db(transaction=True)
def test_ten_simultaneous_requests_make_one_edition(plan, csm) -> None:
    by, made, start = actor(csm, plan), [], threading.Barrier(10)
    begins, ends = period(plan)

    def ask() -> None:
        try:
            start.wait()
            made.append(request_edition(by=by, plan=plan, period_from=begins, period_to=ends).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 10
    assert {*made} == {Edition.objects.get().pk}


@pytest.mark.usefixtures("sketched")
@pytest.mark.django_db(transaction=True)
def test_the_facts_are_of_one_moment_and_read_only(plan, csm, monkeypatch) -> None:
    levels = []

    def gather(*args, **kwargs) -> RecapSnapshot:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
            )
            levels.append(cursor.fetchone())
        return original(*args, **kwargs)

    original = gathering.gather
    monkeypatch.setattr(gathering, "gather", gather)
    finished(plan, csm)
    assert levels == [("repeatable read", "on")]


def test_rebuilt_it_has_the_same_bytes_and_later_changes_do_not_reach_it(plan, csm) -> None:
    edition = finished(plan, csm)
    content = bytes_of(edition)
    Task.objects.filter(plan=plan).update(title="Renamed", completed_at=clock.now(), completed_by=csm)
    touch_plan(plan.pk)
    plan.account.name = "Renamed too"
    plan.account.save()
    assert rebuild(edition) == content
    assert "Renamed" not in " ".join(page_texts(content))
    later = finished(plan, csm)
    assert later.file_sha256 != edition.file_sha256
    assert bytes_of(Edition.objects.get(pk=edition.pk)) == content


def test_two_editions_of_the_same_facts_are_the_same_file(plan, csm) -> None:
    assert finished(plan, csm).file_sha256 == finished(plan, csm).file_sha256


@pytest.mark.usefixtures("sketched")
def test_a_lost_or_damaged_file_is_made_again(plan, csm, caplog) -> None:
    edition = finished(plan, csm)
    content = bytes_of(edition)
    path_of(edition.file).write_bytes(content[:-1] + b"x")
    assert bytes_of(edition) == content
    path_of(edition.file).unlink()
    assert bytes_of(edition) == content
    assert "is not the one that was kept" in caplog.text


@pytest.mark.usefixtures("sketched")
def test_what_cannot_be_made_to_the_same_bytes_is_reported(plan, csm) -> None:
    edition = finished(plan, csm)
    edition.file_sha256 = "0" * 64
    with pytest.raises(RebuildDiffers, match="was 0000"):
        rebuild(edition)
    edition.snapshot = bytes(edition.snapshot).replace(b"Acme", b"Acne")
    with pytest.raises(RebuildDiffers, match="snapshot"):
        rebuild(edition)


def test_a_fault_is_tried_again_then_kept_with_its_reason(plan, csm, monkeypatch, queued) -> None:
    def fail(*args, **kwargs) -> bytes:
        raise RuntimeError("out of ink")

    edition = asked(plan, csm)
    monkeypatch.setattr(documents, "lay_out", fail)
    for attempt in (1, 2, 3):
        make_edition(edition.pk)
        edition.refresh_from_db()
        assert edition.attempts == attempt
        assert edition.state == ("failed" if attempt == 3 else "working")
        expire(edition)
    assert edition.reason == "RuntimeError: out of ink"
    make_edition(edition.pk)
    assert Edition.objects.get(pk=edition.pk).attempts == 3
    frozen = bytes(edition.snapshot)

    monkeypatch.undo()
    Task.objects.filter(plan=plan).update(title="Renamed")
    again = retry_edition(by=actor(csm, plan), edition=edition)
    assert (again.pk, again.state, again.attempts, again.reason) == (edition.pk, "working", 0, "")
    make_edition(edition.pk)
    edition.refresh_from_db()
    assert edition.state == "done"
    assert bytes(edition.snapshot) == frozen


def test_only_a_failed_one_is_tried_again_and_only_by_managers(plan, csm, sponsor) -> None:
    edition = asked(plan, csm)
    with pytest.raises(ValidationError):
        retry_edition(by=actor(csm, plan), edition=edition)
    with pytest.raises(PermissionDenied):
        retry_edition(by=actor(sponsor, plan), edition=edition)


def test_trying_again_while_the_same_is_in_the_making_returns_that_one(plan, csm) -> None:
    edition = asked(plan, csm)
    Edition.objects.filter(pk=edition.pk).update(failed_at=clock.now(), reason="x")
    newer = asked(plan, csm)
    assert retry_edition(by=Actor(csm, csm.vendor_role), edition=edition).pk == newer.pk
    assert Edition.objects.get(pk=edition.pk).state == "failed"


def test_one_worker_at_a_time_has_it(plan, csm) -> None:
    edition = asked(plan, csm)
    taken = making._take(edition.pk)
    assert taken is not None
    assert making._take(edition.pk) is None
    assert due_edition_ids() == []
    expire(edition)
    assert due_edition_ids() == [str(edition.pk)]


@pytest.mark.usefixtures("sketched")
def test_a_slower_worker_yields_to_the_one_that_finished(plan, csm) -> None:
    edition = asked(plan, csm)
    slow = making._take(edition.pk)
    expire(edition)
    making._freeze(slow, None)
    content = making._lay_out(slow, None)
    expire(edition)
    make_edition(edition.pk)
    done = Edition.objects.get(pk=edition.pk)
    before = {path.name for path in path_of(done.file).parent.parent.rglob("*.pdf")}
    with pytest.raises(making.CalledOff):
        making._hold(slow)
    making._finish(slow, content)
    after = Edition.objects.get(pk=edition.pk)
    assert (after.file, after.file_sha256) == (done.file, done.file_sha256)
    assert {path.name for path in path_of(done.file).parent.parent.rglob("*.pdf")} == before


@pytest.mark.usefixtures("sketched")
def test_called_off_in_the_middle_the_worker_lets_go(plan, csm, queued) -> None:
    edition = asked(plan, csm)
    by = actor(csm, plan)

    def call_off(step: str) -> None:
        if step == Step.COMPOSING:
            cancel_edition(by=by, edition=edition)

    make_edition(edition.pk, on_step=call_off)
    edition.refresh_from_db()
    assert (edition.state, edition.file, edition.attempts) == ("cancelled", "", 1)
    with pytest.raises(ValidationError, match="not being made"):
        cancel_edition(by=by, edition=edition)
    again = retry_edition(by=by, edition=edition)
    assert again.state == "working"
    make_edition(again.pk)
    assert Edition.objects.get().state == "done"


@pytest.mark.usefixtures("sketched")
def test_called_off_in_the_last_moment_no_file_is_left(plan, csm) -> None:
    edition = asked(plan, csm)
    taken = making._take(edition.pk)
    making._freeze(taken, None)
    content = making._lay_out(taken, None)
    kept = {path.name for path in Path(settings.PORTAL_FILES_DIR).rglob("*.pdf")}
    cancel_edition(by=actor(csm, plan), edition=edition)
    making._finish(taken, content)
    edition.refresh_from_db()
    assert (edition.state, edition.file, edition.finished_at) == ("cancelled", "", None)
    assert {path.name for path in Path(settings.PORTAL_FILES_DIR).rglob("*.pdf")} == kept


def test_a_long_document_renews_its_lease_while_pages_are_laid_out(plan, csm, monkeypatch) -> None:
    edition = asked(plan, csm)
    monkeypatch.setattr(making, "EVERY", -1)
    signs = []
    hold = making._hold
    monkeypatch.setattr(making, "_hold", lambda one: (signs.append(one.step), hold(one)))
    make_edition(edition.pk)
    assert signs.count(Step.LAYING_OUT) > 5


@pytest.mark.usefixtures("sketched")
def test_finished_it_is_told_to_whom_it_is_for(plan, csm, sponsor, champion, contributor) -> None:
    edition = finished(plan, csm)
    finished(plan, csm, audience="internal")
    [event] = Event.objects.filter(verb=Verb.EDITION_ISSUED)
    assert (event.subject, event.actor, event.plan_id) == ("Value recap for Acme", csm, plan.pk)
    assert event.new == {"edition": str(edition.pk), "kind": "recap"}
    notify_plan(plan.pk)
    told = Notification.objects.filter(kind="document")
    assert {one.user for one in told} == {sponsor, champion}
    assert {one.path for one in told} == {f"/editions/{edition.pk}/"}
    assert line(told[0], {}) == "A document is ready: Value recap for Acme"


def test_one_that_kills_its_workers_ends_as_failed(plan, csm) -> None:
    edition = asked(plan, csm)
    for _ in range(making.MAX_ATTEMPTS):
        assert making._take(edition.pk)
        expire(edition)
    make_edition(edition.pk)
    edition.refresh_from_db()
    assert edition.state == "failed"
    assert "broken off" in edition.reason


@pytest.mark.usefixtures("sketched")
def test_the_sweep_finds_what_is_due(plan, csm, queued) -> None:
    finished(plan, csm, period_from=period(plan)[1])
    edition = asked(plan, csm)
    sent = len(queued.named("reports.make_edition"))
    jobs.sweep_editions()
    assert queued.named("reports.make_edition")[sent:] == [(str(edition.pk),)]


def test_the_database_refuses_a_period_that_runs_backwards(plan) -> None:
    begins, ends = period(plan)
    with pytest.raises(IntegrityError, match="reports_edition_period"):
        Edition.objects.create(plan=plan, account=plan.account, period_from=ends, period_to=begins)


@pytest.mark.django_db(transaction=True)
def test_the_database_holds_the_account_to_the_plans(plan, other_account) -> None:
    begins, ends = period(plan)
    with pytest.raises(IntegrityError, match="same_account"):
        Edition.objects.create(plan=plan, account=other_account, period_from=begins, period_to=ends)


KILLED = """
import sys, time, django
django.setup()
from reports.services import make_edition
def wait(step):
    if step == "laying_out":
        print("laying out", flush=True)
        time.sleep(60)
make_edition(sys.argv[1], on_step=wait)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_laying_out_leaves_all_to_the_sweep(plan, csm, queued) -> None:
    edition = asked(plan, csm)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(edition.pk)], cwd=ROOT, env=environment(), stdout=subprocess.PIPE
    )  # fmt: skip
    try:
        assert process.stdout.readline() == b"laying out\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    edition.refresh_from_db()
    assert (edition.state, edition.step, edition.attempts) == ("working", Step.LAYING_OUT, 1)
    frozen = bytes(edition.snapshot)
    make_edition(edition.pk)
    assert Edition.objects.get().state == "working", "the dead worker's lease still holds"

    Task.objects.filter(plan=plan).update(title="Renamed since")
    expire(edition)
    queued.clear()
    jobs.sweep_editions()
    [(found,)] = queued.named("reports.make_edition")
    jobs.make_edition(found)
    edition = Edition.objects.get()
    assert (edition.state, edition.attempts) == ("done", 2)
    assert bytes(edition.snapshot) == frozen
    expected = documents.make_pdf(RecapSnapshot.from_bytes(frozen))
    assert edition.file_sha256 == digest(expected)
    assert bytes_of(edition) == expected


@pytest.mark.usefixtures("sketched")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", [Step.COMPOSING, Step.LAYING_OUT])
def test_a_connection_that_breaks_in_the_middle_loses_and_doubles_nothing(plan, csm, moment) -> None:
    edition = asked(plan, csm)

    def cut(step: str) -> None:
        if step == moment:
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
            other.close()

    make_edition(edition.pk, on_step=cut)
    edition.refresh_from_db()
    assert (edition.state, edition.step, edition.attempts) == ("working", Step.QUEUED, 1)
    assert edition.reason.startswith("OperationalError")
    frozen = edition.snapshot and bytes(edition.snapshot)
    assert (frozen is None) is (moment == Step.COMPOSING)
    Task.objects.filter(plan=plan).update(title="Renamed since")
    expire(edition)
    jobs.make_edition(*due_edition_ids())
    edition = Edition.objects.get()
    assert (edition.state, edition.attempts, edition.reason) == ("done", 2, "")
    assert frozen in (None, bytes(edition.snapshot))
    assert digest(bytes_of(edition)) == edition.file_sha256
    assert Event.objects.filter(verb=Verb.EDITION_ISSUED).count() == 1


@pytest.mark.usefixtures("sketched")
@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_request_is_kept_and_the_sweep_finds_it(
    real_queue, plan, csm, monkeypatch, caplog
) -> None:
    def gone(*args, **kwargs) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", gone)
    edition = asked(plan, csm)
    assert "reports.make_edition was not sent" in caplog.text
    assert due_edition_ids() == [str(edition.pk)]
    make_edition(edition.pk)
    assert Edition.objects.get().state == "done"


def test_many_objectives_make_a_recap_too(account, owners, csm) -> None:
    one = playbook_text(key="many").model_dump(mode="json")["objectives"][0]
    objectives = [one | {"key": f"objective-{n}", "title": f"Objective {n}"} for n in range(5)]
    plan = make_live_plan(
        account=account, owners=owners, text=playbook_text(key="many", objectives=objectives)
    )
    edition = finished(plan, csm)
    assert "2 more objectives are under Outcomes" in " ".join(page_texts(bytes_of(edition)))
