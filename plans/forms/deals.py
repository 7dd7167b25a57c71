"""A won deal typed in by hand: the company, the deal, its term, and up to six people."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms import BaseFormSet, BoundField, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.choices import Segment
from accounts.forms import DomainsForm, NameField
from plans.forms.base import DayField, PlanForm
from plans.intake.facts import AccountFacts, ContractFacts, DealFacts, PersonFacts
from plans.intake.places import country_code
from portal.lib.zones import known_zone

PEOPLE = 6
# Words that casting understands (`plans/casting.py` matches them with the roles of the playbook).
BUYING_ROLES = [
    ("", _("Not known")),
    ("economic buyer", _("Economic buyer")),
    ("champion", _("Champion")),
    ("technical evaluator", _("Technical evaluator")),
    ("end user", _("End user")),
    ("executive sponsor", _("Executive sponsor")),
]
_currency = RegexValidator(r"^[A-Za-z]{3}$", _("Three letters, such as EUR."))


class DealForm(PlanForm):
    """`entry` names this form once, so that sending it twice makes one plan."""

    entry = forms.CharField(widget=forms.HiddenInput, initial=uuid4, required=False)
    account = NameField(label=_("Company"))
    domain = forms.CharField(
        label=_("Web or mail domain"), max_length=253, required=False, help_text=_("Such as acme.com.")
    )
    segment = forms.ChoiceField(
        label=_("Segment"),
        choices=[("", _("Work it out from the amount")), *Segment.choices],
        required=False,
    )
    country = forms.CharField(
        label=_("Country"), max_length=80, required=False, help_text=_("For its public holidays.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        initial="UTC",
        help_text=_("Such as Europe/Berlin."),
    )
    name = NameField(label=_("Name of the deal"))
    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=18, decimal_places=4, required=False
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, validators=[_currency])
    closed_on = DayField(label=_("Closed on"), required=False)
    starts_on = DayField(label=_("Contract starts"), required=False)
    ends_on = DayField(label=_("Contract ends"), required=False)

    def clean_entry(self) -> UUID:
        """What is no name of a form is taken for a new form."""
        try:
            return UUID(self.cleaned_data["entry"])
        except ValueError:
            return uuid4()

    def clean_domain(self) -> str:
        """One domain, judged as an account's mail domains are."""
        typed = DomainsForm({"domains": self.cleaned_data["domain"]})
        if not typed.is_valid():
            raise ValidationError(typed.errors["domains"].as_data())
        domains = typed.cleaned_data["domains"]
        if len(domains) > 1:
            raise ValidationError(_("One domain is enough."))
        return domains[0] if domains else ""

    def clean_country(self) -> str:
        typed = self.cleaned_data["country"]
        code = country_code(typed)
        if typed and not code:
            raise ValidationError(_("We do not know this country. Try its English name or its code."))
        return code

    def clean_time_zone(self) -> str:
        zone = known_zone(self.cleaned_data["time_zone"] or "UTC")
        if not zone:
            raise ValidationError(_("We do not know this time zone. It looks like Europe/Berlin."))
        return zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") is not None and not data.get("currency"):
            self.add_error("currency", _("Say in which currency the amount is."))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The contract ends before it starts."))
        return data


class PersonForm(forms.Form):
    """A row may stay empty; one with a name needs an address, because the person is to be invited."""

    name = NameField(label=_("Name"), required=False)
    email = forms.EmailField(label=_("Work e-mail"), max_length=254, required=False)
    title = forms.CharField(label=_("Job title"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Part in the deal"), choices=BUYING_ROLES, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "email" in data and not data["email"] and (data.get("name") or data.get("title")):
            self.add_error("email", _("This person needs an address to be invited to."))
        return data


class PeopleFormSet(BaseFormSet):
    def clean(self) -> None:
        """Each address once."""
        seen: set[str] = set()
        for form in self.forms:
            email = form.cleaned_data.get("email", "").lower() if form.is_valid() else ""
            if email and email in seen:
                form.add_error("email", _("This address stands here twice."))
            seen.add(email)


PeopleForms = formset_factory(
    PersonForm, formset=PeopleFormSet, extra=PEOPLE, max_num=PEOPLE, absolute_max=PEOPLE, validate_max=True
)


def facts_of(deal: dict[str, Any], people: list[dict[str, Any]], *, owner_email: str) -> DealFacts:
    """What the two valid forms say, as if a CRM had said it."""
    contract = None
    if deal["starts_on"] or deal["ends_on"]:
        contract = ContractFacts(start=deal["starts_on"], end=deal["ends_on"])
    return DealFacts(
        source="manual",
        external_id=str(deal["entry"]),
        name=deal["name"],
        amount=deal["amount"],
        currency=deal["currency"],
        closed_on=deal["closed_on"],
        is_won=True,
        owner=PersonFacts(email=owner_email),
        account=AccountFacts(
            name=deal["account"],
            domain=deal["domain"],
            segment=deal["segment"],
            country=deal["country"],
            time_zone=deal["time_zone"],
        ),
        contacts=tuple(
            PersonFacts(
                name=person["name"], email=person["email"], title=person["title"], buying_role=person["role"]
            )
            for person in people
            if person.get("email")
        ),
        contract=contract,
    )


def groups_of(form: DealForm, people: BaseFormSet) -> list[dict[str, Any]]:
    """The fields as the page shows them, under headings; the management form's fields are hidden ones."""
    groups: list[tuple[Any, list[BoundField]]] = [
        (_("The company"), [form[name] for name in ("account", "domain", "segment", "country", "time_zone")]),
        (_("The deal"), [form[name] for name in ("name", "amount", "currency", "closed_on")]),
        (_("The contract"), [form[name] for name in ("starts_on", "ends_on")]),
    ]
    for number, person in enumerate(people, start=1):
        groups.append((_("Person %(n)d") % {"n": number}, list(person.visible_fields())))
    return [{"title": title, "fields": fields} for title, fields in groups]
