"""Wins: a reached objective or a first-value milestone, to be confirmed, credited and shared."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from plans.models.plan import Milestone, PartOfPlan
from plans.models.proof import Measurement, Objective
from portal.lib import clock


class WinQuerySet(models.QuerySet["Win"]):
    def standing(self) -> "WinQuerySet":
        return self.filter(dismissed_at__isnull=True)

    def to_confirm(self) -> "WinQuerySet":
        return self.standing().filter(confirmed_at__isnull=True)


class Win(PartOfPlan):
    """Found by the portal (`found_at`), worded by the CSM, confirmed by the customer, shared with consent only.

    `before` and `after` are texts with units; `credited` are the people, `credits_others` those without an account
    here. A win is of an objective (with the measurement that reached it) or of a milestone.
    """

    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="wins", db_constraint=False
    )
    measurement = models.ForeignKey(
        Measurement, null=True, blank=True, on_delete=models.CASCADE, related_name="wins", db_constraint=False
    )
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.CASCADE, related_name="wins", db_constraint=False
    )
    title = models.CharField(_("title"), max_length=200)
    before = models.CharField(_("before"), max_length=200, blank=True)
    after = models.CharField(_("after"), max_length=200, blank=True)
    story = models.TextField(_("what happened"), blank=True)
    next_step = models.TextField(_("next step"), blank=True)
    credited = models.ManyToManyField(User, related_name="wins", blank=True)
    credits_others = models.CharField(_("others to thank"), max_length=500, blank=True)
    reached_on = models.DateField()
    found_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dismiss_reason = models.TextField(blank=True)
    share_consent_at = models.DateTimeField(null=True, blank=True)
    share_consent_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = WinQuerySet.as_manager()

    class Meta:
        ordering = ["reached_on", "found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective"],
                condition=Q(dismissed_at__isnull=True),
                name="plans_win_of_objective_once",
            ),
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(dismissed_at__isnull=True),
                name="plans_win_of_milestone_once",
            ),
            models.CheckConstraint(
                condition=Q(objective__isnull=False, milestone__isnull=True)
                | Q(objective__isnull=True, milestone__isnull=False),
                name="plans_win_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.title
