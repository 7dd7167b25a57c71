"""How broadly the product is used, in words, bars and columns."""

from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.bars import WEEKS_WIDTH, Week, active_weeks, percent_bar, week_columns
from reports.base_words import long_day, short_day
from reports.recap.snapshot import RecapSnapshot
from reports.recap.use_facts import Breadth, Tickets, Used, UsedFeature, UsedTeam


class TeamText(NamedTuple):
    name: str
    active: str
    percent: str
    bar: SafeString
    weeks: SafeString


class FeatureText(NamedTuple):
    name: str
    people: str
    teams: str
    since: str
    used: bool


class UseText(NamedTuple):
    """`notes` say what a number is not: people who may be counted twice, or not at all."""

    lead: list[str]
    chart: SafeString
    teams: list[TeamText]
    features: list[FeatureText]
    notes: list[str]
    tickets: str


def use_text(snapshot: RecapSnapshot, *, chart_width: int = WEEKS_WIDTH) -> UseText | None:
    """None where nothing is known about how it is used."""
    breadth = snapshot.breadth
    if breadth is None:
        return None
    weeks = [Week(one.last, one.active, one.seats) for one in breadth.weeks]
    most = max([number or 0 for team in breadth.teams for number in team.course] or [1])
    return UseText(
        lead=_lead(breadth),
        chart=active_weeks(
            weeks, title=_("People who used it, week by week"), accent=snapshot.brand, width=chart_width
        )
        if any(one.active is not None for one in breadth.weeks)
        else SafeString(""),
        teams=[_team(one, most, snapshot) for one in breadth.teams],
        features=[_feature(one) for one in breadth.features],
        notes=_notes(breadth),
        tickets=_tickets(breadth.tickets) if breadth.tickets else "",
    )


def _lead(breadth: Breadth) -> list[str]:
    sentences = []
    known = [one for one in breadth.weeks if one.active is not None]
    if known:
        sentences.append(_active(known[-1], long_day(known[-1].last)))
    if len(known) > 1:
        sentences.append(_change((known[-1].active or 0) - (known[0].active or 0), long_day(known[0].last)))
    if breadth.features:
        total = len(breadth.features) + breadth.features_more
        pattern = ngettext(
            "%(used)s of %(all)s features was used in this period.",
            "%(used)s of %(all)s features were used in this period.",
            breadth.features_used,
        )
        sentences.append(pattern % {"used": breadth.features_used, "all": total})
    return sentences


def _active(one: Used, day: str) -> str:
    words = {"active": one.active, "seats": one.seats, "percent": one.percent, "day": day}
    if one.percent is None:
        return ngettext(
            "%(active)s person used it in the week to %(day)s.",
            "%(active)s people used it in the week to %(day)s.",
            one.active or 0,
        ) % words  # fmt: skip
    return ngettext(
        "%(active)s person used it in the week to %(day)s: %(percent)s%% of %(seats)s seats.",
        "%(active)s people used it in the week to %(day)s: %(percent)s%% of %(seats)s seats.",
        one.active or 0,
    ) % words  # fmt: skip


def _change(more: int, day: str) -> str:
    words = {"n": abs(more), "day": day}
    if more > 0:
        return _("That is %(n)s more than in the week to %(day)s.") % words
    if more < 0:
        return _("That is %(n)s fewer than in the week to %(day)s.") % words
    return _("That is as many as in the week to %(day)s.") % words


def _team(one: UsedTeam, most: int, snapshot: RecapSnapshot) -> TeamText:
    number = str(one.active) if one.active is not None else "–"
    if one.seats:
        number = _("%(done)s of %(total)s") % {"done": number, "total": one.seats}
    percent = f"{one.percent}%" if one.percent is not None else "–"
    before = one.before.percent if one.before else None
    bar = percent_bar(one.percent, before=before, title=f"{one.name}: {percent}", accent=snapshot.brand)
    title = _("%(team)s, week by week") % {"team": one.name}
    weeks = week_columns(one.course, most=most, title=title, accent=snapshot.brand)
    return TeamText(one.name, number, percent, bar if one.percent is not None else SafeString(""), weeks)


def _feature(one: UsedFeature) -> FeatureText:
    people = "–" if one.active is None else str(one.active)
    return FeatureText(
        name=one.name,
        people=people,
        teams=", ".join(one.teams),
        since=short_day(one.first_seen) if one.first_seen else "",
        used=one.used,
    )


def _notes(breadth: Breadth) -> list[str]:
    hows = {*(one.how for one in breadth.weeks), *(one.how for one in breadth.teams)}
    hows |= {one.how for one in breadth.features}
    notes = []
    if "at_most" in hows:
        notes.append(
            _("Where only teams were counted, they are added up: somebody in two teams counts twice.")
        )
    if "at_least" in hows:
        notes.append(
            _("Where only features were counted, the most used one stands for all: there may be more people.")
        )
    return notes


def _tickets(one: Tickets) -> str:
    words = {"opened": one.opened, "closed": one.closed, "late": one.late, "weeks": one.weeks}
    if one.late:
        pattern = ngettext(
            "In %(weeks)s week the customer asked support %(opened)s times; %(closed)s tickets were closed, and "
            "%(late)s were answered later than promised.",
            "In %(weeks)s weeks the customer asked support %(opened)s times; %(closed)s tickets were closed, and "
            "%(late)s were answered later than promised.",
            one.weeks,
        )
    else:
        pattern = ngettext(
            "In %(weeks)s week the customer asked support %(opened)s times; %(closed)s tickets were closed, none was "
            "answered later than promised.",
            "In %(weeks)s weeks the customer asked support %(opened)s times; %(closed)s tickets were closed, none was "
            "answered later than promised.",
            one.weeks,
        )
    return pattern % words
