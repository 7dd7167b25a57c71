"""The plan that is measured: out of a delivery, made live, half of it worked off, all through the services."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Invitation, User
from accounts.permissions import actor_on
from accounts.services.invitations import accept_invitation
from accounts.services.people import get_or_create_person
from bench import deals
from plans.intake.services import process_delivery
from plans.models import Objective, Plan, Task
from plans.services.evidence import accept_evidence, add_evidence
from plans.services.going_live import make_live
from plans.services.measuring import accept_measurement, add_measurement
from plans.services.working import block_task, complete_task
from portal.lib import clock
from portal.lib.uploads import Upload

KEY = "measured"
AGE = timedelta(days=63)
# Half of the 64, and not in one piece: the sponsor is behind with one, the champion has one to do.
DONE = (*range(31), 32)


def put_csm() -> User:
    person = get_or_create_person(email=deals.CSM, name="Carla Moreno")
    person.vendor_role = "csm"
    person.save(update_fields=["vendor_role"])
    return person


def make_measured_plan(csm: User) -> Plan:
    """64 tasks, 32 of them done, one blocked, evidence to review, nine measurements; about nine weeks old."""
    began = timezone.now() - AGE
    with clock.as_of(began):
        process_delivery(deals.store(KEY, began.date()).pk)
        plan = Plan.objects.get(deal__external_id=KEY)
        plan = make_live(plan=plan, by=actor_on(csm, plan.account_id))
        for invitation in Invitation.objects.filter(account=plan.account_id).select_related(
            "stakeholder__user"
        ):
            accept_invitation(invitation=invitation, user=invitation.stakeholder.user)
    tasks = list(plan.tasks.select_related("owner", "account", "plan").order_by("position"))
    for number in DONE:
        _work_off(tasks[number], csm, judged=number < 24)
    stuck = tasks[-1]
    block_task(
        by=actor_on(stuck.owner, plan.account_id),
        task=stuck,
        version=stuck.version,
        reason="The contract with the other supplier is not signed yet.",
    )
    for objective in plan.objectives.select_related("account"):
        _measure(objective, csm)
    return Plan.objects.get(pk=plan.pk)


def _work_off(task: Task, csm: User, *, judged: bool) -> None:
    owner = actor_on(task.owner, task.account_id)
    with clock.as_of(
        min(datetime.combine(task.due_on, time(10), timezone.get_default_timezone()), clock.now())
    ):
        if task.evidence_need != "none":
            upload = Upload(b"report,keep\nweekly,yes\n", "reports.csv", ".csv", "text/csv")
            link = "https://docs.example.com/reports"
            kind = "note" if task.evidence_need == "any" else task.evidence_need
            evidence = add_evidence(
                by=owner, task=task, kind=kind, note="As agreed.", url=link, upload=upload
            )
            if judged and task.side == "customer":
                accept_evidence(by=actor_on(csm, task.account_id), evidence=evidence)
        complete_task(by=owner, task=task, version=task.version)


def _measure(objective: Objective, csm: User) -> None:
    champion = objective.account.stakeholders.select_related("user").get(role="champion")
    for number, way in enumerate((Decimal("0.3"), Decimal("0.6"), Decimal("0.9"))):
        value = objective.baseline + (objective.target - objective.baseline) * way
        measurement = add_measurement(
            by=actor_on(csm, objective.account_id),
            objective=objective,
            value=value.quantize(Decimal("0.1")),
            measured_on=(timezone.now() - AGE + timedelta(days=20 * (number + 1))).date(),
        )
        if number < 2:
            accept_measurement(by=actor_on(champion.user, objective.account_id), measurement=measurement)
