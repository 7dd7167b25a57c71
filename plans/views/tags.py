"""What identifies a state of a plan's page, so that an unchanged one is not made again."""

import hashlib
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.models import Plan
from plans.pages.inbox import unread_count
from plans.pages.spine import progress_label
from portal.lib.kept_text import kept_text

_CODE = ("templates/**/*.html", "plans/**/*.py", "accounts/**/*.py", "portal/**/*.py", "locale/**/*.mo")


def live_tag(plan: Plan, actor: Actor, today: date) -> str:
    """The ETag of a plan for one person on one day: what an open page asks about."""
    return f'"{plan.revision}-{today:%Y%m%d}-{actor.user.pk.hex}"'


def live_context(plan: Plan, actor: Actor) -> dict[str, Any]:
    """What `templates/plans/_live.html` needs on a page that notices what others change."""
    return {
        "live": {
            "url": reverse("plan_changes", args=[plan.pk]),
            "etag": live_tag(plan, actor, plan.account.today()),
            "writing_url": reverse("writing", args=[plan.pk]),
        }
    }


def page_tag(request: HttpRequest, plan: Plan, actor: Actor, today: date, *shown: object) -> str | None:
    """The ETag of the whole page, `shown` being what the plan's revision does not cover; None: never the same again.

    The CSRF secret belongs to it: a kept page must not hold forms that are refused. Pending messages are shown once.
    """
    if len(get_messages(request)) or kept_text(request):
        return None
    get_token(request)
    parts = (
        code_version(),
        live_tag(plan, actor, today),
        actor.role,
        str(actor.user),
        get_language(),
        # Whoever looks through somebody's eyes has the same page below a band that says so.
        getattr(request, "viewing_as", None) is not None,
        request.META["CSRF_COOKIE"],
        unread_count(request),
        current_vendor().version,
        *shown,
    )
    return f'"{salted_hmac("plans.page", repr(parts), algorithm="sha256").hexdigest()[:32]}"'


@lru_cache(maxsize=1)
def code_version() -> str:
    """A digest of templates, code, translations and static files: a new release makes every page anew."""
    digest = hashlib.sha256(repr((settings.PORTAL_VENDOR_NAME, settings.PORTAL_DEMO)).encode())
    files = {path for pattern in _CODE for path in settings.BASE_DIR.glob(pattern)}
    for path in [*sorted(files), settings.STATIC_ROOT / "staticfiles.json"]:
        if path.exists():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def progress_context(plan: Plan, actor: Actor, today: date) -> dict[str, Any]:
    """What moves with every act, and the mark by which the page notices the next."""
    return {
        "changes_url": reverse("plan_changes", args=[plan.pk]),
        "etag": live_tag(plan, actor, today),
        "progress_percent": plan.progress_percent,
        "progress_label": progress_label(plan.tasks_done, plan.tasks_total),
        "done": plan.tasks_done,
        "total": plan.tasks_total,
    }
