"""What people fill in about editions. Whether it may be done, the services say."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from plans.forms.base import DayField, PlanForm
from plans.models import Plan
from portal.lib import clock

USUAL_PERIOD = timedelta(days=90)
MOST_BYTES = 30 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class EditionForm(PlanForm):
    """A live plan and a period, both days included."""

    plan = forms.ModelChoiceField(
        label=_("Plan"),
        queryset=Plan.objects.none(),
        error_messages={"invalid_choice": _("Choose a plan that is live.")},
    )
    period_from = DayField(label=_("From"))
    period_to = DayField(label=_("To"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.visible_to(user).live().select_related("account").order_by("name", "id")
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]


def usual_period(plan: Plan | None) -> dict[str, date]:
    """The last 90 days; from the kickoff on where a plan is younger."""
    today = plan.account.today() if plan else clock.now().date()
    begins = today - USUAL_PERIOD
    if plan and plan.kickoff_on <= today:
        begins = max(begins, plan.kickoff_on)
    return {"period_from": begins, "period_to": today}


class CheckForm(forms.Form):
    """A file or a digest; one of them is enough, and the file wins."""

    file = forms.FileField(
        label=_("The PDF"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    digest = forms.CharField(
        label=_("Or its SHA-256 digest"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and not file.size:
            raise ValidationError(_("This file is empty."))
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("This file is larger than 30 MB. No document of ours is."))
        return file

    def clean_digest(self) -> str:
        """As people paste it: with blanks, colons and capital letters."""
        digest = re.sub(r"[\s:]", "", self.cleaned_data["digest"]).lower()
        if digest and not _SHA256.fullmatch(digest):
            raise ValidationError(_("A SHA-256 digest has 64 digits, 0–9 and a–f."))
        return digest

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("digest"):
            raise ValidationError(_("Choose the file, or paste its digest."))
        return data
