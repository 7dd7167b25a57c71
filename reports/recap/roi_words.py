"""The return on an account, in words; only in editions for the vendor's own people."""

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.lib.figures import figure
from portal.lib.money import money_text
from reports.recap.roi_facts import Roi, RoiRange
from reports.recap.snapshot import RecapSnapshot


class RoiLine(NamedTuple):
    label: str
    low: str
    base: str
    high: str


class RoiText(NamedTuple):
    """`rows` are what each term is made of: term, text, amount, address."""

    lead: str
    lines: list[RoiLine]
    result: RoiLine
    rows: list[tuple[str, str, str, str]]
    method: tuple[str, ...]
    assumptions: tuple[str, ...]


def roi_text(snapshot: RecapSnapshot) -> RoiText | None:
    roi = snapshot.roi
    if roi is None:
        return None
    labels = {
        "expansion": _("Expansion"),
        "preserved": _("Renewal revenue preserved"),
        "churn_avoided": _("Churn avoided"),
        "cost": _("Account cost"),
    }
    terms = {
        "expansion": roi.expansion,
        "preserved": roi.preserved,
        "churn_avoided": roi.churn_avoided,
        "cost": roi.cost,
    }
    return RoiText(
        lead=_lead(roi),
        lines=[_line(labels[key], term, roi.currency) for key, term in terms.items()],
        result=_result(roi.ratio),
        rows=[
            (
                labels[one.term],
                one.text,
                money_text(one.amount, roi.currency),
                f"{snapshot.portal_address}{one.page}" if one.page else "",
            )
            for one in roi.rows
        ],
        method=roi.method,
        assumptions=roi.assumptions,
    )


def _lead(roi: Roi) -> str:
    if roi.ratio is None:
        return _("The account has cost nothing in these days: a return on it is not defined.")
    words = {
        "base": _percent(roi.ratio.base),
        "low": _percent(roi.ratio.low),
        "high": _percent(roi.ratio.high),
    }
    if words["low"] == words["high"]:
        return _("The account returned %(base)s on what it cost.") % words
    return _("The account returned %(base)s on what it cost; between %(low)s and %(high)s.") % words


def _line(label: str, term: RoiRange, currency: str) -> RoiLine:
    return RoiLine(label, *(money_text(one, currency) for one in (term.low, term.base, term.high)))


def _result(ratio: RoiRange | None) -> RoiLine:
    label = _("Return on the account")
    if ratio is None:
        return RoiLine(label, *[_("not defined")] * 3)
    return RoiLine(label, _percent(ratio.low), _percent(ratio.base), _percent(ratio.high))


def _percent(share: Decimal) -> str:
    return f"{figure((share * 100).quantize(Decimal(1)))}%"
