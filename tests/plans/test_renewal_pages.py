"""The pages of a renewal: the vendor's way to it, the customer's terms, the list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Contract, ContractLine, Entitlement
from plans.models import Renewal, RenewalOption, Task, UsageFigure, UsageImport
from plans.services.offering import offer_renewal, prepare_options
from plans.services.renewing import open_due_renewals
from tests.factories import AccountFactory, actor, make_live_plan

pytestmark = pytest.mark.django_db


def put_contract(plan) -> Contract:
    made = Contract.objects.create(
        account=plan.account, number="C-1", starts_on=plan.ends_on - timedelta(days=364), ends_on=plan.ends_on,
        arr=12_000, currency="EUR", notice_days=90,
    )  # fmt: skip
    ContractLine.objects.create(
        account=plan.account, contract=made, name="Seats", quantity=10, unit="seats", unit_price=1200,
        starts_on=made.starts_on, ends_on=made.ends_on,
    )  # fmt: skip
    return made


@pytest.fixture
def renewal(plan) -> Renewal:
    put_contract(plan)
    open_due_renewals()
    return Renewal.objects.select_related("contract", "plan__account__owner").get()


def address(renewal: Renewal, name: str = "renewal_detail", **more) -> str:
    return reverse(name, kwargs={"plan_id": renewal.plan_id, "renewal_id": renewal.pk, **more})


def again(renewal: Renewal) -> Renewal:
    return Renewal.objects.get(pk=renewal.pk)


def edited(renewal: Renewal, **changes) -> dict:
    """The form of an option as a browser sends it, with its one line."""
    option = renewal.options.get(kind="same")
    return {
        "version": again(renewal).version, "name": "The same again", "starts_on": option.starts_on,
        "ends_on": option.ends_on, "billing": "yearly", "note": "", "recommended": "on",
        "lines-TOTAL_FORMS": 4, "lines-INITIAL_FORMS": 1, "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 100,
        "lines-0-name": "Seats", "lines-0-quantity": "10", "lines-0-unit": "seats", "lines-0-unit_price": "1200",
        "lines-0-price_per": "year", "lines-0-discount_percent": "0", "lines-0-product": "",
        **{f"lines-{n}-price_per": "year" for n in (1, 2, 3)},
        **changes,
    }  # fmt: skip


class TestTheVendor:
    def test_sees_what_is_missing_and_who_owes_it(self, enter, renewal, csm, sponsor, champion):
        text = enter(csm).get(address(renewal)).content.decode()
        assert "Renewal of Acme" in text
        assert "180 days before the end" in text
        assert "No usage has come in yet." in text
        assert "It is up to Carla Csm" in text
        assert "Nobody has said so yet." in text
        assert "EUR\xa012,000.00" in text

    def test_is_refused_with_the_list(self, enter, renewal, csm):
        answer = enter(csm).post(address(renewal, "renewal_ready"), {"version": renewal.version})
        assert answer.status_code == 422
        assert "This renewal is not ready yet. This is missing:" in answer.content.decode()
        assert again(renewal).ready_at is None

    def test_works_out_an_option(self, enter, renewal, csm):
        option = renewal.options.get(kind="same")
        url = address(renewal, "option_edit", option_id=option.pk)
        assert 'value="1200"' in enter(csm).get(url).content.decode()
        more = {"lines-1-name": "Support", "lines-1-quantity": "1", "lines-1-unit_price": "300.5"}
        answer = enter(csm).post(url, edited(renewal, **more, note="<b>Fair</b>"))
        assert answer.status_code == 302
        assert [line.name for line in option.lines.all()] == ["Seats", "Support"]
        text = enter(csm).get(address(renewal)).content.decode()
        assert "EUR\xa012,300.50" in text
        assert "New: Support, 1" in text
        assert "&lt;b&gt;Fair&lt;/b&gt;" in text
        assert RenewalOption.objects.filter(renewal=renewal, recommended=True).get() == option

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"name": ""}, "required"),
            ({"name": "x" * 121}, "at most 120"),
            ({"ends_on": "2020-01-01"}, "The last day is before the first one."),
            ({"starts_on": "2020-01-01"}, "The contract runs until then"),
            ({"lines-0-quantity": "-1"}, "greater than or equal to 0"),
            ({"lines-0-unit_price": "1000000000001"}, "less than or equal to 1000000000000"),
            (
                {"lines-0-quantity": "2", "lines-0-unit_price": "90000000000"},
                "Quantity times price is more money than there is.",
            ),
            ({"lines-0-discount_percent": "101"}, "less than or equal to 100"),
            ({"lines-0-unit_price": "NaN"}, "Enter a number"),
            ({"lines-0-unit_price": "sNaN"}, "Enter a number"),
            ({"lines-0-name": "A\x00B"}, "Null characters are not allowed"),
            ({"lines-0-DELETE": "on"}, "Each option needs at least one line."),
            ({"lines-1-name": "Half a line"}, "required"),
        ],
    )
    def test_gets_a_bad_option_back_with_what_was_typed(self, enter, renewal, csm, changes, said):
        url = address(renewal, "option_edit", option_id=renewal.options.get(kind="same").pk)
        answer = enter(csm).post(url, edited(renewal, **{"note": "Typed once."} | changes))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert said in text
        assert "Typed once." in text
        assert again(renewal).version == renewal.version

    def test_is_told_when_somebody_was_faster(self, enter, renewal, csm):
        url = address(renewal, "option_edit", option_id=renewal.options.get(kind="same").pk)
        data = edited(renewal)
        assert enter(csm).post(url, data).status_code == 302
        answer = enter(csm).post(url, data | {"name": "Mine"})
        assert answer.status_code == 409
        assert 'value="Mine"' in answer.content.decode()

    def test_records_what_became_of_it_and_nobody_else_reads_why(self, enter, renewal, csm, sponsor):
        answer = enter(csm).post(
            address(renewal, "renewal_decide"), {"version": renewal.version, "decision": "lost"}
        )
        assert answer.status_code == 422
        assert "Say why the contract was lost." in answer.content.decode()
        data = {"version": renewal.version, "decision": "lost", "reason": "A cheaper rival."}
        assert enter(csm).post(address(renewal, "renewal_decide"), data).status_code == 302
        assert "A cheaper rival." in enter(csm).get(address(renewal)).content.decode()
        for url in (address(renewal), reverse("plan_detail", args=[renewal.plan_id])):
            text = enter(sponsor).get(url).content.decode()
            assert "A cheaper rival." not in text
        assert Task.objects.filter(plan=renewal.plan_id, title="Look back on the renewal").exists()

    def test_begins_before_its_time(self, enter, plan, csm):
        url = reverse("plan_renewal", args=[plan.pk])
        assert "The account has no contract yet." in enter(csm).get(url).content.decode()
        contract = put_contract(plan)
        Contract.objects.filter(pk=contract.pk).update(ends_on=plan.ends_on + timedelta(days=90))
        assert "Its renewal appears here by itself" in enter(csm).get(url).content.decode()
        enter(csm).post(reverse("renewal_begin", args=[plan.pk]))
        assert enter(csm).get(url).headers["Location"] == address(Renewal.objects.get())


class TestTheCustomer:
    def test_sees_no_option_before_it_is_shown(self, enter, renewal, sponsor):
        text = enter(sponsor).get(address(renewal)).content.decode()
        assert "We are working out the options." in text
        assert "12,000" not in text
        assert "No usage has come in yet." not in text

    def test_sees_terms_and_use_and_says_which_it_prefers(self, enter, renewal, csm, sponsor):
        contract = renewal.contract
        Entitlement.objects.create(
            account=contract.account, contract=contract, measure="seats", label="Seats", limit=10, unit="seats",
            fair_use_percent=120, beyond="We talk about more.", overage_price=130,
        )  # fmt: skip
        day = timezone.now().date() - timedelta(days=3)
        UsageFigure.objects.create(
            account=contract.account, period_from=day - timedelta(days=6), period_to=day, seats=11,
            source=UsageImport.objects.create(),
        )  # fmt: skip
        offer_renewal(by=actor(csm, renewal.plan), renewal=renewal, version=renewal.version)
        text = enter(sponsor).get(address(renewal)).content.decode()
        assert "Seats: 12\xa0seats instead of 10\xa0seats" in text
        assert "EUR\xa02,400.00 a year more than now" in text
        assert "Beyond what is bought, in fair use" in text
        assert "11\xa0seats of 10\xa0seats" in text
        assert "We talk about more." in text
        option = renewal.options.get(kind="longer")
        url = address(renewal, "option_prefer", option_id=option.pk)
        answer = enter(sponsor).post(url, {"version": again(renewal).version})
        assert answer.status_code == 302
        assert "Sam Sponsor prefers this one" in enter(csm).get(address(renewal)).content.decode()

    def test_the_history_tells_it_to_those_who_may_look_at_it(
        self, enter, renewal, csm, sponsor, contributor
    ):
        offer_renewal(by=actor(csm, renewal.plan), renewal=renewal, version=again(renewal).version)
        url = reverse("plan_detail", args=[renewal.plan_id])
        said = [
            f"{csm} showed the options" in enter(who).get(url).content.decode()
            for who in (sponsor, contributor)
        ]
        assert said == [True, False]

    def test_an_option_of_another_renewal_is_404(self, enter, renewal, csm, sponsor):
        other = make_live_plan(account=AccountFactory())
        put_contract(other)
        open_due_renewals()
        foreign = RenewalOption.objects.filter(plan=other)[0]
        offer_renewal(by=actor(csm, renewal.plan), renewal=renewal, version=renewal.version)
        url = address(renewal, "option_prefer", option_id=foreign.pk)
        assert enter(sponsor).post(url, {"version": 2}).status_code == 404

    def test_the_reason_is_not_even_read(self, rf, renewal, sponsor, csm):
        from plans.access import get_renewal

        for person, read in ((sponsor, False), (csm, True)):
            request = rf.get("/")
            request.user = person
            found, _actor = get_renewal(request, renewal.plan_id, renewal.pk, "renewal.view")
            assert ("reason" in found.__dict__) is read


class TestTheList:
    @pytest.mark.parametrize("count", [1, 3])
    def test_asks_as_much_for_one_as_for_three(self, count, enter, csm, django_assert_num_queries):
        for _n in range(count):
            put_contract(make_live_plan(account=AccountFactory(owner=csm)))
        open_due_renewals()
        browser = enter(csm)
        browser.get(reverse("renewal_list"))
        with django_assert_num_queries(15):
            text = browser.get(reverse("renewal_list")).content.decode()
        assert text.count("</th>\n<td") == count
        assert "180 days" in text

    def test_what_is_late_comes_first(self, enter, renewal, csm):
        later = make_live_plan(account=AccountFactory(name="Later", owner=csm))
        put_contract(later)
        open_due_renewals()
        Task.objects.filter(plan=later, key__startswith="added").update(
            due_on=later.account.today() - timedelta(days=2)
        )
        text = enter(csm).get(reverse("renewal_list")).content.decode()
        assert text.index(">Later</a>") < text.index(">Acme</a>")
        text = enter(csm).get(reverse("renewal_list") + "?show=late").content.decode()
        assert ">Acme</a>" not in text

    def test_a_csm_sees_their_own_first(self, enter, renewal, admin):
        from tests.factories import UserFactory

        other = enter(UserFactory(vendor_role="csm"))
        assert ">Acme</a>" not in other.get(reverse("renewal_list")).content.decode()
        assert ">Acme</a>" in other.get(reverse("renewal_list") + "?all").content.decode()
        assert ">Acme</a>" in enter(admin).get(reverse("renewal_list")).content.decode()


def test_options_need_a_contract_that_says_enough(plan, csm, enter):
    Contract.objects.create(account=plan.account, starts_on=plan.kickoff_on, ends_on=plan.ends_on)
    open_due_renewals()
    renewal = Renewal.objects.select_related("contract").get()
    assert prepare_options(renewal=renewal) is False
    answer = enter(csm).post(address(renewal, "renewal_prepare"))
    assert answer.status_code == 422
    assert "The contract says too little" in answer.content.decode()
