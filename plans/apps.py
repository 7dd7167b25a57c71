from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mails of plans that find their words as they leave: the outbox, a wing below, only knows their kinds."""
        from accounts.services.mail import compose_late
        from plans.services.composing import compose_digest, compose_direct

        compose_late("digest", compose_digest)
        compose_late("weekly", compose_digest)
        compose_late("direct", compose_direct)
