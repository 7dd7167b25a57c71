"""The Celery app. Jobs only move ids; each has a sweep here that finds what was lost."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def broker_settings() -> dict[str, Any]:
    """The configured broker, or files under `var/queue` where there is none."""
    if settings.PORTAL_BROKER_URL:
        return {
            "broker_url": settings.PORTAL_BROKER_URL,
            # Redis gives a job to somebody else after this many seconds without an acknowledgement.
            "broker_transport_options": {
                "visibility_timeout": 3600,
                "socket_timeout": 5,
                "socket_connect_timeout": 1,
            },
        }
    from portal.embedded.queue import queue_settings

    return queue_settings(settings.PORTAL_QUEUE_DIR)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The sweeps: name of the job → seconds between two runs."""
    # Who tries the demo watches; an installation need not ask that often.
    watched = settings.PORTAL_DEMO
    every = {
        "portal.heartbeat": 10.0,
        "accounts.sweep_mail": 10.0 if watched else 30.0,
        "plans.sweep_deliveries": 10.0 if watched else 30.0,
        "plans.sweep_usage": 10.0 if watched else 30.0,
        "plans.release_tasks": 60.0,
        "plans.sweep_notifications": 10.0,
        "plans.send_digests": 300.0,
        "plans.escalate": 900.0,
        "plans.sweep_renewals": 60.0 if watched else 900.0,
        "plans.forget_notifications": 3600.0,
        "reports.send_scoreboards": 300.0,
        "reports.make_due": 60.0 if watched else 900.0,
        "reports.sweep_editions": 10.0 if watched else 60.0,
    }
    # A run that found no worker in time is dropped: the next one does the same work.
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
        for name, seconds in every.items()
    }


@worker_process_init.connect
def yield_to_the_web(**_kwargs: Any) -> None:
    """Somebody waits for a page; a document may take a moment longer. Without it pages took 2.4 times as long while two
    workers printed on two cores."""
    os.nice(10)


app = Celery("portal")
app.conf.update(
    **broker_settings(),
    beat_schedule=beat_schedule(),
    task_default_queue=settings.PORTAL_QUEUE_NAME,
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # PDF engines grow: a child that made this many jobs, or this much, is replaced.
    worker_max_tasks_per_child=200,
    worker_max_memory_per_child=400_000,
    # Nobody listens to worker events, and on the file system they would pile up.
    worker_send_task_events=False,
    worker_enable_remote_control=bool(settings.PORTAL_BROKER_URL),
    broker_connection_retry_on_startup=True,
    task_time_limit=600,
    task_soft_time_limit=540,
    accept_content=["json"],
    timezone="UTC",
)
app.autodiscover_tasks(related_name="jobs")
app.set_default()
