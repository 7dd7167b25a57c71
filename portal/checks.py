"""What `manage.py check --deploy` refuses beside Django's own list."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_DEV_MAIL = ("filebased", "console", "locmem", "dummy")


@register(Tags.security, deploy=True)
def production(**kwargs: Any) -> list[CheckMessage]:
    """Demo doors, test settings, mail that goes nowhere, a database that somebody forgot to choose."""
    found: list[CheckMessage] = []
    if settings.PORTAL_DEMO or settings.PORTAL_TEST:
        found.append(Error("PORTAL_DEMO and PORTAL_TEST must be unset in production.", id="portal.E001"))
    if any(word in settings.EMAIL_BACKEND for word in _DEV_MAIL):
        found.append(Error("EMAIL_URL is unset: mail would be written to files.", id="portal.E002"))
    if settings.PORTAL_EMBEDDED_DATABASE and not settings.PORTAL_ALLOW_EMBEDDED:
        found.append(
            Error(
                "DATABASE_URL is unset: the portal would bring its own PostgreSQL.",
                hint="Set DATABASE_URL, or PORTAL_ALLOW_EMBEDDED=1 if one machine is all you want.",
                id="portal.E003",
            )
        )
    if settings.PORTAL_BROKER_URL is None and not settings.PORTAL_ALLOW_EMBEDDED:
        found.append(
            Error(
                "CELERY_BROKER_URL is unset: jobs would travel through files.",
                hint="Set CELERY_BROKER_URL, or PORTAL_ALLOW_EMBEDDED=1 if one machine is all you want.",
                id="portal.E004",
            )
        )
    if "*" in settings.ALLOWED_HOSTS or settings.PORTAL_PUBLIC_URL.endswith("example.com"):
        found.append(Error("PORTAL_PUBLIC_URL or PORTAL_EXTRA_HOSTS is a placeholder.", id="portal.E005"))
    return found
