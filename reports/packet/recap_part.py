"""The recap's part of a packet: the facts of a value recap of the contract's term so far, read by the same queries,
without what a packet says elsewhere (evidence) or does not say (people, whose days, money)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from reports.adoption_facts import Adoption
from reports.kinds import Asked
from reports.recap.breadth import breadth_of
from reports.recap.first_value import first_values
from reports.recap.gathering import Scope, milestones_of, next_steps_of, summary_of
from reports.recap.measured import reached_objectives, read_objectives
from reports.recap.snapshot import More, Outcome, RecapSnapshot
from reports.recap.winning import read_wins

MOST_OUTCOMES = 20
MOST_MILESTONES = 60


def read_recap(asked: Asked, begins: date, common: dict[str, Any], adoption: Adoption) -> RecapSnapshot:
    """What was reached from `begins`, the contract's first day, to the day that is asked for: ten queries, whatever the
    plan's size. `common` are the facts that all documents know."""
    if asked.plan is None:
        raise ValueError("a packet is about a plan's renewal")
    begins, ends = min(begins, asked.period_to), asked.period_to
    scope = Scope(asked.plan, begins, ends, asked.account.today(), asked.account.zone)
    spine = milestones_of(scope)
    read = read_objectives(scope.plan, scope.period_from, scope.period_to, scope.zone)
    outcomes = _outcomes(scope, read)
    steps, steps_more = next_steps_of(scope)
    return RecapSnapshot(
        **common | {"period_from": begins},
        summary=summary_of(scope, spine),
        objectives=tuple(one.facts for one in read),
        outcomes=tuple(outcomes[:MOST_OUTCOMES]),
        milestones=tuple(spine[:MOST_MILESTONES]),
        next_steps=steps,
        more=More(
            outcomes=max(0, len(outcomes) - MOST_OUTCOMES),
            milestones=max(0, len(spine) - MOST_MILESTONES),
            next_steps=steps_more,
        ),
        breadth=breadth_of(adoption),
    )


def _outcomes(scope: Scope, read: Sequence[Any]) -> list[Outcome]:
    wins = read_wins(scope.plan)
    found = [
        *reached_objectives(read, scope.has, wins, scope.zone),
        *first_values(scope.plan, scope.within("milestone__reached_at"), wins, scope.zone),
    ]
    return sorted(found, key=lambda one: (one.reached_on, one.title))
