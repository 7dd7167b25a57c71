"""History."""

from django.db import models
from django.db.models import Q

from accounts.choices import Side
from accounts.models.account import Account
from accounts.models.people import User
from portal.lib import clock


class Event(models.Model):
    """One line of history. Only ever added: the database refuses to change or delete it.

    `actor_name` is what the person was called then; it is empty with `actor` when the portal itself acted.
    `old` and `new` hold what changed, as JSON made for `plans/pages/history.py`. Events stand here, below the plans,
    because people and invitations have a history too; `plan_id` and `task_id` are foreign keys in the database
    (migration plans 0002), which Django cannot say without importing upwards.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="events")
    plan_id = models.UUIDField(null=True, blank=True)
    task_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=254, blank=True)
    actor_side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    verb = models.CharField(max_length=32)
    subject = models.CharField(max_length=200, blank=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["plan_id", "-id"], name="accounts_event_of_plan"),
            models.Index(
                fields=["task_id", "-id"], name="accounts_event_of_task", condition=Q(task_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
