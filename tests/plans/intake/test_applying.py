"""What a deal's facts do: account, people, deal, contract, plan, and when it goes live by itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.choices import VendorRole
from accounts.models import Account, Contract, Deal, Event, Invitation, OutgoingMail, Stakeholder, User
from accounts.permissions import actor_at_vendor
from plans.intake.applying import apply_facts
from plans.intake.facts import AccountFacts, ContractFacts, DealFacts, PersonFacts
from plans.intake.services import enter_deal
from plans.models import DateMove, Plan
from plans.playbook.choosing import NoPlaybook
from plans.services.recasting import recast_plan
from tests.crm_server import sample
from tests.factories import UserFactory
from tests.plans.intake.door import take_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]
NORA = PersonFacts(
    name="Nora Whitfield", email="nora@tidepool.example", title="Operations Manager", buying_role="champion"
)
SAM = PersonFacts(
    name="Sam Okafor", email="sam@tidepool.example", title="Managing Partner", buying_role="economic buyer"
)
TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def facts(**changes) -> DealFacts:
    told = {
        "source": "manual",
        "external_id": "1",
        "name": "Starter",
        "amount": Decimal(9600),
        "currency": "USD",
        "closed_on": date(2026, 11, 20),
        "account": AccountFacts(
            external_id="A1", name="Tidepool", segment="smb", domain="tidepool.example", country="US",
            time_zone="America/Chicago",
        ),
        "contacts": (NORA, SAM),
        "contract": ContractFacts(start=date(2026, 12, 1), term_months=12, arr=Decimal(9600)),
    }  # fmt: skip
    return DealFacts(**(told | changes))


def applied(**changes) -> Plan:
    with time_machine.travel(TODAY, tick=False):
        return apply_facts(facts(**changes), source="manual").plan


def company(**changes) -> AccountFacts:
    return AccountFacts(**(facts().account.model_dump() | changes))


# --- Live at once, or for review ----------------------------------------------------------------------------


def test_a_small_business_goes_live_at_once_and_its_people_are_invited(mara, queued) -> None:
    plan = applied()
    assert (plan.state, plan.live_by, plan.gaps) == ("live", None, [])
    assert plan.playbook_version.playbook.key == "smb-tech-touch"
    assert not plan.tasks.filter(baseline_on=None).exists()
    invited = Invitation.objects.values_list("stakeholder__user__email", "stakeholder__role")
    assert sorted(invited) == [("nora@tidepool.example", "champion"), ("sam@tidepool.example", "sponsor")]
    assert sorted(OutgoingMail.objects.values_list("to", "kind")) == [
        ("nora@tidepool.example", "invitation"),
        ("sam@tidepool.example", "invitation"),
    ]
    assert not Stakeholder.objects.joined().exists(), "an invitation lets nobody in by itself"
    verbs = Event.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["plan.made", "plan.live", "stage.opened", "person.invited", "person.invited"]
    assert set(Event.objects.values_list("actor", "actor_side")) == {(None, "")}


def test_an_enterprise_stays_a_draft_and_nobody_is_written_to(hubspot) -> None:
    take_in(hubspot, "events", sample("hubspot-event-array.json"))
    plan = Plan.objects.get()
    assert plan.state == "draft"
    assert not plan.tasks.exclude(baseline_on=None).exists()
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_hubspots_small_deal_is_live_without_a_human(hubspot) -> None:
    take_in(hubspot, "events", sample("hubspot-event-bare.json"))
    plan = Plan.objects.get()
    assert (plan.state, plan.account.name) == ("live", "Brightcup Coffee")
    assert Invitation.objects.get().stakeholder.user.email == "oliver@brightcup.example"
    assert Invitation.objects.get().stakeholder.role == "champion"


@pytest.mark.parametrize("contacts", [(), (PersonFacts(name="No Address"),)])
def test_without_people_even_a_small_business_stays_a_draft(contacts, mara) -> None:
    plan = applied(contacts=contacts)
    assert (plan.state, plan.gaps) == ("draft", ["contacts"])
    assert OutgoingMail.objects.count() == 0


def test_without_a_company_even_a_small_business_stays_a_draft(mara) -> None:
    plan = applied(account=None)
    assert (plan.state, plan.gaps, plan.account.name) == ("draft", ["company"], "Starter")
    assert OutgoingMail.objects.count() == 0


def test_without_a_csm_it_stays_a_draft_that_says_so() -> None:
    plan = applied()
    assert (plan.state, plan.gaps, plan.account.owner) == ("draft", ["owner"], None)
    assert not plan.tasks.filter(side="vendor").exclude(owner=None).exists()


def test_an_owner_of_the_crm_who_could_not_be_read_is_no_gap_where_there_is_a_csm(mara) -> None:
    assert applied(gaps=("owner", "line_items")).gaps == ["line_items"]


def test_who_was_put_out_does_not_stop_the_next_deal(mara) -> None:
    """Its plan once could not go live, and the whole delivery failed for good."""
    applied()
    Stakeholder.objects.update(removed_at=TODAY)
    plan = applied(external_id="2")
    assert (plan.state, plan.gaps) == ("draft", ["contacts"])
    assert not plan.tasks.filter(side="customer").exclude(owner=None).exists()


# --- Dates ---------------------------------------------------------------------------------------------------


def test_the_plan_begins_after_the_lead_and_ends_with_the_contract(mara) -> None:
    plan = applied(closed_on=date(2026, 11, 24))
    assert plan.kickoff_on == date(2026, 11, 25)
    assert plan.ends_on == Contract.objects.get().ends_on == date(2027, 11, 30)
    assert plan.tasks.filter(due_on=date(2026, 11, 26)).count() == 0, "Thanksgiving"
    assert min(plan.tasks.values_list("due_on", flat=True)) >= date(2026, 11, 20)


@pytest.mark.parametrize(
    "contract",
    [None, ContractFacts(arr=Decimal(9600)), ContractFacts(start=date(2024, 1, 1), end=date(2025, 12, 31))],
)
def test_a_year_where_no_contract_says_more(contract, mara) -> None:
    plan = applied(contract=contract)
    assert plan.ends_on == plan.kickoff_on.replace(year=plan.kickoff_on.year + 1) - timedelta(days=1)


def test_a_contract_that_ends_before_it_starts_is_no_error(mara) -> None:
    applied(contract=ContractFacts(start=date(2027, 5, 1), end=date(2027, 4, 1)))
    contract = Contract.objects.get()
    assert contract.starts_on == contract.ends_on == date(2027, 4, 1)


# --- Whose account, who is who -------------------------------------------------------------------------------


def test_the_deals_owner_is_the_csm_else_who_has_least(mara) -> None:
    diego = UserFactory(name="Diego", email="diego@vendor.example", vendor_role=VendorRole.CSM)
    plan = applied(owner=PersonFacts(email="Mara.Lindqvist@vendor.example"))
    assert plan.account.owner == mara
    other = applied(external_id="2", account=company(external_id="A2", domain="b.example"))
    assert other.account.owner == diego
    again = applied(owner=PersonFacts(email=diego.email))
    assert again.account.owner == mara, "a later delivery does not take the account away"
    assert plan.tasks.filter(side="vendor", owner=mara).count() == plan.tasks.filter(side="vendor").count()


def test_a_company_is_found_by_its_id_then_by_its_domain(mara) -> None:
    applied()
    by_id = applied(external_id="2", account=company(domain="", name="Tidepool Inc."))
    by_domain = applied(external_id="3", account=company(external_id=""))
    assert by_id.account == by_domain.account == Account.objects.get()
    for number, domain in enumerate(["gmail.com", "googlemail.com", "live.com", "t-online.de", "gmx.net"]):
        applied(external_id=f"one {number}", account=company(external_id=f"B{number}", domain=domain))
        applied(external_id=f"two {number}", account=company(external_id=f"C{number}", domain=domain))
    assert Account.objects.count() == 11, "a provider's domain is nobody's company"


def test_two_companies_of_one_crm_on_one_domain_stay_apart(mara) -> None:
    """Sister companies: a shared domain does not let one see the other's plan."""
    first = applied()
    sister = applied(external_id="2", account=company(external_id="A9", name="Tidepool Films"))
    assert sister.account != first.account


def test_mail_domains_to_invite_from_leave_out_the_providers(mara) -> None:
    contacts = (NORA, PersonFacts(email="someone@gmail.com"), PersonFacts(email="x@sister.example"))
    assert applied(contacts=contacts).account.allowed_domains == ["sister.example", "tidepool.example"]


def test_a_domain_list_that_was_emptied_stays_empty(mara) -> None:
    applied()
    Account.objects.update(allowed_domains=[])
    applied()
    assert Account.objects.get().allowed_domains == []


def test_a_company_that_comes_later_is_found_by_the_next_deal(mara) -> None:
    nameless = applied(account=None)
    assert (nameless.account.name, nameless.gaps) == ("Starter", ["company"])
    named = applied(account=company(domain=""))
    assert (named.account, named.gaps, named.account.name) == (nameless.account, [], "Tidepool")
    applied(external_id="2", account=company(domain=""))
    assert Account.objects.get().external_id == "A1"


def test_vendor_people_among_the_contacts_are_passed_over(mara) -> None:
    plan = applied(contacts=(PersonFacts(name="Mara", email=mara.email), NORA))
    assert list(plan.account.stakeholders.values_list("user__email", flat=True)) == [NORA.email]
    mara.refresh_from_db()
    assert mara.name == "Mara Lindqvist"


def test_one_person_on_two_accounts_is_one_person(mara) -> None:
    applied()
    applied(external_id="2", account=company(external_id="B1", domain="b.example"))
    assert User.objects.filter(email=NORA.email).count() == 1
    assert Stakeholder.objects.filter(user__email=NORA.email).count() == 2


# --- In general ----------------------------------------------------------------------------------------------


def test_older_facts_are_none_and_change_nothing(mara) -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    applied(occurred_at=now)
    assert apply_facts(facts(occurred_at=now - timedelta(seconds=1), name="Old"), source="manual") is None
    assert apply_facts(facts(occurred_at=now, name="Same"), source="manual").made is False
    assert Deal.objects.get().name == "Same"
    apply_facts(facts(occurred_at=None), source="manual")
    assert Deal.objects.get().occurred_at == now, "news without a time do not forget it"


def test_without_a_fitting_playbook_nothing_is_left(mara) -> None:
    from plans.models import Playbook

    Playbook.objects.update(retired_at=TODAY)
    with pytest.raises(NoPlaybook, match="No playbook matches"):
        apply_facts(facts(), source="manual")
    assert (Account.objects.count(), Deal.objects.count(), User.objects.filter(vendor_role="").count()) == (
        0,
        0,
        0,
    )


def test_a_deal_entered_by_hand_names_who_did(mara) -> None:
    with time_machine.travel(TODAY, tick=False):
        plan = enter_deal(by=actor_at_vendor(mara), facts=facts())
    made = Event.objects.get(verb="plan.made", plan_id=plan.pk)
    assert (made.actor, made.actor_side) == (mara, "vendor")


def test_a_finished_plan_takes_nobody_new(mara) -> None:
    plan = applied(contacts=())
    Plan.objects.update(closed_at=TODAY)
    before = list(plan.tasks.values_list("owner", "version"))
    assert recast_plan(plan=plan, owners={"champion": mara.pk}, gaps=[]) == 0
    applied()
    assert list(plan.tasks.values_list("owner", "version")) == before
    assert Invitation.objects.count() == 0


def test_a_draft_ends_with_its_contract_also_when_that_changes(mara) -> None:
    plan = applied(contacts=())
    assert plan.state == "draft"
    old = plan.ends_on
    applied(contacts=(), contract=ContractFacts(start=date(2026, 12, 1), end=old + timedelta(days=91)))
    plan.refresh_from_db()
    assert plan.ends_on == old + timedelta(days=91)
    moves = DateMove.objects.filter(plan=plan)
    assert {move.cause for move in moves} >= {"delivery"}
    assert moves.get(task=None, milestone=None, objective=None).new_on == plan.ends_on
    by_rule = plan.milestones.filter(rule_anchor="end").first()
    assert by_rule is None or moves.filter(milestone=by_rule).exists()


def test_a_live_plan_stays_as_agreed_and_says_what_the_contract_says(mara, client) -> None:
    plan = applied()
    old = plan.ends_on
    applied(contract=ContractFacts(start=date(2026, 12, 1), end=old + timedelta(days=91)))
    plan.refresh_from_db()
    assert (plan.state, plan.ends_on, DateMove.objects.count()) == ("live", old, 0)
    client.force_login(mara)
    text = client.get(f"/plans/{plan.pk}/dates/").content.decode()
    assert "The contract ends on" in text
