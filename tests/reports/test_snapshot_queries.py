"""What the recap reads: the same facts as the plan's page, of the period, in a fixed number of queries."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import VendorRole
from plans.models import Evidence, Measurement, Milestone, Objective, Plan, Task
from plans.services.counting import touch_plan
from plans.services.signing import end_signoff, request_signoff, sign
from portal.lib import clock
from reports.documents import make_pdf
from reports.recap.document import render
from reports.recap.gathering import MOST_EVIDENCE
from reports.recap.snapshot import Claim, MilestoneState, RecapSnapshot, Side
from tests.factories import (
    AccountFactory,
    EvidenceFactory,
    MeasurementFactory,
    StakeholderFactory,
    UserFactory,
    actor,
    make_live_plan,
    objective_of,
    task_of,
)
from tests.reports.recaps import gather_recap, page_texts

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 6, 30)
NOON = datetime(2026, 6, 30, 12, tzinfo=BERLIN)
QUERIES = 20


@pytest.fixture(autouse=True)
def _midsummer():
    with clock.as_of(NOON):
        yield


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN)


def live_plan(account, owners, **parts) -> Plan:
    return make_live_plan(account=account, owners=owners, kickoff_on=date(2026, 4, 1), **parts)


def gathered(plan: Plan, begins: date = date(2026, 4, 1), ends: date = TODAY, **changes) -> RecapSnapshot:
    facts = {"period_from": begins, "period_to": ends, "language": "en", "requested_by": None} | changes
    return gather_recap(plan, **facts)


def complete(task: Task, by, day: date) -> None:
    Task.objects.filter(pk=task.pk).update(completed_at=at(day), completed_by=by)
    touch_plan(task.plan_id)


def accepted(task: Task, claimed_by, accepted_by, day: date, **changes) -> Evidence:
    return EvidenceFactory(
        task=task, claimed_by=claimed_by, claimed_at=at(day), accepted_by=accepted_by, accepted_at=at(day), **changes
    )  # fmt: skip


def measured(plan: Plan, by, day: date, value: str, confirmed_by=None) -> Measurement:
    return MeasurementFactory(
        objective=objective_of(plan), claimed_by=by, measured_on=day, value=Decimal(value),
        accepted_by=confirmed_by, accepted_at=at(day) if confirmed_by else None,
    )  # fmt: skip


def test_the_summary_counts_as_the_plan_does(account, owners, csm, champion) -> None:
    plan = live_plan(account, owners, tasks=7)
    complete(task_of(plan, 1), champion, date(2026, 4, 3))
    complete(task_of(plan, 2), csm, date(2026, 4, 4))
    complete(task_of(plan, 4), csm, date(2026, 4, 4))
    plan.refresh_from_db()
    summary = gathered(plan).summary
    assert summary.progress_percent == plan.progress_percent == 42
    assert [(one.side, one.done, one.total) for one in summary.tasks] == [
        (Side.CUSTOMER, 1, 4), (Side.VENDOR, 2, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reached", "due", "state"),
    [
        (date(2026, 4, 14), None, MilestoneState.ON_TIME),
        (date(2026, 4, 15), None, MilestoneState.ON_TIME),
        (date(2026, 4, 16), date(2026, 5, 1), MilestoneState.LATE),
        (None, date(2026, 6, 29), MilestoneState.OVERDUE),
        (None, TODAY, MilestoneState.OPEN),
    ],
)
def test_a_milestone_is_on_time_on_the_day_that_was_promised(plan, reached, due, state) -> None:
    Milestone.objects.filter(plan=plan, key="kickoff-held").update(
        baseline_on=date(2026, 4, 15), due_on=due or date(2026, 4, 15), reached_at=at(reached, 23) if reached else None
    )  # fmt: skip
    milestone = next(one for one in gathered(plan).milestones if one.title == "Kickoff held")
    assert (milestone.state, milestone.reached_on) == (state, reached)


def test_milestones_of_other_days_are_counted_and_not_listed(plan) -> None:
    plan.milestones.filter(key="kickoff-held").update(reached_at=at(date(2026, 4, 10)))
    snapshot = gathered(plan, begins=date(2026, 5, 1))
    assert [one.title for one in snapshot.milestones] == ["First value"]
    assert snapshot.more.milestones_elsewhere == 1
    assert snapshot.summary.milestones_on_time + snapshot.summary.milestones_late == 1
    assert "1 milestone was reached outside of this period." in render(snapshot)


def test_measurements_of_the_period_and_what_it_began_from(plan, csm, champion) -> None:
    for day, value, by in (
        (date(2026, 4, 2), "46", None), (date(2026, 4, 20), "40.5", champion), (date(2026, 5, 10), "30", champion),
        (date(2026, 5, 20), "9", None), (date(2026, 6, 10), "7", champion),
    ):  # fmt: skip
        measured(plan, csm, day, value, by)
    [objective] = gathered(plan, date(2026, 5, 1), date(2026, 5, 31)).objectives
    assert [(one.date.isoformat(), one.state) for one in objective.measurements] == [
        ("2026-04-20", Claim.CONFIRMED), ("2026-05-10", Claim.CONFIRMED), ("2026-05-20", Claim.CLAIMED),
    ]  # fmt: skip
    assert objective.now == Decimal(9)
    assert objective.latest_confirmed.value == Decimal(30)
    assert (objective.baseline, objective.target) == (Decimal(48), Decimal(8))
    assert b"e+" not in gathered(plan).to_bytes().lower()


def test_returned_measurements_never_count_and_two_of_a_day_end_with_the_later(plan, csm, champion) -> None:
    measured(plan, csm, date(2026, 5, 1), "20")
    measured(plan, csm, date(2026, 5, 1), "19")
    Measurement.objects.create(
        objective=objective_of(plan), plan=plan, account=plan.account, value=1, measured_on=date(2026, 5, 2),
        claimed_by=csm, claimed_side="vendor", returned_by=champion, returned_at=at(TODAY), return_reason="No.",
    )  # fmt: skip
    [objective] = gathered(plan).objectives
    assert objective.now == Decimal(19)
    assert objective.measurements[-1].state is Claim.RETURNED
    assert "Returned by the customer; not counted." in render(gathered(plan))


def test_who_stands_behind_a_number_is_said(plan, csm, champion) -> None:
    measured(plan, csm, date(2026, 5, 1), "7")
    words = render(gathered(plan))
    assert "The one objective has reached its target, not confirmed by the customer." in words
    assert "Claimed by Carla Csm; not confirmed yet." in words
    measured(plan, champion, date(2026, 5, 2), "6")
    words = render(gathered(plan))
    assert "The one objective has reached its target, not confirmed yet." in words
    assert "Claimed by Chloe Champion; not confirmed yet." in words
    Measurement.objects.filter(claimed_by=champion).update(accepted_by=csm, accepted_at=at(TODAY))
    words = render(gathered(plan))
    assert "Entered by Chloe Champion, confirmed by Carla Csm on 30\xa0Jun\xa02026." in words


def test_an_objective_without_a_baseline_is_printed_as_such(plan, csm) -> None:
    Objective.objects.filter(plan=plan).update(baseline=None)
    assert "not known yet" in " ".join(page_texts(make_pdf(gathered(plan))))
    measured(plan, csm, date(2026, 5, 1), "20")
    [objective] = gathered(plan).objectives
    assert objective.baseline is None
    assert "under way" in " ".join(page_texts(make_pdf(gathered(plan))))


def test_outcomes_are_targets_kept_and_first_value(plan, csm, champion) -> None:
    for day, value, by in ((date(2026, 4, 20), "8", None), (date(2026, 5, 1), "9", None),
                           (date(2026, 5, 10), "7.5", champion), (date(2026, 5, 20), "7", None)):  # fmt: skip
        measured(plan, csm, day, value, by)
    for number in (3, 4):
        complete(task_of(plan, number), champion, date(2026, 5, 6))
    plan.milestones.filter(key="first-value").update(reached_at=at(date(2026, 5, 6)))
    first, kept = gathered(plan, begins=date(2026, 5, 1)).outcomes
    assert (first.title, first.reached_on, first.credited) == (
        "First value",
        date(2026, 5, 6),
        ("Chloe Champion",),
    )
    # The last that somebody stands behind, not the latest.
    assert (kept.before, kept.after, kept.reached_on) == ("48\xa0hours", "7.5\xa0hours", date(2026, 5, 10))
    assert (kept.confirmed_by, kept.confirmed_on) == ("Chloe Champion", date(2026, 5, 10))
    assert gathered(plan, begins=date(2026, 5, 11)).outcomes == ()


def test_a_first_value_that_the_customer_signed_is_confirmed(plan, csm, champion) -> None:
    day = date(2026, 5, 6)
    plan.milestones.filter(key="first-value").update(reached_at=at(day))
    complete(task_of(plan, 3), champion, day)
    milestone = plan.milestones.get(key="first-value")
    by = actor(csm, plan)
    signoff = request_signoff(by=by, plan=plan, milestone=milestone, signers=[csm, champion])
    for person in (champion, csm):
        assert gathered(plan).outcomes[0].confirmed_by == ""
        sign(by=actor(person, plan), signoff=signoff)
    [first] = gathered(plan).outcomes
    assert (first.confirmed_by, first.confirmed_on) == ("Chloe Champion", TODAY)
    # Reached anew on another day: that is not what was signed.
    plan.milestones.filter(key="first-value").update(reached_at=at(day, 13))
    assert gathered(plan).outcomes[0].confirmed_by == ""
    plan.milestones.filter(key="first-value").update(reached_at=at(day))
    end_signoff(by=by, signoff=signoff)
    assert gathered(plan).outcomes[0].confirmed_by == ""


def test_evidence_and_people_are_those_of_the_period_where_the_account_is(plan, csm, champion) -> None:
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    # A minute past midnight in Berlin is still the day before in UTC.
    inside = accepted(task_of(plan, 1), champion, csm, first, note="Inside")
    inside.accepted_at = datetime(2026, 5, 1, 0, 1, tzinfo=BERLIN)
    inside.save()
    outside = accepted(task_of(plan, 1), champion, csm, last, note="Outside")
    outside.accepted_at = datetime(2026, 6, 1, 0, 1, tzinfo=BERLIN)
    outside.save()
    EvidenceFactory(task=task_of(plan, 1), claimed_by=champion, claimed_at=at(first), note="Claimed")
    complete(task_of(plan, 2), csm, last)
    complete(task_of(plan, 4), csm, date(2026, 6, 1))
    snapshot = gathered(plan, first, last)
    assert [one.title for one in snapshot.evidence] == ["Inside"]
    assert [(one.name, one.title, one.side, one.tasks_done, one.evidence_accepted) for one in snapshot.people] == [
        ("Carla Csm", "Customer success manager", Side.VENDOR, 1, 0),
        ("Chloe Champion", "Champion", Side.CUSTOMER, 0, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("path", "printed"), [("plan", True), ("a" * 400, False)])
def test_a_link_is_named_by_its_host_and_printed_where_it_fits(path, printed, plan, csm, champion) -> None:
    address = "https://wiki.example.com/" + path
    accepted(task_of(plan, 1), champion, csm, TODAY, kind="link", url=address, note="")
    snapshot = gathered(plan)
    assert (snapshot.evidence[0].title, snapshot.evidence[0].address) == ("wiki.example.com", address)
    assert (f" · wiki.example.com/{path}<" in render(snapshot)) is printed


def test_next_steps_are_ready_soon_and_of_both_sides(account, owners, csm, champion) -> None:
    plan = live_plan(account, owners, tasks=6, waits={"task-6": ["task-5"]})
    plan.tasks.filter(key="task-1").update(due_on=date(2026, 10, 15))
    plan.tasks.filter(key="task-2").update(blocked_at=at(TODAY), blocked_reason="No.")
    complete(task_of(plan, 3), champion, TODAY)
    plan.tasks.filter(key="task-4").update(owner=None)
    steps = gathered(plan).next_steps
    assert [(one.title, one.side, one.owner) for one in steps] == [
        ("Task 4", Side.VENDOR, ""), ("Task 5", Side.CUSTOMER, "Chloe Champion")
    ]  # fmt: skip


def test_a_plan_in_which_nothing_happened(plan) -> None:
    Objective.objects.filter(plan=plan).delete()
    snapshot = gathered(plan)
    assert (snapshot.objectives, snapshot.outcomes, snapshot.evidence, snapshot.people) == ((), (), (), ())
    assert snapshot.summary.progress_percent == 0
    text = " ".join(page_texts(make_pdf(snapshot)))
    assert "No objectives have been agreed" in text
    assert "No evidence was accepted in this period." in text


def test_four_hundred_pieces_of_evidence_are_bounded_and_the_rest_counted(plan, csm, champion) -> None:
    task = task_of(plan, 1)
    Evidence.objects.bulk_create(
        Evidence(
            plan=plan, account_id=plan.account_id, task=task, kind="note", note=f"Proof {number}",
            claimed_by=champion, claimed_side="customer", claimed_at=at(date(2026, 5, 1)), accepted_by=csm,
            accepted_at=at(date(2026, 5, 1)) + timedelta(minutes=number),
        )
        for number in range(400)
    )  # fmt: skip
    snapshot = gathered(plan)
    assert [one.title for one in snapshot.evidence] == [f"Proof {n}" for n in range(400 - MOST_EVIDENCE, 400)]
    assert snapshot.more.evidence == 400 - MOST_EVIDENCE
    assert snapshot.people[0].evidence_accepted == 400
    text = " ".join(page_texts(make_pdf(snapshot)))
    assert "Proof 399" in text
    assert "300 earlier pieces of evidence were accepted in this period." in text


def test_the_number_of_queries_does_not_grow(account, owners, csm, champion) -> None:
    small = live_plan(account, owners, tasks=2)
    other = AccountFactory(name="Large")
    people = [StakeholderFactory(account=other, user__name=f"P {n}").user for n in range(12)]
    people += [UserFactory(name=f"V {n}", vendor_role=VendorRole.CSM) for n in range(4)]
    large = make_live_plan(account=other, owners=owners, kickoff_on=date(2026, 4, 1), tasks=40)
    for number, person in enumerate(people, start=1):
        accepted(task_of(large, number), person, csm, date(2026, 5, 2))
        complete(task_of(large, number), person, date(2026, 5, 2))
        measured(large, person, date(2026, 5, number), "40", csm)
    for plan in (small, large):
        with CaptureQueriesContext(connection) as queries:
            gathered(plan)
        assert len(queries) == QUERIES, [one["sql"][:90] for one in queries]
        assert all(one["sql"].startswith("SELECT") for one in queries)
    assert len(gathered(large).people) == 16


def test_another_account_never_shows_through(plan, csm, stranger, other_account) -> None:
    secret = make_live_plan(
        account=other_account, owners={"csm": csm, "champion": stranger}, kickoff_on=date(2026, 4, 1)
    )
    accepted(task_of(secret, 1), stranger, csm, date(2026, 5, 1), note="Umbrella's secret")
    complete(task_of(secret, 1), stranger, date(2026, 5, 1))
    measured(secret, stranger, date(2026, 5, 1), "11", csm)
    content = gathered(plan).to_bytes().decode()
    for word in ("secret", "Umbrella", "Stella"):
        assert word not in content
