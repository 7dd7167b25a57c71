"""What people fill in about figures: a file of them, and the name of a feed."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import add_errors
from accounts.models import Account, User


class UsageFileForm(forms.Form):
    """A CSV file; all of it about `account`, where the page of an account led here."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        max_length=255,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    account = forms.ModelChoiceField(
        queryset=Account.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not file.size:
            raise ValidationError(_("This file is empty."))
        if file.size > settings.PORTAL_USAGE_MAX_MB * 1_000_000:
            raise ValidationError(
                _("This file is larger than %(limit)d MB.") % {"limit": settings.PORTAL_USAGE_MAX_MB}
            )
        return file


class FeedForm(forms.Form):
    """A feed's name: letters, digits and hyphens."""

    name = forms.SlugField(
        label=gettext_lazy("Name of the system"),
        help_text=gettext_lazy(
            "Small letters, digits and hyphens. It stands beside every figure that comes from it."
        ),
        max_length=32,
    )

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)
