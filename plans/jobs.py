"""Jobs of plans: ids in, one service called."""

from celery import shared_task

from plans.intake import services
from plans.services import digesting, escalating, leaving, notifying, renewal_windows
from plans.usage import feeding, importing
from portal.lib.queue import enqueue


@shared_task(name="plans.process_delivery")
def process_delivery(delivery_id: str) -> None:
    services.process_delivery(delivery_id)


@shared_task(name="plans.sweep_deliveries")
def sweep_deliveries() -> None:
    """Find deliveries that are due, whatever became of their message, and forget old refused ones."""
    for delivery_id in services.due_delivery_ids():
        enqueue("plans.process_delivery", delivery_id)
    services.forget_refused()


@shared_task(name="plans.import_usage")
def import_usage(import_id: str) -> None:
    importing.work_on_import(import_id)


@shared_task(name="plans.sweep_usage")
def sweep_usage() -> None:
    """Find files that are due, whatever became of their message; forget old files, and what feeds sent in vain."""
    for import_id in importing.due_import_ids():
        enqueue("plans.import_usage", import_id)
    importing.forget_files()
    feeding.forget_refused_bodies()


@shared_task(name="plans.release_tasks")
def release_tasks() -> None:
    """Sent when somebody leaves an account, and on the beat, should that message get lost."""
    for plan_id in leaving.plans_with_leavers():
        leaving.release_tasks(plan_id)


@shared_task(name="plans.notify_plan")
def notify_plan(plan_id: str) -> None:
    notifying.notify_plan(plan_id)


@shared_task(name="plans.sweep_notifications")
def sweep_notifications() -> None:
    """Find plans on which something has happened; who acts there now is left to the next run."""
    for plan_id in notifying.plans_to_notify():
        enqueue("plans.notify_plan", plan_id)


@shared_task(name="plans.forget_notifications")
def forget_notifications() -> None:
    notifying.forget_old()
    digesting.forget_empty()


@shared_task(name="plans.send_digests")
def send_digests() -> None:
    """For everybody whose morning it is; each once a day, however often this runs."""
    digesting.run_digests()


@shared_task(name="plans.escalate")
def escalate() -> None:
    """Tell the next person where reminders found no answer."""
    for plan_id in escalating.plans_to_escalate():
        escalating.escalate_plan(plan_id)


@shared_task(name="plans.sweep_renewals")
def sweep_renewals() -> None:
    """Contracts whose end comes near, windows whose day has come, and what no longer is as it was."""
    renewal_windows.open_due_renewals()
    renewal_windows.reach_windows()
    renewal_windows.settle_renewals()
