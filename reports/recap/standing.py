"""Objectives and wins as the recap prints them from version 3 on: from, now, target, and who stands behind it.

Call inside `translation.override(snapshot.language)`, as all of the recap's words.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.lib.charts import Point, from_to_by
from portal.lib.figures import figure, places_of, with_unit
from reports.base_words import Seal, long_day, seal, short_day, shortened
from reports.recap.objectives import standing_words
from reports.recap.snapshot import Claim, Measurement, Objective, Outcome, RecapSnapshot, Side
from reports.snapshots import Standing

NAME_IN_SEAL = 60


class Measured(NamedTuple):
    day: str
    value: str
    seal: Seal


class ObjectiveText(NamedTuple):
    """`now` is "" where nothing was measured. `seal` is of `now`, and `earlier` says what was confirmed last, where
    that is another number."""

    title: str
    metric: str
    baseline: str
    now: str
    target: str
    due: str
    standing: str
    met: bool
    seal: Seal
    earlier: str
    chart: SafeString
    measurements: Sequence[Measured]
    more: int
    url: str


class WinText(NamedTuple):
    """`repeats`: its before and after are the numbers of an objective."""

    title: str
    detail: str
    before: str
    after: str
    day: str
    seal: Seal
    credited: str
    next_step: str
    repeats: bool
    url: str


def objective_text(one: Objective, snapshot: RecapSnapshot) -> ObjectiveText:
    places = places_of(each.value for each in one.measurements)
    latest = one.latest
    return ObjectiveText(
        title=one.title,
        metric=one.metric,
        baseline=_shown(one, one.baseline) if one.baseline is not None else _("not known yet"),
        now=_shown(one, one.now) if one.now is not None else "",
        target=_shown(one, one.target),
        due=short_day(one.due),
        standing=standing_words(one, snapshot.made_on),
        met=one.now is not None and one.is_met_by(one.now),
        seal=measured_seal(latest) if latest else Seal("", _("Nothing has been measured yet.")),
        earlier=_confirmed_before(one),
        chart=_chart(one, snapshot),
        measurements=[
            Measured(short_day(each.date), _shown(one, each.value, places), measured_seal(each))
            for each in sorted(one.measurements, key=lambda each: each.date)
        ],
        more=one.measurements_more,
        url=address(snapshot, one.page),
    )


def win_text(one: Outcome, snapshot: RecapSnapshot) -> WinText:
    return WinText(
        title=one.title,
        detail=one.detail,
        before=one.before,
        after=one.after,
        day=long_day(one.reached_on),
        seal=_seal_of(one.standing or _as_before(one)),
        credited=", ".join(one.credited),
        next_step=one.next_step,
        repeats=_repeats(one, snapshot),
        url=address(snapshot, one.page),
    )


def measured_seal(one: Measurement) -> Seal:
    if one.state is Claim.RETURNED and one.claimed_side is Side.VENDOR:
        return Seal("", _("Returned by the customer; not counted."))
    if one.state is Claim.RETURNED:
        return Seal("", _("Returned; not counted."))
    said = one.standing or _as_before(one)
    if said.state == "confirmed" and one.claimed_side is Side.CUSTOMER and one.confirmed_on:
        words = {"by": one.claimed_by, "name": one.confirmed_by, "day": short_day(one.confirmed_on)}
        return Seal("confirmed", _("Entered by %(by)s, confirmed by %(name)s on %(day)s.") % _short(words))
    return _seal_of(said)


def stands(one: Measurement) -> str:
    """claimed, evidenced or confirmed."""
    return (one.standing or _as_before(one)).state


def address(snapshot: RecapSnapshot, page: str) -> str:
    """Where the portal shows it; it asks who does not come from there to sign in. "" where that is not known."""
    return f"{snapshot.portal_address}{page}" if snapshot.portal_address and page else ""


def _as_before(one: Measurement | Outcome) -> Standing:
    """What was frozen before numbers could be evidenced is claimed or confirmed."""
    # A name alone is not a confirmation: the state of a number is.
    said = one.state is Claim.CONFIRMED if isinstance(one, Measurement) else bool(one.confirmed_by)
    if not said or one.confirmed_on is None:
        return Standing(state="claimed", name=getattr(one, "claimed_by", ""))
    # A number that the customer entered has the customer's name, whoever answered.
    theirs = getattr(one, "claimed_side", Side.VENDOR) is Side.CUSTOMER
    name = one.claimed_by if theirs and isinstance(one, Measurement) else one.confirmed_by
    return Standing(state="confirmed", name=name, day=one.confirmed_on)


def _seal_of(one: Standing) -> Seal:
    return seal(one.state, shortened(one.name, NAME_IN_SEAL), one.day)


def _short(words: dict[str, str]) -> dict[str, str]:
    return {key: shortened(value, NAME_IN_SEAL) for key, value in words.items()}


def _confirmed_before(one: Objective) -> str:
    latest, confirmed = one.latest, one.latest_confirmed
    if confirmed is None or latest is None or confirmed == latest or latest.state is Claim.CONFIRMED:
        return ""
    words = _("Last confirmed: %(value)s, by %(name)s on %(day)s.")
    said = confirmed.standing or _as_before(confirmed)
    return words % {
        "value": _shown(one, confirmed.value),
        "name": shortened(said.name, NAME_IN_SEAL),
        "day": short_day(said.day or confirmed.date),
    }


def _repeats(one: Outcome, snapshot: RecapSnapshot) -> bool:
    objective = next((each for each in snapshot.objectives if each.title == one.objective), None)
    return (
        objective is not None and objective.now is not None and one.after == _shown(objective, objective.now)
    )


def _shown(one: Objective, value: Decimal, places: int | None = None) -> str:
    return with_unit(figure(value, places), one.unit)


def _chart(one: Objective, snapshot: RecapSnapshot) -> SafeString:
    """Without a baseline the course begins at the first measurement; without either there is nothing to draw."""
    standing = [each for each in one.measurements if each.state is not Claim.RETURNED]
    begin = one.baseline if one.baseline is not None else standing[0].value if standing else None
    if begin is None:
        return SafeString("")
    points = [
        Point(each.date, each.value, stands(each) == "confirmed", stands(each) == "evidenced")
        for each in standing
    ]
    return from_to_by(
        points, title=one.title, baseline=begin, target=one.target, due=one.due, direction=one.direction,
        unit=one.unit, baseline_on=one.baseline_on, today=snapshot.made_on, accent=snapshot.brand,
    )  # fmt: skip
