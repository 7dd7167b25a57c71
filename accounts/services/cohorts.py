"""Which contracts were exposed to the same risk of leaving, and how many would have left without our work."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import CohortMember, Contract, RiskCohort
from accounts.permissions import Actor


@transaction.atomic
def put_cohort(
    *,
    by: Actor,
    cohort: RiskCohort | None = None,
    name: str,
    starts_on: date,
    ends_on: date,
    baseline_low: Decimal,
    baseline: Decimal,
    baseline_high: Decimal,
    source: str,
) -> RiskCohort:
    """A new cohort, or another word on this one. The baselines are percent of revenue, from low to high."""
    by.require("cohort.manage")
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first one.")})
    if not baseline_low <= baseline <= baseline_high:
        raise ValidationError({"baseline": _("The baselines go up from the low to the high one.")})
    cohort = cohort or RiskCohort(made_by=by.user)
    cohort.name, cohort.starts_on, cohort.ends_on, cohort.source = name, starts_on, ends_on, source
    cohort.baseline_low, cohort.baseline, cohort.baseline_high = baseline_low, baseline, baseline_high
    cohort.save()
    return cohort


@transaction.atomic
def expose_contract(*, by: Actor, cohort: RiskCohort, contract: Contract) -> CohortMember:
    """The contract belongs to this cohort, and to no other."""
    by.require("cohort.manage")
    member, made = CohortMember.objects.get_or_create(
        contract=contract, defaults={"cohort": cohort, "account_id": contract.account_id}
    )
    if not made and member.cohort_id != cohort.pk:
        raise ValidationError({"contract": _("This contract is in another cohort.")})
    return member


@transaction.atomic
def unexpose_contract(*, by: Actor, member: CohortMember) -> None:
    by.require("cohort.manage")
    CohortMember.objects.filter(pk=member.pk).delete()
