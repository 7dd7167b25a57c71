"""What people fill in about a renewal: the options with their lines, and what became of the contract."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.choices import Billing, PricePer
from accounts.contract_forms import PricedForm, amount_field
from plans.choices import RenewalDecision
from plans.forms.base import REASON_MAX, DayField, VersionForm
from plans.models import OfferLine, Renewal, RenewalOption
from plans.services.offering import MOST_LINES, Offered, OptionTerms

BLANK = 3
"""Empty rows below the lines that are there."""
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)


class OptionForm(VersionForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    starts_on = DayField(
        label=_("First day"), validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    )
    ends_on = DayField(
        label=_("Last day"), validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    )
    billing = forms.ChoiceField(label=_("Invoiced"), choices=Billing.choices)
    note = forms.CharField(
        label=_("What speaks for it"),
        help_text=_("The customer reads this."),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    recommended = forms.BooleanField(label=_("We recommend this one"), required=False)

    @classmethod
    def of(cls, option: RenewalOption, version: int) -> "OptionForm":
        names = ("name", "starts_on", "ends_on", "billing", "note", "recommended")
        return cls(initial={"version": version} | {name: getattr(option, name) for name in names})

    def terms(self, lines: Sequence[Offered]) -> OptionTerms:
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return OptionTerms(**data, lines=lines)


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return amount_field(label, widget=forms.NumberInput(attrs={"inputmode": "decimal"}), **more)


class OfferLineForm(PricedForm):
    """A row that says nothing is left out; one with a name needs a quantity and a price."""

    name = forms.CharField(label=_("Item"), max_length=200)
    quantity = _amount(_("Quantity"))
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    unit_price = _amount(_("Unit price"))
    price_per = forms.ChoiceField(label=_("Price for"), choices=PricePer.choices, initial=PricePer.YEAR)
    discount_percent = _amount(_("Discount in %"), max_value=100, max_digits=7, required=False)
    # Not asked for, and not lost.
    product = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)

    def offered(self) -> Offered:
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("DELETE", "ORDER")}
        return Offered(**{**data, "discount_percent": data["discount_percent"] or Decimal(0)})


class _Lines(BaseFormSet):  # type: ignore[type-arg]
    """`offered` are the rows that say something, and are not to go."""

    def offered(self) -> list[Offered]:
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        return [form.offered() for form in kept if not form.cleaned_data.get("DELETE") and form.cleaned_data]


OfferLines = formset_factory(
    OfferLineForm,
    formset=_Lines,
    extra=BLANK,
    can_delete=True,
    can_delete_extra=False,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + BLANK,
    validate_max=True,
)
_NAMES = ("name", "quantity", "unit", "unit_price", "price_per", "discount_percent", "product")


def lines_of(option: RenewalOption, data: Any = None) -> Any:
    """The formset of an option's lines, with empty rows below."""
    lines = OfferLine.objects.filter(option=option)
    initial = [
        {name: _plain(getattr(line, name)) for name in _NAMES}
        for line in lines
    ]  # fmt: skip
    return OfferLines(data, initial=initial, prefix="lines", form_kwargs={"use_required_attribute": False})


def _plain(value: Any) -> Any:
    """A number as people type it: 12, not 12.0000."""
    if not isinstance(value, Decimal):
        return value
    short = value.normalize()
    return short if short.as_tuple().exponent <= 0 else value.quantize(Decimal(1))  # type: ignore[operator]


class DecideForm(VersionForm):
    """`option` is the agreed one; for a contract that was lost it does not count."""

    decision = forms.ChoiceField(
        label=_("What became of it?"), choices=RenewalDecision.choices, widget=forms.RadioSelect
    )
    option = forms.ModelChoiceField(
        label=_("Agreed option"),
        queryset=RenewalOption.objects.none(),
        required=False,
        empty_label=_("None: the contract ends"),
    )
    number = forms.CharField(
        label=_("Number of the new contract"), max_length=64, required=False
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Only your own people read this. Needed where the contract was lost."),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, renewal: Renewal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["option"].queryset = RenewalOption.objects.filter(renewal=renewal)  # type: ignore[attr-defined]
