"""What was used of what was bought, in words and as a bar. Call inside `translation.override(snapshot.language)`."""

from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib.figures import figure, with_unit
from portal.lib.gauges import course_line, limit_bar
from portal.lib.money import price_text
from reports.base_words import short_day
from reports.packet.snapshot import Allowance, PacketSnapshot

FEWEST_POINTS = 3


class AllowanceText(NamedTuple):
    """`state` is within, fair or beyond, or "" where nothing is known: then there is no number and no bar."""

    label: str
    number: str
    state: str
    word: str
    lines: list[str]
    beyond: list[str]
    bar: SafeString
    course: SafeString


def allowance_texts(snapshot: PacketSnapshot) -> list[AllowanceText]:
    return [_text(one, snapshot) for one in snapshot.allowances]


def _text(one: Allowance, snapshot: PacketSnapshot) -> AllowanceText:
    state = one.standing(one.used) if one.used is not None else ""
    drawn: dict[str, Any] = {
        "title": one.label,
        "unit": one.unit,
        "limit": one.limit,
        "accent": snapshot.brand,
    }
    return AllowanceText(
        label=one.label,
        number=_number(one),
        state=state,
        word=_word(state),
        lines=_lines(one),
        beyond=_beyond(one, snapshot.terms.currency),
        bar=limit_bar(one.used, fair_limit=one.fair_limit, **drawn)
        if one.used is not None
        else SafeString(""),
        course=course_line(one.course, **drawn) if len(one.course) >= FEWEST_POINTS else SafeString(""),
    )


def _number(one: Allowance) -> str:
    limit = with_unit(figure(one.limit), one.unit)
    if one.used is None:
        return ""
    return _("%(used)s of %(limit)s") % {"used": figure(one.used), "limit": limit}


def _word(state: str) -> str:
    words = {
        "within": _("within the limit"),
        "fair": _("fair use"),
        "beyond": _("beyond"),
        "": _("no figures"),
    }
    return words[state]


def _lines(one: Allowance) -> list[str]:
    if one.used is None or one.used_from is None or one.used_to is None:
        limit = with_unit(figure(one.limit), one.unit)
        return [
            _("The limit is %(limit)s. No figure of its use has arrived in this term.") % {"limit": limit}
        ]
    days = {"first": short_day(one.used_from), "last": short_day(one.used_to)}
    lines = [_("From %(first)s to %(last)s, the latest figures.") % days]
    if one.how == "at_most":
        lines.append(_("Counted by team, so it is at most that many: whoever is in two teams counts twice."))
    if one.how == "at_least":
        lines.append(_("Counted by feature, so it is at least that many."))
    if one.most is not None and one.most_to and one.most > one.used:
        facts = {"most": with_unit(figure(one.most), one.unit), "day": short_day(one.most_to)}
        lines.append(_("The highest in this term was %(most)s, in the week to %(day)s.") % facts)
    return lines


def _beyond(one: Allowance, currency: str) -> list[str]:
    fair = with_unit(figure(one.fair_limit), one.unit)
    if one.fair_limit > one.limit:
        said = [_("Above the limit, up to %(fair)s is fair use.") % {"fair": fair}]
    else:
        said = [_("There is no room for fair use above the limit.")]
    if one.overage_price is not None:
        said.append(
            _("Beyond that, each unit costs %(price)s.") % {"price": price_text(one.overage_price, currency)}
        )
    if one.beyond:
        said.append(one.beyond)
    elif one.overage_price is None:
        said.append(_("The contract does not say what happens beyond that."))
    return said
