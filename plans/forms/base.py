"""What the forms of a plan have in common: days, reasons, the version that was seen, and a service's refusal."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, add_errors

__all__ = ["INCOMPLETE", "REASON_MAX", "DayField", "PlanForm", "VersionForm", "reason_field"]

REASON_MAX = 2000
INCOMPLETE = gettext_lazy("The form is incomplete. Load the page again.")


class PlanForm(forms.Form):
    """Base of what a service may refuse."""

    def put_errors(self, error: ValidationError) -> None:
        """What the service refused, next to the field where there is one."""
        add_errors(self, error)

    def takes(self, do: Callable[[], object]) -> bool:
        """Whether the form is complete and the service did it; what is wrong stands in the form."""
        if not self.is_valid():
            return False
        try:
            do()
        except ValidationError as error:
            self.put_errors(error)
            return False
        return True


class VersionForm(PlanForm):
    """Base of the acts on what two people may have open: the version that was seen stands in a hidden field."""

    version = forms.IntegerField(
        min_value=1, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE}
    )

    def name_version(self, version: int) -> None:
        """After a conflict: the form comes back to be sent again knowingly, naming the version that is shown now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data


def reason_field(label: Any) -> forms.CharField:
    """Why, in one line, for both sides to read."""
    return forms.CharField(
        label=label, help_text=gettext_lazy("Both sides read this."), max_length=REASON_MAX
    )
