"""A task added by hand, or an action item: what is to be done, by whom, and until when."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Side
from accounts.forms import NameField
from accounts.models import User
from accounts.permissions import CHAMPION, Actor
from accounts.services.branding import current_vendor
from plans.forms.base import DayField, PlanForm
from plans.models import Milestone, Plan, Task
from plans.services.working import possible_owners


class AddTaskForm(PlanForm):
    """`by` says for which sides one may add: a champion only for the customer, and is not asked."""

    title = NameField(label=gettext_lazy("What is to be done?"))
    side = forms.ChoiceField(label=gettext_lazy("Whose task is it?"))
    owner = forms.ChoiceField(label=gettext_lazy("Who does it?"), required=False)
    due_on = DayField(label=gettext_lazy("Until when?"))
    what = forms.CharField(
        label=gettext_lazy("More about it"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    milestone = forms.ModelChoiceField(
        label=gettext_lazy("Milestone"), queryset=Milestone.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, plan: Plan, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {Side.VENDOR: current_vendor().name, Side.CUSTOMER: plan.account.name}
        sides = [Side.CUSTOMER] if by.role == CHAMPION else [by.side, by.side.other]
        people = {side: _people(plan, side) for side in sides}
        self._known = {str(person.pk): person for found in people.values() for person in found}
        self.fields["side"].choices = [(side.value, names[side]) for side in sides]  # type: ignore[attr-defined]
        if len(sides) == 1:
            self.fields["side"].widget = forms.HiddenInput()
            self.fields["side"].initial = sides[0].value
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody yet: it needs an owner")),
            *((names[side], [(str(one.pk), str(one)) for one in found]) for side, found in people.items()),
        ]
        milestones = Milestone.objects.filter(plan=plan.pk).order_by("stage__position", "position")
        self.fields["milestone"].queryset = milestones  # type: ignore[attr-defined]

    def clean_owner(self) -> User | None:
        return self._known.get(self.cleaned_data["owner"])

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip()
        if not title:
            raise ValidationError(_("Say what is to be done."))
        return title


class ActionForm(AddTaskForm):
    """An action item is short: what more there is to say stands in the notes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["what"]


def _people(plan: Plan, side: Side) -> list[User]:
    owners = possible_owners(Task(side=side.value, account_id=plan.account_id))
    return list(owners.order_by("name", "email"))
