"""The first steps of the next 90 days. Call inside `translation.override(snapshot.language)`."""

from typing import Any

from django.utils.translation import gettext as _

from reports.base_words import company, short_day, shortened
from reports.packet.open_words import LONGEST_NAME
from reports.packet.snapshot import PacketSnapshot

MOST_STEPS = 12


def next_context(snapshot: PacketSnapshot) -> dict[str, Any]:
    """Tasks of both sides that can be worked on, those that are due first."""
    recap = snapshot.recap
    steps = [
        (
            one.title,
            shortened(one.owner, LONGEST_NAME) or _("nobody yet"),
            shortened(company(snapshot, one.side), LONGEST_NAME),
            short_day(one.due) if one.due else "–",
        )
        for one in recap.next_steps
    ]
    return {
        "steps": steps[:MOST_STEPS],
        "more_steps": max(0, len(steps) - MOST_STEPS) + recap.more.next_steps,
    }
