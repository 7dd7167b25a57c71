"""A renewal from its first window to the decision: services."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import Contract, ContractLine, Event, SecurityConfirmation
from plans.jobs import sweep_renewals
from plans.models import Renewal, RenewalItem, Task, UsageFigure, UsageImport
from plans.services import renewing
from plans.services.notifying import notify_plan
from plans.services.offering import Offered, OptionTerms
from plans.services.renewing import (
    NotReady,
    RenewalConflict,
    begin_renewal,
    change_option,
    decide_renewal,
    mark_ready,
    meet_item,
    offer_renewal,
    open_due_renewals,
    prefer_option,
    reach_windows,
    readiness,
    settle_renewals,
    unmeet_item,
)
from tests.factories import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(account, plan) -> Contract:
    """Of 12,000 euros a year in one line; it ends with the plan, 166 days from now."""
    made = Contract.objects.create(
        account=account, number="C-1", starts_on=plan.ends_on - timedelta(days=364), ends_on=plan.ends_on,
        arr=12_000, currency="EUR", notice_days=90,
    )  # fmt: skip
    ContractLine.objects.create(
        account=account, contract=made, name="Seats", quantity=10, unit="seats", unit_price=1200,
        starts_on=made.starts_on, ends_on=made.ends_on,
    )  # fmt: skip
    return made


@pytest.fixture
def renewal(plan, contract) -> Renewal:
    assert open_due_renewals() == 1
    return Renewal.objects.select_related("contract", "plan__account__owner").get()


def again(renewal: Renewal) -> Renewal:
    return Renewal.objects.select_related("contract", "plan__account__owner").get(pk=renewal.pk)


def missing(renewal: Renewal) -> dict[str, str]:
    return {line.key: line.why for line in readiness(again(renewal)).missing}


def meet_everything(renewal: Renewal, csm, champion, sponsor) -> Renewal:
    """All that the usual playbook asks for."""
    plan, by = renewal.plan, actor(csm, renewal.plan)
    SecurityConfirmation.objects.create(name="ISO 27001", issuer="TÜV")
    Event.objects.create(
        account_id=plan.account_id, plan_id=plan.pk, verb=Verb.EDITION_ISSUED, new={"kind": "recap"}
    )
    RenewalItem.objects.filter(renewal=renewal, kind__in=["usage", "confirmed_value", "risks"]).delete()
    offer_renewal(by=by, renewal=renewal, version=again(renewal).version)
    for key, person in (("goals", csm), ("order-form", sponsor)):
        meet_item(by=actor(person, plan), renewal=renewal, item=renewal.items.get(key=key))
    prefer_option(
        by=actor(sponsor, plan), renewal=renewal, version=again(renewal).version,
        option=renewal.options.get(kind="same"),
    )  # fmt: skip
    return again(renewal)


def test_a_contract_near_its_first_window_gets_its_renewal_once(plan, renewal, csm, champion, sponsor):
    assert [window.days_before for window in renewal.windows.all()] == [180, 120, 90, 60, 30]
    assert [window.days_before for window in renewal.windows.filter(reached_at__isnull=False)] == [180]
    assert open_due_renewals() == 0
    assert reach_windows() == 0
    # The lines are there, so that only the usage is asked for; by whoever plays the role, before the next window.
    task = Task.objects.get(plan=plan, title="Bring in the usage of the last four weeks")
    assert (task.owner, task.side) == (csm, "vendor")
    assert plan.account.today() < task.due_on < renewal.windows.get(days_before=120).opens_on
    assert Task.objects.filter(plan=plan).count() == 5
    options = {option.kind: option for option in renewal.options.all()}
    assert options["expand"].lines.get().quantity == 12
    assert options["longer"].starts_on == renewal.contract.ends_on + timedelta(days=1)
    assert (options["longer"].ends_on - options["longer"].starts_on).days > 1090


def test_a_contract_that_is_far_from_its_end_is_left_alone(plan, contract):
    Contract.objects.update(ends_on=plan.ends_on + timedelta(days=60))
    assert open_due_renewals() == 0


def test_each_window_asks_for_what_it_needs_and_tells_the_csm(plan, renewal, csm, champion, sponsor):
    with time_machine.travel(timezone.now() + timedelta(days=50)):
        assert reach_windows() == 1
        assert reach_windows() == 0
        titles = set(
            Task.objects.filter(plan=plan, key__startswith="added").values_list("title", "owner__name")
        )
        assert ("Confirm the numbers that were reached", "Chloe Champion") in titles
        assert ("Work out the options and show them to the customer", "Carla Csm") in titles
        notify_plan(plan.pk)
        assert csm.notifications.filter(kind="renewal").count() == 1


def test_windows_follow_the_contract(renewal):
    Contract.objects.update(ends_on=renewal.contract.ends_on + timedelta(days=30))
    reach_windows()
    window = renewal.windows.get(days_before=30)
    assert window.opens_on == renewal.contract.ends_on


def test_ready_is_refused_while_something_is_missing_and_names_it(plan, renewal, csm, champion):
    with pytest.raises(NotReady) as refused:
        mark_ready(by=actor(csm, plan), renewal=renewal, version=renewal.version)
    said = " ".join(refused.value.messages)
    assert "Make a value recap of the last quarter: No value recap was made in the last 100 days." in said
    assert "Settle what is late on either side: 4 tasks are late" in said
    assert "(Carla Csm)" in said
    with pytest.raises(PermissionDenied):
        mark_ready(by=actor(champion, plan), renewal=renewal, version=renewal.version)


def test_readiness_asks_as_much_for_one_as_for_many(renewal, django_assert_num_queries):
    with django_assert_num_queries(9):
        readiness(renewal)
    RenewalItem.objects.all().delete()
    with django_assert_num_queries(9):
        readiness(renewal)


def test_from_ready_to_the_next_contract(plan, renewal, csm, champion, sponsor):
    renewal = meet_everything(renewal, csm, champion, sponsor)
    by = actor(csm, plan)
    assert missing(renewal) == {}
    renewal = mark_ready(by=by, renewal=renewal, version=renewal.version)
    assert renewal.state == "ready"
    same, more = renewal.options.get(kind="same"), renewal.options.get(kind="expand")
    with pytest.raises(ValidationError, match="that is “Expanded”"):
        decide_renewal(by=by, renewal=renewal, version=renewal.version, decision="renewed", option=more)
    done = decide_renewal(
        by=by, renewal=renewal, version=renewal.version, decision="renewed", option=same, reason="They like it.",
    )  # fmt: skip
    assert (done.state, done.old_amount, done.new_amount) == ("renewed", 12_000, Decimal("12000.00"))
    assert done.new_contract.renews == renewal.contract
    assert done.new_contract.arr == Decimal("12000.00")
    assert done.new_contract.starts_on == renewal.contract.ends_on + timedelta(days=1)
    back = Task.objects.get(plan=plan, title="Look back on the renewal")
    assert (back.side, back.owner) == ("vendor", csm)
    assert (back.due_on - plan.account.today()).days in range(14, 18)
    assert not Task.objects.open().filter(pk__in=renewal.items.values("task")).exists()
    event = Event.objects.get(verb=Verb.RENEWAL_DECIDED)
    assert "They like it." not in str(event.new)
    with pytest.raises(ValidationError, match="decided"):
        decide_renewal(by=by, renewal=done, version=done.version, decision="lost", reason="No.")


def test_the_second_of_two_decisions_loses(plan, renewal, csm):
    by = actor(csm, plan)
    decide_renewal(by=by, renewal=renewal, version=renewal.version, decision="lost", reason="Merged.")
    with pytest.raises(RenewalConflict):
        decide_renewal(by=by, renewal=renewal, version=renewal.version, decision="lost", reason="Merged.")
    assert Event.objects.filter(verb=Verb.RENEWAL_DECIDED).count() == 1


def test_what_stops_holding_takes_ready_back(plan, renewal, csm, champion, sponsor):
    renewal = meet_everything(renewal, csm, champion, sponsor)
    mark_ready(by=actor(csm, plan), renewal=renewal, version=renewal.version)
    assert settle_renewals() == 0
    unmeet_item(by=actor(sponsor, plan), renewal=renewal, item=renewal.items.get(key="order-form"))
    assert again(renewal).state == "preparing"
    meet_item(by=actor(sponsor, plan), renewal=renewal, item=renewal.items.get(key="order-form"))
    mark_ready(by=actor(csm, plan), renewal=renewal, version=again(renewal).version)
    # By the beat, too: what the portal finds out itself.
    SecurityConfirmation.objects.update(valid_until=plan.account.today())
    assert settle_renewals() == 1
    assert "“ISO 27001” until" in missing(renewal)["security"]
    assert Event.objects.filter(verb=Verb.RENEWAL_UNREADY).count() == 2


def test_a_task_whose_need_is_met_closes_by_itself(plan, renewal, csm, champion, sponsor):
    with time_machine.travel(timezone.now() + timedelta(days=50)):
        reach_windows()
        task = Task.objects.get(plan=plan, title__startswith="Work out the options")
        offer_renewal(by=actor(csm, plan), renewal=renewal, version=again(renewal).version)
        task.refresh_from_db()
        assert task.completed_at
        assert task.completed_by is None
        notify_plan(plan.pk)
        assert sponsor.notifications.get(kind="renewal").subject == "C-1"


def test_what_is_missing_again_is_asked_for_again(plan, renewal, csm):
    def asked() -> int:
        return Task.objects.filter(plan=plan, title__startswith="Bring in the usage").count()

    told = UsageImport.objects.create()
    day = plan.account.today()
    UsageFigure.objects.create(account=plan.account, period_from=day, period_to=day, seats=5, source=told)
    settle_renewals()
    assert Task.objects.get(plan=plan, title__startswith="Bring in the usage").completed_at
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        for _beat in range(2):
            sweep_renewals()
            assert asked() == 2
        assert missing(renewal)["usage"].startswith("The last usage is of")


def test_an_option_that_changes_is_asked_about_again(plan, renewal, csm, champion, sponsor):
    by, option = actor(csm, plan), renewal.options.get(kind="same")
    offer_renewal(by=by, renewal=renewal, version=renewal.version)
    prefer_option(by=actor(champion, plan), renewal=renewal, version=again(renewal).version, option=option)
    terms = OptionTerms(
        name="Same", starts_on=option.starts_on, ends_on=option.ends_on, billing="monthly",
        lines=[Offered(name="Seats", quantity=Decimal(9), unit_price=Decimal(1200))],
    )  # fmt: skip
    change_option(by=by, renewal=renewal, version=again(renewal).version, option=option, terms=terms)
    assert missing(renewal)["preference"] == "Nobody has said yet which option they prefer."
    with pytest.raises(ValidationError, match="The contract runs until then"):
        change_option(
            by=by, renewal=renewal, version=again(renewal).version, option=option,
            terms=OptionTerms(**{**terms.__dict__, "starts_on": renewal.contract.ends_on}),
        )  # fmt: skip


def test_each_side_says_what_it_owes_itself(plan, renewal, csm, sponsor, contributor):
    item = renewal.items.get(key="order-form")
    for person in (csm, contributor):
        with pytest.raises(PermissionDenied):
            meet_item(by=actor(person, plan), renewal=renewal, item=item)
    with pytest.raises(PermissionDenied):
        meet_item(by=actor(csm, plan), renewal=renewal, item=renewal.items.get(key="usage"))


def test_a_finished_plan_refuses(plan, renewal, csm):
    plan.closed_at = timezone.now()
    plan.save(update_fields=["closed_at"])
    with pytest.raises(ValidationError, match="finished"):
        offer_renewal(by=actor(csm, plan), renewal=renewal, version=renewal.version)


def test_a_renewal_may_begin_early(plan, contract, csm):
    Contract.objects.update(ends_on=plan.ends_on + timedelta(days=100))
    contract.refresh_from_db()
    renewal = begin_renewal(by=actor(csm, plan), plan=plan, contract=contract)
    assert not renewal.windows.filter(reached_at__isnull=False).exists()
    with pytest.raises(ValidationError, match="already"):
        begin_renewal(by=actor(csm, plan), plan=plan, contract=contract)


def test_what_a_renewal_asks_for_takes_no_other_milestone_back(plan, renewal, csm, champion, sponsor):
    """The playbook of this plan has no stage for renewals: the tasks stand in a milestone of their own."""
    task = Task.objects.get(plan=plan, title="Bring in the usage of the last four weeks")
    assert (task.milestone.title, task.milestone.first_value) == ("Renewal", False)
    assert task.milestone.stage == plan.stages.last()
    assert renewing.milestone_for(plan) == task.milestone
    assert plan.milestones.count() == 3
