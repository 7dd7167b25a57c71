"""The pages of contracts: what they show to whom, and their forms without a script."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Contract
from accounts.services.amending import amend_contract
from tests.accounts.contracts import line_of, make_contract, sold
from tests.factories import actor
from tests.people import Enter

pytestmark = pytest.mark.django_db
NB = "\u00a0"


@pytest.fixture(autouse=True)
def spring():
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        yield


def page(name: str, contract: Contract) -> str:
    return reverse(name, args=[contract.account_id, contract.pk])


def row(at: int, **said: Any) -> dict[str, Any]:
    """A row as a browser sends it, with what stands in it from the start."""
    plain = {"name": "", "quantity": "1", "unit_price": "", "price_per": "year", "discount_percent": ""}
    return {f"rows-{at}-{name}": value for name, value in {**plain, **said}.items()}


def rows(*sent: dict[str, Any], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"rows-TOTAL_FORMS": len(sent), "rows-INITIAL_FORMS": 0, "version": 1, **more}
    for one in sent:
        data |= one
    return data


def text(answer: Any) -> str:
    return answer.content.decode().replace(NB, " ")


def test_the_list_says_what_runs(enter: Enter, account, csm, sponsor, django_assert_num_queries):
    browser = enter(sponsor)
    url = reverse("contract_list", args=[account.pk])
    assert "No contract yet" in text(browser.get(url))
    make_contract(account, csm, number="A-1")
    with django_assert_num_queries(6):
        one = text(browser.get(url))
    assert "Contract A-1" in one
    assert "running" in one
    assert "EUR 1,800.00" in one
    assert "Enter a contract" not in one
    make_contract(account, csm, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    make_contract(account, csm, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    with django_assert_num_queries(6):
        three = text(browser.get(url))
    assert "ended" in three
    assert "to come" in three


def test_a_contract_shows_its_lines_invoices_and_the_day_of_notice(
    enter: Enter, account, csm, champion, django_assert_num_queries
):
    contract = make_contract(account, csm, number="A-1")
    amend_contract(
        by=actor(csm, account), contract=contract, version=1, effective_on=date(2026, 5, 15),
        reason="<b>They grow</b>", ends=[line_of(contract, "Seats").pk], adds=[sold("More seats", "3600")],
    )  # fmt: skip
    browser = enter(champion)
    with django_assert_num_queries(10):
        shown = text(browser.get(page("contract_detail", contract)))
    assert "EUR 4,200.00 a year" in shown
    # The sum of the invoices is the sum of the lines.
    assert shown.count("<strong>EUR 3,309.68</strong>") == 2
    assert "5 invoices" in shown
    assert "90 days: to be given by 2 October 2026" in shown
    assert "&lt;b&gt;They grow&lt;/b&gt;" in shown
    assert "Amend the contract" not in shown
    assert "Withdraw" not in shown
    assert "Withdraw this amendment" in text(enter(csm).get(page("contract_detail", contract)))


def test_what_the_crm_says_otherwise_is_for_managers(enter: Enter, account, csm, sponsor):
    contract = make_contract(account, csm)
    Contract.objects.update(crm_said={"ends_on": "2027-03-31", "arr": "1900"})
    shown = text(enter(csm).get(page("contract_detail", contract)))
    assert "The CRM says otherwise" in shown
    assert "31 March 2027" in shown
    assert "EUR 1,900.00" in shown
    assert "The CRM says" not in text(enter(sponsor).get(page("contract_detail", contract)))


def test_entering_a_contract(enter: Enter, account, csm):
    url = reverse("contract_add", args=[account.pk])
    typed = {
        "number": "A-1", "starts_on": "2026-01-31", "ends_on": "2026-01-30", "currency": "JPY",
        "billing": "monthly", "payment_days": "14", "notice_days": "", "arr": "",
    }  # fmt: skip
    refused = enter(csm).post(url, typed)
    assert refused.status_code == 422
    assert "The last day is before the first one." in text(refused)
    assert 'value="A-1"' in text(refused)
    done = enter(csm).post(url, {**typed, "ends_on": "2027-01-30"})
    contract = Contract.objects.get()
    assert done.url == page("contract_lines", contract)
    assert (contract.currency, contract.billing, contract.payment_days) == ("JPY", "monthly", 14)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"starts_on": "0001-01-01", "ends_on": "0001-12-31"}, "This year cannot be meant."),
        ({"starts_on": "9999-01-01", "ends_on": "9999-12-31"}, "This year cannot be meant."),
        ({"currency": "XAU"}, "Select a valid choice"),
        ({"notice_days": "99999999999999"}, "less than or equal to 3650"),
        ({"number": "A\x00"}, "Null characters"),
        ({"terms": "x" * 10_001}, "at most 10000 characters"),
    ],
)
def test_terms_that_nobody_means(enter: Enter, account, csm, said, words):
    typed = {
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", "currency": "EUR", "billing": "yearly",
        "payment_days": "30", **said,
    }  # fmt: skip
    refused = enter(csm).post(reverse("contract_add", args=[account.pk]), typed)
    assert refused.status_code == 422
    assert words in text(refused)


def test_lines_come_and_go_without_a_script_and_nothing_typed_is_lost(enter: Enter, account, csm):
    contract = make_contract(account, csm)
    url = page("contract_lines", contract)
    browser = enter(csm)
    typed = [row(0, name="Platform", unit_price="12x"), row(1, name="Setup", unit_price="5")]
    more = browser.post(url, rows(*typed, add="1"))
    assert more.status_code == 200
    assert 'name="rows-2-name"' in text(more)
    assert 'value="12x"' in text(more)
    assert "errorlist" not in text(more)
    less = browser.post(url, rows(*typed, remove="0"))
    assert "Platform" not in text(less)
    assert 'value="Setup"' in text(less)
    assert contract.lines.count() == 2
    # The last row that is taken away leaves an empty one.
    none = browser.post(url, rows(typed[0], remove="0"))
    assert 'name="rows-0-name"' in text(none)


def test_lines_are_looked_at_before_they_are_saved(enter: Enter, account, csm):
    contract = make_contract(account, csm)
    url = page("contract_lines", contract)
    browser = enter(csm)
    kept = line_of(contract, "Seats")
    sent = rows(
        row(0, id=kept.pk, name="Seats", unit_price="99.99", quantity="10", discount_percent="5"),
        row(1, name="Setup", unit_price="0.005", price_per="once"),
        row(2),
    )
    seen = browser.post(url, {**sent, "do": "preview"})
    assert seen.status_code == 200
    assert "EUR 949.92" in text(seen)  # 949.905 and half a cent, each rounded
    assert (contract.lines.count(), Contract.objects.get().version) == (2, 1)
    done = browser.post(url, {**sent, "do": "save"})
    assert done.url == page("contract_detail", contract)
    assert [line.name for line in contract.lines.all()] == ["Seats", "Setup"]
    assert contract.lines.first().pk == kept.pk


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"unit_price": "-1"}, "greater than or equal to 0"),
        ({"unit_price": "1.00001"}, "no more than 4 decimal places"),
        ({"unit_price": "NaN"}, "Enter a number"),
        ({"quantity": "sNaN"}, "Enter a number"),
        ({"discount_percent": "sNaN"}, "Enter a number"),
        ({"quantity": "999999999999", "unit_price": "999999999999"}, "more money than there is"),
        ({"discount_percent": "100.5"}, "less than or equal to 100"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "not within the term"),
        ({"ends_on": "2027-01-01"}, "not within the term"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_lines_that_cannot_be(enter: Enter, account, csm, said, words):
    contract = make_contract(account, csm)
    sent = rows(row(0, **{"name": "Seats", "unit_price": "5", "unit": "seat", **said}), do="save")
    refused = enter(csm).post(page("contract_lines", contract), sent)
    assert refused.status_code == 422
    assert words in text(refused)
    assert contract.lines.count() == 2


def test_more_lines_than_django_takes_fields(enter: Enter, account, csm):
    """The fields of them all are more than Django takes unasked."""
    contract = make_contract(account, csm)
    empty = {"id": "", "product": "", "unit": "", "starts_on": "", "ends_on": ""}
    sent = [row(at, name=f"Line {at}", unit_price="1", **empty) for at in range(101)]
    assert enter(csm).post(page("contract_lines", contract), rows(*sent, do="save")).status_code == 302
    assert contract.lines.count() == 101


def test_two_tabs(enter: Enter, account, csm, admin):
    contract = make_contract(account, csm)
    url = page("contract_lines", contract)
    enter(admin).post(url, rows(row(0, name="Theirs", unit_price="5"), do="save"))
    late = enter(csm).post(url, rows(row(0, name="Mine", unit_price="7"), do="save"))
    assert late.status_code == 409
    assert "Ada Admin has changed the contract" in text(late)
    assert 'value="Mine"' in text(late)
    assert 'name="version" value="2"' in text(late)
    assert [line.name for line in contract.lines.all()] == ["Theirs"]


def test_limits(enter: Enter, account, csm):
    contract = make_contract(account, csm)
    url = page("contract_entitlements", contract)
    limit = {
        "kind": "feature",
        "label": "Calls",
        "limit": "1000",
        "fair_use_percent": "110",
        "beyond": "We talk.",
    }
    sent = {f"rows-0-{name}": value for name, value in limit.items()}
    refused = enter(csm).post(url, rows(sent))
    assert refused.status_code == 422
    assert "Say which feature." in text(refused)
    enter(csm).post(url, rows(sent | {"rows-0-feature": "api calls", "rows-0-overage_price": "0.0045"}))
    shown = text(enter(csm).get(page("contract_detail", contract)))
    assert contract.entitlements.get().measure == "feature:api calls"
    assert "up to 110%, which is 1,100" in shown
    assert "We talk. EUR 0.0045 for each" in shown


def test_an_amendment_is_looked_at_entered_and_withdrawn(enter: Enter, account, csm):
    contract = make_contract(account, csm)
    url = page("contract_amend", contract)
    seats = line_of(contract, "Seats")
    browser = enter(csm)
    sent = rows(
        row(0, name="More seats", unit_price="3600"),
        effective_on="2026-05-15",
        ends=[str(seats.pk)],
        reason="Growth",
    )
    more = browser.post(url, {**sent, "add": "1"})
    assert f'value="{seats.pk}"' in text(more)
    assert "checked" in text(more)
    seen = browser.post(url, {**sent, "do": "preview"})
    assert "EUR 309.68" in text(seen)
    assert not contract.amendments.exists()
    early = browser.post(url, {**sent, "effective_on": "2025-05-15", "do": "preview"})
    assert early.status_code == 422
    assert "not within the term" in text(early)
    browser.post(url, {**sent, "do": "save"})
    assert contract.amendments.get().reason == "Growth"
    withdraw = reverse("amendment_withdraw", args=[account.pk, contract.pk, 1])
    again = browser.post(withdraw, {"version": 1}, follow=True)
    assert "has changed the contract" in text(again)
    browser.post(withdraw, {"version": 2})
    assert not contract.amendments.exists()
    assert line_of(contract, "Seats").ended_by is None


def test_a_contract_of_another_account_is_not_there(enter: Enter, account, other_account, csm):
    contract = make_contract(other_account, csm)
    url = reverse("contract_detail", args=[account.pk, contract.pk])
    assert enter(csm).get(url).status_code == 404
