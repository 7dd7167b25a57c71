"""The composition root as a Django app: it owns the management commands and the cache's table."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        # The Celery app must be the current one before `enqueue` sends by name; checks register on import.
        from portal import celery, checks  # noqa: F401
