"""Accounts and the people of the customer on them."""

import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Segment, StakeholderRole, Touch
from accounts.models.people import User
from portal.lib import clock


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User | Any) -> "AccountQuerySet":
        """Vendor people see every account; a stakeholder those they have joined; nobody else any."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        return self.filter(Exists(Stakeholder.objects.joined().filter(account=OuterRef("pk"), user=user)))

    def named_like(self, words: str) -> "AccountQuerySet":
        """Whose name or domain contains the words; all of them for ""."""
        return self.filter(Q(name__icontains=words) | Q(domain__icontains=words)) if words else self


class Account(models.Model):
    """A customer company."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    allowed_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    industry = models.CharField(max_length=120, blank=True)
    segment = models.CharField(_("segment"), max_length=16, choices=Segment.choices)
    touch = models.CharField(_("touch"), max_length=8, choices=Touch.choices)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_accounts"
    )
    country = models.CharField(max_length=8, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    source = models.CharField(max_length=32)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="accounts_account_external_once",
            )
        ]
        indexes = [models.Index(fields=["owner"], name="accounts_account_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """Where the account's days begin and end."""
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """Today where the account is."""
        return clock.now().astimezone(self.zone).date()


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def joined(self) -> "StakeholderQuerySet":
        """Those whose access holds now."""
        return self.filter(joined_at__isnull=False, removed_at__isnull=True)

    def present(self) -> "StakeholderQuerySet":
        """Those who belong to the account, whether or not they have come in yet."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, user: User | Any) -> "StakeholderQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user))


class Stakeholder(models.Model):
    """A person on an account: known from the deal or invited, with access once `joined_at` is set."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stakeholders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stakeholders")
    role = models.CharField(_("role"), max_length=16, choices=StakeholderRole.choices)
    buying_role = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=200, blank=True)
    team = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    joined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="accounts_stakeholder_once")]
        indexes = [models.Index(fields=["user", "account"], name="accounts_stakeholder_user")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now())


class Invitation(models.Model):
    """One call to a stakeholder to come in. Its id is the address of a public page that signs nobody in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invitations")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="invitations_sent"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["stakeholder"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="accounts_invitation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.stakeholder_id} until {self.expires_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        """accepted, revoked, expired or open."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= clock.now() else "open"
