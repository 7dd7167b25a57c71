"""What was sold: the won opportunity."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.account import Account
from portal.lib import clock


class Deal(models.Model):
    """A won opportunity from a CRM, or entered by hand. `source` + `external_id` name it once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="deals")
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=64, blank=True)
    products = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    owner_email = models.EmailField(blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="accounts_deal_once")]

    def __str__(self) -> str:
        return self.name
