"""What concerns a person: notifications in the portal, nudges about due work, and the digests that carry both."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import OutgoingMail, User
from plans.choices import NotificationKind, NudgeKind
from plans.models.plan import PartOfPlan
from plans.models.task import Task
from portal.lib import clock


class Digest(models.Model):
    """One morning mail to one person over all their plans: at most one a day, which the constraint holds.

    `day` is the person's own day. `kind`: "daily" or "weekly" (the follow-up), or "direct" for a mention at once.
    Without a `mail` there was nothing to say that morning, or nothing that still held when it was to leave.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=8, default="daily")
    day = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    mail = models.ForeignKey(OutgoingMail, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"], condition=~Q(kind="direct"), name="plans_digest_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["user", "-made_at"], name="plans_digest_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.day} to {self.user_id}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at__isnull=True)


class Notification(PartOfPlan):
    """Something that concerns one person. `event_id` is the line of history that it came from, where there is one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=24, choices=NotificationKind.choices)
    event_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=200)
    by_name = models.CharField(max_length=254, blank=True)
    # Where it leads, from the root of the site.
    path = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(
        Digest, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications"
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event_id", "kind"],
                condition=Q(event_id__isnull=False),
                name="plans_notification_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at"],
                name="plans_notification_unread",
                condition=Q(read_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Nudge(PartOfPlan):
    """A reminder that was sent to one person about one task, in a digest. `due_on` is the date it was about.

    `step` is the rung of the ladder: 0 the owner, 1 the champion, 2 the sponsor, 3 the CSM.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="nudges")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="nudges", db_constraint=False)
    kind = models.CharField(max_length=8, choices=NudgeKind.choices)
    step = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()
    sent_on = models.DateField()
    digest = models.ForeignKey(
        Digest, null=True, blank=True, on_delete=models.SET_NULL, related_name="nudges"
    )

    class Meta:
        ordering = ["sent_on"]
        constraints = [
            models.UniqueConstraint(fields=["user", "task", "sent_on"], name="plans_nudge_once_a_day")
        ]
        indexes = [models.Index(fields=["task"], name="plans_nudge_of_task")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id} about {self.task_id}"
