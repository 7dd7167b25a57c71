from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The mail of Mondays finds its words as it leaves (`accounts/services/mail.py` only knows its kind)."""
        from accounts.services.mail import compose_late
        from reports.services.scoreboard_mails import compose_scoreboard

        compose_late("scoreboard", compose_scoreboard)
