"""Sending jobs: after the commit, quickly, and never at the cost of what the person did."""

import json
import logging
import time

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import transaction

import portal.settings
from portal import health
from portal.lib.queue import enqueue
from tests.processes import wait_for


@transaction.atomic
def enqueue_and_fail() -> None:
    enqueue("plans.lost", "2")
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_jobs_are_sent_with_the_commit_and_not_without(queued):
    with transaction.atomic():
        enqueue("plans.first", "1")
        assert queued == [("plans.first", ("1",))]
    with pytest.raises(RuntimeError):
        enqueue_and_fail()
    assert queued == [("plans.first", ("1",))]


@pytest.mark.django_db
def test_recorded_jobs_within_a_test_transaction(queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("plans.one", "1")
        with pytest.raises(RuntimeError):
            enqueue_and_fail()
    assert queued.named("plans.one") == [("1",)]
    assert len(queued) == 1


@pytest.mark.django_db(transaction=True)
def test_broker_down_is_logged_and_never_raised(real_queue, monkeypatch, caplog):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://:hidden@127.0.0.1:1/0")
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    start = time.monotonic()
    with caplog.at_level(logging.WARNING), transaction.atomic():
        enqueue("plans.first", "1")
    assert time.monotonic() - start < 1.5
    assert "plans.first was not sent" in caplog.text
    assert "hidden" not in caplog.text
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)


@pytest.mark.django_db(transaction=True)
def test_a_message_says_name_and_ids_only(real_queue, settings):
    if settings.PORTAL_BROKER_URL:
        pytest.skip("looks into the files of the embedded queue")
    enqueue("plans.first", "1", countdown=2)
    (message,) = (settings.PORTAL_QUEUE_DIR / "messages").glob("*.msg")
    written = json.loads(message.read_text())
    assert written["headers"]["task"] == "plans.first"
    assert written["headers"]["eta"]
    message.unlink()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_does_the_job(celery_worker_process, settings):
    # The cache that processes share, in place of the tests' own.
    settings.CACHES = portal.settings.CACHES
    cache.delete(health.HEARTBEAT_KEY)
    before = time.time()
    enqueue("portal.heartbeat")
    wait_for(lambda: cache.get(health.HEARTBEAT_KEY), what="the worker's heartbeat")
    assert before <= cache.get(health.HEARTBEAT_KEY) <= time.time()
