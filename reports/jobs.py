"""Jobs of reports: ids in, one service called."""

from celery import shared_task

from portal.lib.queue import enqueue
from reports.services import due_edition_ids
from reports.services import make_edition as make


@shared_task(name="reports.make_edition")
def make_edition(edition_id: str) -> None:
    make(edition_id)


@shared_task(name="reports.sweep_editions")
def sweep_editions() -> None:
    """Find editions that are due, whatever became of their message."""
    for edition_id in due_edition_ids():
        enqueue("reports.make_edition", edition_id)
