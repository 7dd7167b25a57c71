"""What people fill in about what is proved: evidence, a measurement, and why one of them goes back."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.choices import EvidenceKind
from plans.forms.base import REASON_MAX, DayField, PlanForm
from plans.models import Evidence, Objective
from plans.services.measuring import provable_by
from portal.lib.uploads import judge_upload

MOST_PROOFS = 200


class EvidenceForm(PlanForm):
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
        """A link is kept as the `url` of the evidence."""
        by_field = getattr(error, "error_dict", None)
        if by_field and "url" in by_field:
            error = ValidationError(
                {("link" if name == "url" else name): found for name, found in by_field.items()}
            )
        super().put_errors(error)


class ReturnForm(PlanForm):
    """Evidence or a measurement goes back, with a reason that the other side reads."""

    reason = forms.CharField(
        label=gettext_lazy("What is missing?"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MeasurementForm(PlanForm):
    """Of many pieces of evidence the newest are there to choose from."""

    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=18, decimal_places=4)
    measured_on = DayField(label=gettext_lazy("Day"))
    evidence = forms.ModelChoiceField(
        label=gettext_lazy("What proves it?"),
        help_text=gettext_lazy("Evidence of this plan. A number that something proves weighs more."),
        queryset=Evidence.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nothing yet"),
    )
    note = forms.CharField(label=gettext_lazy("How was it measured?"), required=False, max_length=REASON_MAX)

    def __init__(self, *args: Any, objective: Objective, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["evidence"]
        newest = provable_by(objective.plan_id).values("pk")[:MOST_PROOFS]
        field.queryset = provable_by(objective.plan_id).filter(pk__in=newest).select_related("task")
        field.label_from_instance = lambda proof: Truncator(
            _("%(task)s: %(proof)s") % {"task": proof.task.title, "proof": proof}
        ).chars(100)
