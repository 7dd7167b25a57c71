"""The plan and its spine."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import Account, Deal, Stakeholder, User
from plans.choices import MeetingKind
from plans.models.playbook import PlaybookVersion
from portal.lib import clock


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User | Any) -> "PlanQuerySet":
        """Vendor people see every plan; stakeholders those of their accounts once they are live.

        The accounts are those of `Account.visible_to`, asked without a detour through their table: this is in
        the first query of every page.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        here = Stakeholder.objects.joined().filter(account=OuterRef("account_id"), user=user)
        return self.live().filter(Exists(here))

    def live(self) -> "PlanQuerySet":
        return self.filter(live_at__isnull=False)

    def running(self) -> "PlanQuerySet":
        """Drafts and live plans that nobody has completed or closed."""
        return self.filter(completed_at__isnull=True, closed_at__isnull=True)


class Plan(models.Model):
    """An account's success plan: draft → live → completed or closed.

    `revision` grows with each act. The counts are those of its tasks, written by the same statement
    (`plans/services/counting.py`), so that a list of a thousand plans reads a thousand rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="plans")
    deal = models.OneToOneField(Deal, null=True, blank=True, on_delete=models.PROTECT, related_name="plan")
    playbook_version = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="plans")
    choice_reason = models.TextField(blank=True)
    name = models.CharField(_("name"), max_length=200)
    kickoff_on = models.DateField()
    # The day of the signature, and the first day on which there was value (plans/services/winning.py).
    signed_on = models.DateField(null=True, blank=True)
    first_value_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField()
    # No date of the plan lies before this day.
    starts_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    live_at = models.DateTimeField(null=True, blank=True)
    live_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # What the deal lacked, as words of `plans.choices.Gap`; the draft asks for it.
    gaps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    revision = models.PositiveBigIntegerField(default=1)
    # Up to which revision people have been told what concerns them (plans/services/notifying.py).
    notified_revision = models.PositiveBigIntegerField(default=0)
    notified_event = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)

    tasks_total = models.PositiveIntegerField(default=0)
    tasks_done = models.PositiveIntegerField(default=0)
    tasks_blocked = models.PositiveIntegerField(default=0)
    tasks_unowned = models.PositiveIntegerField(default=0)
    ready_vendor = models.PositiveIntegerField(default=0)
    ready_customer = models.PositiveIntegerField(default=0)
    reviews_vendor = models.PositiveIntegerField(default=0)
    reviews_customer = models.PositiveIntegerField(default=0)
    next_due_on = models.DateField(null=True, blank=True)
    # Of the open tasks whose turn is the customer's: how many are blocked, and the first day that is due.
    blocked_customer = models.PositiveIntegerField(default=0)
    customer_due_on = models.DateField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(
                fields=["changed_at"],
                name="plans_plan_to_notify",
                condition=Q(revision__gt=F("notified_revision")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """draft, live, completed or closed."""
        if self.closed_at:
            return "closed"
        if self.completed_at:
            return "completed"
        return "live" if self.live_at else "draft"

    @property
    def is_finished(self) -> bool:
        """Completed or closed: nothing in it changes any more."""
        return self.state in ("completed", "closed")

    def reviews_of(self, side: str) -> int:
        """Claims of the other side that wait for this one's judgement."""
        return self.reviews_vendor if side == Side.VENDOR else self.reviews_customer

    @property
    def progress_percent(self) -> int:
        """Tasks done of all, rounded down, so that 100 means all."""
        return self.tasks_done * 100 // self.tasks_total if self.tasks_total else 0


class PartOfPlan(models.Model):
    """What every row of a plan carries. The database holds `account` to the plan's (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # One composite key in the database, (plan, account) → plan, does the work of these two and of a third.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="%(class)ss", db_constraint=False)

    class Meta:
        abstract = True


class Stage(PartOfPlan):
    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    owner_role = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plans_stage_key_once")]

    def __str__(self) -> str:
        return self.name


class Milestone(PartOfPlan):
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="milestones", db_constraint=False)
    key = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    first_value = models.BooleanField(default=False)
    due_on = models.DateField()
    baseline_on = models.DateField(null=True, blank=True)
    rule_anchor = models.CharField(max_length=80, blank=True)
    rule_offset = models.IntegerField(default=0)
    reached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plans_milestone_key_once")]

    def __str__(self) -> str:
        return self.title


class Meeting(PartOfPlan):
    """A kickoff, a weekly review, a renewal review. `agenda` is a list of {title, minutes, lead, notes}.

    Until it is held, a review's agenda is made anew from the plan's state whenever it is shown; holding it freezes
    the agenda. `starts_at` is null while only the day is known. `version` is the optimistic lock of the notes.
    """

    kind = models.CharField(max_length=32, choices=MeetingKind.choices)
    planned_on = models.DateField()
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(default=30)
    agenda = models.JSONField(default=list)
    notes = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["planned_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind"], condition=Q(kind="kickoff"), name="plans_meeting_kickoff_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.planned_on}"


class Decision(PartOfPlan):
    """What a meeting decided, or has to decide: `decided_at` is null while it is only wanted."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="decisions", db_constraint=False
    )
    text = models.TextField()
    position = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(default=clock.now, null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text[:80]
