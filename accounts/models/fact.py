"""What a customer has told us once: answers of forms, with who said it, where and when."""

import uuid
from typing import Any

from django.db import models

from accounts.models.account import Account
from accounts.models.people import User
from portal.lib import clock


class FactQuerySet(models.QuerySet["Fact"]):
    def current(self) -> "FactQuerySet":
        """The latest answer to each question of each account."""
        return self.order_by("account_id", "key", "-said_at", "-id").distinct("account_id", "key")


class Fact(models.Model):
    """One answer. Only ever added: a new answer to the same `key` stands above the older ones.

    `value` is JSON by `kind` (`plans/asking.py` says which). `confirmed` marks an answer that was known before
    and said to hold still. `plan_id` and `task_id` are where it was asked; the database holds them to the account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    value: Any = models.JSONField(null=True)
    source = models.CharField(max_length=200, blank=True)
    plan_id = models.UUIDField(null=True, blank=True)
    task_id = models.UUIDField(null=True, blank=True)
    confirmed = models.BooleanField(default=False)
    said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)

    objects = FactQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-said_at"]
        indexes = [models.Index(fields=["account", "key", "-said_at"], name="accounts_fact_latest")]

    def __str__(self) -> str:
        return f"{self.key} of {self.account_id}"
