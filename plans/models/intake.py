"""Connections to CRMs and what they sent."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Account, Deal
from plans.choices import ConnectionKind
from plans.models.plan import Plan
from portal.lib import clock
from portal.lib.sealed import SealedTextField


class Connection(models.Model):
    """One CRM that may deliver. `secret` signs what comes in, `token` lets us read; both are sealed at rest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # As long as `Account.source`, which it becomes.
    name = models.SlugField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=ConnectionKind.choices)
    secret = SealedTextField(blank=True)
    token = SealedTextField(blank=True)
    api_base = models.URLField(blank=True)
    org_id = models.CharField(max_length=64, blank=True)
    winning_stages = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    deal_type_id = models.CharField(max_length=32, default="0-3")
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> "DeliveryQuerySet":
        """Received and not yet finished, and not waiting for a later try."""
        return self.filter(
            processed_at__isnull=True,
            failed_at__isnull=True,
            refused_at__isnull=True,
            due_at__lte=clock.now(),
        )

    def failed(self) -> "DeliveryQuerySet":
        return self.filter(failed_at__isnull=False)


class Delivery(models.Model):
    """One raw request, kept before it is understood. `headers` hold only those that matter, never a bearer token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.CharField(max_length=32)
    headers = models.JSONField(default=dict)
    content_type = models.CharField(max_length=120, blank=True)
    body = models.BinaryField()
    received_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    # Of the signature with its time: the same one twice is a replay. Empty where the scheme has no time.
    signature_digest = models.CharField(max_length=64, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "signature_digest"],
                condition=~Q(signature_digest=""),
                name="plans_delivery_signature_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="plans_delivery_due",
                condition=Q(processed_at__isnull=True, failed_at__isnull=True, refused_at__isnull=True),
            ),
            models.Index(fields=["-received_at"], name="plans_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def state(self) -> str:
        """refused, failed, processed or received."""
        if self.refused_at:
            return "refused"
        if self.failed_at:
            return "failed"
        return "processed" if self.processed_at else "received"


class Notice(models.Model):
    """One thing that a delivery says about one deal, once per `dedupe_key` and connection.

    Exactly one of `applied_at`, `ignored_at`, `failed_at` is set once it is settled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="notices")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="notices")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    deal = models.ForeignKey(Deal, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    dedupe_key = models.CharField(max_length=200)
    external_id = models.CharField(max_length=120)
    occurred_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True, blank=True)
    ignored_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [models.UniqueConstraint(fields=["connection", "dedupe_key"], name="plans_notice_once")]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def state(self) -> str:
        """applied, ignored, failed or open."""
        if self.applied_at:
            return "applied"
        if self.ignored_at:
            return "ignored"
        return "failed" if self.failed_at else "open"
