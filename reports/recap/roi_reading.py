"""The return on the account as a recap for the vendor's own people prints it: in one currency."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.contracts import current_contract
from reports.recap.roi_facts import Roi, RoiRange, RoiRow
from reports.roi import AccountReturn, method_sentences, read_returns
from reports.roi_reckoning import Range


def read_roi(account: Account, first: date, last: date) -> Roi | None:
    """That in the currency of the current contract, else the first; None where there is no money in these days."""
    returns = read_returns(account, first, last)
    if not returns:
        return None
    contract = current_contract(account, last)
    chosen = next(
        (one for one in returns if contract and one.found.currency == contract.currency), returns[0]
    )
    others = [one.found.currency for one in returns if one is not chosen]
    left_out = (
        (_("Not in these numbers: what is in %(codes)s.") % {"codes": ", ".join(others)},) if others else ()
    )
    return _roi(chosen, left_out)


def _roi(one: AccountReturn, left_out: tuple[str, ...]) -> Roi:
    found = one.found
    return Roi(
        currency=found.currency,
        expansion=_range(found.expansion),
        preserved=_range(found.preserved),
        churn_avoided=_range(found.churn_avoided),
        cost=_range(found.cost),
        ratio=_range(found.ratio) if found.ratio else None,
        rows=tuple(
            RoiRow(
                term=row.term.value,
                text=one.sources[row.kind, row.id].text,
                amount=row.amount.base,
                page=one.sources[row.kind, row.id].page,
            )
            for row in found.rows
        ),
        method=method_sentences(),
        assumptions=(*one.assumptions, *left_out),
    )


def _range(amount: Range) -> RoiRange:
    return RoiRange(low=amount.low, base=amount.base, high=amount.high)
