"""What an account costs the vendor, and which accounts were at risk: only for the vendor's eyes."""

import uuid
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import CostKind
from accounts.models.account import Account
from accounts.models.people import User
from portal.lib import clock

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class AccountCost(models.Model):
    """Money spent on an account, on one day. `removed_at`: entered by mistake, kept for the record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="costs")
    spent_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=16, choices=CostKind.choices)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(_("currency"), max_length=3)
    note = models.CharField(_("note"), max_length=300, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["spent_on", "added_at"]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class RiskCohort(models.Model):
    """Accounts that were exposed to the same risk of leaving between two days, and how many would have left.

    The baselines are percent of revenue that leaves without our work: a cautious, a likely and a hopeful one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    baseline_low = models.DecimalField(_("baseline, low"), max_digits=7, decimal_places=4, validators=PERCENT)
    baseline = models.DecimalField(_("baseline"), max_digits=7, decimal_places=4, validators=PERCENT)
    baseline_high = models.DecimalField(
        _("baseline, high"), max_digits=7, decimal_places=4, validators=PERCENT
    )
    source = models.TextField(_("where the baseline comes from"))
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="accounts_riskcohort_order"
            ),
            models.CheckConstraint(
                condition=Q(baseline_low__lte=F("baseline"), baseline__lte=F("baseline_high")),
                name="accounts_riskcohort_baselines",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CohortMember(models.Model):
    """One account of a cohort; the contract is the exposed revenue. A contract is exposed in one cohort only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(RiskCohort, on_delete=models.CASCADE, related_name="members")
    contract = models.OneToOneField(
        "accounts.Contract", on_delete=models.CASCADE, related_name="cohort_member"
    )

    def __str__(self) -> str:
        return f"{self.account_id} in {self.cohort_id}"
