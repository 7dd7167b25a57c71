"""What an admin says about the own company."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Paper
from accounts.forms import add_errors
from accounts.models import Vendor
from portal.lib.logos import MOST_BYTES, Logo, judge_logo


class VendorForm(forms.ModelForm):
    """Everything but the logo stands in the row as it was typed; the logo cleans to what may be shown."""

    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy(
            "PNG, JPEG or SVG, wide rather than high. It stands in the head of pages, mails and documents."
        ),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.svg"}),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    field_order = (
        "name", "logo", "remove_logo", "brand", "accent", "mail_from_name", "reply_to", "legal_footer", "paper",
        "recap_after_days", "only_confirmed", "version",
    )  # fmt: skip

    class Meta:
        model = Vendor
        fields = (
            "name", "brand", "accent", "mail_from_name", "reply_to", "legal_footer", "paper", "recap_after_days",
            "only_confirmed",
        )  # fmt: skip
        widgets = {
            "brand": forms.TextInput(attrs={"type": "color"}),
            "accent": forms.TextInput(attrs={"type": "color"}),
            "legal_footer": forms.Textarea(attrs={"rows": 3}),
            "paper": forms.Select(choices=Paper.choices),
        }
        help_texts = {
            "brand": gettext_lazy("Buttons, links, the titles of documents."),
            "accent": gettext_lazy("The second line of charts."),
            "legal_footer": gettext_lazy("At the foot of mails and documents."),
            "only_confirmed": gettext_lazy(
                "What nobody at the customer has confirmed then stands in no packet."
            ),
        }

    def __init__(self, *args: Any, usual_name: str, has_logo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["placeholder"] = usual_name
        if not has_logo:
            del self.fields["remove_logo"]

    def clean_brand(self) -> str:
        return str(self.cleaned_data["brand"]).lower()

    def clean_accent(self) -> str:
        return str(self.cleaned_data["accent"]).lower()

    def clean_logo(self) -> Logo | None:
        file = self.cleaned_data["logo"]
        return judge_logo(file.read(MOST_BYTES + 1)) if file else None

    def full_clean(self) -> None:
        super().full_clean()
        # A browser never sends a chosen file a second time by itself.
        if self.files and self.errors and "logo" not in self.errors:
            self.add_error("logo", _("Choose the file again: browsers do not keep it."))

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)

    def name_version(self, version: int) -> None:
        """After a conflict: the form comes back to be sent again knowingly."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data
