"""Measurements of an objective: a value on a day, claimed by one side, confirmed or returned by the other."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.models import Evidence, Measurement, Objective, Win
from plans.permissions import require_review
from plans.services.counting import PlanCounts, touch_plan
from plans.services.locking import lock_plan
from plans.services.recording import record_on
from plans.services.reviewing import put_accepted, put_returned
from plans.services.taking import require_running
from plans.services.winning import drop_unconfirmed, find_win_of_objective

# Older than any baseline; a year typed with two digits stops here.
EARLIEST = date(2000, 1, 1)


@transaction.atomic
def add_measurement(
    *,
    by: Actor,
    objective: Objective,
    value: Decimal,
    measured_on: date,
    note: str = "",
    evidence: Evidence | None = None,
) -> Measurement:
    """Put a value on the record; a day that has not come yet is refused. `evidence` of the same plan proves it."""
    by.require("measurement.add")
    plan = lock_plan(objective.plan_id)
    require_running(plan)
    if measured_on > objective.account.today():
        raise ValidationError({"measured_on": _("This day has not come yet.")})
    if measured_on < EARLIEST:
        raise ValidationError({"measured_on": _("This day is too long ago.")})
    if evidence and not provable_by(objective.plan_id).filter(pk=evidence.pk).exists():
        raise ValidationError({"evidence": _("Choose evidence of this plan that was not returned.")})
    measurement = Measurement.objects.create(
        account_id=objective.account_id,
        plan_id=objective.plan_id,
        objective=objective,
        value=value,
        measured_on=measured_on,
        note=note.strip(),
        evidence=evidence,
        claimed_by=by.user,
        claimed_side=by.side,
    )
    _record(Verb.MEASUREMENT_ADDED, by, measurement)
    find_win_of_objective(measurement, by.user)
    touch_plan(objective.plan_id)
    return measurement


@transaction.atomic
def accept_measurement(*, by: Actor, measurement: Measurement) -> PlanCounts:
    measurement = _take(by, measurement)
    put_accepted(by, measurement)
    _record(Verb.MEASUREMENT_ACCEPTED, by, measurement)
    return touch_plan(measurement.plan_id)


@transaction.atomic
def return_measurement(*, by: Actor, measurement: Measurement, reason: str) -> PlanCounts:
    measurement = _take(by, measurement)
    put_returned(by, measurement, reason)
    _record(Verb.MEASUREMENT_RETURNED, by, measurement, reason=reason.strip())
    _settle_win(by, measurement)
    return touch_plan(measurement.plan_id)


def provable_by(plan_id: UUID) -> "QuerySet[Evidence]":
    """What may prove a number of the plan: the newest first."""
    return Evidence.objects.standing().filter(plan=plan_id).order_by("-claimed_at")


def _settle_win(by: Actor, returned: Measurement) -> None:
    """A win that stood on the returned value falls, and stands again on the next value that reaches the target."""
    if not Win.objects.to_confirm().filter(measurement=returned).exists():
        return
    drop_unconfirmed(by=by.user, objective=returned.objective)
    others = Measurement.objects.standing().filter(objective=returned.objective)
    for measurement in others.select_related("objective").order_by("measured_on", "claimed_at"):
        if find_win_of_objective(measurement, by.user):
            return


def _take(by: Actor, measurement: Measurement) -> Measurement:
    lock_plan(measurement.plan_id)
    locked = (
        Measurement.objects.select_for_update(of=("self",)).select_related("objective").get(pk=measurement.pk)
    )
    require_review(by, "measurement.review", locked)
    return locked


def _record(verb: Verb, by: Actor, measurement: Measurement, reason: str = "") -> None:
    objective = measurement.objective
    record_on(
        measurement,
        verb,
        by=by.user,
        subject=objective.title,
        new={
            "value": str(measurement.value),
            "unit": objective.unit,
            "day": measurement.measured_on.isoformat(),
            "measurement": str(measurement.pk),
            "objective": str(objective.pk),
        }
        | ({"reason": reason} if reason else {}),
    )
