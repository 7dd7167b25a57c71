"""The packet's head and its recap as plain, translated strings; the other parts have words of their own.

Call inside `translation.override(snapshot.language)`.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.base_words import long_day
from reports.packet.letter import chosen
from reports.packet.snapshot import PacketSnapshot
from reports.recap.standing import objective_text, win_text
from reports.recap.summary import figures, goals, lead
from reports.recap.use_words import use_text
from reports.recap.work_words import MilestoneText, milestones_text

ON_RECAP = 3
MOST_WINS = 3
MOST_TEAMS = 4
# Beside the table of teams it is drawn less wide than in a recap, so that its words are as high.
USE_WIDTH = 430
MOST_STOPS = 12


def contract_line(snapshot: PacketSnapshot) -> str:
    terms = snapshot.terms
    facts = {"number": terms.number, "first": long_day(terms.starts_on), "last": long_day(terms.ends_on)}
    if terms.number:
        return _("Contract %(number)s, %(first)s to %(last)s") % facts
    return _("Contract from %(first)s to %(last)s") % facts


def state_line(snapshot: PacketSnapshot) -> str:
    if snapshot.ready_on:
        return _("Ready since %(day)s") % {"day": long_day(snapshot.ready_on)}
    return _("Draft of %(day)s") % {"day": long_day(snapshot.made_on)}


def recap_context(snapshot: PacketSnapshot) -> dict[str, Any]:
    """The recap in two pages, and the goals that lie ahead."""
    recap = snapshot.recap
    objectives = [objective_text(one, recap) for one in recap.objectives]
    ahead = goals(recap, objectives)
    wins = [win_text(one, recap) for one in recap.outcomes]
    use = use_text(recap, chart_width=USE_WIDTH)
    teams = use.teams if use else []
    milestones = milestones_text(recap)
    stops = _around_now(milestones.rows, sum(1 for one in recap.milestones if one.reached_on))
    return {
        "lead": lead(recap, ahead),
        "figures": figures(recap),
        "objectives": objectives[:ON_RECAP],
        "more_objectives": max(0, len(objectives) - ON_RECAP),
        # The latest are those that a reader remembers.
        "wins": wins[-MOST_WINS:],
        "more_wins": max(0, len(wins) - MOST_WINS) + recap.more.outcomes,
        "use": use,
        "teams": teams[:MOST_TEAMS],
        "more_teams": max(0, len(teams) - MOST_TEAMS) + (recap.breadth.teams_more if recap.breadth else 0),
        "milestones": milestones,
        "stops": stops,
        "more_stops": len(milestones.rows) - len(stops) + recap.more.milestones,
        "goals": ahead,
    }


def _around_now(rows: list[MilestoneText], reached: int) -> list[MilestoneText]:
    """As many as two pages hold: the latest that were reached, and those that come next."""
    begin = max(0, min(reached - MOST_STOPS // 2, len(rows) - MOST_STOPS))
    return rows[begin : begin + MOST_STOPS]


def order_intro(snapshot: PacketSnapshot) -> str:
    """Whose choice the order form shows, and which days it is for."""
    one = chosen(snapshot)
    if one is None:
        return ""
    facts = {"option": one.name, "first": long_day(one.starts_on), "last": long_day(one.ends_on)}
    if one.preferred_on:
        text = _("For “%(option)s”, which you prefer: from %(first)s to %(last)s.")
    else:
        text = _("For “%(option)s”, which we recommend: from %(first)s to %(last)s.")
    return text % facts


def no_order(snapshot: PacketSnapshot) -> str:
    if not snapshot.options:
        return _("The options for going on have not been worked out yet, and so there is nothing to order.")
    if any(one.recommended or one.preferred_on for one in snapshot.options):
        return _("The option has no prices yet, and so there is nothing to order.")
    return _("Once an option is recommended or preferred, its order form stands here.")


def tax_sentence(snapshot: PacketSnapshot) -> str:
    if snapshot.terms.tax_note:
        return _("Taxes: %(note)s") % {"note": snapshot.terms.tax_note}
    return _("The contract has no note on taxes; the amounts are those of the items alone.")


def invoices_intro(snapshot: PacketSnapshot) -> str:
    one, order = chosen(snapshot), snapshot.order
    if one is None or order is None:
        return ""
    text = ngettext(
        "If “%(option)s” is ordered as it stands, %(n)s invoice follows.",
        "If “%(option)s” is ordered as it stands, %(n)s invoices follow.",
        len(order.invoices),
    )
    return text % {"option": one.name, "n": len(order.invoices)}


def evidence_intro(snapshot: PacketSnapshot) -> str:
    count = snapshot.evidence_count
    facts = {
        "total": count.total,
        "accepted": count.accepted,
        "claimed": count.claimed,
        "returned": count.returned,
    }
    text = ngettext(
        "%(total)s piece of evidence: %(accepted)s accepted, %(claimed)s not answered yet, %(returned)s returned. "
        "Each title leads to its task in the portal, which asks you to sign in.",
        "%(total)s pieces of evidence: %(accepted)s accepted, %(claimed)s not answered yet, %(returned)s returned. "
        "Each title leads to its task in the portal, which asks you to sign in.",
        count.total,
    )
    return text % facts
