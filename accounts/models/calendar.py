"""The private address of a person's calendar feed."""

import hashlib
import uuid

from django.db import models

from accounts.models.people import User
from portal.lib import clock
from portal.lib.sealed import SealedTextField


class CalendarKeyQuerySet(models.QuerySet["CalendarKey"]):
    def opened_by(self, token: str) -> "CalendarKeyQuerySet":
        """The key that the token opens, while its person may sign in; at most one row."""
        return self.filter(digest=digest_of(token), user__is_active=True)


class CalendarKey(models.Model):
    """Whoever knows its token reads this person's calendar, and nothing else. Replacing or deleting it revokes it.

    It is looked up by `digest`, so that no comparison takes longer for a better guess. `token` is kept sealed as
    well, not the digest alone: people add their calendar on a second device months later, and a new address each
    time would silence the first one. Who steals the database without PORTAL_SECRET_KEY reads neither. With that key
    lost, `token` is "": the address works on, and can only be replaced.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_key")
    digest = models.CharField(max_length=64, unique=True)
    token = SealedTextField()
    created_at = models.DateTimeField(default=clock.now)

    objects = CalendarKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


def digest_of(token: str) -> str:
    """SHA-256 in hex. A token is 32 random bytes, so that nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
