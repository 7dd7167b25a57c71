"""Tasks and what they wait for."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import User
from plans.choices import EvidenceNeed, Waiting
from plans.models.plan import Meeting, Milestone, PartOfPlan, Plan


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User | Any) -> "TaskQuerySet":
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def open(self) -> "TaskQuerySet":
        return self.filter(completed_at__isnull=True)

    def ready(self) -> "TaskQuerySet":
        """Open tasks that are not blocked and whose predecessors are all done."""
        waits = Dependency.objects.filter(task=OuterRef("pk"), waits_for__completed_at__isnull=True)
        return self.open().filter(~Exists(waits), blocked_at__isnull=True)


class Task(PartOfPlan):
    """Work with exactly one responsible side.

    `version` is the optimistic lock: each act adds one, and an act that names another version is refused.
    `edited_fields` names what a person changed by hand, which later deliveries leave alone.
    """

    milestone = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, related_name="tasks", db_constraint=False
    )
    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=Side.choices)
    role = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    why = models.TextField(blank=True)
    what = models.TextField(blank=True)
    desired_result = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    estimate_minutes = models.PositiveIntegerField(null=True, blank=True)
    evidence_need = models.CharField(max_length=8, choices=EvidenceNeed.choices, default=EvidenceNeed.NONE)
    evidence_wanted = models.TextField(blank=True)
    due_on = models.DateField(_("due date"))
    baseline_on = models.DateField(null=True, blank=True)
    # Where the due date comes from (plans/schedule.py): an anchor as in a playbook, and working days from it; with
    # an empty anchor the day stands for itself. A pinned task keeps its day whatever it depends on.
    rule_anchor = models.CharField(max_length=80, blank=True)
    rule_offset = models.IntegerField(default=0)
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The side that moved it last, while the task's own side has not accepted the new day; and a day that waits
    # for an answer (the open DateProposal's).
    moved_by_side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    proposed_on = models.DateField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    blocked_reason = models.TextField(blank=True)
    # Who has to clear the way: a side, or "nobody" for somebody outside both companies.
    blocked_on = models.CharField(max_length=10, choices=Waiting.choices, blank=True)
    # The questions of a task that is a form: a list of fields as plans/asking.py reads them.
    form = models.JSONField(default=list, blank=True)
    # Comments that both sides read.
    talk_count = models.PositiveIntegerField(default=0)
    # The meeting that made it, for an action item.
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="actions",
        db_constraint=False,
    )
    edited_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    waits_for = models.ManyToManyField(
        "self", through="Dependency", symmetrical=False, related_name="successors"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_task_key_once"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, completed_by__isnull=True)
                | Q(completed_at__isnull=False, blocked_at__isnull=True),
                name="plans_task_done_is_not_blocked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                name="plans_task_open_of_owner",
                condition=Q(completed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Dependency(PartOfPlan):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="dependencies", db_constraint=False)
    waits_for = models.ForeignKey(
        Task, on_delete=models.CASCADE, related_name="dependants", db_constraint=False
    )

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.UniqueConstraint(fields=["task", "waits_for"], name="plans_dependency_once"),
            models.CheckConstraint(condition=~Q(task=F("waits_for")), name="plans_dependency_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} waits for {self.waits_for_id}"
