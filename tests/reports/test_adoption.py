"""How an account uses what it bought: who is counted, what is never added, and only what holds now."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Contract, Entitlement
from plans.models import SupportFigure, UsageFigure, UsageImport
from portal.lib import clock
from reports.adoption import read_adoption
from reports.adoption_facts import Adoption, How, monday_of, percent_of
from reports.adoption_folding import Row, Tickets, fold

MONDAY = date(2026, 11, 9)
WEEK = (MONDAY, MONDAY + timedelta(days=6))


def row(team="", role="", feature="", active=None, seats=None, quantity=None, days=WEEK) -> Row:
    return Row(*days, team, role, feature, active, seats, quantity)


def the_week(*rows: Row):
    return fold(rows).weeks[-1]


def test_the_accounts_own_word_stands_above_its_teams():
    week = the_week(row(active=40, seats=50), row("Sales", active=30, seats=35), row("Support", active=25))

    assert (week.total.active, week.total.how, week.total.percent) == (40, How.SAID, 80)
    assert [(team.name, team.use.active) for team in week.teams] == [("Sales", 30), ("Support", 25)]


def test_without_a_total_teams_are_added_up_as_an_upper_bound():
    week = the_week(row("Sales", active=30, seats=40), row("Support", "Agent", active=9, seats=10))

    assert (week.total.active, week.total.seats, week.total.how) == (39, 50, How.AT_MOST)
    assert week.teams[1].roles[0].name == "Agent"
    assert week.teams[1].roles[0].use.how is How.SAID


def test_users_of_features_are_never_added():
    week = the_week(row(feature="Reports", active=30), row(feature="Alerts", active=25))

    assert (week.total.active, week.total.how) == (30, How.AT_LEAST)


def test_a_team_of_which_only_features_are_known_makes_the_whole_a_lower_bound():
    week = the_week(row("Sales", active=30), row("Support", feature="Reports", active=9))

    assert (week.total.active, week.total.how) == (30, How.AT_LEAST)
    assert week.teams[1].use.how is How.AT_LEAST


def test_no_seats_no_percent():
    assert the_week(row(active=4, seats=0)).total.percent is None
    assert the_week(row(active=4)).total.percent is None
    assert percent_of(1, 8) == 13


def test_a_month_belongs_to_the_week_that_it_ends_in_and_the_week_itself_speaks_first():
    month = (date(2026, 10, 16), MONDAY + timedelta(days=6))
    week = the_week(row(active=90, days=month), row(active=40), row(feature="Alerts", active=3, days=month))

    assert (week.first, week.total.active) == (MONDAY, 40)
    assert week.features[0].used


def test_days_that_do_not_overlap_are_added_for_what_adds_up():
    days = [MONDAY + timedelta(days=number) for number in range(3)]
    found = fold(
        [row(feature="Calls", quantity=Decimal(5), active=2, days=(day, day)) for day in days],
        [Tickets(day, day, 2, 1, 1) for day in days]
        + [Tickets(MONDAY - timedelta(days=30), days[2], 50, 50, 50)],
    )

    assert found.features[0].quantity == 15
    assert found.features[0].active == 2
    # The month that ends here overlaps with the days, which fit the week less well.
    assert (found.support[0].opened, found.support[0].late) == (6, 3)


numbers = st.none() | st.integers(0, 500)
rows = st.builds(
    row,
    team=st.sampled_from(["", "A", "B"]),
    role=st.sampled_from(["", "x", "y"]),
    feature=st.sampled_from(["", "F", "G"]),
    active=numbers,
    seats=numbers,
    quantity=st.none() | st.integers(0, 9).map(Decimal),
    days=st.integers(0, 20).flatmap(
        lambda ago: st.integers(0, 40).map(
            lambda length: (WEEK[1] - timedelta(days=ago + length), WEEK[1] - timedelta(days=ago))
        )
    ),
)
once = st.lists(rows, max_size=20, unique_by=lambda one: one[:5])


@given(once, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(some, chance):
    other = list(some)
    chance.shuffle(other)

    assert fold(some) == fold(other)


@given(once)
def test_every_number_of_users_is_one_that_was_said_or_a_sum_of_teams_or_roles(some):
    for week in fold(some).weeks:
        chosen = [one for one in some if (one.first, one.last) == (week.first, week.last)]
        said = [one.active for one in chosen if one.active is not None]
        if week.total.active is None:
            assert not said
        elif week.total.how is How.AT_MOST:
            assert max(one.active or 0 for one in chosen if not one.feature) <= sum(said)
            assert week.total.active <= sum(one.active or 0 for one in chosen if not one.feature)
        else:
            assert week.total.active in said
        if week.total.how is How.AT_LEAST:
            assert week.total.active == max(said)


@given(once, st.sets(st.sampled_from(["F", "G", "H"])))
def test_breadth_is_never_more_than_what_is_known(some, entitled):
    found = fold(some, entitled=entitled)

    assert found.features_used <= found.features_known
    assert entitled <= {one.name for one in found.features}
    assert all(week.features_used <= found.features_used for week in found.weeks)
    assert all(monday_of(week.last) == week.monday for week in found.weeks)


@pytest.fixture
def source(account, csm):
    return UsageImport.objects.create(account=account, received_by=csm)


def test_only_what_holds_now_is_read_in_four_queries(
    account, other_account, source, django_assert_num_queries
):
    here = {"account": account, "source": source, "period_from": WEEK[0], "period_to": WEEK[1]}
    UsageFigure.objects.create(**here, active_users=99, replaced_at=clock.now(), replaced_by=source)
    UsageFigure.objects.create(**here, active_users=40, seats=50)
    UsageFigure.objects.create(**here, feature="Alerts", active_users=0)
    UsageFigure.objects.create(**here | {"account": other_account}, feature="Theirs", active_users=7)
    SupportFigure.objects.create(**here, opened=5, closed=4, late=1)
    contract = Contract.objects.create(account=account, starts_on=WEEK[0], ends_on=WEEK[1])
    Entitlement.objects.create(account=account, contract=contract, measure="feature:Calls", limit=9)

    with django_assert_num_queries(4):
        found = read_adoption(account.pk, WEEK[0] - timedelta(days=7), WEEK[1])

    assert found.latest
    assert found.latest.total.active == 40
    assert [(one.name, one.used, one.entitled) for one in found.features] == [
        ("Alerts", False, False),
        ("Calls", False, True),
    ]
    assert found.support_of(WEEK[1]).closed == 4


def test_an_account_without_usage_is_empty(account):
    assert read_adoption(account.pk, *WEEK) == Adoption()
    assert Adoption().is_empty
