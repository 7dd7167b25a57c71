"""What was sold: the won opportunity and the term that it bought."""

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


class Contract(models.Model):
    """The term that a deal bought. Money is exact: Decimal in the currency's units."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    deal = models.OneToOneField(Deal, on_delete=models.CASCADE, related_name="contract")
    starts_on = models.DateField()
    ends_on = models.DateField()
    arr = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    notice_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="accounts_contract_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
