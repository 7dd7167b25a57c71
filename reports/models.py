"""Editions: one frozen issue of a report, and the making of it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Paper
from accounts.models import Account, OutgoingMail, User
from plans.models import Plan
from portal.lib import clock


class Step(models.TextChoices):
    QUEUED = "queued", _("Queued")
    COMPOSING = "composing", _("Composing")
    LAYING_OUT = "laying_out", _("Laying out")
    DONE = "done", _("Done")


class DocumentKind(models.TextChoices):
    RECAP = "recap", _("Value recap")
    FIRST_WIN = "first_win", _("First win")
    PACKET = "packet", _("Renewal packet")
    SCOREBOARD = "scoreboard", _("Weekly scoreboard")
    REVIEW = "review", _("Review pack")
    PLAN_EXPORT = "plan_export", _("Plan export")


class Audience(models.TextChoices):
    """Whom an edition is for. What is internal is never shown to a customer."""

    SHARED = "shared", _("Both companies")
    INTERNAL = "internal", _("Only us")


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: User | Any) -> "EditionQuerySet":
        """Vendor people see every edition; customers the finished, shared ones of plans and accounts that they see."""
        if user.is_authenticated and user.is_active and user.is_vendor:
            return self
        here = Q(plan__in=Plan.objects.visible_to(user))
        without_plan = Q(plan__isnull=True, account__in=Account.objects.visible_to(user))
        return self.filter(here | without_plan, audience=Audience.SHARED).finished()

    def finished(self) -> "EditionQuerySet":
        return self.filter(finished_at__isnull=False)

    def in_the_making(self) -> "EditionQuerySet":
        return self.filter(finished_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True)

    def light(self) -> "EditionQuerySet":
        """Without the snapshot, which pages do not read."""
        return self.defer("snapshot")

    def due(self) -> "EditionQuerySet":
        return self.in_the_making().filter(due_at__lte=clock.now())


class Edition(models.Model):
    """One issue of a document: what it says (`snapshot`), how it was set (`template_version`), its digests.

    It is about a plan, or about an account where `plan` is null; `subject_id` is the win or the renewal that it is
    about. A document of one day has both ends of the period on that day. `request_key` is what makes two requests
    the same; `code` is printed in the foot, and follows from the snapshot (`reports/codes.py`). The file can always
    be made again from the snapshot, to the same bytes; `file` is the copy that is served.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="editions")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="editions")
    kind = models.CharField(max_length=32, choices=DocumentKind.choices, default=DocumentKind.RECAP)
    subject_id = models.UUIDField(null=True, blank=True)
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.SHARED)
    period_from = models.DateField()
    period_to = models.DateField()
    language = models.CharField(max_length=16, default="en")
    paper = models.CharField(max_length=8, choices=Paper.choices, default=Paper.A4)
    request_key = models.CharField(max_length=64)
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    step = models.CharField(max_length=16, choices=Step.choices, default=Step.QUEUED)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    snapshot = models.BinaryField(null=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=32, blank=True)
    template_version = models.CharField(max_length=32, blank=True)
    file = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=models.F("period_from")), name="reports_edition_period"
            ),
            models.UniqueConstraint(
                fields=["request_key"],
                condition=Q(finished_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True),
                name="reports_edition_once_in_the_making",
            ),
        ]
        indexes = [
            models.Index(fields=["file_sha256"], name="reports_edition_digest", condition=~Q(file_sha256="")),
            models.Index(
                fields=["snapshot_sha256"], name="reports_edition_seal", condition=~Q(snapshot_sha256="")
            ),
            models.Index(fields=["code"], name="reports_edition_code", condition=~Q(code="")),
            models.Index(
                fields=["due_at"],
                name="reports_edition_due",
                condition=Q(finished_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]

    @property
    def state(self) -> str:
        """working, done, failed or cancelled."""
        if self.finished_at:
            return "done"
        if self.cancelled_at:
            return "cancelled"
        return "failed" if self.failed_at else "working"

    def __str__(self) -> str:
        return f"{self.kind} {self.period_from} – {self.period_to}"


class Picture(models.Model):
    """A picture that an edition prints: drawn anew when its facts were frozen, and kept with it for ever.

    The snapshot names it by `sha256`; `file` is a name of ours under the files folder.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    file = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "sha256"], name="reports_picture_once")]

    def __str__(self) -> str:
        return self.sha256


class ScoreboardMail(models.Model):
    """One person's scoreboard of one morning (`day` is their own): at most one a day, which the constraint holds.

    Without a `mail` they did not want or could not get one, or there was nothing to say.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    mail = models.ForeignKey(OutgoingMail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="reports_scoreboardmail_once")]

    def __str__(self) -> str:
        return f"{self.day} to {self.user_id}"
