"""Systems that may send figures: each has a token, of which only the digest is kept."""

import hashlib
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.models import UsageFeed
from portal.lib import clock


def add_feed(*, by: Actor, name: str) -> tuple[UsageFeed, str]:
    """A feed and its token, which nobody can read again. Raises ValidationError: the name is taken."""
    by.require("feed.manage")
    token = f"usage_{secrets.token_urlsafe(32)}"
    try:
        with transaction.atomic():
            feed = UsageFeed.objects.create(name=name, token_sha256=_digest(token), created_by=by.user)
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a feed of this name already.")}) from error
    return feed, token


def disable_feed(*, by: Actor, feed: UsageFeed) -> None:
    """The token does not work any more. What the feed has sent stays."""
    by.require("feed.manage")
    UsageFeed.objects.filter(pk=feed.pk, disabled_at__isnull=True).update(disabled_at=clock.now())


def feed_of(header: str) -> UsageFeed | None:
    """Whose token an Authorization header brings; None for a wrong or a disabled one."""
    scheme, _blank, token = header.partition(" ")
    given = _digest(token.strip())
    feed = UsageFeed.objects.filter(token_sha256=given, disabled_at__isnull=True).first()
    if feed is None or scheme.lower() != "bearer" or not constant_time_compare(feed.token_sha256, given):
        return None
    return feed


def feeds_shown() -> Any:
    return UsageFeed.objects.select_related("created_by").order_by("disabled_at", "name")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
