"""The term that a deal bought: lines, limits, amendments. Money is exact: Decimal in the currency's units."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Billing, PricePer
from accounts.models.account import Account
from accounts.models.deal import Deal
from accounts.models.people import User
from portal.lib import clock


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, user: User | Any) -> "ContractQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user))

    def running_on(self, day: Any) -> "ContractQuerySet":
        """Those whose term holds on the day, the latest first."""
        return self.filter(starts_on__lte=day, ends_on__gte=day).order_by("-starts_on", "-created_at")


class Contract(models.Model):
    """A term, first and last day included. `arr` is money a year; where there are lines it follows from them
    (`accounts/services/contracts.py`), else it is what the CRM said. `renews` is the contract before this one.
    `version` is the optimistic lock of its forms. A CRM fills in dates and money until somebody has entered them here
    (`kept_by_hand_at`); from then on `crm_said` keeps what it says otherwise, for people to see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    deal = models.OneToOneField(
        Deal, null=True, blank=True, on_delete=models.CASCADE, related_name="contract"
    )
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewed_by"
    )
    number = models.CharField(_("number"), max_length=64, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    arr = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    notice_days = models.PositiveIntegerField(_("days of notice"), null=True, blank=True)
    auto_renews = models.BooleanField(_("renews by itself unless notice is given"), default=False)
    billing = models.CharField(_("invoiced"), max_length=16, choices=Billing.choices, default=Billing.YEARLY)
    payment_days = models.PositiveIntegerField(
        _("days to pay"), default=30, validators=[MaxValueValidator(365)]
    )
    tax_note = models.CharField(_("note on taxes"), max_length=300, blank=True)
    terms = models.TextField(_("other terms"), blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kept_by_hand_at = models.DateTimeField(null=True, blank=True)
    crm_said = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="accounts_contract_order")
        ]

    def __str__(self) -> str:
        return self.number or f"{self.starts_on} – {self.ends_on}"

    @property
    def notice_on(self) -> date | None:
        """The last day on which notice can be given; None where none was agreed."""
        return None if self.notice_days is None else self.ends_on - timedelta(days=self.notice_days)


class SoldLine(models.Model):
    """One line of a contract or of an offer. Its amount is quantity × unit price, less the discount (percent)."""

    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("item"), max_length=200)
    product = models.CharField(_("product"), max_length=120, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    unit_price = models.DecimalField(
        _("unit price"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    price_per = models.CharField(
        _("price for"), max_length=8, choices=PricePer.choices, default=PricePer.YEAR
    )
    discount_percent = models.DecimalField(
        _("discount in %"),
        max_digits=7,
        decimal_places=4,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Amendment(models.Model):
    """A change in the middle of a term: from `effective_on` on, lines begin or end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveIntegerField()
    effective_on = models.DateField(_("from"))
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="accounts_amendment_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ContractLine(SoldLine):
    """What was sold, from its first to its last day. An amendment adds lines (`added_by`) or cuts them short
    (`ended_by`; `ends_on` is then the day before, and `sold_until` the last day that it had until then)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    sold_until = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(
        Amendment, null=True, blank=True, on_delete=models.CASCADE, related_name="lines_added"
    )
    ended_by = models.ForeignKey(
        Amendment, null=True, blank=True, on_delete=models.CASCADE, related_name="lines_ended"
    )

    class Meta:
        ordering = ["position", "starts_on", "id"]
        constraints = [
            # A line that is ended on its own first day has no day left: its last is the day before.
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on") - 1), name="accounts_contractline_order"
            )
        ]


class Entitlement(models.Model):
    """A limit that the contract sets on use. `measure` is active_users, seats or a feature (`feature:<name>`).

    Up to `limit` is bought; up to `fair_use_percent` of it is fair use; `beyond` says what happens after that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="entitlements")
    position = models.PositiveIntegerField(default=0)
    measure = models.CharField(_("what is measured"), max_length=140)
    label = models.CharField(_("name"), max_length=120)
    limit = models.DecimalField(
        _("limit"), max_digits=18, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    fair_use_percent = models.PositiveIntegerField(
        _("fair use up to, in % of the limit"),
        default=100,
        validators=[MinValueValidator(100), MaxValueValidator(1000)],
    )
    beyond = models.TextField(_("what happens beyond that"), blank=True)
    overage_price = models.DecimalField(
        _("price of each unit beyond"), max_digits=18, decimal_places=4, null=True, blank=True
    )

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "measure"], name="accounts_entitlement_once")
        ]

    def __str__(self) -> str:
        return self.label
