"""What would move, before it does: the context of `templates/plans/_move_preview.html`."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.pages.day_words import chain_in_words, shift_in_words
from plans.rescheduling import Move
from plans.services.consenting import Unseen, Why
from plans.services.plan_dates import Loaded
from portal.lib.days import long_day, short_day

SHOWN = 8
"""Dates that are seen at once; the rest can be unfolded."""


def preview_context(unseen: Unseen, *, slot: str, root: str = "") -> dict[str, Any]:
    """`slot` names the form that the preview belongs to, `root` the node whose own move the form says already."""
    loaded, outcome = unseen.loaded, unseen.outcome
    others = outcome.others(root)
    rows = [_row(move, loaded) for move in others]
    held = [loaded.title(key) for key in sorted(outcome.held_back, key=loaded.title)]
    return {
        "slot": slot,
        "mark": outcome.mark,
        "status": {Why.FIRST: 200, Why.CHANGED: 409, Why.END: 422}[unseen.why],
        "changed": unseen.why == Why.CHANGED,
        "tick_missing": unseen.why == Why.END,
        "headline": _headline(len(others)),
        "rows": rows[:SHOWN],
        "more": rows[SHOWN:],
        "held_back": held,
        "held_back_label": _held(len(held), long_day(outcome.after.ends_on)) if held else "",
        "crossed": [
            _("“%(task)s” is pinned and comes before “%(before)s”, which it waits for.")
            % {"task": loaded.title(key), "before": loaded.title(before)}
            for key, before in outcome.crossed
        ]
        + [
            _("“%(task)s” comes to lie after its milestone “%(milestone)s”, which stays on %(day)s.")
            % {
                "task": loaded.title(task),
                "milestone": loaded.title(stop),
                "day": short_day(outcome.after.schedule.days[stop]),
            }
            for task, stop in loaded.past_milestones(outcome)
        ],
    }


def _row(move: Move, loaded: Loaded) -> dict[str, Any]:
    return {
        "title": loaded.title(move.key),
        "side": loaded.behind[move.key].side,
        "from_label": short_day(move.old),
        "to_label": short_day(move.new),
        "to_iso": move.new.isoformat(),
        "shift": shift_in_words(move.old, move.new, loaded.dates.calendar),
        "chain": chain_in_words([loaded.title(key) for key in move.chain]),
        "held_back": move.held_back,
    }


def _headline(count: int) -> str:
    if not count:
        return _("No other date moves.")
    return ngettext("%(n)d other date moves with it", "%(n)d other dates move with it", count) % {"n": count}


def _held(count: int, day: str) -> str:
    return ngettext(
        "%(n)d date would lie past the plan's end, %(day)s:",
        "%(n)d dates would lie past the plan's end, %(day)s:",
        count,
    ) % {"n": count, "day": day}
