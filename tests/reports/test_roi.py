"""The return on an account as it is read and shown; the entries that it is made of."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountCost, CohortMember, RiskCohort
from accounts.services.amending import amend_contract
from accounts.services.cohorts import expose_contract, put_cohort
from accounts.services.costs import add_cost, remove_cost
from plans.models import Renewal
from reports.kinds import Asked
from reports.recap.document import render
from reports.recap.gathering import gather
from reports.roi import read_returns
from reports.roi_reckoning import Range
from tests.accounts.contracts import make_contract, sold
from tests.factories import AccountFactory, actor, make_live_plan
from tests.people import Enter

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel("2026-11-15 12:00Z", tick=False):
        yield


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def decide(plan: Any, contract: Any, old: int, new: int) -> Renewal:
    return Renewal.objects.create(
        account=plan.account, plan=plan, contract=contract, decided_at=timezone.now(),
        decision="renewed", old_amount=old, new_amount=new,
    )  # fmt: skip


def spend(csm: Any, account: Any, amount: str = "500", **more: Any) -> AccountCost:
    said = {"spent_on": date(2026, 3, 1), "kind": "travel", "currency": "EUR", **more}
    return add_cost(by=actor(csm, account), account=account, amount=Decimal(amount), **said)


def cohort(by: Any, **said: Any) -> RiskCohort:
    plain = {
        "name": "Old release", "starts_on": FIRST, "ends_on": LAST, "source": "Last year's churn.",
        "baseline_low": Decimal(10), "baseline": Decimal(20), "baseline_high": Decimal(40),
    }  # fmt: skip
    return put_cohort(by=by, **{**plain, **said})


def test_growth_and_renewal_are_read_without_counting_twice(plan, account, csm, django_assert_num_queries):
    """1,800 a year, 360 on top in May, renewed for 2,400: 1,800 kept, 600 more, for 500."""
    contract = make_contract(account, csm)
    with time_machine.travel("2026-05-01 12:00Z"):
        amend_contract(
            by=actor(csm, account),
            contract=contract,
            version=1,
            effective_on=date(2026, 5, 1),
            adds=[sold("More", "360")],
        )
    decide(plan, contract, 2160, 2400)
    spend(csm, account)
    with django_assert_num_queries(7):
        (read,) = read_returns(account, FIRST, LAST)
    found = read.found
    assert (found.expansion.base, found.preserved.base, found.churn_avoided.base) == (600, 1800, 0)
    assert found.ratio == Range(*[Decimal("3.8")] * 3)
    assert {read.sources[row.kind, row.id].text for row in found.rows} == {
        "Contract from 1 January 2026: amendment 1, from 1 May 2026 on",
        "Contract from 1 January 2026: decided on 15 November 2026",
        "Travel, 1 March 2026",
    }
    # What lies outside of the days is not asked for.
    assert read_returns(account, date(2027, 1, 1), date(2027, 12, 31)) == []


def test_a_cohort_takes_the_place_of_what_was_kept(plan, account, csm, admin):
    """Of 3,600 exposed a quarter left: against 10, 20 and 40 % that is -540, -180 and 540."""
    by = actor(admin, account)
    group = cohort(by)
    other = make_live_plan(account=AccountFactory())
    theirs = make_contract(other.account, csm)
    ours = make_contract(account, csm)
    expose_contract(by=by, cohort=group, contract=ours)
    expose_contract(by=by, cohort=group, contract=theirs)
    decide(plan, ours, 1800, 1800)
    decide(other, theirs, 1800, 900)
    (read,) = read_returns(account, FIRST, LAST)
    assert read.found.preserved.base == 0
    # The cohort lost more than the low baselines, but not from us; of what it kept above the high one, ours is 2 ÷ 3.
    assert read.found.churn_avoided == Range(0, 0, 360)
    assert "20% of the revenue would have left (10% to 40%); 25% has left" in read.assumptions[0]
    (lost,) = read_returns(other.account, FIRST, LAST)
    assert lost.found.churn_avoided == Range(-540, -180, 180)
    # Who came up outside of the cohort's days was not exposed.
    RiskCohort.objects.update(ends_on=date(2026, 6, 30))
    (read,) = read_returns(account, FIRST, LAST)
    assert (read.found.preserved.base, read.found.churn_avoided.base) == (1800, 0)


def test_costs_are_entered_and_removed(enter: Enter, account, csm, executive):
    url = reverse("account_costs", args=[account.pk])
    typed = {
        "spent_on": "2026-03-01",
        "kind": "travel",
        "amount": "99.995",
        "currency": "EUR",
        "note": "Train",
    }
    refused = enter(csm).post(url, typed)
    assert refused.status_code == 422
    assert "fewer decimals" in text(refused)
    late = enter(csm).post(url, {**typed, "amount": "99.99", "spent_on": "2027-03-01"})
    assert "still to come" in text(late)
    assert enter(csm).post(url, {**typed, "amount": "99.99"}).status_code == 302
    shown = text(enter(executive).get(url))
    assert shown.count("EUR 99.99") == 2
    assert "Enter a cost" not in shown
    cost = AccountCost.objects.get()
    enter(csm).post(reverse("cost_remove", args=[account.pk, cost.pk]))
    cost.refresh_from_db()
    assert cost.removed_by == csm
    assert "No costs have been entered." in text(enter(csm).get(url))


def test_others_may_not(account, csm, executive, sponsor):
    cost = spend(csm, account)
    for person in (executive, sponsor):
        with pytest.raises(PermissionDenied):
            remove_cost(by=actor(person, account), cost=cost)
    with pytest.raises(PermissionDenied):
        cohort(actor(csm, account))


def test_a_contract_is_exposed_once(account, csm, admin):
    by = actor(admin, account)
    contract = make_contract(account, csm)
    expose_contract(by=by, cohort=cohort(by), contract=contract)
    with pytest.raises(ValidationError, match="another cohort"):
        expose_contract(by=by, cohort=cohort(by, name="New"), contract=contract)
    with pytest.raises(ValidationError, match="go up"):
        cohort(by, baseline=Decimal(50))


def test_cohorts_by_their_pages(enter: Enter, account, csm, admin):
    contract = make_contract(account, csm)
    browser = enter(admin)
    typed = {
        "name": "Old release", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "baseline_low": "10",
        "baseline": "5", "baseline_high": "40", "source": "Last year.",
    }  # fmt: skip
    refused = browser.post(reverse("cohort_add"), typed)
    assert refused.status_code == 422
    assert "go up from the low" in text(refused)
    browser.post(reverse("cohort_add"), {**typed, "baseline": "20"})
    url = reverse("cohort_detail", args=[RiskCohort.objects.get().pk])
    browser.post(f"{url}expose/", {"contract": contract.pk})
    shown = text(browser.get(url))
    assert "Baseline 20% (10 to 40%)" in shown
    assert "EUR 1,800.00" in shown
    assert "1 contract" in text(browser.get(reverse("cohort_list")))
    browser.post(f"{url}{CohortMember.objects.get().pk}/remove/")
    assert not CohortMember.objects.exists()


def test_the_page_says_the_return_its_rows_and_its_method(enter: Enter, plan, account, csm, executive):
    contract = make_contract(account, csm)
    decide(plan, contract, 1800, 2000)
    url = reverse("account_roi", args=[account.pk])
    assert "a return on it is not defined" in text(enter(executive).get(url))
    cost = spend(csm, account)
    shown = text(enter(executive).get(url))
    assert "<strong>300%</strong>" in shown
    assert "EUR 1,800.00" in shown
    assert "(Expansion + Renewal Revenue Preserved + Churn Avoided − Account Cost) ÷ Account Cost" in shown
    remove_cost(by=actor(csm, account), cost=cost)
    wrong = enter(csm).get(url, {"first": "2026-05-01", "last": "2026-04-01"})
    assert wrong.status_code == 422
    assert "before the first one" in text(wrong)
    empty = enter(csm).get(url, {"first": "2020-01-01", "last": "2020-12-31"})
    assert "Nothing was decided" in text(empty)


def test_a_recap_prints_it_for_the_vendors_own_people_only(plan, account, csm):
    contract = make_contract(account, csm)
    decide(plan, contract, 1800, 2000)
    spend(csm, account)
    spend(csm, account, "7000", currency="JPY")

    def asked(audience: str) -> Asked:
        return Asked(account, plan, None, FIRST, LAST, "en", "a4", audience)

    with CaptureQueriesContext(connection) as seen:
        inside = gather(asked("internal"))
    assert len(seen) < 30
    assert (inside.roi.currency, inside.roi.preserved.base, inside.roi.ratio.base) == ("EUR", 1800, 3)
    assert [row.term for row in inside.roi.rows] == ["expansion", "preserved", "cost"]
    assert inside.roi.assumptions == ("Not in these numbers: what is in JPY.",)
    assert "Renewal revenue preserved" in render(inside, "v3")
    outside = gather(asked("shared"))
    assert outside.roi is None
    assert "Return on the account" not in render(outside, "v3")
