"""What people fill in at a gate: who sees to a stage, why it is opened again, and who signs."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from accounts.choices import Side
from accounts.models import User
from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.forms.base import REASON_MAX, PlanForm, reason_field
from plans.models import Plan, Stage
from plans.services.gates import possible_stage_owners
from plans.services.signing import likely_signers, possible_signers

FEW_SIGNERS = 20
"""As many boxes are seen at once."""


class ReopenStageForm(PlanForm):
    reason = reason_field(gettext_lazy("Why is it opened again?"))


class GiveStageForm(PlanForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who sees to it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet: it needs an owner"),
    )

    def __init__(self, *args: Any, stage: Stage, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_stage_owners(stage, by).order_by("name", "email")  # type: ignore[attr-defined]


class SignoffForm(PlanForm):
    """Who signs: boxes to tick, the customer's people first, each with their company.

    `likely` and `others` are the boxes in two groups: of many people, those who usually sign stand before the rest.
    """

    signers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who signs?"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Name at least one person of each side.")},
    )

    def __init__(self, *args: Any, plan: Plan, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signers"].queryset = possible_signers(plan, by)  # type: ignore[attr-defined]
        names = {Side.VENDOR: current_vendor().name, Side.CUSTOMER: plan.account.name}
        self.fields["signers"].label_from_instance = (  # type: ignore[attr-defined]
            lambda person: f"{person} · {names[person.side]}"
        )
        self.plan = plan

    @cached_property
    def likely(self) -> list[Any]:
        return self._boxes[0]

    @cached_property
    def others(self) -> list[Any]:
        return self._boxes[1]

    @cached_property
    def _boxes(self) -> tuple[list[Any], list[Any]]:
        boxes = list(self["signers"].subwidgets)
        if len(boxes) <= FEW_SIGNERS:
            return boxes, []
        likely = {str(person) for person in likely_signers(self.plan)} | set(self["signers"].value() or [])
        first = [str(box.data["value"]) in {str(one) for one in likely} for box in boxes]
        return (
            [box for box, is_first in zip(boxes, first, strict=True) if is_first],
            [box for box, is_first in zip(boxes, first, strict=True) if not is_first],
        )


class SignForm(PlanForm):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Stands under your signature."),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
