"""What people fill in about a security confirmation."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DayField, add_errors
from portal.lib.uploads import Upload, judge_upload


class SecurityForm(forms.Form):
    """A file or a link, or neither; it expires after its last day."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200)
    valid_from = DayField(label=gettext_lazy("Valid from"), required=False)
    valid_until = DayField(label=gettext_lazy("Valid until"), required=False)
    file = forms.FileField(label=gettext_lazy("File"), required=False, max_length=255, allow_empty_file=True)
    url = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )

    def clean_file(self) -> Upload | None:
        file = self.cleaned_data["file"]
        return judge_upload(file, max_bytes=settings.PORTAL_UPLOAD_MAX_MB * 1_000_000) if file else None

    def full_clean(self) -> None:
        super().full_clean()
        # A browser never sends a chosen file a second time by itself.
        if self.files and self.errors and "file" not in self.errors:
            self.add_error("file", _("Choose the file again: browsers do not keep it."))

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)
        if self.files and "file" not in self.errors:
            self.add_error("file", _("Choose the file again: browsers do not keep it."))
