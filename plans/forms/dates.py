"""What people fill in about dates. A form that moves several carries the mark of what the person was shown."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from plans.forms.base import REASON_MAX, DayField, PlanForm, VersionForm, reason_field
from plans.models import Plan, Task
from plans.services.consenting import Consent


class ConsentForm(PlanForm):
    """Base of what may move more than one date: `mark` and the tick stand in the preview, not among the fields."""

    mark = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    on_last_day = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """The cleaned data as the services take it: mark and tick as one `consent`."""
        data = dict(self.cleaned_data)
        return data | {"consent": Consent(data.pop("mark"), data.pop("on_last_day"))}

    @property
    def repeated(self) -> dict[str, str]:
        """What a preview that stands alone has to send back."""
        return {
            name: self.data.get(name, "")
            for name in self.fields
            if name not in ("mark", "on_last_day", "version")
        }


WHY = gettext_lazy("Why does it move?")


class MoveForm(VersionForm, ConsentForm):
    due_on = DayField(label=gettext_lazy("New date"))
    reason = reason_field(WHY)


class AnswerDateForm(VersionForm, ConsentForm):
    """Yes or no to another day that was asked for; a no may come with a word."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
    accept = forms.BooleanField(required=False, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=gettext_lazy("Why not?"),
        help_text=gettext_lazy("Both sides read this."),
        required=False,
        max_length=REASON_MAX,
    )


class UnpinForm(VersionForm, ConsentForm):
    reason = reason_field(WHY)


class WaitForm(VersionForm, ConsentForm):
    """What the task is to wait for: an open task of the plan."""

    before = forms.ModelChoiceField(label=gettext_lazy("Task"), queryset=Task.objects.none())
    reason = reason_field(WHY)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Task.objects.open().filter(plan=task.plan_id).exclude(pk=task.pk)
        self.fields["before"].queryset = others.exclude(dependants__task=task.pk).order_by("position")  # type: ignore[attr-defined]


class UnwaitForm(VersionForm, ConsentForm):
    before = forms.ModelChoiceField(queryset=Task.objects.none(), widget=forms.HiddenInput)
    reason = reason_field(WHY)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["before"].queryset = Task.objects.filter(plan=task.plan_id)  # type: ignore[attr-defined]


class KickoffForm(ConsentForm):
    kickoff_on = DayField(label=gettext_lazy("New day of the kickoff"))
    reason = reason_field(WHY)


class EndForm(ConsentForm):
    ends_on = DayField(label=gettext_lazy("New last day"))
    reason = reason_field(WHY)


def frame_forms(plan: Plan) -> dict[str, ConsentForm]:
    """Fresh forms for the two days that frame a plan."""
    days: dict[str, date] = {"kickoff_on": plan.kickoff_on, "ends_on": plan.ends_on}
    return {
        "form_kickoff": KickoffForm(auto_id="kickoff-%s", initial=days),
        "form_end": EndForm(auto_id="end-%s", initial=days),
    }
