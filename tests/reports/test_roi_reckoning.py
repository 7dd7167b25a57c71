"""The return on an account: by hand, and on random histories, in which no amount may count twice."""

from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lib.money import add
from reports.roi_reckoning import Change, Cohort, Cost, Exposed, Range, Strand, Term, churn_of, reckon


def cohort(*members: tuple[int, int], baselines: tuple[int, int, int] = (10, 30, 50)) -> Cohort:
    """Members as (revenue, what stayed)."""
    exposed = tuple(Exposed(Decimal(revenue), Decimal(stayed)) for revenue, stayed in members)
    return Cohort(uuid4(), *(Decimal(one) for one in baselines), exposed)


def strand(worth: int, *changes: int, decided: bool = True, **more: object) -> Strand:
    """The last change is that of the renewal, where there is one."""
    kinds = ["amendment"] * (len(changes) - decided) + ["renewal"] * decided
    ids = [uuid4() for _change in changes]
    made = tuple(
        Change(kind, pk, Decimal(amount)) for kind, pk, amount in zip(kinds, ids, changes, strict=True)
    )
    return Strand("EUR", made, decided=ids[-1] if decided else None, worth=Decimal(worth), **more)


def cost(amount: int, currency: str = "EUR") -> Cost:
    return Cost(uuid4(), currency, Decimal(amount))


def only(*strands: Strand, costs: tuple[Cost, ...] = ()):
    (found,) = reckon(strands, costs)
    return found


def test_a_renewal_with_more_is_kept_up_to_the_old_and_expansion_above():
    found = only(strand(100, 20), costs=(cost(40),))
    assert (found.expansion.base, found.preserved.base, found.churn_avoided.base) == (20, 100, 0)
    assert found.ratio == Range(Decimal(2), Decimal(2), Decimal(2))
    assert [row.term for row in found.rows] == [Term.EXPANSION, Term.PRESERVED, Term.COST]


def test_growth_by_an_amendment_is_not_preserved_once_more():
    """100, then 20 on top, then renewed for 120: 100 was kept and 20 came."""
    found = only(strand(100, 20, 0))
    assert (found.expansion.base, found.preserved.base) == (20, 100)
    # And renewed for 110: what came is 10.
    found = only(strand(100, 20, -10))
    assert (found.expansion.base, found.preserved.base) == (10, 100)


def test_what_left_is_no_term():
    reduced, lost = only(strand(100, -30)), only(strand(100, -100))
    assert (reduced.expansion.base, reduced.preserved.base) == (0, 70)
    assert (lost.expansion.base, lost.preserved.base) == (0, 0)
    assert only(strand(0, -30, decided=False)).rows == ()


def test_an_exposed_contract_counts_in_churn_avoided_alone():
    """Of 400 a tenth left. Against 10, 30 and 50 % that is 0, 80 and 160 avoided, and 100 of the 360 are ours."""
    group = cohort((100, 100), (300, 260))
    assert churn_of(group.members) == Decimal("0.1")
    found = only(strand(100, 25, cohort=group))
    assert (found.expansion.base, found.preserved.base) == (25, 0)
    assert found.churn_avoided == Range(Decimal("0.00"), Decimal("22.22"), Decimal("44.44"))


def test_a_cohort_that_lost_more_than_its_baseline_takes_it_off_those_who_left():
    """Half of 200 left, against 10, 30 and 50 %: 80 and 40 too much, all of it from the one that left."""
    group = cohort((100, 100), (100, 0))
    assert only(strand(100, -100, cohort=group)).churn_avoided == Range(-80, -40, 0)
    assert only(strand(100, 0, cohort=group)).churn_avoided == Range(0, 0, 0)


def test_what_cost_nothing_has_no_return():
    assert only(strand(100, 0)).ratio is None
    assert only(strand(100, 0), costs=(cost(0),)).ratio is None


def test_currencies_are_never_mixed():
    euro, yen = reckon([strand(100, 0)], [cost(50), cost(7000, "JPY")])
    assert (euro.currency, euro.preserved.base, euro.cost.base) == ("EUR", 100, 50)
    assert (yen.currency, yen.preserved.base, yen.cost.base) == ("JPY", 0, 7000)
    assert yen.ratio == Range(-1, -1, -1)


MONEY = st.decimals(0, 10**9, places=2)
PERCENT = st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=3).map(sorted)


@st.composite
def histories(draw):
    """Contracts with amendments and renewals, some of them exposed in one of two cohorts, and what was spent."""
    money = []
    for _contract in range(draw(st.integers(1, 5))):
        worth = draw(MONEY)
        steps = draw(st.lists(st.decimals(-(10**8), 10**8, places=2), max_size=3))
        # No contract is worth less than nothing, and the renewal comes last.
        now, changes = worth, []
        for step in steps:
            step = max(step, -now)
            now += step
            changes.append(Change("amendment", uuid4(), step))
        decided = draw(st.booleans())
        if decided:
            new = draw(st.one_of(st.just(Decimal(0)), st.just(now), MONEY))
            changes.append(Change("renewal", uuid4(), new - now))
            now = new
        group = draw(st.sampled_from([None, 0, 1])) if decided else None
        money.append((worth, now, tuple(changes), changes[-1].id if decided else None, group))
    cohorts = []
    for at in range(2):
        exposed = tuple(Exposed(worth, min(worth, now)) for worth, now, _c, _d, group in money if group == at)
        others = tuple(
            Exposed(sold, min(sold, kept))
            for sold, kept in draw(st.lists(st.tuples(MONEY, MONEY), max_size=3))
        )
        cohorts.append(Cohort(uuid4(), *draw(PERCENT), exposed + others))
    strands = [
        Strand("EUR", changes, decided, worth, cohorts[group] if group is not None else None)
        for worth, _now, changes, decided, group in money
    ]
    costs = [Cost(uuid4(), "EUR", one) for one in draw(st.lists(MONEY, max_size=3))]
    return money, strands, costs


@settings(max_examples=80, deadline=None)
@given(histories())
def test_each_amount_is_in_one_term_only(history):
    money, strands, costs = history
    found = reckon(strands, costs)
    for one in found:
        for term in Term:
            of_term = [row.amount for row in one.rows if row.term == term]
            for which in ("low", "base", "high"):
                assert add([getattr(amount, which) for amount in of_term]) == getattr(
                    getattr(one, term), which
                )
        # A row stands in one term, but for a renewal, whose growth is Expansion and whose rest is in one other.
        for pk in {row.id for row in one.rows}:
            terms = {row.term for row in one.rows if row.id == pk}
            assert len(terms - {Term.EXPANSION}) <= 1
        assert one.churn_avoided.low <= one.churn_avoided.base <= one.churn_avoided.high
        assert (one.ratio is None) == (one.cost.base == 0)
    rows = [row for one in found for row in one.rows]
    for (worth, now, changes, decided, group), _strand in zip(money, strands, strict=True):
        ids = {change.id for change in changes}
        mine = {term: [row.amount for row in rows if row.term == term and row.id in ids] for term in Term}
        grown = add([amount.base for amount in mine[Term.EXPANSION]])
        kept = add([amount.high for amount in mine[Term.PRESERVED] + mine[Term.CHURN_AVOIDED]])
        assert grown == max(now - worth, 0)
        # Of the money that is there in the end each unit is counted once at most.
        assert kept <= min(worth, now)
        assert grown + kept <= now
        assert not (mine[Term.PRESERVED] and mine[Term.CHURN_AVOIDED])
        if decided and group is None:
            assert kept == min(worth, now)
        # What a cohort takes off is no more than what left.
        assert add([amount.low for amount in mine[Term.CHURN_AVOIDED]]) >= -max(worth - now, 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=6), PERCENT)
def test_the_shares_of_all_members_are_what_the_cohort_avoided(members, baselines):
    """(baseline − actual churn) × the revenue of the cohort, up to a cent for each member."""
    exposed = tuple(Exposed(sold, min(sold, kept)) for sold, kept in members)
    group = Cohort(uuid4(), *baselines, exposed)
    strands = [
        Strand("EUR", (Change("renewal", pk, one.stayed - one.revenue),), pk, one.revenue, group)
        for one in exposed
        for pk in [uuid4()]
    ]
    (found,) = reckon(strands, [])
    actual = churn_of(exposed)
    revenue = add([one.revenue for one in exposed])
    for which in ("low", "base", "high"):
        shared = getattr(found.churn_avoided, which)
        expected = Fraction(getattr(group, which)) / 100
        whole = (expected - actual) * Fraction(revenue) if actual is not None else 0
        if actual == 1 and whole >= 0:
            whole = 0
        assert abs(Fraction(shared) - whole) <= Fraction(1, 100) * len(members)
