"""The work as the recap prints it from version 3 on: milestones against the agreement, whose days, what is next."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.lib.bars import days_bar
from portal.lib.shares import Share, share_bar
from portal.lib.timelines import (
    Stop,
    apart_in_words,
    days_apart,
    milestone_strip,
    timeline_axis,
    timeline_span,
)
from reports.base_words import company, long_day, short_day, shortened
from reports.recap.snapshot import AcceptedEvidence, MilestoneState, RecapSnapshot, Side, Waited
from reports.recap.standing import address

STRIP_WIDTH = 180
NAME_IN_HEAD = 40
DIGITS_SHOWN = 8
# Letters of a line of the register: of its first column, and what title and task have of it at least.
LINE, TITLE_AT_LEAST, TASK_AT_LEAST = 69, 46, 18
NAME_IN_LINE, ADDRESS_AT_LEAST = 40, 16
_LOOKS = {"customer": "full", "vendor": "half", "nobody": "hollow"}


class MilestoneText(NamedTuple):
    title: str
    stage: str
    agreed: str
    day: str
    state: str
    apart: str
    strip: SafeString
    url: str


class MilestonesText(NamedTuple):
    axis: SafeString
    rows: list[MilestoneText]


class WaitedRow(NamedTuple):
    title: str
    days: Waited
    bar: SafeString


class WaitedText(NamedTuple):
    sentence: str
    bar: SafeString
    names: dict[str, str]
    days: Waited
    rows: list[WaitedRow]


class Step(NamedTuple):
    title: str
    owner: str
    due: str
    late: bool


class EvidenceText(NamedTuple):
    """One line of the register: `about` is its task, its kind and, where there is room, what tells it from others."""

    title: str
    about: str
    claimed: str
    accepted: str
    url: str


def milestones_text(snapshot: RecapSnapshot) -> MilestonesText:
    stops = [Stop(one.title, one.baseline_on, one.due_on, one.reached_on) for one in snapshot.milestones]
    first, last = timeline_span(stops, snapshot.made_on)
    span: dict[str, Any] = {"first": first, "last": last, "today": snapshot.made_on, "width": STRIP_WIDTH}
    states = {
        MilestoneState.ON_TIME: _("on time"),
        MilestoneState.LATE: _("late"),
        MilestoneState.OPEN: _("to come"),
        MilestoneState.OVERDUE: _("overdue"),
    }
    rows = []
    for one, stop in zip(snapshot.milestones, stops, strict=True):
        day = one.reached_on or one.due_on
        rows.append(
            MilestoneText(
                title=one.title,
                stage=one.stage,
                agreed=short_day(one.baseline_on) if one.baseline_on else "–",
                day=short_day(day) if day else "–",
                state=states[one.state],
                apart=apart_in_words(days_apart(stop, snapshot.made_on)),
                strip=milestone_strip(stop, accent=snapshot.brand, **span),
                url=address(snapshot, one.page),
            )
        )
    return MilestonesText(timeline_axis(**span), rows)


def waited_text(snapshot: RecapSnapshot) -> WaitedText | None:
    """None before the plan went live, and while nobody has been waited for."""
    waited = snapshot.waited
    if waited is None:
        return None
    names = {
        "customer": shortened(snapshot.account, NAME_IN_HEAD),
        "vendor": shortened(snapshot.vendor, NAME_IN_HEAD),
        "nobody": _("nobody"),
    }
    most = max((one.days for one in waited.milestones), default=1)
    pattern = ngettext(
        "%(age)s working day since the plan went live on %(day)s: %(customer)s waited for %(customer_name)s, "
        "%(vendor)s for %(vendor_name)s, %(nobody)s for nobody.",
        "%(age)s working days since the plan went live on %(day)s: %(customer)s waited for %(customer_name)s, "
        "%(vendor)s for %(vendor_name)s, %(nobody)s for nobody.",
        waited.days,
    )
    facts = {
        "age": waited.days,
        "day": long_day(waited.since),
        "customer": waited.customer,
        "customer_name": snapshot.account,
        "vendor": waited.vendor,
        "vendor_name": snapshot.vendor,
        "nobody": waited.nobody,
    }
    return WaitedText(
        sentence=pattern % facts,
        bar=share_bar(_shares(waited, names), title=_("Whom the days waited for"), accent=snapshot.brand),
        names=names,
        days=waited,
        rows=[
            WaitedRow(
                one.title,
                one,
                days_bar(_shares(one, names), most=most, title=one.title, accent=snapshot.brand),
            )
            for one in waited.milestones
        ],
    )


def steps_by_side(snapshot: RecapSnapshot) -> list[tuple[str, list[Step]]]:
    """By company, the customer's first; a side without any is left out."""
    return [
        (company(snapshot, side), steps)
        for side in (Side.CUSTOMER, Side.VENDOR)
        if (steps := _steps(snapshot, side))
    ]


def evidence_texts(snapshot: RecapSnapshot) -> list[EvidenceText]:
    kinds = {"file": _("File"), "link": _("Link"), "note": _("Note")}
    return [_evidence(one, kinds[one.kind], snapshot) for one in snapshot.evidence]


def _evidence(one: AcceptedEvidence, kind: str, snapshot: RecapSnapshot) -> EvidenceText:
    """Shortened to one line of usual letters; the attached snapshot and the portal have it whole."""
    title = shortened(one.title, max(LINE - len(one.task) - len(kind), TITLE_AT_LEAST))
    room = LINE - len(title) - len(kind)
    parts = [shortened(one.task, max(room, TASK_AT_LEAST)), kind]
    room -= len(parts[0])
    if (proof := _proof(one, room)) and len(proof) <= room:
        parts.append(proof)
    return EvidenceText(
        title=title,
        about=" · ".join(parts),
        claimed=f"{shortened(one.claimed_by, NAME_IN_LINE)}, {short_day(one.claimed_on)}",
        accepted=f"{shortened(one.accepted_by, NAME_IN_LINE)}, {short_day(one.accepted_on)}",
        url=address(snapshot, one.page),
    )


def _proof(one: AcceptedEvidence, room: int) -> str:
    """Enough to tell them apart by eye."""
    if one.digest:
        return _("SHA-256 %(digest)s…") % {"digest": one.digest[:DIGITS_SHOWN]}
    return shortened(one.address.removeprefix("https://"), max(room, ADDRESS_AT_LEAST))


def _shares(waited: Waited, names: dict[str, str]) -> Sequence[Share]:
    numbers = {"customer": waited.customer, "vendor": waited.vendor, "nobody": waited.nobody}
    return [Share(names[key], numbers[key], look) for key, look in _LOOKS.items()]


def _steps(snapshot: RecapSnapshot, side: Side) -> list[Step]:
    return [
        Step(
            one.title,
            one.owner,
            short_day(one.due) if one.due else "–",
            one.due is not None and one.due < snapshot.made_on,
        )
        for one in snapshot.next_steps
        if one.side is side
    ]
