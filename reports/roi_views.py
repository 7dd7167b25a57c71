"""The return on an account: for the vendor's people only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import get_account
from accounts.forms import DayField
from portal.lib.days import period
from portal.lib.figures import figure
from portal.lib.money import money_text
from reports.roi import AccountReturn, method_sentences, read_returns
from reports.roi_reckoning import Range, Row, Term

A_YEAR = timedelta(days=365)


class PeriodForm(forms.Form):
    """The days that the page is about; a year until today to begin with."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first one."))
        for name, day in (("first", first), ("last", last)):
            if day and not 1990 <= day.year < 2200:
                self.add_error(name, _("This year cannot be meant."))
        return data


@require_safe
def account_roi(request: HttpRequest, account_id: UUID) -> HttpResponse:
    account, actor = get_account(request, account_id, "roi.view")
    today = account.today()
    first, last = today - A_YEAR, today
    form = PeriodForm(request.GET if request.GET else None, initial={"first": first, "last": last})
    asked = form.is_bound
    if asked and form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    context = {
        "account": {"id": account.pk, "name": account.name},
        "form": form,
        "days": period(first, last),
        "returns": [_return(one) for one in read_returns(account, first, last)],
        "method": method_sentences(),
        "can_see_cohorts": actor.may("cohort.manage"),
    }
    return render(request, "reports/roi.html", context, status=422 if asked and form.errors else 200)


def _return(one: AccountReturn) -> dict[str, Any]:
    found = one.found
    labels = {
        Term.EXPANSION: _("Expansion"),
        Term.PRESERVED: _("Renewal revenue preserved"),
        Term.CHURN_AVOIDED: _("Churn avoided"),
        Term.COST: _("Account cost"),
    }
    return {
        "currency": found.currency,
        "ratio": _percent(found.ratio.base) if found.ratio else "",
        "lowest": _percent(found.ratio.low) if found.ratio else "",
        "highest": _percent(found.ratio.high) if found.ratio else "",
        "terms": [
            {
                "key": term.value,
                "label": labels[term],
                "amounts": _amounts(getattr(found, term), found.currency),
                "rows": [_row(row, one) for row in found.rows if row.term == term],
            }
            for term in Term
        ],
        "assumptions": one.assumptions,
    }


def _row(row: Row, one: AccountReturn) -> dict[str, str]:
    source = one.sources[row.kind, row.id]
    return {
        "text": source.text,
        "url": source.page,
        "amount": money_text(row.amount.base, one.found.currency),
    }


def _amounts(amount: Range, currency: str) -> list[str]:
    return [money_text(part, currency) for part in (amount.low, amount.base, amount.high)]


def _percent(share: Any) -> str:
    return f"{figure((share * 100).quantize(1))}%"
