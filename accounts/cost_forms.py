"""What people type about costs and cohorts: the vendor's own affairs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import CostKind
from accounts.contract_forms import amount_field
from accounts.forms import DayField, add_errors
from accounts.models import Contract, RiskCohort
from portal.lib.money import CURRENCIES

MOST_CONTRACTS = 1000


class CostForm(forms.Form):
    spent_on = DayField(label=_("Day"))
    kind = forms.ChoiceField(label=_("Kind"), choices=CostKind.choices)
    amount = amount_field(_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)


def _percent(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=100, max_digits=7, decimal_places=4)


class CohortForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    baseline_low = _percent(_("Would have left, % of revenue: at least"))
    baseline = _percent(_("Would have left, % of revenue: most likely"))
    baseline_high = _percent(_("Would have left, % of revenue: at most"))
    source = forms.CharField(
        label=_("Where these numbers come from"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)


class MemberForm(forms.Form):
    """Contracts that ran in the days of the cohort and are in none yet."""

    contract = forms.ModelChoiceField(label=_("Contract"), queryset=Contract.objects.none())

    def __init__(self, *args: Any, cohort: RiskCohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = Contract.objects.filter(
            cohort_member=None, starts_on__lte=cohort.ends_on, ends_on__gte=cohort.starts_on
        )
        field: Any = self.fields["contract"]
        field.queryset = running.select_related("account").order_by("account__name", "starts_on")
        field.label_from_instance = lambda one: f"{one.account} · {one}"

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)
