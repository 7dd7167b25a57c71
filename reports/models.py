"""Editions: one frozen issue of a report, and the making of it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from plans.models import Plan
from portal.lib import clock


class Step(models.TextChoices):
    QUEUED = "queued", _("Queued")
    COMPOSING = "composing", _("Composing")
    LAYING_OUT = "laying_out", _("Laying out")
    DONE = "done", _("Done")


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: User | Any) -> "EditionQuerySet":
        """Vendor people see every edition; customers the finished ones of plans that they see."""
        editions = self.filter(plan__in=Plan.objects.visible_to(user))
        return editions if user.is_authenticated and user.is_vendor else editions.finished()

    def finished(self) -> "EditionQuerySet":
        return self.filter(finished_at__isnull=False)

    def in_the_making(self) -> "EditionQuerySet":
        return self.filter(finished_at__isnull=True, failed_at__isnull=True)

    def light(self) -> "EditionQuerySet":
        """Without the snapshot, which pages do not read."""
        return self.defer("snapshot")

    def due(self) -> "EditionQuerySet":
        return self.in_the_making().filter(due_at__lte=clock.now())


class Edition(models.Model):
    """One issue of a document: what it says (`snapshot`), how it was set (`template_version`), its digests.

    The file can always be made again from the snapshot, to the same bytes; `file` is the copy that is served.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="editions")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="editions")
    kind = models.CharField(max_length=32, default="recap")
    period_from = models.DateField()
    period_to = models.DateField()
    language = models.CharField(max_length=16, default="en")
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    step = models.CharField(max_length=16, choices=Step.choices, default=Step.QUEUED)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    snapshot = models.BinaryField(null=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    template_version = models.CharField(max_length=32, blank=True)
    file = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=models.F("period_from")), name="reports_edition_period"
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "period_from", "period_to", "language"],
                condition=Q(finished_at__isnull=True, failed_at__isnull=True),
                name="reports_edition_one_in_the_making",
            ),
        ]
        indexes = [
            models.Index(fields=["file_sha256"], name="reports_edition_digest", condition=~Q(file_sha256="")),
            models.Index(
                fields=["snapshot_sha256"], name="reports_edition_seal", condition=~Q(snapshot_sha256="")
            ),
            models.Index(
                fields=["due_at"],
                name="reports_edition_due",
                condition=Q(finished_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    @property
    def state(self) -> str:
        """working, done or failed."""
        if self.finished_at:
            return "done"
        return "failed" if self.failed_at else "working"

    def __str__(self) -> str:
        return f"{self.kind} {self.period_from} – {self.period_to}"
