"""The environment of a release, in a folder of its own: nothing of the developer's settings leaks in."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
HOST = "127.0.0.1"

# Set to nothing, not removed: the settings read a developer's .env, which fills in only what is missing.
_UNSET = (
    "DATABASE_URL", "CELERY_BROKER_URL", "REDIS_URL", "EMAIL_URL", "PORTAL_DEMO", "PORTAL_TEST", "PORTAL_DEBUG",
    "PORTAL_OLD_SECRET_KEYS", "PORTAL_FILES_DIR", "PORTAL_QUEUE_DIR", "PORTAL_QUEUE_NAME", "PORTAL_MAIL_FROM",
    "PORTAL_EXTRA_HOSTS", "PORTAL_DEMO_CRM_URL", "PORTAL_DATABASE_POOLED",
)  # fmt: skip


def use_release_settings() -> None:
    """Settings as in production: no debug, cached templates, https behind one proxy; PostgreSQL with fsync.

    Must run before Django's settings are read. Processes that the bench starts inherit it.
    """
    from portal.lib.secret import kept_secret

    os.environ.update(dict.fromkeys(_UNSET, ""))
    os.environ.update(
        {
            "PORTAL_VAR_DIR": str(VAR),
            "PORTAL_SECRET_KEY": kept_secret(VAR / "secret_key"),
            "PORTAL_PUBLIC_URL": f"https://{HOST}",
            "PORTAL_PROXIES": "1",
            "PORTAL_ALLOW_EMBEDDED": "1",
            "PORTAL_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }
    )
