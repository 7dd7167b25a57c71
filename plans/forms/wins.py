"""What people fill in about a win. Each form carries the version that the person saw."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from plans.forms.base import REASON_MAX, VersionForm
from plans.models import Win
from plans.services.winning import people_to_credit


class WinWordsForm(VersionForm):
    """The vendor's words. Before and after stay empty where the plan's own numbers say it well enough."""

    title = forms.CharField(label=_("What was reached"), max_length=200)
    before = forms.CharField(label=_("Before"), max_length=200, required=False)
    after = forms.CharField(label=_("After"), max_length=200, required=False)
    story = forms.CharField(
        label=_("How it came about"),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    next_step = forms.CharField(
        label=_("Next step"), max_length=REASON_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    credited = forms.ModelMultipleChoiceField(
        label=_("Thanks to"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    credits_others = forms.CharField(
        label=_("Others to thank"),
        help_text=_("Names of people who are not in the portal."),
        max_length=500,
        required=False,
    )

    def __init__(self, *args: Any, win: Win, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_to_credit(win.account_id)
        field: Any = self.fields["credited"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])
        field.choices = [(person.pk, str(person)) for person in people]


class WinConfirmForm(VersionForm):
    may_share = forms.BooleanField(label=_("You may tell others about this win"), required=False)


class WinConsentForm(VersionForm):
    consent = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda typed: typed == "yes"
    )


class WinDismissForm(VersionForm):
    reason = forms.CharField(
        label=_("Why is this not a win?"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
