"""Sending jobs. A lost one costs time only: a sweep finds its work (portal.celery.beat_schedule)."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

# One quick second try; a person is waiting for the page.
_RETRY = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0, "interval_max": 0.1}


def enqueue(name: str, *args: str, countdown: float | None = None) -> None:
    """Send the job `name` when the open transaction commits (at once outside of one).

    `args` are ids as strings; `countdown` is in seconds. Never raises: a broker that is down is logged, and
    the sweep does the work later.
    """
    transaction.on_commit(partial(_send, name, args, countdown), robust=True)


def _send(name: str, args: tuple[str, ...], countdown: float | None) -> None:
    try:
        current_app.send_task(name, args=args, countdown=countdown, retry=True, retry_policy=_RETRY)
    except Exception as error:
        # Kombu's brokers raise many kinds; none of them may undo what the person has just done.
        logger.warning("The job %s was not sent (%s); its sweep will find it.", name, type(error).__name__)
