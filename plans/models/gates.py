"""Gates: what a stage asks for before it is entered or closed, and who signs for what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import User
from plans.choices import CriterionKind, Gate
from plans.models.plan import Milestone, PartOfPlan, Stage
from plans.models.task import Task
from portal.lib import clock


class Criterion(PartOfPlan):
    """One line of a gate. `kind` says how it is met: a person says so (`met_at`), or it follows from the plan.

    task: `task` is done. evidence: evidence of `task` is accepted. form: the form of `task` is filled in.
    milestone: `milestone` is reached. sign-off: the stage is signed. tasks: every task of the stage is done.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="criteria", db_constraint=False)
    gate = models.CharField(max_length=8, choices=Gate.choices)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=CriterionKind.choices, default=CriterionKind.CONFIRM)
    text = models.TextField()
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.CASCADE, related_name="criteria", db_constraint=False
    )
    milestone = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="criteria",
        db_constraint=False,
    )
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["gate", "position"]
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return self.text[:80]


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def standing(self) -> "SignOffQuerySet":
        """Asked for or signed, and not withdrawn or replaced by a newer one."""
        return self.filter(ended_at__isnull=True)


class SignOff(PartOfPlan):
    """Named people of both sides sign for a milestone, a stage or (neither set) the whole plan.

    `snapshot` is what they sign, as canonical JSON made once (`plans/services/signing.py`); `digest` its SHA-256.
    The database refuses to change either. `completed_at` is set with the last signature.
    """

    milestone = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="signoffs",
        db_constraint=False,
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.CASCADE, related_name="signoffs", db_constraint=False
    )
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "milestone", "stage"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="plans_signoff_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(milestone__isnull=True) | Q(stage__isnull=True), name="plans_signoff_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Signature(PartOfPlan):
    """A named person's: asked for, then given. `signed_name` and `signed_role` are what they were then."""

    signoff = models.ForeignKey(
        SignOff, on_delete=models.CASCADE, related_name="signatures", db_constraint=False
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=254, blank=True)
    signed_role = models.CharField(max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["side", "id"]
        constraints = [models.UniqueConstraint(fields=["signoff", "person"], name="plans_signature_once")]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.signoff_id}"
