"""Jobs of the composition root."""

from celery import shared_task

from portal.health import record_heartbeat


@shared_task(name="portal.heartbeat")
def heartbeat() -> None:
    """Sent by the beat, run by a worker: proof for `/healthz` that the whole way works."""
    record_heartbeat()
