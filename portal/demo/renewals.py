"""Two contracts of the demo that near their end: one has a lot missing in its 120-day window, one is ready."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Account, SecurityConfirmation, Stakeholder
from accounts.permissions import Actor, actor_on
from plans.choices import RenewalNeed
from plans.models import Evidence, Plan, Renewal
from plans.services.confirming import confirm_values, open_numbers, open_wins
from plans.services.measuring import add_measurement
from plans.services.notifying import notify_plan
from plans.services.offering import Offered, OptionTerms, change_option
from plans.services.readiness import readiness
from plans.services.renewal_windows import open_renewal, reach_renewal
from plans.services.renewing import mark_ready, meet_item, offer_renewal, prefer_option
from plans.services.working import complete_task
from portal.lib import clock

BEGUN, READY = "demo-marlow", "demo-kestrel"


def put_renewals() -> None:
    """Where they are not there yet."""
    put_security()
    for key in (BEGUN, READY):
        plan = Plan.objects.filter(deal__source="manual", deal__external_id=key).first()
        if plan and not Renewal.objects.filter(plan=plan).exists():
            renewal = come_near(plan)
            if key == READY:
                make_ready(renewal)
            else:
                measure_lately(plan)
            notify_plan(plan.pk)


def put_security() -> None:
    """The vendor's own: one that lasts, and one that has to be renewed soon."""
    if SecurityConfirmation.objects.exists():
        return
    today = clock.now().date()
    SecurityConfirmation.objects.bulk_create(
        SecurityConfirmation(
            name=name, issuer=issuer, valid_from=today - timedelta(days=since),
            valid_until=today + timedelta(days=days),
            url=f"https://trust.example.com/{number}",
        )
        for number, (name, issuer, since, days) in enumerate(
            [
                ("ISO/IEC 27001 certificate", "Norden Certification", 400, 690),
                ("Penetration test report", "Redcliff Security", 300, 64),
            ]
        )
    )  # fmt: skip


def come_near(plan: Plan) -> Renewal:
    """Each window on its own day."""
    contract = plan.account.contracts.latest("ends_on")
    at = datetime.combine(contract.ends_on - timedelta(days=185), time(9), plan.account.zone)
    with clock.as_of(at):
        renewal = open_renewal(plan.pk, contract.pk)
    assert renewal  # noqa: S101 - nobody else opens it
    for window in renewal.windows.filter(opens_on__lte=plan.account.today()).order_by("-days_before"):
        with clock.as_of(datetime.combine(window.opens_on, time(9), plan.account.zone)):
            reach_renewal(renewal.pk)
    return renewal


def measure_lately(plan: Plan) -> None:
    """Numbers that nobody has confirmed: the first with something that proves it."""
    csm = actor_on(plan.account.owner, plan.account_id) if plan.account.owner else None
    assert csm  # noqa: S101 - the story has one
    proof = Evidence.objects.standing().filter(plan=plan).order_by("-claimed_at").first()
    for number, objective in enumerate(plan.objectives.exclude(baseline=None).select_related("account")):
        with clock.as_of(_days_ago(plan.account, 9)):
            add_measurement(
                by=csm, objective=objective, value=objective.target, measured_on=plan.account.today(),
                note="From the weekly report of the platform.", evidence=None if number else proof,
            )  # fmt: skip


def make_ready(renewal: Renewal) -> None:
    """What is still missing, day by day until yesterday."""
    plan, account = renewal.plan, renewal.plan.account
    csm = actor_on(account.owner, account.pk) if account.owner else None
    assert csm  # noqa: S101 - the story has one
    sponsor, champion = _lead(account, "sponsor"), _lead(account, "champion")
    # A document takes seconds to be made, and so small an account can do without a recap.
    renewal.items.filter(kind=RenewalNeed.RECAP).delete()
    _work_out(csm, renewal)
    with clock.as_of(_days_ago(account, 12)):
        confirm_values(
            by=champion, plan=plan, numbers=[one.pk for one in open_numbers(plan)],
            wins={one.pk: one.version for one in open_wins(plan)},
        )  # fmt: skip
        offer_renewal(by=csm, renewal=renewal, version=_version(renewal))
    with clock.as_of(_days_ago(account, 7)):
        option = renewal.options.get(kind="expand")
        prefer_option(by=sponsor, renewal=renewal, version=_version(renewal), option=option)
    with clock.as_of(_days_ago(account, 4)):
        for person, key in ((csm, "goals"), (sponsor, "order-form")):
            meet_item(by=person, renewal=renewal, item=renewal.items.get(key=key))
        _finish_late_tasks(plan)
    with clock.as_of(_days_ago(account, 1)):
        renewal.refresh_from_db()
        if readiness(renewal).is_complete:
            mark_ready(by=csm, renewal=renewal, version=renewal.version)


def _work_out(csm: Actor, renewal: Renewal) -> None:
    """More seats, for a little less each."""
    option = renewal.options.get(kind="expand")
    line = Offered(
        name="Workflow Platform",
        quantity=Decimal(55),
        unit="seats",
        unit_price=Decimal(33),
        price_per="month",
    )
    terms = OptionTerms(
        name="With the warehouse", starts_on=option.starts_on, ends_on=option.ends_on, billing=option.billing,
        note="Fifteen seats for the warehouse, and each seat two euros less.", recommended=True, lines=[line],
    )  # fmt: skip
    with clock.as_of(_days_ago(renewal.plan.account, 14)):
        change_option(by=csm, renewal=renewal, version=_version(renewal), option=option, terms=terms)


@transaction.atomic
def _finish_late_tasks(plan: Plan) -> None:
    for task in (
        plan.tasks.open().filter(due_on__lt=plan.account.today(), owner__isnull=False).select_related("owner")
    ):
        assert task.owner  # noqa: S101 - asked for above
        complete_task(by=actor_on(task.owner, plan.account_id), task=task, version=task.version)


def _lead(account: Account, role: str) -> Actor:
    person = Stakeholder.objects.joined().get(account=account, role=role)
    return Actor(person.user, person.role)


def _version(renewal: Renewal) -> int:
    return Renewal.objects.values_list("version", flat=True).get(pk=renewal.pk)


def _days_ago(account: Account, days: int) -> datetime:
    return datetime.combine(account.today() - timedelta(days=days), time(10), account.zone)
