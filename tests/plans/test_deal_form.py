"""A deal typed in by hand: it makes a plan, and what is wrong with it is said without losing a word."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Account, Contract, Deal, Stakeholder
from plans.models import Plan
from tests.factories import playbook_text, publish

pytestmark = pytest.mark.django_db
URL = "/deals/new/"


@pytest.fixture(autouse=True)
def playbook(db):
    return publish(playbook_text(match={}))


def typed(**changes: str) -> dict[str, str]:
    people = {f"people-{n}-{field}": "" for n in range(6) for field in ("name", "email", "title", "role")}
    return {
        "entry": str(uuid4()),
        "account": "Acme",
        "domain": "acme.example",
        "segment": "enterprise",
        "country": "Germany",
        "time_zone": "europe/berlin",
        "name": "Quote engine",
        "amount": "125000.50",
        "currency": "eur",
        "closed_on": "2026-03-02",
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
        "people-TOTAL_FORMS": "6",
        "people-INITIAL_FORMS": "0",
        "people-MIN_NUM_FORMS": "0",
        "people-MAX_NUM_FORMS": "6",
        **people,
        "people-0-name": "Mara Muster",
        "people-0-email": "Mara@Acme.example",
        "people-0-title": "Head of Sales",
        "people-0-role": "champion",
        **changes,
    }


def test_a_deal_makes_a_plan(enter, csm):
    answer = enter(csm).post(URL, typed())
    plan = Plan.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("plan_detail", args=[plan.pk]))
    account = Account.objects.get()
    assert (account.name, account.segment, account.country, account.time_zone, account.owner) == (
        "Acme", "enterprise", "DE", "Europe/Berlin", csm
    )  # fmt: skip
    deal = Deal.objects.get()
    assert (deal.source, deal.amount, deal.currency, deal.closed_on) == (
        "manual", Decimal("125000.50"), "EUR", date(2026, 3, 2)
    )  # fmt: skip
    contract = Contract.objects.get()
    assert (contract.starts_on, contract.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))
    mara = Stakeholder.objects.get()
    assert (mara.user.email, mara.user.name, mara.role) == ("mara@acme.example", "Mara Muster", "champion")
    assert plan.tasks.filter(owner=mara.user).exists()


def test_sent_twice_it_makes_one_plan(enter, csm):
    client, data = enter(csm), typed()
    first, second = client.post(URL, data), client.post(URL, data)
    assert first.url == second.url
    assert Plan.objects.count() == Deal.objects.count() == Account.objects.count() == 1


EMPTY = (
    "entry domain segment country time_zone amount currency closed_on starts_on ends_on "
    "people-0-name people-0-email people-0-title people-0-role"
)


def test_little_is_enough(enter, csm):
    data = typed(**dict.fromkeys(EMPTY.split(), ""))
    assert enter(csm).post(URL, data).status_code == 302
    plan = Plan.objects.get()
    assert plan.state == "draft"
    assert plan.tasks_unowned == plan.tasks_total // 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"account": ""}, "This field is required"),
        ({"account": "A" * 5000}, "at most 200 characters"),
        ({"account": "Acme\u202egpj"}, "without control characters"),
        ({"name": ""}, "This field is required"),
        ({"domain": "not a domain"}, "is not a mail domain"),
        ({"domain": "a.example b.example"}, "One domain is enough"),
        ({"segment": "galactic"}, "Select a valid choice"),
        ({"country": "Atlantis"}, "We do not know this country"),
        ({"time_zone": "Mars/Olympus"}, "We do not know this time zone"),
        ({"amount": "a lot"}, "Enter a number"),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"amount": "1" * 19}, "digits"),
        ({"currency": ""}, "in which currency"),
        ({"currency": "E€R"}, "Three letters"),
        ({"closed_on": "2026-02-30"}, "Enter a valid date"),
        ({"ends_on": "2026-03-31"}, "ends before it starts"),
        ({"people-0-email": ""}, "needs an address"),
        ({"people-0-email": "mara@acme.example\nBcc: x@y.example"}, "Enter a valid email address"),
        ({"people-1-email": "mara@acme.example"}, "stands here twice"),
        ({"people-0-role": "emperor"}, "Select a valid choice"),
        ({"people-TOTAL_FORMS": "7"}, "Please submit at most 6 forms"),
        ({"people-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(enter, csm, changes, said):
    answer = enter(csm).post(URL, typed(**changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    kept = {
        "Quote engine": "name",
        "125000.50": "amount",
        "2027-03-31": "ends_on",
        "Head of Sales": "people-TOTAL_FORMS",
    }
    for word, field in kept.items():
        assert word in text or field in changes
    assert not Account.objects.exists()
    assert not Plan.objects.exists()


def test_names_of_any_script_are_names(enter, csm):
    assert enter(csm).post(URL, typed(account="אקמי 🦊", name="صفقة")).status_code == 302
    assert Account.objects.get().name == "אקמי 🦊"


def test_without_a_fitting_playbook_it_is_said(enter, csm):
    from plans.models import Playbook

    Playbook.objects.update(retired_at="2026-01-01T00:00Z")
    answer = enter(csm).post(URL, typed())
    assert answer.status_code == 422
    assert "No playbook fits this deal" in answer.content.decode()
    assert not Account.objects.exists()


def test_the_page_has_six_rows_for_people(enter, csm):
    text = enter(csm).get(URL).content.decode()
    assert "Person 6" in text
    assert "Person 7" not in text
    assert 'type="date"' in text


@pytest.mark.parametrize(
    ("kind", "status"), [("admin", 302), ("executive", 403), ("champion", 403), ("stranger", 403)]
)
def test_managers_enter_deals(enter, everybody, kind, status):
    assert enter(everybody[kind]).post(URL, typed()).status_code == status
    assert Plan.objects.exists() == (status == 302)
