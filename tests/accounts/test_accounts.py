"""The list of accounts and the page of one: what each side sees of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Contract, Deal
from tests.factories import AccountFactory, StakeholderFactory, make_draft_plan, make_live_plan

pytestmark = pytest.mark.django_db


def page(account) -> str:
    return reverse("account_page", args=[account.pk])


@pytest.fixture
def deal(account) -> Deal:
    deal = Deal.objects.create(
        account=account, source="hubspot", external_id="1", name="Quote engine", amount=Decimal(125000),
        currency="EUR", closed_on=date(2026, 3, 2),
    )  # fmt: skip
    Contract.objects.create(
        account=account, deal=deal, starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), currency="EUR"
    )
    return deal


def test_the_vendor_sees_deals_and_contracts(enter, csm, account, deal):
    text = enter(csm).get(page(account)).content.decode()
    assert "Quote engine" in text
    assert "EUR\u00a0125,000.00" in text
    assert "1 Apr 2026 to 31 Mar 2027" in text


@pytest.mark.parametrize("kind", ["sponsor", "champion", "contributor", "viewer"])
def test_a_customer_sees_people_and_plans_but_no_deals(enter, everybody, account, deal, plan, kind):
    answer = enter(everybody[kind]).get(page(account))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Chloe Champion" in text
    assert plan.name in text
    assert "Quote engine" not in text
    assert answer.context["deals"] == []


def test_a_customer_sees_no_draft(enter, champion, account):
    draft = make_draft_plan(account=account)
    assert draft.name not in enter(champion).get(page(account)).content.decode()


def test_who_has_not_come_in_is_marked(enter, csm, account):
    StakeholderFactory(account=account, user__name="Late Larry", joined_at=None)
    assert "not invited yet" in enter(csm).get(page(account)).content.decode()


def test_a_stranger_and_nobody_find_nothing(enter, stranger, client, account):
    assert enter(stranger).get(page(account)).status_code == 404
    assert client.get(page(account)).status_code == 302


def test_buttons_are_for_who_may(enter, champion, viewer, account):
    assert "Send the invitation" in enter(champion).get(page(account)).content.decode()
    assert "Send the invitation" not in enter(viewer).get(page(account)).content.decode()
    assert "Save" not in enter(champion).get(page(account)).content.decode()


def domains(client, account, text: str):
    return client.post(reverse("account_domains", args=[account.pk]), {"domains": text})


def test_a_manager_sets_the_domains(enter, csm, account):
    answer = domains(enter(csm), account, " @Acme.com\nacme.co.uk, acme.com;xn--mnchen-3ya.de. ")
    assert (answer.status_code, answer.url) == (302, page(account))
    account.refresh_from_db()
    assert account.allowed_domains == ["acme.com", "acme.co.uk", "xn--mnchen-3ya.de"]


def test_no_domain_ends_the_inviting(enter, csm, champion, account):
    domains(enter(csm), account, "")
    answer = enter(champion).post(
        reverse("invitation_create", args=[account.pk]),
        {"name": "", "email": "nora@example.com", "role": "viewer"},
    )
    assert "at: none yet." in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "acme..com",
        "аcme.com",
        "acme.com/path",
        "a@b@c.com",
        "-acme.com",
        "x" * 5001,
        "*.acme.com",
        "gmail.com",
    ],
)
def test_what_is_no_domain_is_refused_and_kept_in_the_field(enter, csm, account, text):
    answer = domains(enter(csm), account, text)
    assert answer.status_code == 422
    assert text[:40] in answer.content.decode()
    account.refresh_from_db()
    assert account.allowed_domains == ["example.com"]


def test_fifty_domains_are_enough(enter, csm, account):
    assert domains(enter(csm), account, "\n".join(f"a{n}.com" for n in range(51))).status_code == 422


def test_domains_are_for_managers(enter, champion, executive, stranger, csm, account):
    assert domains(enter(champion), account, "evil.example").status_code == 403
    assert domains(enter(executive), account, "evil.example").status_code == 403
    assert domains(enter(stranger), account, "evil.example").status_code == 404
    assert enter(csm).get(reverse("account_domains", args=[account.pk])).status_code == 405
    account.refresh_from_db()
    assert account.allowed_domains == ["example.com"]


def test_the_list_finds_accounts(enter, executive, account, plan):
    AccountFactory(name="Umbrella")
    client = enter(executive)
    everything = client.get(reverse("account_list")).content.decode()
    assert "Acme" in everything
    assert "Umbrella" in everything
    assert "2 accounts" in everything
    found = client.get(reverse("account_list"), {"q": "acM"}).content.decode()
    assert plan.name in found
    assert "Umbrella" not in found
    assert "No account found" in client.get(reverse("account_list"), {"q": "x" * 5000}).content.decode()


def test_the_list_is_the_vendors(enter, champion):
    assert enter(champion).get(reverse("account_list")).status_code == 403


def test_the_list_takes_as_many_queries_for_many_accounts(enter, executive):
    client = enter(executive)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("account_list")).status_code == 200
        return len(seen)

    make_live_plan()
    few = count()
    for _ in range(3):
        make_live_plan()
    assert count() == few <= 8


def test_an_account_takes_as_many_queries_for_many_people(enter, csm, account):
    client = enter(csm)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(page(account))
        return len(seen)

    StakeholderFactory(account=account)
    few = count()
    StakeholderFactory.create_batch(5, account=account)
    assert count() == few <= 12


@pytest.mark.parametrize("kind", ["sponsor", "champion", "contributor", "viewer"])
def test_a_customer_does_not_read_how_the_vendor_sorts_it(enter, everybody, csm, account, kind):
    address = reverse("account_page", args=[account.pk])
    theirs = enter(everybody[kind]).get(address).context["account"]["facts"]
    assert {"Segment", "Touch"}.isdisjoint(fact["label"] for fact in theirs)
    assert len(theirs) > 0
    ours = enter(csm).get(address).context["account"]["facts"]
    assert {"Segment", "Touch"} <= {fact["label"] for fact in ours}
