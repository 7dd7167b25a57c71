"""Settings from environment variables: strict, and never echoing a value, which may be a secret."""

import os
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
_BROKERS = {"redis", "rediss", "amqp", "amqps", "sqs", "sentinel"}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks."""
    return os.environ.get(name, default).strip()


def boolean(name: str, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else is a mistake, and a mistake must not mean "off"."""
    value = text(name, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0.")


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number within the bounds, both included."""
    value = text(name) or str(default)
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None
    if not minimum <= number <= maximum:
        raise ImproperlyConfigured(f"{name} must be between {minimum} and {maximum}.")
    return number


def names(name: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def web_address(name: str, default: str, *, schemes: set[str]) -> SplitResult:
    """An address of a site: scheme, host and port, without path."""
    value = text(name) or default
    if not value:
        raise ImproperlyConfigured(f"{name} must be set, for example https://plans.example.com")
    parts = _split(name, value)
    if (
        parts.scheme not in schemes
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.username
    ):
        raise ImproperlyConfigured(
            f"{name} must be an address like {max(schemes)}://plans.example.com, no path."
        )
    return parts


def database(name: str) -> dict[str, Any] | None:
    """Django's settings for a PostgreSQL address, None when the variable is unset."""
    if not (value := text(name)):
        return None
    parts = _split(name, value)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must be postgres://user:password@host:port/database.")
    try:
        return dict(environ.Env.db_url_config(value))
    except Exception:
        raise ImproperlyConfigured(f"{name} is malformed.") from None


def mail(name: str) -> dict[str, Any] | None:
    """Django's EMAIL_* settings for smtp://, smtp+tls:// or smtp+ssl://, None when the variable is unset."""
    if not (value := text(name)):
        return None
    parts = _split(name, value)
    if parts.scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be smtp+tls://user:password@host:port (or smtp+ssl, smtp).")
    return dict(environ.Env.email_url_config(value))


def broker(name: str) -> str | None:
    """The address of a Kombu broker, None when the variable is unset."""
    if not (value := text(name)):
        return None
    if _split(name, value).scheme not in _BROKERS:
        raise ImproperlyConfigured(f"{name} must be an address like redis://host:6379/0.")
    return value


def redis(name: str) -> str | None:
    """The address of a Redis server, None when the variable is unset."""
    if not (value := text(name)):
        return None
    if _split(name, value).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must be an address like redis://host:6379/1.")
    return value


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is malformed.") from None
    return parts
