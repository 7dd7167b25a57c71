"""Why a day is the day it is: the ledger of moved dates, and days that somebody proposes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Side
from accounts.models import User
from plans.choices import MoveCause
from plans.models.plan import Milestone, PartOfPlan
from plans.models.proof import Objective
from plans.models.task import Task
from portal.lib import clock


class DateMove(PartOfPlan):
    """One moved date. Only ever added: the database refuses to change or delete it.

    Exactly one of `task`, `milestone`, `objective` is set, or none for the plan's own days (`cause` says which).
    `act` is shared by all lines of one act. `chain` names, by title, what moved first, then what followed, up to
    the thing itself. `held_back`: the rules would have put it past the plan's end.
    """

    act = models.UUIDField()
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.CASCADE, related_name="moves", db_constraint=False
    )
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.CASCADE, related_name="moves", db_constraint=False
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="moves", db_constraint=False
    )
    title = models.CharField(max_length=200)
    old_on = models.DateField()
    new_on = models.DateField()
    cause = models.CharField(max_length=16, choices=MoveCause.choices)
    chain = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    held_back = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=254, blank=True)
    by_side = models.CharField(max_length=8, choices=Side.choices, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["task", "-at"], name="plans_datemove_of_task"),
            models.Index(fields=["plan", "-at"], name="plans_datemove_of_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.old_on} → {self.new_on}"


class DateProposalQuerySet(models.QuerySet["DateProposal"]):
    def waiting(self) -> "DateProposalQuerySet":
        return self.filter(answered_at__isnull=True)


class DateProposal(PartOfPlan):
    """ "I need until": another day for a task, asked by the side that has the task, answered by the other.

    `accepted` is null while it waits; a newer proposal or the task's end answers it with False.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="proposals", db_constraint=False)
    proposed_on = models.DateField(_("day"))
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_side = models.CharField(max_length=8, choices=Side.choices)
    proposed_at = models.DateTimeField(default=clock.now)
    accepted = models.BooleanField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    objects = DateProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(answered_at__isnull=True), name="plans_dateproposal_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task_id} on {self.proposed_on}"
