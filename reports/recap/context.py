"""What the templates of the recap are given from version 3 on: plain strings and drawings."""

from typing import Any

from django.utils.translation import gettext as _

from reports.base_words import base_context, company, long_day, period_text
from reports.recap import summary
from reports.recap.missing import contents, missing
from reports.recap.roi_words import roi_text
from reports.recap.snapshot import Outcome, RecapSnapshot, Side
from reports.recap.standing import ObjectiveText, objective_text, win_text
from reports.recap.summary import GOALS_ON_SUMMARY, ON_SUMMARY, Goal
from reports.recap.use_words import use_text
from reports.recap.work_words import evidence_texts, milestones_text, steps_by_side, waited_text

WINS_ON_SUMMARY = 2
ALL = 100


def context(snapshot: RecapSnapshot, title: str) -> dict[str, Any]:
    """Call inside `translation.override(snapshot.language)`."""
    objectives = [objective_text(one, snapshot) for one in snapshot.objectives]
    goals = summary.goals(snapshot, objectives)
    worth = sorted(snapshot.outcomes, key=_says_most)[:WINS_ON_SUMMARY]
    facts = _facts(snapshot, objectives, goals, worth)
    absent = missing(facts, snapshot)
    return {
        **base_context(snapshot, name=_("Value recap"), title=title),
        "about_facts": _about(snapshot),
        **facts,
        "contents": contents(facts, snapshot, absent),
        "missing": absent,
    }


def _facts(
    snapshot: RecapSnapshot, objectives: list[ObjectiveText], goals: list[Goal], worth: list[Outcome]
) -> dict[str, Any]:
    steps = steps_by_side(snapshot)
    done = snapshot.summary.progress_percent == ALL
    return {
        "lead": summary.lead(snapshot, goals),
        "figures": summary.figures(snapshot),
        "objectives": objectives,
        "summary_objectives": objectives[:ON_SUMMARY],
        "more_objectives": max(0, len(objectives) - ON_SUMMARY),
        "wins": [win_text(one, snapshot) for one in snapshot.outcomes],
        "summary_wins": [win_text(one, snapshot) for one in worth],
        "more_wins": len(snapshot.outcomes) + snapshot.more.outcomes - len(worth),
        "goals": goals,
        "summary_goals": goals[:GOALS_ON_SUMMARY],
        "more_goals": max(0, len(goals) - GOALS_ON_SUMMARY),
        "use": use_text(snapshot),
        "milestones": milestones_text(snapshot),
        "waited": waited_text(snapshot),
        "roi": roi_text(snapshot),
        "steps": steps,
        "ahead": bool(goals or steps or snapshot.more.next_steps or done),
        "blank": not (objectives or worth or goals or done or snapshot.roi),
        "people": [
            (company(snapshot, side), group)
            for side in (Side.CUSTOMER, Side.VENDOR)
            if (group := [one for one in snapshot.people if one.side is side])
        ],
        "evidence": evidence_texts(snapshot),
    }


def _says_most(one: Outcome) -> tuple[bool, bool]:
    """What the customer confirmed comes first, then what has a before and an after."""
    confirmed = bool(one.standing and one.standing.state == "confirmed") or bool(one.confirmed_by)
    return not confirmed, not (one.before and one.after)


def _about(snapshot: RecapSnapshot) -> list[str]:
    whose = {"account": snapshot.account, "vendor": snapshot.vendor}
    when = {"made_on": long_day(snapshot.made_on), "period": period_text(snapshot)}
    return [
        _(
            "Every number was read from the success plan that %(account)s and %(vendor)s share, on the day the "
            "document was made. Measurements and evidence are entered by one company and confirmed by the other, with "
            "a name and a day; a number that the customer has not confirmed says so next to it."
        )
        % whose,
        _(
            "Tasks, milestones, waiting days and the plan’s progress are counted for the whole plan up to %(made_on)s. "
            "Wins, measurements, usage, accepted evidence, the people who did the work and the list of milestones are "
            "those of the period %(period)s; milestones that are still to come are in the list too. A milestone is on "
            "time if it was reached on or before the day agreed when the plan began."
        )
        % when,
    ]
