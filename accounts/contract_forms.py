"""What people type about a contract: its terms, its lines, its limits of use, a change that was agreed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.choices import Billing, PricePer
from accounts.forms import AmountField, DayField, add_errors
from accounts.models import Contract, ContractLine, Entitlement
from accounts.services.contract_lines import MOST_LINES, Sold, is_payable
from accounts.services.contracts import Limit, Terms
from portal.lib.money import CURRENCIES, known

INCOMPLETE = _("The form is incomplete. Load the page again.")
FEATURE = "feature"
MEASURES = [("seats", _("Seats")), ("active_users", _("Active users")), (FEATURE, _("A feature"))]


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    """A number as the columns of money hold it; `options` may make its bounds narrower."""
    bounds = {"min_value": 0, "max_value": 10**12, "max_digits": 18, "decimal_places": 4}
    return AmountField(label=label, **(bounds | options))


class PricedForm(forms.Form):
    """A line with `quantity` and `unit_price`, whose product is money that there can be."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not is_payable(data.get("quantity") or Decimal(0), data.get("unit_price") or Decimal(0)):
            self.add_error("unit_price", _("Quantity times price is more money than there is."))
        return data


class ContractForm(forms.Form):
    """Base of these forms: the version that was seen stands in a hidden field."""

    version = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages={"required": INCOMPLETE}
    )

    def put_errors(self, error: ValidationError) -> None:
        add_errors(self, error)

    def name_version(self, version: int) -> None:
        """After a conflict: the form comes back to be sent again knowingly."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data


class TermsForm(ContractForm):
    """`with_lines`: the money a year follows from them and is not asked."""

    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    number = forms.CharField(label=_("Number"), max_length=64, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=[("", "–"), *CURRENCIES])
    billing = forms.ChoiceField(label=_("Invoiced"), choices=Billing.choices, initial=Billing.YEARLY)
    payment_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=365, initial=30)
    notice_days = forms.IntegerField(
        label=_("Days of notice before the last day"), min_value=0, max_value=3650, required=False
    )
    tax_note = forms.CharField(label=_("Note on taxes"), max_length=300, required=False)
    arr = amount_field(_("Money a year, until there are lines"), required=False)
    auto_renews = forms.BooleanField(label=_("Renews by itself unless notice is given"), required=False)
    terms = forms.CharField(
        label=_("Other terms"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, with_lines: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_lines:
            del self.fields["arr"]

    def said(self) -> Terms:
        return Terms(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class NewTermsForm(TermsForm):
    """Of a contract that is not there yet there is no version."""

    version = None  # type: ignore[assignment]


def terms_of(contract: Contract) -> dict[str, Any]:
    """What stands in the form when it opens."""
    names = list(TermsForm.base_fields)
    said = {name: plain(getattr(contract, name)) for name in names}
    return said | {"currency": contract.currency if known(contract.currency) else ""}


class AddedLineForm(PricedForm):
    """A line that begins with an amendment and runs to the end of the term."""

    name = forms.CharField(label=_("Item"), max_length=200)
    product = forms.CharField(label=_("Product"), max_length=120, required=False)
    quantity = amount_field(_("Quantity"), initial=1)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    unit_price = amount_field(_("Unit price"))
    price_per = forms.ChoiceField(label=_("Price for"), choices=PricePer.choices, initial=PricePer.YEAR)
    discount_percent = amount_field(_("Discount in %"), max_value=100, max_digits=7, required=False)

    def clean_discount_percent(self) -> Decimal:
        return self.cleaned_data["discount_percent"] or Decimal(0)

    def said(self) -> Sold:
        return Sold(**self.cleaned_data)


class LineForm(AddedLineForm):
    starts_on = DayField(label=_("First day, if later"), required=False)
    ends_on = DayField(label=_("Last day, if earlier"), required=False)
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class LimitForm(forms.Form):
    """A limit of use. What is measured is one of the usual numbers, or how much of a feature is used."""

    kind = forms.ChoiceField(label=_("What is measured"), choices=MEASURES, initial="seats")
    feature = forms.CharField(
        label=_("Feature"), max_length=120, required=False, help_text=_("As the usage feed names it.")
    )
    label = forms.CharField(label=_("Name"), max_length=120)
    limit = amount_field(_("Limit"))
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    fair_use_percent = forms.IntegerField(
        label=_("Fair use up to, in % of the limit"), min_value=100, max_value=1000, initial=100
    )
    overage_price = amount_field(_("Price of each unit beyond"), required=False)
    beyond = forms.CharField(
        label=_("What happens beyond that"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == FEATURE and not data.get("feature"):
            self.add_error("feature", _("Say which feature."))
        return data

    def said(self) -> Limit:
        data = dict(self.cleaned_data)
        kind, feature = data.pop("kind"), data.pop("feature")
        return Limit(measure=f"{FEATURE}:{feature}" if kind == FEATURE else kind, **data)


class AmendmentForm(ContractForm):
    """`lines` are those that can still end."""

    effective_on = DayField(label=_("From this day"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads this."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ends = forms.MultipleChoiceField(
        label=_("These lines end"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].choices = choices  # type: ignore[attr-defined]


class RowsFormSet(BaseFormSet):
    """Rows that are added and taken away by buttons of the form, without a script. An empty row says nothing."""

    def _construct_form(self, i: int, **kwargs: Any) -> forms.Form:
        return super()._construct_form(i, empty_permitted=True, **kwargs)  # type: ignore[misc]


def said_rows(rows: BaseFormSet) -> list[Any]:
    """What the valid rows say, without the empty ones."""
    return [form.said() for form in rows.forms if form.cleaned_data]


LineForms = formset_factory(LineForm, RowsFormSet, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES + 1)
AddedLineForms = formset_factory(AddedLineForm, RowsFormSet, extra=0, max_num=50, absolute_max=51)
LimitForms = formset_factory(LimitForm, RowsFormSet, extra=0, max_num=50, absolute_max=51)


def asked_rows(data: QueryDict, forms_of: type[BaseFormSet]) -> tuple[list[dict[str, Any]], int] | None:
    """Where a button asked for a row more or less: the rows then, and the one to go on at; else None."""
    if "add" not in data and "remove" not in data:
        return None
    names = list(forms_of.form.base_fields)
    total = min(_number(data.get("rows-TOTAL_FORMS")), forms_of.max_num)
    rows = [{name: data.get(f"rows-{at}-{name}", "") for name in names} for at in range(total)]
    if "add" in data:
        rows = [*rows, {}][: forms_of.max_num]
        return rows, len(rows) - 1
    gone = _number(data.get("remove"))
    rows = [row for at, row in enumerate(rows) if at != gone] or [{}]
    return rows, min(gone, len(rows) - 1)


def line_rows(lines: Sequence[ContractLine]) -> list[dict[str, Any]]:
    """Lines as they stand in the form; one that runs with the term has no days of its own."""
    return [
        {
            **{name: plain(getattr(line, name)) for name in LineForm.base_fields},
            "starts_on": line.starts_on if line.starts_on != line.contract.starts_on else None,
            "ends_on": line.ends_on if line.ends_on != line.contract.ends_on else None,
        }
        for line in lines
    ]


def limit_rows(limits: Sequence[Entitlement]) -> list[dict[str, Any]]:
    rows = []
    for one in limits:
        kind, _colon, feature = one.measure.partition(":")
        shown = {name: plain(getattr(one, name, None)) for name in LimitForm.base_fields}
        rows.append(shown | {"kind": kind, "feature": feature})
    return rows


def plain(value: Any) -> Any:
    """A number without the zeros that only its column has."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _number(text: Any) -> int:
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
