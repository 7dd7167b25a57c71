"""What the recap's third version reads beside the plan: use, waiting days, and who stands behind each number."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from plans.models import Evidence, Measurement, Plan, SupportFigure, UsageFigure, UsageImport, Win
from plans.services.measuring import accept_measurement, add_measurement
from plans.services.winning import word_win
from plans.services.working import complete_task
from portal.lib import clock
from reports.recap.breadth import MOST_TEAMS
from reports.recap.snapshot import RecapSnapshot
from tests.factories import EvidenceFactory, MeasurementFactory, actor, objective_of, task_of
from tests.reports.recaps import gather_recap

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 1)


def gathered(plan: Plan, begins: date = MONDAY, ends: date = MONDAY + timedelta(days=27)) -> RecapSnapshot:
    return gather_recap(plan, period_from=begins, period_to=ends, language="en", requested_by=None)


def figures(plan: Plan, week: int, **teams: int) -> None:
    source = UsageImport.objects.get_or_create(account=plan.account, file_name="usage.csv")[0]
    first = MONDAY + timedelta(days=7 * week)
    said = {
        "account": plan.account,
        "period_from": first,
        "period_to": first + timedelta(days=6),
        "source": source,
    }
    UsageFigure.objects.bulk_create(
        [
            UsageFigure(**said, team=team.replace("_", " "), active_users=active, seats=20)
            for team, active in teams.items()
        ]
        + [UsageFigure(**said, feature="Quotes", active_users=max(teams.values()))]
    )
    SupportFigure.objects.create(**said, opened=3, closed=2, late=week)


def test_use_is_told_by_week_team_and_feature(plan) -> None:
    figures(plan, 0, Claims=5, Renewals=4)
    figures(plan, 2, Claims=11, New_team=12)
    found = gathered(plan).breadth
    assert [(one.last, one.active, one.seats, one.percent, one.how) for one in found.weeks] == [
        (date(2026, 6, 7), 9, 40, 23, "at_most"),
        (date(2026, 6, 21), 23, 40, 58, "at_most"),
    ]
    # Those of the latest week, most people first.
    assert [(one.name, one.percent, one.course) for one in found.teams] == [
        ("New team", 60, (None, 12)),
        ("Claims", 55, (5, 11)),
    ]
    assert found.teams[1].before.active == 5
    assert found.teams[0].before is None
    assert [(one.name, one.used, one.active, one.first_seen) for one in found.features] == [
        ("Quotes", True, 12, MONDAY)
    ]
    assert (found.tickets.opened, found.tickets.late, found.tickets.weeks) == (6, 2, 2)


def test_of_many_teams_the_largest_are_named(plan) -> None:
    figures(plan, 0, **{f"Team_{number:02}": number for number in range(MOST_TEAMS + 3)})
    found = gathered(plan).breadth
    assert (len(found.teams), found.teams_more, found.teams[0].name) == (
        MOST_TEAMS,
        3,
        f"Team {MOST_TEAMS + 2}",
    )


def test_nothing_is_known_of_other_days(plan) -> None:
    figures(plan, 0, Claims=5)
    assert gathered(plan, begins=MONDAY + timedelta(days=7)).breadth is None


def test_days_are_those_of_the_page_of_turns(plan, champion, enter, csm) -> None:
    with clock.as_of(datetime.now(UTC) + timedelta(days=30)):
        found = gathered(plan).waited
        page = enter(csm).get(f"/plans/{plan.pk}/turn/").content.decode()
        assert found.days > 15
        assert found.days == found.customer + found.vendor + found.nobody
        assert f"{found.customer} waited for Acme, {found.vendor} for " in page
        assert [one.title for one in found.milestones] == ["Kickoff held", "First value"]


def test_a_number_is_claimed_then_proved_then_confirmed(plan, csm, champion) -> None:
    one = MeasurementFactory(
        objective=objective_of(plan), claimed_by=csm, measured_on=MONDAY, value=Decimal(20)
    )

    def stands() -> tuple[str, str]:
        [number] = gathered(plan).objectives[0].measurements
        return number.standing.state, number.standing.name

    assert stands() == ("claimed", "Carla Csm")
    proof = EvidenceFactory(task=task_of(plan, 1), claimed_by=csm)
    Measurement.objects.filter(pk=one.pk).update(evidence=proof)
    assert stands() == ("evidenced", "Carla Csm")
    Evidence.objects.filter(pk=proof.pk).update(returned_at=proof.claimed_at, returned_by=champion)
    assert stands() == ("claimed", "Carla Csm")
    accept_measurement(by=actor(champion, plan), measurement=one)
    assert stands() == ("confirmed", "Chloe Champion")


def test_words_of_the_vendor_are_proved_by_a_confirmed_number_and_not_confirmed_by_it(
    plan, csm, champion
) -> None:
    objective = objective_of(plan)
    today = plan.account.today()
    one = add_measurement(by=actor(csm, plan), objective=objective, value=objective.target, measured_on=today)
    accept_measurement(by=actor(champion, plan), measurement=one)

    def outcome():
        return gathered(plan, begins=today, ends=today).outcomes[0]

    assert (outcome().standing.state, outcome().objective) == ("confirmed", objective.title)
    win = Win.objects.get(objective=objective)
    word_win(by=actor(csm, plan), win=win, version=win.version, title="Twice as fast", after="half the time")
    assert (outcome().title, outcome().after, outcome().standing.state) == (
        "Twice as fast",
        "half the time",
        "evidenced",
    )
    assert outcome().page == f"/plans/{plan.pk}/wins/{win.pk}/"


def test_a_later_number_that_nobody_has_confirmed_is_not_printed_as_confirmed(plan, csm, champion) -> None:
    objective = objective_of(plan)
    number = MeasurementFactory(objective=objective, claimed_by=csm, value=7, measured_on=MONDAY)
    with clock.as_of(datetime(2026, 6, 2, 9, tzinfo=UTC)):
        accept_measurement(by=actor(champion, plan), measurement=number)
    MeasurementFactory(objective=objective, claimed_by=csm, value=2, measured_on=MONDAY + timedelta(days=7))
    outcome = next(one for one in gathered(plan).outcomes if one.objective == objective.title)
    assert (outcome.after, outcome.standing.state, outcome.standing.name) == (
        "7\xa0hours",
        "confirmed",
        champion.name,
    )


def test_evidence_leads_to_its_task(plan, csm, champion) -> None:
    task = task_of(plan, 1)
    now = clock.now()
    EvidenceFactory(task=task, claimed_by=champion, accepted_by=csm, accepted_at=now)
    complete_task(by=actor(champion, plan), task=task, version=task.version)
    today = plan.account.today()
    [proof] = gathered(plan, begins=today, ends=today).evidence
    assert proof.page == f"/plans/{plan.pk}/tasks/{task.pk}/"
