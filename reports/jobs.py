"""Jobs of reports: ids in, one service called."""

from celery import shared_task

from portal.lib.queue import enqueue
from reports.services import due_edition_ids, scoreboard_mails
from reports.services import make_due as due
from reports.services import make_edition as make


@shared_task(name="reports.make_edition")
def make_edition(edition_id: str) -> None:
    make(edition_id)


@shared_task(name="reports.make_due")
def make_due() -> None:
    """Ask for the documents that make themselves when their day has come."""
    due()


@shared_task(name="reports.sweep_editions")
def sweep_editions() -> None:
    """Find editions that are due, whatever became of their message."""
    for edition_id in due_edition_ids():
        enqueue("reports.make_edition", edition_id)


@shared_task(name="reports.send_scoreboards")
def send_scoreboards() -> None:
    """For everybody whose first morning of the week it is; each once, however often this runs."""
    scoreboard_mails.run_scoreboards()
    scoreboard_mails.forget_unsent()
