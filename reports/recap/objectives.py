"""Objectives as the recap prints them: from, now, target, and who stands behind the number."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.charts import Point, from_to_by
from portal.lib.figures import figure, places_of, with_unit
from reports.recap.snapshot import (
    Claim,
    Measurement,
    Objective,
    RecapSnapshot,
    Side,
)
from reports.recap.words import CONFIRMED, UNCONFIRMED, Seal, seal_of, short_day


class Measured(NamedTuple):
    day: str
    value: str
    seal: Seal


class ObjectiveText(NamedTuple):
    title: str
    metric: str
    baseline: str
    now: str
    target: str
    due: str
    standing: str
    seal: Seal
    chart: SafeString
    measurements: Sequence[Measured]
    more: int


def objective_text(one: Objective, snapshot: RecapSnapshot) -> ObjectiveText:
    places = places_of(each.value for each in one.measurements)

    def shown(value: Decimal, places: int | None = None) -> str:
        return with_unit(figure(value, places), one.unit)

    rows = sorted(one.measurements, key=lambda each: each.date)
    return ObjectiveText(
        title=one.title,
        metric=one.metric,
        baseline=shown(one.baseline) if one.baseline is not None else _("not known yet"),
        now=shown(one.now) if one.now is not None else "",
        target=shown(one.target),
        due=short_day(one.due),
        standing=standing_words(one, snapshot.made_on),
        seal=_objective_seal(one, shown),
        chart=_chart(one, snapshot),
        measurements=[
            Measured(short_day(each.date), shown(each.value, places), _measured_seal(each)) for each in rows
        ],
        more=one.measurements_more,
    )


def objectives_sentence(objectives: Sequence[Objective]) -> str:
    """Never let a target that only one side says was reached pass for a confirmed one."""
    met = [one.latest for one in objectives if one.latest and one.is_met_by(one.latest.value)]
    sealed = sum(1 for one in met if one.state is Claim.CONFIRMED)
    facts = {"met": len(met), "all": len(objectives), "sealed": sealed}
    if not met:
        return (
            ngettext(
                "The one objective is still on its way to its target.",
                "All %(all)s objectives are still on their way to their targets.",
                len(objectives),
            )
            % facts
        )
    if len(objectives) == 1:
        reached = _("The one objective has reached its target")
    else:
        reached = ngettext(
            "%(met)s of %(all)s objectives has reached its target",
            "%(met)s of %(all)s objectives have reached their targets",
            len(met),
        )
    return _sealed_sentence(met, sealed) % {"reached": reached % facts, "sealed": sealed}


def _sealed_sentence(met: Sequence[Measurement], sealed: int) -> str:
    if sealed == len(met):
        return _("%(reached)s, confirmed by the customer.")
    if sealed:
        return _("%(reached)s; the customer has confirmed %(sealed)s of them.")
    # What the customer entered itself lacks only the other side's word.
    if any(one.claimed_side is Side.CUSTOMER for one in met):
        return _("%(reached)s, not confirmed yet.")
    return _("%(reached)s, not confirmed by the customer.")


def _chart(one: Objective, snapshot: RecapSnapshot) -> SafeString:
    """Without a baseline the course begins at the first measurement; without either there is nothing to draw."""
    standing = [each for each in one.measurements if each.state is not Claim.RETURNED]
    begin = one.baseline if one.baseline is not None else standing[0].value if standing else None
    if begin is None:
        return SafeString("")
    return from_to_by(
        [Point(each.date, each.value, each.state is Claim.CONFIRMED) for each in standing],
        title=one.title, baseline=begin, target=one.target, due=one.due, direction=one.direction,
        unit=one.unit, baseline_on=one.baseline_on, today=snapshot.made_on, accent=snapshot.brand,
    )  # fmt: skip


def standing_words(one: Objective, today: date) -> str:
    """Say where the objective stands: reached, how much of the way, or past its day."""
    if one.now is None:
        return _("not measured yet")
    if one.is_met_by(one.now):
        return _("target reached")
    if one.due < today:
        return _("target not reached by its day")
    if one.baseline is None:
        return _("under way")
    distance = one.target - one.baseline
    way = int((one.now - one.baseline) / distance * 100) if distance else 0
    return _("%(percent)s%% of the way") % {"percent": way} if way > 0 else _("no closer to the target yet")


def _objective_seal(one: Objective, shown: Callable[[Decimal], str]) -> Seal:
    latest, confirmed = one.latest, one.latest_confirmed
    if latest is None:
        return Seal("", _("Nothing has been measured yet."))
    if latest.state is Claim.CONFIRMED:
        return _measured_seal(latest)
    text = _unconfirmed(latest)
    if confirmed and confirmed.confirmed_on:
        last = _("Last confirmed: %(value)s, by %(name)s on %(day)s.")
        day = short_day(confirmed.confirmed_on)
        text += " " + last % {"value": shown(confirmed.value), "name": confirmed.confirmed_by, "day": day}
    return Seal(UNCONFIRMED, text)


def _measured_seal(one: Measurement) -> Seal:
    if one.state is Claim.RETURNED:
        if one.claimed_side is Side.CUSTOMER:
            return Seal(UNCONFIRMED, _("Returned; not counted."))
        return Seal(UNCONFIRMED, _("Returned by the customer; not counted."))
    # A name alone is not a confirmation: the state is.
    if one.state is not Claim.CONFIRMED or one.confirmed_on is None:
        return Seal(UNCONFIRMED, _unconfirmed(one))
    if one.claimed_side is Side.VENDOR:
        return seal_of(one.confirmed_by, one.confirmed_on)
    words = {"by": one.claimed_by, "name": one.confirmed_by, "day": short_day(one.confirmed_on)}
    return Seal(CONFIRMED, _("Entered by %(by)s, confirmed by %(name)s on %(day)s.") % words)


def _unconfirmed(one: Measurement) -> str:
    """What the customer entered itself cannot be said to lack the customer's word, only the other side's."""
    if one.claimed_side is Side.CUSTOMER:
        return _("Entered by %(name)s, not confirmed yet.") % {"name": one.claimed_by}
    return _("Not confirmed by the customer.")
