"""What a customer's security people ask for before they sign again."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.people import User
from portal.lib import clock


class SecurityConfirmationQuerySet(models.QuerySet["SecurityConfirmation"]):
    def visible_to(self, user: User | Any) -> "SecurityConfirmationQuerySet":
        """The vendor's own are for everybody who may see an account at all."""
        accounts = Account.objects.visible_to(user)
        if not accounts.exists():
            return self.none()
        return self.filter(Q(account__isnull=True) | Q(account__in=accounts))

    def standing(self) -> "SecurityConfirmationQuerySet":
        return self.filter(removed_at__isnull=True)

    def for_account(self, account_id: uuid.UUID) -> "SecurityConfirmationQuerySet":
        """The vendor's own, and those that were made for this account."""
        return self.standing().filter(Q(account__isnull=True) | Q(account=account_id))


class SecurityConfirmation(models.Model):
    """A certificate, report or signed statement: of the vendor for all (`account` is null), or for one account.

    `file` is a name of ours under the files folder, `url` a link; one of them at most. Expired after `valid_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="security_confirmations"
    )
    name = models.CharField(_("name"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=200)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=2000, blank=True)
    file = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SecurityConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "added_at"]

    def __str__(self) -> str:
        return self.name
