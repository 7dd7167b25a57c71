"""What happened on the demo's plans until today: every line of it done through the same services as by people."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts.models import Account, Invitation, Stakeholder, User
from accounts.permissions import Actor, actor_on
from accounts.services.invitations import accept_invitation
from plans.models import Criterion, Evidence, Measurement, Objective, Plan, Task
from plans.permissions import may_review
from plans.services.evidence import accept_evidence, add_evidence
from plans.services.filling import fill_form
from plans.services.measuring import accept_measurement, add_measurement
from plans.services.working import complete_task
from portal.demo.answers import answers_to
from portal.demo.deals import Story
from portal.demo.gates import pass_gates
from portal.demo.together import Meanwhile, weekday
from portal.lib import clock
from portal.lib.uploads import Upload

# How far an objective has come at each measurement, of the way from baseline to target.
WAY = (Decimal("0.35"), Decimal("0.7"), Decimal("1.05"))


def moment(account: Account, day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), account.zone)


def let_people_in(account: Account, day: date) -> None:
    with clock.as_of(moment(account, day, 9)):
        for invitation in (
            Invitation.objects.live().filter(account=account).select_related("stakeholder__user")
        ):
            accept_invitation(invitation=invitation, user=invitation.stakeholder.user)


def work_through(plan: Plan, story: Story, csm: User) -> None:
    """Do, day by day, what was due until today, each side as late as the story says, and measure each month.

    Between the tasks people meet and talk (`together`), and a stage whose work is done passes its gate.
    """
    today = plan.account.today()
    measured = 0
    meanwhile = Meanwhile(plan, story, csm)
    for day, task in _working_order(plan, story):
        if (
            day >= today
            or task.key in meanwhile.keeps
            or task.waits_for.filter(completed_at__isnull=True).exists()
        ):
            continue
        meanwhile.until(moment(plan.account, day, 9))
        while measured < len(WAY) and _measuring_day(plan, measured) <= day:
            measure(plan, csm, measured)
            measured += 1
        # A move of another task may have changed it since.
        task.refresh_from_db(fields=["version"])
        with clock.as_of(moment(plan.account, day)):
            _do(task)
        if _may_open_a_gate(task):
            pass_gates(plan, csm, moment(plan.account, day) + timedelta(minutes=1))
    meanwhile.until(clock.now())


def _may_open_a_gate(task: Task) -> bool:
    """It was the last of its milestone, or a stage asks for it."""
    if Criterion.objects.filter(task=task).exists():
        return True
    return not Task.objects.open().filter(milestone=task.milestone_id).exists()


def _working_order(plan: Plan, story: Story) -> list[tuple[date, Task]]:
    """Tasks that somebody owns with the day on which they get done, never before what they wait for."""
    late = {"vendor": story.pace[0], "customer": story.pace[1]}
    days: dict[UUID, date] = {}
    tasks = plan.tasks.select_related("owner", "account").prefetch_related("waits_for")
    for task in tasks.order_by("due_on", "position"):
        own = weekday(task.due_on + timedelta(days=late[task.side]))
        days[task.pk] = max([own, *(days[before.pk] for before in task.waits_for.all() if before.pk in days)])
    owned = [task for task in tasks if task.owner]
    return sorted(((days[task.pk], task) for task in owned), key=lambda pair: (pair[0], pair[1].position))


def _measuring_day(plan: Plan, number: int) -> date:
    return weekday(plan.kickoff_on + timedelta(days=28 * (number + 1)))


def measure(plan: Plan, csm: User, number: int) -> None:
    """The month's value of each objective; the champion confirms all but the latest."""
    champion = Stakeholder.objects.joined().filter(account=plan.account, role="champion").first()
    day = _measuring_day(plan, number)
    for objective in plan.objectives.exclude(baseline=None).select_related("account"):
        with clock.as_of(moment(plan.account, day, 9)):
            measurement = add_measurement(
                by=actor_on(csm, plan.account_id), objective=objective, value=_value(objective, WAY[number]),
                measured_on=day, note="From the weekly report of the platform.",
            )  # fmt: skip
            if champion and number < len(WAY) - 1:
                accept_measurement(by=Actor(champion.user, champion.role), measurement=measurement)


def _do(task: Task) -> None:
    """Prove it, have the proof accepted, and tick it off."""
    by = _owner(task)
    if task.evidence_need != "none":
        evidence = _prove(by, task)
        reviewer = _reviewer(evidence)
        if reviewer:
            accept_evidence(by=reviewer, evidence=evidence)
    if task.form:
        answers = answers_to(task.form, by.user)
        fill_form(by=by, task=task, version=task.version, answers=answers, complete=True)
    else:
        complete_task(by=by, task=task, version=task.version)


def _prove(by: Actor, task: Task) -> Evidence:
    if task.evidence_need == "link":
        return add_evidence(
            by=by,
            task=task,
            kind="link",
            url=f"https://docs.example.com/{task.key}",
            note=task.desired_result,
        )
    if task.evidence_need == "file":
        content = f"item,result\n{task.title},done\n".encode()
        upload = Upload(content, f"{task.key}.csv", ".csv", "text/csv")
        return add_evidence(by=by, task=task, kind="file", upload=upload, note=task.evidence_wanted)
    return add_evidence(by=by, task=task, kind="note", note=task.desired_result)


def _reviewer(claim: Evidence | Measurement) -> Actor | None:
    """Somebody of the other side who may review; nobody for what came in the last days: that still waits."""
    if claim.claimed_at > timezone.now() - timedelta(days=4):
        return None
    if claim.claimed_side == "customer":
        owner = claim.account.owner
        return actor_on(owner, claim.account_id) if owner else None
    lead = (
        Stakeholder.objects.joined().filter(account=claim.account, role__in=("champion", "sponsor")).first()
    )
    actor = Actor(lead.user, lead.role) if lead else None
    return actor if actor and may_review(actor, "evidence.review", claim) else None


def _owner(task: Task) -> Actor:
    if task.owner is None:
        raise ValueError(f"{task} has no owner")
    return actor_on(task.owner, task.account_id)


def _value(objective: Objective, way: Decimal) -> Decimal:
    assert objective.baseline is not None  # noqa: S101 - the query left the others out
    value = objective.baseline + (objective.target - objective.baseline) * way
    return value.quantize(Decimal("0.1"))
