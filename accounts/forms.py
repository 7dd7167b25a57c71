"""Forms about who. They check what was typed; whether it may be done, the services say."""

import re
from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.choices import StakeholderRole, VendorRole
from accounts.permissions import CHAMPION, Actor
from portal.lib.mail_providers import FREE_MAIL
from portal.lib.zones import known_zone

MOST_DOMAINS = 50
_domain = DomainNameValidator(accept_idna=False)
# Letters of any script are names; what steers a terminal, a mail header or the direction of other text is not.
_steering = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class NameField(forms.CharField):
    """A person's or a company's name: one line, 200 characters, any script."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def clean(self, value: Any) -> str:
        name = super().clean(value)
        if _steering.search(name):
            raise ValidationError(
                _("A name is one line of text without control characters."), code="steering"
            )
        return name


class DayField(forms.DateField):
    """A browser's own date field, which knows one spelling whatever the language: 2027-03-31."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AmountField(forms.DecimalField):
    """A number. "sNaN" is none: a row of a form would compare it with what stood there, which it does not bear."""

    def to_python(self, value: Any) -> Any:
        number: Any = super().to_python(value)
        if number is not None and not number.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class CodeRequestForm(RequestLoginCodeForm):
    """allauth's, held to the length and the letters of our addresses."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def clean_email(self) -> str:
        """As addresses are kept: the code goes to the person's address, not to another spelling of it."""
        self.cleaned_data["email"] = self.cleaned_data["email"].lower()
        return super().clean_email()


class InvitationForm(forms.Form):
    """A colleague to call in. `role` offers what the inviter may give."""

    name = NameField(label=_("Name"), required=False)
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=StakeholderRole.choices)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by.role == CHAMPION:
            self.fields["role"].choices = [  # type: ignore[attr-defined]
                choice for choice in StakeholderRole.choices if choice[0] != StakeholderRole.SPONSOR
            ]
        self.fields["role"].initial = StakeholderRole.CONTRIBUTOR


class VendorPersonForm(forms.Form):
    name = NameField(label=_("Name"))
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=VendorRole.choices, initial=VendorRole.CSM)


class VendorRoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=VendorRole.choices)


class SettingsForm(forms.Form):
    """Languages stand in their own words: who cannot read this page finds theirs all the same."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        help_text=_(
            "Such as Europe/Berlin. For what is yours alone: the days of a plan are those of its account."
        ),
        # The list that searches while one types is in the page; without it this is a field to type into.
        widget=forms.TextInput(
            attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("As my browser says")),
            *((code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES),
        ]

    def clean_time_zone(self) -> str:
        typed: str = self.cleaned_data["time_zone"]
        if typed and not known_zone(typed):
            raise ValidationError(_("We do not know this time zone. It looks like Europe/Berlin."))
        return known_zone(typed)


class MailsForm(forms.Form):
    """Which mails somebody wants. What is not mailed stands in the portal all the same."""

    digest = forms.BooleanField(
        label=_("The morning digest"),
        required=False,
        help_text=_("What is due and what is new, at most once a day, never on your days off."),
    )
    weekly = forms.BooleanField(
        label=_("The weekly follow-up"),
        required=False,
        help_text=_("What moved, what is next and whose turn it is, for who leads a plan."),
    )
    scoreboard = forms.BooleanField(
        label=_("The Monday scoreboard"),
        required=False,
        help_text=_("Your accounts’ last week in five numbers, for who leads a plan."),
    )
    at_once = forms.BooleanField(
        label=_("Questions at once"),
        required=False,
        help_text=_("When somebody mentions you or waits for your answer."),
    )


class DomainsForm(forms.Form):
    """One mail domain a line. Cleans to a list: lower case, each once, in the order typed."""

    domains = forms.CharField(
        label=_("Mail domains that a champion may invite from"),
        help_text=_("One a line, such as acme.com. Without any, only you can invite."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def clean_domains(self) -> list[str]:
        words = re.split(r"[\s,;]+", self.cleaned_data["domains"].lower())
        domains = list(dict.fromkeys(word.lstrip("@").rstrip(".") for word in words if word))
        if len(domains) > MOST_DOMAINS:
            raise ValidationError(_("These are more than %(most)d domains.") % {"most": MOST_DOMAINS})
        for domain in domains:
            _check_domain(domain)
        if public := [domain for domain in domains if domain in FREE_MAIL]:
            raise ValidationError(_("Anybody gets an address at %(domain)s.") % {"domain": public[0]})
        return domains


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """A service's refusal, put next to its field where the form has it, else above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def _check_domain(domain: str) -> None:
    # Other scripts come as they travel in mail (xn--…): look-alike letters must not pass for Latin ones.
    try:
        _domain(domain)
    except ValidationError:
        raise ValidationError(
            _("“%(domain)s” is not a mail domain such as acme.com."), params={"domain": domain[:80]}
        ) from None
