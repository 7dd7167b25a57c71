"""How the customer uses what it bought, and what its people asked of support: as feeds and files say it.

Figures are never changed. A later one for the same period and place replaces the earlier, which is kept.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from plans.choices import ImportStep
from portal.lib import clock


class UsageFeed(models.Model):
    """A system that may send figures over HTTP. Only the digest of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.SlugField(max_length=32, unique=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UsageImport(models.Model):
    """One file or one request: received → checked (dry run) → applied, or failed with a reason.

    `errors` are the first of {line, column, message}; `found` counts rows, accounts, new, replaced and unchanged ones.
    `content_sha256` makes the same request twice one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.ForeignKey(
        UsageFeed, null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    file = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    received_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=16, choices=ImportStep.choices, default=ImportStep.RECEIVED)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    errors_total = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    failed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="plans_usageimport_due",
                condition=Q(step__in=["received", "applying"]),
            )
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)


class FigureQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | Any) -> "FigureQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user))

    def current(self) -> "FigureQuerySet":
        """What holds now: the latest word on each period and place."""
        return self.filter(replaced_at__isnull=True)

    def within(self, first: Any, last: Any) -> "FigureQuerySet":
        """Periods that lie wholly between two days, both included."""
        return self.filter(period_from__gte=first, period_to__lte=last)


class Figure(models.Model):
    """What one source says of one account and period (first and last day included)."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="%(class)ss")
    period_from = models.DateField()
    period_to = models.DateField()
    source = models.ForeignKey(UsageImport, on_delete=models.PROTECT, related_name="%(class)ss")
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        UsageImport, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        abstract = True


class UsageFigure(Figure):
    """`team`, `role` and `feature` are "" for "all of them". A null number was not said.

    `active_users` used it at least once in the period, `seats` are assigned on its last day, `quantity` is how much
    of the feature was used (calls, gigabytes …).
    """

    team = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=120, blank=True)
    feature = models.CharField(max_length=120, blank=True)
    active_users = models.PositiveIntegerField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    quantity = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="plans_usage_period"),
            models.UniqueConstraint(
                fields=["account", "period_from", "period_to", "team", "role", "feature"],
                condition=Q(replaced_at__isnull=True),
                name="plans_usage_once",
            ),
        ]
        indexes = [models.Index(fields=["account", "period_to"], name="plans_usage_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_from} – {self.period_to}"


class SupportFigure(Figure):
    """Tickets of the period: opened, closed, and answered later than promised."""

    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="plans_support_period"),
            models.UniqueConstraint(
                fields=["account", "period_from", "period_to"],
                condition=Q(replaced_at__isnull=True),
                name="plans_support_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_from} – {self.period_to}"
