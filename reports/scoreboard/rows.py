"""The five measures of a scoreboard as rows of plain strings. Call inside `translation.override(…)`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.figures import NO_BREAK, figure, with_unit
from reports.adoption import percent_of
from reports.base_words import company, long_day, shortened
from reports.changes import NOTHING, Change, counted, points
from reports.scoreboard.snapshot import (
    Executive,
    ExecutivePart,
    FeaturePart,
    ScoreboardSnapshot,
    SupportPart,
    TasksPart,
    UsagePart,
    Users,
)

NAME = 40
FEATURE = 28
NONE = "–"


class Row(NamedTuple):
    """A measure, or a part of one. `note` explains this week's number; `lines` stand below the row."""

    label: str
    now: str
    note: str
    before: str
    change: Change
    lines: Sequence[str] = ()


class Measure(NamedTuple):
    key: str
    row: Row
    parts: Sequence[Row] = ()


def usage_measure(part: UsagePart) -> Measure:
    now, before = part.now, part.before
    row = Row(
        _("Active users"),
        _share_of_users(now),
        _seats(now),
        _share_of_users(before),
        _change_of_users(now, before),
        _usage_lines(part),
    )
    parts = [
        Row(
            shortened(team.name, NAME),
            _share_of_users(team.now),
            _seats(team.now),
            _share_of_users(team.before),
            _change_of_users(team.now, team.before),
        )
        for team in part.teams
    ]
    return Measure("usage", row, parts)


def _usage_lines(part: UsagePart) -> list[str]:
    lines = []
    if part.now and part.now.how == "at_most":
        lines.append(_("Added up over the teams: who is in two of them is counted twice."))
    if part.now and part.now.how == "at_least":
        lines.append(_("At least: only users of single features were counted, and these are never added."))
    if part.figures_from and part.figures_to and (part.figures_to - part.figures_from).days != 6:
        days = {"first": long_day(part.figures_from), "last": long_day(part.figures_to)}
        if part.figures_from == part.figures_to:
            lines.append(_("The figures are of %(first)s.") % days)
        else:
            lines.append(_("The figures are of %(first)s to %(last)s.") % days)
    if part.teams_more:
        lines.append(
            ngettext("%(n)s more team is not shown.", "%(n)s more teams are not shown.", part.teams_more)
            % {"n": part.teams_more}
        )
    return [" ".join(lines)] if lines else []


def features_measure(part: FeaturePart) -> Measure:
    lines = []
    if part.begun:
        lines.append(_("New this week: %(names)s.") % {"names": _names(part.begun, part.begun_more)})
    if part.ended:
        lines.append(_("No longer used: %(names)s.") % {"names": _names(part.ended, part.ended_more)})
    row = Row(
        _("Features in use"),
        _of(part.now, part.known),
        "",
        _of(part.before, part.known),
        _counted(part.now, part.before),
        [" ".join(lines)] if lines else [],
    )
    return Measure("features", row)


def executives_measure(part: ExecutivePart, snapshot: ScoreboardSnapshot) -> Measure:
    lines = [_person(one, snapshot) for one in part.people]
    if not part.total:
        lines = [_("No sponsor has joined, and no executive has a task or a signature here.")]
    if others := _others(part):
        lines.append(others)
    row = Row(
        _("Executives taking part"),
        _of(part.now, part.total) if part.total else NONE,
        "",
        _of(part.before, part.total) if part.total else NONE,
        _counted(part.now, part.before) if part.total else NOTHING,
        lines,
    )
    return Measure("executives", row)


def _others(part: ExecutivePart) -> str:
    """Who is not named, and the meetings."""
    n, meetings = part.total - len(part.people), part.meetings_now
    said = []
    if n > 0:
        said.append(
            ngettext("%(n)s more person is not shown.", "%(n)s more people are not shown.", n) % {"n": n}
        )
    if meetings:
        said.append(
            ngettext("%(n)s meeting was held.", "%(n)s meetings were held.", meetings) % {"n": meetings}
        )
    return " ".join(said)


def _person(one: Executive, snapshot: ScoreboardSnapshot) -> str:
    words = {"name": shortened(one.name, NAME), "company": shortened(company(snapshot, one.side), NAME)}
    done = [
        ngettext("%(n)s act", "%(n)s acts", one.acts) % {"n": one.acts} if one.acts else "",
        ngettext("%(n)s comment", "%(n)s comments", one.comments) % {"n": one.comments}
        if one.comments
        else "",
        ngettext("%(n)s signature", "%(n)s signatures", one.signatures) % {"n": one.signatures}
        if one.signatures
        else "",
    ]
    words["done"] = ", ".join(filter(None, done)) or _("nothing this week")
    return _("%(name)s, %(company)s: %(done)s") % words


def support_measure(part: SupportPart) -> Measure:
    now, before = part.now, part.before
    row = Row(
        _("Support requests closed"),
        _percent(percent_of(now.closed, now.opened)) if now else NONE,
        _("%(closed)s closed, %(opened)s opened") % {"closed": now.closed, "opened": now.opened}
        if now
        else "",
        _percent(percent_of(before.closed, before.opened)) if before else NONE,
        _points(
            percent_of(now.closed, now.opened) if now else None,
            percent_of(before.closed, before.opened) if before else None,
        ),
    )
    late = Row(
        _("Answered late"),
        _percent(percent_of(now.late, now.opened)) if now else NONE,
        _("%(late)s of %(opened)s") % {"late": now.late, "opened": now.opened} if now else "",
        _percent(percent_of(before.late, before.opened)) if before else NONE,
        _points(
            percent_of(now.late, now.opened) if now else None,
            percent_of(before.late, before.opened) if before else None,
            more_is_better=False,
        ),
    )
    return Measure("support", row, [late])


def tasks_measure(part: TasksPart) -> Measure:
    now = percent_of(part.on_time_now, part.due_now)
    before = percent_of(part.on_time_before, part.due_before)
    lines = []
    if part.ahead:
        lines.append(
            ngettext(
                "%(n)s more task falls due this week.", "%(n)s more tasks fall due this week.", part.ahead
            )
            % {"n": part.ahead}
        )
    row = Row(
        _("Customer’s tasks on time"),
        _percent(now),
        _("%(on_time)s of %(due)s due") % {"on_time": part.on_time_now, "due": part.due_now}
        if part.due_now
        else _("none due"),
        _percent(before),
        _points(now, before),
        lines,
    )
    if not part.total:
        return Measure("tasks", row)
    overall = Row(
        _("All of its tasks done"),
        _percent(percent_of(part.done_now, part.total)),
        _of(part.done_now, part.total),
        _percent(percent_of(part.done_before, part.total)),
        _counted(part.done_now, part.done_before),
    )
    return Measure("tasks", row, [overall])


def _share_of_users(users: Users | None) -> str:
    """The percentage; without seats the number of people."""
    if users is None or users.active is None:
        return NONE
    percent = percent_of(users.active, users.seats)
    return figure(Decimal(users.active)) if percent is None else _percent(percent)


def _seats(users: Users | None) -> str:
    if users is None or users.active is None:
        return ""
    if not users.seats:
        return ngettext("person, seats not known", "people, seats not known", users.active)
    return _("%(active)s of %(seats)s seats") % {
        "active": figure(Decimal(users.active)),
        "seats": figure(Decimal(users.seats)),
    }


def _change_of_users(now: Users | None, before: Users | None) -> Change:
    if now and before and now.seats and before.seats:
        return _points(percent_of(now.active, now.seats), percent_of(before.active, before.seats))
    if now and before and not now.seats and not before.seats:
        return _counted(now.active, before.active)
    return _points(None, None)


def _points(now: int | None, before: int | None, *, more_is_better: bool = True) -> Change:
    return points(now, before, level=_("as last week"), more_is_better=more_is_better)


def _counted(now: int | None, before: int | None) -> Change:
    return counted(now, before, level=_("as last week"))


def _of(part: int | None, whole: int) -> str:
    if part is None:
        return NONE
    words = {"part": figure(Decimal(part)), "whole": figure(Decimal(whole))}
    return (_("%(part)s of %(whole)s") % words).replace(" ", NO_BREAK)


def _percent(percent: int | None) -> str:
    return NONE if percent is None else with_unit(figure(Decimal(percent)), "%")


def _names(names: Sequence[str], more: int) -> str:
    listed = ", ".join(shortened(name, FEATURE) for name in names)
    if not more:
        return listed
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {
        "names": listed,
        "n": more,
    }
