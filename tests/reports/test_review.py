"""The review pack: what improved, what did not, what comes, what is to be decided; in half an hour."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Contract
from plans.models import (
    DateProposal,
    Decision,
    Meeting,
    Milestone,
    Renewal,
    RenewalOption,
    Task,
    UsageFigure,
    UsageImport,
)
from portal.lib import clock
from reports.documents import make_pdf
from reports.kinds import Asked
from reports.review import presenting
from reports.review.gathering import gather
from tests.factories import MeasurementFactory, objective_of, task_of
from tests.mornings import TUESDAY, at, running_plan
from tests.reports.recaps import page_texts

FIRST = TUESDAY - timedelta(days=29)
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(account, owners):
    return running_plan(account=account, owners=owners)


def read(plan):
    return gather(Asked(plan.account, plan, None, FIRST, TUESDAY, "en", "a4"))


def measured(plan, value, day, by):
    MeasurementFactory(objective=objective_of(plan), value=value, measured_on=day, claimed_by=by)


def shown(rows) -> dict[str, tuple]:
    return {row.label: (row.before, row.now, row.change.text) for row in rows}


def test_an_objective_on_its_way_improved_and_one_that_fell_back_did_not(plan, csm):
    with at(TUESDAY):
        measured(plan, 40, FIRST - timedelta(days=1), csm)
        measured(plan, 20, TUESDAY, csm)
        found = read(plan)
        assert shown(presenting.improved(found)) == {
            "Quotes are faster": ("40\xa0hours", "20\xa0hours", "20\xa0hours less")
        }
        assert presenting.improved(found)[0].seal.text == "Claimed by Carla Csm; not confirmed yet."
        measured(plan, 44, TUESDAY, csm)
        assert "Quotes are faster" in shown(presenting.not_improved(read(plan)))


def test_what_nobody_measured_did_not_improve(plan, csm):
    with at(TUESDAY):
        assert shown(presenting.not_improved(read(plan)))["Quotes are faster"] == ("48\xa0hours", "–", "")
        measured(plan, 40, FIRST - timedelta(days=1), csm)
        (row,) = [row for row in presenting.not_improved(read(plan)) if row.label == "Quotes are faster"]
    assert row.change.text == "as before"
    assert row.note.endswith("not measured in this period")


def test_use_is_that_of_the_last_week_of_each_period(plan, account, csm):
    source = UsageImport.objects.create(account=account, received_by=csm)
    for day, active in ((FIRST - timedelta(days=3), 20), (FIRST + timedelta(days=4), 25), (TUESDAY, 35)):
        here = {
            "account": account,
            "source": source,
            "period_to": day,
            "period_from": day - timedelta(days=6),
        }
        UsageFigure.objects.create(**here, active_users=active, seats=50)
    with at(TUESDAY):
        assert shown(presenting.improved(read(plan)))["Active users"] == ("40%", "70%", "30 points more")


def test_milestones_are_on_time_by_the_day_that_was_agreed(plan):
    stops = list(Milestone.objects.filter(plan=plan).order_by("position"))
    late, early = stops
    Milestone.objects.filter(pk=late.pk).update(
        baseline_on=TUESDAY - timedelta(days=3), reached_at=clock.now()
    )
    Milestone.objects.filter(pk=early.pk).update(baseline_on=FIRST - timedelta(days=3))
    with at(TUESDAY):
        Milestone.objects.filter(pk=late.pk).update(reached_at=clock.now())
        found = read(plan)
    # One that was agreed for the days before and is open counts as not on time.
    assert shown(presenting.unchanged_good(found)) == {}
    assert shown(presenting.not_improved(found))["Milestones on time"] == ("0%", "0%", "as before")
    assert presenting.shortfalls(found)[0] == (
        "Milestone “Kickoff held” was reached on 10\xa0Mar\xa02026, 3 days late."
    )


def test_what_is_late_or_blocked_is_named_and_is_no_planned_step(plan):
    tasks = Task.objects.filter(plan=plan)
    tasks.filter(key="task-1").update(due_on=TUESDAY - timedelta(days=1))
    tasks.filter(key="task-2").update(blocked_at=clock.now(), blocked_reason="No server")
    tasks.filter(key="task-3").update(due_on=TUESDAY + timedelta(days=91))
    tasks.filter(key="task-4").update(due_on=TUESDAY)
    with at(TUESDAY):
        found = read(plan)
    assert presenting.shortfalls(found) == [
        "Acme: 1 task is late.",
        f"“Task 2” of {found.vendor} is blocked: No server",
    ]
    assert [step.title for step in presenting.steps(found) if not step.kind] == ["Task 4"]


def test_decisions_proposals_and_the_preference_are_asked_for(plan, account, csm, champion):
    meeting = Meeting.objects.create(
        account=account, plan=plan, kind="renewal", planned_on=TUESDAY, minutes=45
    )
    Decision.objects.create(account=account, plan=plan, meeting=meeting, text="DACH first?", decided_at=None)
    Decision.objects.create(account=account, plan=plan, meeting=meeting, text="Decided already")
    DateProposal.objects.create(
        account=account, plan=plan, task=task_of(plan, 1), proposed_on=date(2026, 3, 20), reason="Holidays",
        proposed_by=champion, proposed_side="customer",
    )  # fmt: skip
    contract = Contract.objects.create(account=account, starts_on=FIRST, ends_on=date(2026, 8, 1))
    renewal = Renewal.objects.create(account=account, plan=plan, contract=contract)
    option = RenewalOption.objects.create(
        account=account, plan=plan, renewal=renewal, kind="same", position=1, name="The same again",
        starts_on=date(2026, 8, 2), ends_on=date(2027, 8, 1), billing="yearly",
    )  # fmt: skip
    with at(TUESDAY):
        # What was not offered yet is no question to anybody.
        assert len(presenting.wanted(read(plan))) == 2
        Renewal.objects.update(offered_at=clock.now())
        found = read(plan)
        asked = presenting.wanted(found)
        RenewalOption.objects.filter(pk=option.pk).update(preferred_at=clock.now(), preferred_by=champion)
        assert len(presenting.wanted(read(plan))) == 2
    assert asked[0].title == "Which renewal option does Acme prefer? The contract ends on 1\xa0Aug\xa02026."
    assert asked[1].title == "DACH first?"
    assert asked[2].note == "Asked by Chloe Champion, Acme: Holidays"
    assert sum(int(topic.minutes.split()[0]) for topic in presenting.agenda(found)) == 45


def test_facts_take_a_fixed_number_of_queries(plan, django_assert_num_queries):
    with at(TUESDAY), django_assert_num_queries(14):
        read(plan)


def test_a_part_with_nothing_to_say_has_no_minutes(plan) -> None:
    empty = {"measures": (), "shortfalls": (), "wanted": ()}
    agenda = presenting.agenda(read(plan).model_copy(update=empty))
    assert [(topic.key, topic.minutes) for topic in agenda] == [
        ("better", "–"), ("worse", "–"), ("next", "30 min"), ("wanted", "–")
    ]  # fmt: skip


def test_two_to_four_pages_with_the_agenda_on_top(plan, csm):
    with at(TUESDAY):
        measured(plan, Decimal("20.5"), TUESDAY, csm)
        pages = page_texts(make_pdf(read(plan)))
    assert 2 <= len(pages) <= 4
    assert pages[0].index("Agenda") < pages[0].index("Held against the days before")
    assert "30 min in all" in pages[0]
    assert "no usage figures have come for these days" in " ".join(pages)
