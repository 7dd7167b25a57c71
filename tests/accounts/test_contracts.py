"""Terms, lines, limits and amendments: who may, what it does to the money, what is refused."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Contract, Deal, Event
from accounts.services.amending import amend_contract, withdraw_amendment
from accounts.services.contract_lines import invoices_of
from accounts.services.contract_locking import ContractConflict
from accounts.services.contracts import (
    Limit,
    add_renewed_contract,
    billing_lines,
    change_contract,
    current_contract,
    set_entitlements,
    set_lines,
)
from accounts.services.crm_contracts import follow_crm
from tests.accounts.contracts import DEC, JAN, line_of, make_contract, sold, terms
from tests.factories import actor

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def spring():
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        yield


def amounts(contract: Contract) -> list[str]:
    return [str(one.amount) for one in invoices_of(contract, billing_lines(contract))]


def test_the_money_a_year_follows_from_the_lines(account, csm, plan):
    contract = make_contract(account, csm)
    assert (contract.arr, contract.version) == (1800, 1)
    assert amounts(contract) == ["450.00"] * 4
    lines = [sold("Seats", "2400", discount_percent=Decimal(50), id=line_of(contract, "Seats").pk)]
    seats = line_of(contract, "Seats").pk
    revision = type(plan).objects.get().revision
    changed = set_lines(by=actor(csm, account), contract=contract, version=1, lines=lines, plan_id=plan.pk)
    assert (changed.arr, [line.pk for line in changed.lines.all()]) == (1200, [seats])
    event = Event.objects.filter(verb="contract.changed").get()
    assert (event.plan_id, event.actor_name) == (plan.pk, "Carla Csm")
    assert type(plan).objects.get().revision == revision + 1


@pytest.mark.parametrize("who", ["executive", "sponsor", "champion", "viewer", "stranger"])
def test_others_may_not(account, csm, who, request):
    contract = make_contract(account, csm)
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        change_contract(by=actor(person, account), contract=contract, version=1, terms=terms())
    with pytest.raises(PermissionDenied):
        amend_contract(by=actor(person, account), contract=contract, version=1, effective_on=MARCH)


def test_two_who_change_it_at_once(account, csm, admin):
    contract = make_contract(account, csm)
    change_contract(by=actor(admin, account), contract=contract, version=1, terms=terms(number="A-1"))
    with pytest.raises(ContractConflict) as refused:
        change_contract(by=actor(csm, account), contract=contract, version=1, terms=terms(number="B-2"))
    assert refused.value.contract.number == "A-1"
    assert refused.value.latest.actor_name == "Ada Admin"


def test_lines_that_run_with_the_term_move_with_it(account, csm):
    contract = make_contract(account, csm, lines=(sold(), sold("Summer", "12", starts_on=date(2026, 7, 1))))
    longer = terms(ends_on=date(2027, 6, 30))
    change_contract(by=actor(csm, account), contract=contract, version=1, terms=longer)
    assert line_of(contract, "Seats").ends_on == date(2027, 6, 30)
    assert line_of(contract, "Summer").starts_on == date(2026, 7, 1)
    late = terms(starts_on=date(2026, 8, 1))
    with pytest.raises(ValidationError, match="Summer"):
        change_contract(by=actor(csm, account), contract=contract, version=2, terms=late)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"ends_on": date(2046, 1, 1)}, "ends_on"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_terms_that_cannot_be(account, csm, said, field):
    with pytest.raises(ValidationError) as refused:
        make_contract(account, csm, **said)
    assert list(refused.value.message_dict) == [field]


def test_an_amendment_is_settled_on_its_day(account, csm):
    contract = make_contract(account, csm)
    amendment = amend_contract(
        by=actor(csm, account), contract=contract, version=1, effective_on=date(2026, 5, 15), reason="They grow.",
        ends=[line_of(contract, "Seats").pk], adds=[sold("More seats", "3600")],
    )  # fmt: skip
    contract.refresh_from_db()
    assert (amendment.number, contract.arr) == (1, 4200)
    # On 15 May: 17 of 31 days of May and June, 300 a month in place of 100.
    assert amounts(contract) == ["450.00", "450.00", "309.68", "1050.00", "1050.00"]
    ended = line_of(contract, "Seats")
    assert (ended.ends_on, ended.sold_until, ended.ended_by) == (date(2026, 5, 14), DEC, amendment)
    with pytest.raises(ValidationError, match="amended"):
        set_lines(by=actor(csm, account), contract=contract, version=2, lines=[sold()])
    with pytest.raises(ValidationError) as refused:
        change_contract(by=actor(csm, account), contract=contract, version=2, terms=terms(billing="monthly"))
    assert list(refused.value.message_dict) == ["billing"]
    renamed = terms(billing="quarterly", number="A-1")
    assert (
        change_contract(by=actor(csm, account), contract=contract, version=2, terms=renamed).number == "A-1"
    )


def test_what_was_entered_late_changes_no_invoice_that_has_gone_out(account, csm):
    contract = make_contract(account, csm)
    before = amounts(contract)
    with time_machine.travel("2026-08-20 12:00Z"):
        amend_contract(
            by=actor(csm, account), contract=contract, version=1, effective_on=MARCH,
            adds=[sold("Add-on", "120")],
        )  # fmt: skip
    invoices = invoices_of(contract, billing_lines(contract))
    assert [str(one.amount) for one in invoices][:3] == before[:3]
    assert (invoices[3].invoiced_on, str(invoices[3].amount)) == (date(2026, 8, 20), "70.00")
    assert invoices[3].covers_from == MARCH


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"effective_on": date(2027, 1, 1)}, "within the term"),
        ({"effective_on": date(2025, 12, 31)}, "within the term"),
        ({"effective_on": date(2026, 3, 31)}, "later day"),
        ({"effective_on": date(2026, 6, 1), "adds": []}, "Say which lines"),
        ({"adds": [sold(starts_on=MARCH)]}, "days of “Seats”"),
        ({"ends": ["gone"]}, "ended already"),
    ],
)
def test_amendments_that_cannot_be(account, csm, said, words):
    contract = make_contract(account, csm)
    by = actor(csm, account)
    first = line_of(contract, "Support").pk
    amend_contract(by=by, contract=contract, version=1, effective_on=date(2026, 4, 1), ends=[first])
    asked = {"effective_on": date(2026, 6, 1), "adds": [sold("Add-on", "1")], **said}
    if said.get("ends"):
        asked["ends"] = [first]
    with pytest.raises(ValidationError, match=words):
        amend_contract(by=by, contract=contract, version=2, **asked)


def test_what_was_paid_once_is_not_given_back(account, csm):
    contract = make_contract(account, csm, lines=(sold("Setup", "500", price_per="once"),))
    with pytest.raises(ValidationError, match="ended already"):
        amend_contract(
            by=actor(csm, account), contract=contract, version=1, effective_on=MARCH,
            ends=[line_of(contract, "Setup").pk],
        )  # fmt: skip


def test_the_last_amendment_is_withdrawn_before_it_holds(account, csm):
    contract = make_contract(account, csm)
    by = actor(csm, account)
    before = amounts(contract)
    amend_contract(
        by=by, contract=contract, version=1, effective_on=date(2026, 5, 15),
        ends=[line_of(contract, "Seats").pk], adds=[sold("More", "3600")],
    )  # fmt: skip
    with time_machine.travel("2026-05-16 12:00Z"), pytest.raises(ValidationError, match="holds already"):
        withdraw_amendment(by=by, contract=contract, version=2, number=1)
    withdrawn = withdraw_amendment(by=by, contract=contract, version=2, number=1)
    assert (amounts(withdrawn), withdrawn.arr) == (before, 1800)
    assert not withdrawn.amendments.exists()


def test_limits_are_replaced_as_a_whole(account, csm):
    contract = make_contract(account, csm)
    by = actor(csm, account)
    seats = Limit(measure="seats", label="Seats", limit=Decimal(50), fair_use_percent=110)
    set_entitlements(by=by, contract=contract, version=1, limits=[seats])
    kept = contract.entitlements.get().pk
    calls = Limit(
        measure="feature:calls", label="Calls", limit=Decimal(1000), overage_price=Decimal("0.0045")
    )
    set_entitlements(by=by, contract=contract, version=2, limits=[calls, seats])
    assert [one.label for one in contract.entitlements.all()] == ["Calls", "Seats"]
    assert contract.entitlements.get(measure="seats").pk == kept
    with pytest.raises(ValidationError, match="once"):
        set_entitlements(by=by, contract=contract, version=3, limits=[seats, seats])


def test_which_contract_is_the_current_one(account, csm):
    assert current_contract(account) is None
    ahead = make_contract(account, csm, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    assert current_contract(account) == ahead
    running = make_contract(account, csm)
    assert current_contract(account) == running
    assert current_contract(account, date(2028, 1, 1)) == ahead


def test_the_contract_after_takes_over_what_was_not_spoken_of(account, csm):
    old = make_contract(account, csm, tax_note="Plus VAT.")
    seats = Limit(measure="seats", label="Seats", limit=Decimal(50))
    set_entitlements(by=actor(csm, account), contract=old, version=1, limits=[seats])
    new = add_renewed_contract(
        by=actor(csm, account), old=old, option_lines=[line_of(old, "Seats")],
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), billing="yearly",
    )  # fmt: skip
    assert (new.renews, new.arr, new.tax_note, new.notice_days) == (old, 1200, "Plus VAT.", 90)
    assert (new.lines.get().starts_on, new.entitlements.get().limit) == (date(2027, 1, 1), 50)


def test_the_crm_fills_in_until_somebody_has_entered_it_here(account, csm):
    deal = Deal.objects.create(account=account, source="crm", external_id="1", name="Deal")
    said = {"starts_on": JAN, "ends_on": DEC, "arr": Decimal(1000), "currency": "EUR"}
    contract = follow_crm(deal=deal, said=said)
    contract = follow_crm(deal=deal, said=said | {"arr": Decimal(1100)})
    assert (contract.arr, contract.version, contract.crm_said) == (1100, 2, {})
    set_lines(by=actor(csm, account), contract=contract, version=2, lines=[sold()])
    contract = follow_crm(deal=deal, said=said | {"ends_on": date(2027, 3, 31), "arr": Decimal(1300)})
    assert (contract.ends_on, contract.arr, contract.version) == (DEC, 1200, 3)
    assert contract.crm_said == {"ends_on": "2027-03-31", "arr": "1300"}
    # Once the term is what the CRM says, there is nothing to see any more.
    longer = terms(ends_on=date(2027, 3, 31))
    contract = change_contract(by=actor(csm, account), contract=contract, version=3, terms=longer)
    dearer = [sold(price="1300", id=line_of(contract, "Seats").pk)]
    assert contract.crm_said == {"arr": "1300"}
    changed = set_lines(by=actor(csm, account), contract=contract, version=4, lines=dearer)
    assert changed.crm_said == {}
