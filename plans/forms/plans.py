"""What people fill in about a whole plan: how it ends, and through whose eyes it is seen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Stakeholder
from plans.models import Plan


class ViewAsForm(forms.Form):
    stakeholder = forms.ModelChoiceField(queryset=Stakeholder.objects.none())

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Stakeholder.objects.present().filter(account=plan.account_id)
        self.fields["stakeholder"].queryset = there.select_related("user")  # type: ignore[attr-defined]


class FinishForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[("completed", gettext_lazy("Completed")), ("closed", gettext_lazy("Closed"))]
    )
