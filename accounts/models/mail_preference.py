"""Which mails a person wants, and whether mail reaches them at all."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.people import User
from portal.lib import clock


class MailPreference(models.Model):
    """Who has none gets everything. `stopped_at`: the address bounced or its reader complained; nothing goes there
    until somebody says that it works again. Sign-in codes are asked for, and always go."""

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="mail_preference"
    )
    digest = models.BooleanField(_("the morning digest"), default=True)
    weekly = models.BooleanField(_("the weekly follow-up"), default=True)
    scoreboard = models.BooleanField(_("the Monday scoreboard"), default=True)
    at_once = models.BooleanField(_("mentions at once"), default=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"mail to {self.user_id}"


class BounceNotice(models.Model):
    """A mail came back, or its reader complained: said by the mail provider's webhook or by a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bounces")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    provider_id = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id"], condition=~Q(provider_id=""), name="accounts_bounce_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
