"""What people fill in on a plan. A task's forms carry the version that the person saw."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Side
from accounts.forms import NameField
from accounts.models import Stakeholder, User
from plans.choices import EvidenceKind, Waiting
from plans.models import Plan, Task
from plans.services.answering import possible_takers
from plans.services.working import possible_owners
from portal.lib.uploads import judge_upload

REASON_MAX = 2000


class TaskForm(forms.Form):
    """Base of the acts on a task: only the version, which stands in a hidden field."""

    version = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("The form is incomplete. Load the page again.")},
    )

    def put_errors(self, error: ValidationError) -> None:
        """What a service refused, next to the field where there is one."""
        put_errors(self, error)


class ReasonForm(TaskForm):
    """Block: the reason is for both sides to read."""

    reason = forms.CharField(
        label=gettext_lazy("What is in the way?"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BlockForm(ReasonForm):
    """`names` are the two companies by side; the task's own side is what is meant without an answer."""

    on = forms.ChoiceField(label=gettext_lazy("Who can clear the way?"), required=False)

    def __init__(self, *args: Any, names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (Waiting.NOBODY.value, _("Somebody outside both companies"))
        self.fields["on"].choices = [  # type: ignore[attr-defined]
            *((side.value, names[side]) for side in (Side.CUSTOMER, Side.VENDOR)),
            others,
        ]


class ReopenForm(TaskForm):
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=REASON_MAX, required=False)


class ReassignForm(TaskForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet: it needs an owner"),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners(task).order_by("name", "email")  # type: ignore[attr-defined]


class UntilForm(TaskForm):
    """Need until: a day that the other side answers, and why."""

    proposed_on = forms.DateField(
        label=gettext_lazy("Until when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("What takes longer?"),
        help_text=gettext_lazy("Both sides read this."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PassForm(TaskForm):
    """Not me. From a mail nobody is listed: the colleague's address is typed, and so it is for somebody new."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Whose is it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Somebody who is not in this list"),
    )
    email = forms.EmailField(
        label=gettext_lazy("Work e-mail of your colleague"), required=False, max_length=254
    )
    name = NameField(label=gettext_lazy("Name of your colleague"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why is it theirs?"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, task: Task, listed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to, email = self.fields["to"], self.fields["email"]
        to.queryset = possible_takers(task).order_by("name", "email")  # type: ignore[attr-defined]
        if not listed:
            del self.fields["to"]
            email.required = True
        elif task.side == Side.VENDOR or not task.account.allowed_domains:
            # Nobody is invited to the vendor from here, nor to an account that names no mail domain.
            del self.fields["email"], self.fields["name"]
            to.required = True
            to.empty_label = gettext_lazy("Choose a colleague")  # type: ignore[attr-defined]
        else:
            email.help_text = _(
                "For somebody who is not in the list, at %(domains)s: an invitation goes there."
            ) % {"domains": ", ".join(task.account.allowed_domains[:5])}


class EvidenceForm(forms.Form):
    """A file, a link, or a note alone: what is filled in says which of them it is."""

    file = forms.FileField(label=gettext_lazy("File"), required=False, max_length=255, allow_empty_file=True)
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        return judge_upload(file, max_bytes=settings.PORTAL_UPLOAD_MAX_MB * 1_000_000) if file else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("file") and data.get("link"):
            self.add_error("link", _("Add the file and the link one after the other."))
        if not self.errors and not any(data.get(name) for name in ("file", "link", "note")):
            raise ValidationError(_("Choose a file, give a link, or write a note."))
        return data

    def full_clean(self) -> None:
        super().full_clean()
        # A browser never sends a chosen file a second time by itself.
        if self.files and self.errors and "file" not in self.errors:
            self.add_error("file", _("Choose the file again: browsers do not keep it."))

    @property
    def kind(self) -> EvidenceKind:
        if self.cleaned_data.get("file"):
            return EvidenceKind.FILE
        return EvidenceKind.LINK if self.cleaned_data.get("link") else EvidenceKind.NOTE

    def put_errors(self, error: ValidationError) -> None:
        put_errors(self, error, names={"url": "link"})


class ReturnForm(forms.Form):
    """Evidence or a measurement goes back, with a reason that the other side reads."""

    reason = forms.CharField(
        label=gettext_lazy("What is missing?"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def put_errors(self, error: ValidationError) -> None:
        put_errors(self, error)


class MeasurementForm(forms.Form):
    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=18, decimal_places=4)
    measured_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=gettext_lazy("How was it measured?"), required=False, max_length=REASON_MAX)

    def put_errors(self, error: ValidationError) -> None:
        put_errors(self, error)


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


def put_errors(form: forms.Form, error: ValidationError, names: dict[str, str] | None = None) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, found in by_field.items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, found)
