"""Conversation: comments on a task, a milestone or an objective, who is mentioned, and who is writing right now."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.choices import Side
from accounts.models import User
from plans.models.plan import Milestone, PartOfPlan, Plan
from plans.models.proof import Objective
from plans.models.task import Task
from portal.lib import clock


class CommentQuerySet(models.QuerySet["Comment"]):
    def shared(self) -> "CommentQuerySet":
        """What both sides read."""
        return self.filter(vendor_only=False)

    def vendor_notes(self) -> "CommentQuerySet":
        """What only the vendor's people may ever be given."""
        return self.filter(vendor_only=True)

    def visible_to(self, user: User | Any) -> "CommentQuerySet":
        seen = self.filter(plan__in=Plan.objects.visible_to(user))
        return seen if getattr(user, "is_vendor", False) else seen.shared()


class Comment(PartOfPlan):
    """Markdown, kept as it was typed; rendered and cleaned when it is shown. Exactly one of the three is set.

    A deleted comment keeps its place and its trace; `body` is emptied, earlier texts are `CommentVersion`s.
    """

    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.CASCADE, related_name="comments", db_constraint=False
    )
    milestone = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="comments",
        db_constraint=False,
    )
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="comments",
        db_constraint=False,
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    vendor_only = models.BooleanField(default=False)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False, milestone__isnull=True, objective__isnull=True)
                | Q(task__isnull=True, milestone__isnull=False, objective__isnull=True)
                | Q(task__isnull=True, milestone__isnull=True, objective__isnull=False),
                name="plans_comment_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(vendor_only=False) | Q(side=Side.VENDOR),
                name="plans_comment_notes_are_the_vendors",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class CommentVersion(PartOfPlan):
    """What a comment said before it was edited or deleted. Only ever added."""

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="versions", db_constraint=False
    )
    number = models.PositiveIntegerField()
    body = models.TextField()
    replaced_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="plans_commentversion_once")
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} v{self.number}"


class Mention(PartOfPlan):
    """Somebody was named with @ in a comment that they may see."""

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="mentions", db_constraint=False
    )
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="plans_mention_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.comment_id}"


class Writing(PartOfPlan):
    """Somebody has this text open and types: so that a second person is told. Old after a minute.

    `thing` names the text: "meeting-notes:<id>", "comment:<id>", "talk:task:<id>".
    """

    thing = models.CharField(max_length=80)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing", "person"], name="plans_writing_once")]

    def __str__(self) -> str:
        return f"{self.person_id} writes {self.thing}"
