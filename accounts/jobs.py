"""Jobs of accounts: ids in, one service called."""

from celery import shared_task

from accounts.services import mail
from portal.lib.queue import enqueue


@shared_task(name="accounts.send_mail")
def send_mail(mail_id: str) -> None:
    mail.send_mail(mail_id)


@shared_task(name="accounts.sweep_mail")
def sweep_mail() -> None:
    """Find mail that is due, whatever became of its message."""
    for mail_id in mail.due_mail_ids():
        enqueue("accounts.send_mail", mail_id)
