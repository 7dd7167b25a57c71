"""Jobs of plans: ids in, one service called."""

from celery import shared_task

from plans.intake import services
from plans.services import leaving
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


@shared_task(name="plans.release_tasks")
def release_tasks() -> None:
    """Sent when somebody leaves an account, and on the beat, should that message get lost."""
    for plan_id in leaving.plans_with_leavers():
        leaving.release_tasks(plan_id)
