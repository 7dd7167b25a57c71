"""Objectives, their measurements, and evidence: claimed by one side, accepted or returned by the other."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import User
from plans.choices import Direction, EvidenceKind
from plans.models.plan import PartOfPlan, Plan
from plans.models.task import Task
from portal.lib import clock


class ReviewedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | Any) -> "ReviewedQuerySet":
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def waiting(self) -> "ReviewedQuerySet":
        """Claimed, and neither accepted nor returned."""
        return self.filter(accepted_at__isnull=True, returned_at__isnull=True)

    def standing(self) -> "ReviewedQuerySet":
        """Claimed or accepted: what was returned no longer counts."""
        return self.filter(returned_at__isnull=True)


class Reviewed(models.Model):
    """A claim: by whom, when, for which side; and what the other side said."""

    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_side = models.CharField(max_length=8, choices=Side.choices)
    claimed_at = models.DateTimeField(default=clock.now)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)

    objects = ReviewedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        """accepted, returned or claimed."""
        if self.accepted_at:
            return "accepted"
        return "returned" if self.returned_at else "claimed"


class Objective(PartOfPlan):
    """What the customer bought, as from–to–by. Numbers are Decimals in `unit`; `direction` says which way is better."""

    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    metric = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=4, choices=Direction.choices)
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=4)
    due_on = models.DateField()
    baseline_on = models.DateField(null=True, blank=True)
    rule_anchor = models.CharField(max_length=80, blank=True)
    rule_offset = models.IntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plans_objective_key_once")]

    def __str__(self) -> str:
        return self.title

    def is_reached_by(self, value: Decimal) -> bool:
        return value >= self.target if self.direction == Direction.UP else value <= self.target


class Measurement(PartOfPlan, Reviewed):
    objective = models.ForeignKey(
        Objective, on_delete=models.CASCADE, related_name="measurements", db_constraint=False
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    measured_on = models.DateField(_("day"))
    note = models.TextField(_("note"), blank=True)
    # What proves it, where something does: the number is then evidenced, and not only claimed.
    evidence = models.ForeignKey(
        "plans.Evidence",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="measurements",
        db_constraint=False,
    )

    class Meta:
        ordering = ["measured_on", "claimed_at"]

    def __str__(self) -> str:
        return f"{self.value} on {self.measured_on}"


class Evidence(PartOfPlan, Reviewed):
    """A file, link or note that proves a task. `file` is a name of ours under the files folder, never the sender's."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="evidence", db_constraint=False)
    kind = models.CharField(max_length=8, choices=EvidenceKind.choices)
    note = models.TextField(_("note"), blank=True)
    url = models.URLField(_("link"), max_length=2000, blank=True)
    file = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["claimed_at"]
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(
                fields=["plan"],
                name="plans_evidence_waiting",
                condition=Q(accepted_at__isnull=True, returned_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.file_name or self.url or Truncator(self.note).chars(60)
