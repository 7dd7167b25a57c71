"""What people fill in about editions. Whether it may be done, the services say."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.choices import Paper
from accounts.models import Account, User
from accounts.services.branding import current_vendor
from plans.forms.base import DayField, PlanForm
from plans.models import Plan, Renewal, Win
from portal.lib import clock
from portal.lib.days import long_day
from reports.codes import read_code
from reports.kinds import About, Kind, Span
from reports.models import Audience

USUAL_PERIOD = timedelta(days=90)
MOST_BYTES = 30 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class EditionForm(PlanForm):
    """What a document of this kind is about, over which days, and how it is printed.

    `account` leaves only what there is on that account to choose from.
    """

    def __init__(
        self, *args: Any, kind: Kind, user: User, account: Account | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields[kind.about.value] = _ABOUT[kind.about](user, account)
        self.fields |= _SPAN[kind.span]()
        if len(kind.audiences) > 1:
            self.fields["audience"] = forms.ChoiceField(
                label=_("For"), choices=Audience.choices, initial=kind.audiences[0]
            )
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"),
            choices=[(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
            initial=get_language(),
        )
        self.fields["paper"] = forms.ChoiceField(
            label=_("Paper"), choices=Paper.choices, initial=current_vendor().paper
        )

    def asked(self) -> dict[str, Any]:
        """As `reports.services.request_edition` wants it."""
        data = self.cleaned_data
        about = data[self.kind.about.value]
        days = {"period_from": data.get("period_from"), "period_to": data.get("period_to")}
        if self.kind.span is not Span.PERIOD:
            day = data[self.kind.span.value]
            days = {"period_from": day, "period_to": day}
        return {
            "kind": self.kind.key.value,
            "language": data["language"],
            "paper": data["paper"],
            "audience": data.get("audience", ""),
            **days,
            **(
                {self.kind.about.value: about}
                if isinstance(about, Plan | Account)
                else {"subject_id": about.pk}
            ),
        }

    def put_errors(self, error: ValidationError) -> None:
        """One day or one week is one field here, and two ends of a period for the service."""
        if self.kind.span is not Span.PERIOD and hasattr(error, "error_dict"):
            one = dict.fromkeys(("period_from", "period_to"), self.kind.span.value)
            error = ValidationError({one.get(name, name): said for name, said in error.error_dict.items()})
        super().put_errors(error)


def usual_days(kind: Kind, plan: Plan | None, account: Account | None) -> dict[str, Any]:
    """What a form begins with: the last 90 days (from the kickoff on, where a plan is younger), the week that is
    over, or today."""
    if kind.span is Span.PERIOD:
        return usual_period(plan)
    account = plan.account if plan else account
    today = account.today() if account else clock.now().date()
    return {"week": today - timedelta(days=7)} if kind.span is Span.WEEK else {"day": today}


def usual_period(plan: Plan | None) -> dict[str, date]:
    """The last 90 days; from the kickoff on where a plan is younger."""
    today = plan.account.today() if plan else clock.now().date()
    begins = today - USUAL_PERIOD
    if plan and plan.kickoff_on <= today:
        begins = max(begins, plan.kickoff_on)
    return {"period_from": begins, "period_to": today}


def _plans(user: User, account: Account | None) -> forms.Field:
    plans = Plan.objects.visible_to(user).live().select_related("account").order_by("name", "id")
    return forms.ModelChoiceField(
        label=_("Plan"),
        queryset=plans.filter(account=account) if account else plans,
        error_messages={"invalid_choice": _("Choose a plan that is live.")},
    )


def _accounts(user: User, account: Account | None) -> forms.Field:
    accounts = Account.objects.visible_to(user).order_by("name", "id")
    return forms.ModelChoiceField(label=_("Account"), queryset=accounts, initial=account)


def _wins(user: User, account: Account | None) -> forms.Field:
    wins = Win.objects.standing().filter(plan__in=Plan.objects.visible_to(user).live())
    wins = wins.select_related("account").order_by("account__name", "-reached_on", "id")
    return _Named(
        lambda win: f"{win.account.name}: {win.title}",
        label=_("Win"),
        queryset=wins.filter(account=account) if account else wins,
    )


def _renewals(user: User, account: Account | None) -> forms.Field:
    renewals = Renewal.objects.visible_to(user).open().select_related("account", "contract")
    renewals = renewals.order_by("contract__ends_on", "account__name", "id")
    return _Named(
        lambda renewal: f"{renewal.account.name}: {long_day(renewal.contract.ends_on)}",
        label=_("Renewal"),
        help_text=_("By the last day of the contract."),
        queryset=renewals.filter(account=account) if account else renewals,
    )


class _Named(forms.ModelChoiceField):
    def __init__(self, words: Callable[[Any], str], **options: Any) -> None:
        super().__init__(**options)
        self._words = words

    def label_from_instance(self, obj: Any) -> str:
        return self._words(obj)


def _period() -> dict[str, forms.Field]:
    return {"period_from": DayField(label=_("From")), "period_to": DayField(label=_("To"))}


def _week() -> dict[str, forms.Field]:
    return {"week": DayField(label=_("Week"), help_text=_("Any day of it; a week begins on Monday."))}


def _day() -> dict[str, forms.Field]:
    return {"day": DayField(label=_("As of"))}


_ABOUT = {About.PLAN: _plans, About.ACCOUNT: _accounts, About.WIN: _wins, About.RENEWAL: _renewals}
_SPAN = {Span.PERIOD: _period, Span.WEEK: _week, Span.DAY: _day}


class CheckForm(forms.Form):
    """A file, a code or a digest; one of them is enough, and the file wins."""

    file = forms.FileField(
        label=_("The PDF"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    code = forms.CharField(
        label=_("Or the code in its foot, or its SHA-256 digest"),
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

    def clean_code(self) -> tuple[str, str]:
        """As people type and paste it: with blanks, hyphens, colons, and either size of letters. ("digest", …),
        ("code", …), or two empty texts."""
        typed = self.cleaned_data["code"]
        digest = re.sub(r"[\s:]", "", typed).lower()
        if _SHA256.fullmatch(digest):
            return "digest", digest
        if code := read_code(typed):
            return "code", code
        if digest:
            raise ValidationError(
                _("A code has 20 letters and digits; a SHA-256 digest has 64 digits, 0–9 and a–f.")
            )
        return "", ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data["code"][0]:
            raise ValidationError(_("Choose the file, or type its code."))
        return data
