"""The renewal of a contract: windows that open before its end, what each needs, the offer, the decision."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import Contract, SoldLine, User
from plans.choices import RenewalDecision, RenewalNeed
from plans.models.plan import PartOfPlan, Plan
from plans.models.task import Task
from portal.lib import clock


class RenewalQuerySet(models.QuerySet["Renewal"]):
    def visible_to(self, user: User | Any) -> "RenewalQuerySet":
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def open(self) -> "RenewalQuerySet":
        return self.filter(decided_at__isnull=True)


class Renewal(PartOfPlan):
    """One contract's way to its end. It is prepared, ready (`ready_at`), then decided; `version` is its lock.

    `offered_at`: since then the customer sees the options. Amounts are money a year in the contract's currency.
    """

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="renewal")
    opened_at = models.DateTimeField(default=clock.now)
    offered_at = models.DateTimeField(null=True, blank=True)
    offered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=16, choices=RenewalDecision.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    old_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    new_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    new_contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at"]

    def __str__(self) -> str:
        return f"renewal of {self.contract_id}"

    @property
    def state(self) -> str:
        """preparing, ready, or the decision."""
        if self.decided_at:
            return self.decision
        return "ready" if self.ready_at else "preparing"


class RenewalWindow(PartOfPlan):
    """So many days before the contract's end. `reached_at` is set once that day has come."""

    renewal = models.ForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="windows", db_constraint=False
    )
    days_before = models.PositiveIntegerField()
    opens_on = models.DateField()
    reached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-days_before"]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "days_before"], name="plans_renewalwindow_once")
        ]

    def __str__(self) -> str:
        return f"{self.days_before} days before"


class RenewalItem(PartOfPlan):
    """What a window needs, and which side owes it. Most kinds are found out by the portal; `confirm` is said by a
    person (`confirmed_at`). `task` is the task that came from it."""

    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="items", db_constraint=False)
    window = models.ForeignKey(
        RenewalWindow, on_delete=models.CASCADE, related_name="items", db_constraint=False
    )
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=24, choices=RenewalNeed.choices)
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=Side.choices)
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["renewal", "key"], name="plans_renewalitem_once")]

    def __str__(self) -> str:
        return self.text


class RenewalOption(PartOfPlan):
    """One way to go on: the same, more, or for longer. `starts_on` and `ends_on` are the first and last day."""

    renewal = models.ForeignKey(
        Renewal, on_delete=models.CASCADE, related_name="options", db_constraint=False
    )
    kind = models.CharField(max_length=16)
    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    billing = models.CharField(max_length=16)
    note = models.TextField(_("note"), blank=True)
    recommended = models.BooleanField(_("recommended"), default=False)
    # What the customer would choose, said by them on the page; the decision itself is the vendor's record.
    preferred_at = models.DateTimeField(null=True, blank=True)
    preferred_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "kind"], name="plans_renewaloption_once"),
            models.UniqueConstraint(
                fields=["renewal"], condition=Q(recommended=True), name="plans_renewaloption_one_recommended"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferLine(PartOfPlan, SoldLine):
    """A line of the order form that an option would become."""

    option = models.ForeignKey(
        RenewalOption, on_delete=models.CASCADE, related_name="lines", db_constraint=False
    )

    class Meta:
        ordering = ["position", "id"]
