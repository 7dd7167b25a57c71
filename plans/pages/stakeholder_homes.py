"""What a customer's people see first: what to do next over all their plans, or the answer in one glance.

The number of queries does not depend on how many plans a person is on.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.models import Stakeholder, User
from accounts.permissions import SPONSOR, VIEWER, Actor
from accounts.rows import open_invitation_rows, plan_row
from plans.models import Measurement, Plan, Task
from plans.pages.loading import TASK_COLUMNS, MilestoneFacts, Review, load_milestones, with_facts
from plans.pages.rows import RowMaker, TaskFacts, estimate_in_words
from plans.pages.spine import milestone_heads, progress_label, review_row, row_maker, turn_headline
from portal.lib.days import full_day, long_day, short_day

SHOWN = 12


def roles_of(user: User) -> dict[UUID, str]:
    """The person's role on each account that they have joined."""
    return dict(Stakeholder.objects.joined().filter(user=user).values_list("account_id", "role"))


def only_watches(roles: Iterable[str]) -> bool:
    """A sponsor or viewer everywhere: asked for no work, but owed an answer."""
    roles = set(roles)
    return bool(roles) and roles <= {SPONSOR, VIEWER}


def plans_of(user: User) -> list[Plan]:
    """The plans that the person sees: running ones first, the newest first among them."""
    plans = Plan.objects.visible_to(user).select_related("account").order_by("-live_at", "id")
    return sorted(plans, key=lambda plan: plan.state != "live")


def stakeholder_home(user: User, roles: Mapping[UUID, str], plans: list[Plan]) -> dict[str, Any]:
    """`next` is the one obvious first thing; `turn` is what comes after it."""
    makers = _makers(user, roles, plans)
    names = {plan.pk: plan for plan in plans}
    asked = _asked(makers, user)
    reviews = _reviews(makers)
    rows = [makers[plan_id].turn_row(task) | {"plan_name": names[plan_id].name} for plan_id, task in asked]
    rows += [
        review_row(names[plan_id], review, makers[plan_id]) | {"plan_name": names[plan_id].name}
        for plan_id, review in reviews
    ]
    first = rows[0] if rows else None
    return {
        "greeting": _("Hello, %(name)s") % {"name": user.name.split(" ")[0] if user.name else user.email},
        "next": first | _more_about(first) if first else None,
        "turn": {
            "mine": rows[1:SHOWN],
            "headline": turn_headline(len(rows) - 1) if len(rows) > 1 else "",
            "empty_text": _nothing(plans),
        },
        "plans": [plan_row(plan, plan.account.today()) for plan in plans],
        "invitations": open_invitation_rows(user),
    }


def sponsor_home(user: User, roles: Mapping[UUID, str], plans: list[Plan]) -> dict[str, Any]:
    """The answer for the plan that matters most now, then the others in a line each.

    `turn` is what the sponsor is asked for, if anything: {text, url} of the first.
    """
    plan, *others = plans
    milestones = load_milestones(plan.pk)
    today = plan.account.today()
    maker = row_maker(plan, Actor(user, VIEWER))
    heads = milestone_heads(milestones, maker)
    ahead = [head for head in heads if head["state"] != "done"]
    return {
        "answer": answer_of(plan, milestones, _late_tasks(plan, today), today),
        "plan": plan_row(plan, today),
        "reached": [_reached(head, maker) for head in reversed(heads) if head["state"] == "done"],
        "ahead": ahead[:3],
        "others": [plan_row(other, other.account.today()) for other in others],
        "invitations": open_invitation_rows(user),
        "turn": _turn_of(user, roles, plans),
        "recap_url": _recap_url(user, roles, plan),
        # A viewer sees neither.
        "contract_url": reverse("plan_renewal", args=[plan.pk]) if roles[plan.account_id] == SPONSOR else "",
        "values_url": reverse("value_list", args=[plan.pk]) if roles[plan.account_id] == SPONSOR else "",
    }


def answer_of(plan: Plan, milestones: list[MilestoneFacts], late_tasks: int, today: date) -> dict[str, str]:
    """On course or not: late when a milestone is overdue, due when only tasks are, else ok."""
    ahead = [stop for stop in milestones if stop.reached_at is None]
    overdue = [stop for stop in ahead if stop.due_on < today]
    counts = progress_label(plan.tasks_done, plan.tasks_total)
    if plan.state == "closed":
        return {"status": "due", "headline": _("This plan was closed"), "text": counts}
    if not ahead:
        return {"status": "ok", "headline": _("Every milestone is reached"), "text": counts}
    if overdue:
        headline = ngettext("%(n)d milestone is late", "%(n)d milestones are late", len(overdue))
        text = _("“%(title)s” was due on %(day)s.") % {
            "title": overdue[0].title,
            "day": full_day(overdue[0].due_on),
        }
        return {"status": "late", "headline": headline % {"n": len(overdue)}, "text": text}
    headline = _("On course for %(day)s") % {"day": long_day(ahead[-1].due_on)}
    if late_tasks:
        text = ngettext(
            "No milestone is late, but %(n)d task is.",
            "No milestone is late, but %(n)d tasks are.",
            late_tasks,
        )
        return {"status": "due", "headline": headline, "text": text % {"n": late_tasks}}
    text = _("Nothing is late. Next: “%(title)s”, by %(day)s.") % {
        "title": ahead[0].title,
        "day": full_day(ahead[0].due_on),
    }
    return {"status": "ok", "headline": headline, "text": text}


def _makers(user: User, roles: Mapping[UUID, str], plans: Iterable[Plan]) -> dict[UUID, RowMaker]:
    """For the plans on which anything can be asked of the person."""
    return {
        plan.pk: row_maker(plan, Actor(user, roles.get(plan.account_id, "")))
        for plan in plans
        if plan.state == "live"
    }


def _turn_of(user: User, roles: Mapping[UUID, str], plans: Iterable[Plan]) -> dict[str, str] | None:
    makers = _makers(user, roles, plans)
    asked = [
        (plan_id, task) for plan_id, task in _asked(makers, user) if not makers[plan_id].viewer.is_stuck(task)
    ]
    if not asked:
        return None
    plan_id, first = asked[0]
    return {"text": f"{turn_headline(len(asked))}: {first.title}", "url": makers[plan_id].row(first)["url"]}


def _asked(makers: Mapping[UUID, RowMaker], user: User) -> list[tuple[UUID, TaskFacts]]:
    """Own tasks first, then those that somebody has to take up, then reviews, then what is stuck; each by date."""
    tasks = Task.objects.filter(plan__in=makers).filter(
        Q(completed_at__isnull=True)
        | Q(evidence__accepted_at__isnull=True, evidence__returned_at__isnull=True, evidence__isnull=False)
    )
    found: dict[UUID, tuple[UUID, TaskFacts]] = {}
    for plan_id, *columns in with_facts(tasks).values_list("plan_id", *TASK_COLUMNS):
        task = TaskFacts._make(columns)
        viewer = makers[plan_id].viewer
        if viewer.is_asked(task) or viewer.is_stuck(task):
            found[task.id] = (plan_id, task)

    def urgency(entry: tuple[UUID, TaskFacts]) -> tuple[int, date, str]:
        plan_id, task = entry
        viewer = makers[plan_id].viewer
        if viewer.is_asked_to_work(task):
            kind = 0 if task.owner_id == user.pk else 1
        else:
            kind = 2 if viewer.is_asked(task) else 3
        return kind, task.due_on, task.title

    return sorted(found.values(), key=urgency)


def _reviews(makers: Mapping[UUID, RowMaker]) -> list[tuple[UUID, Review]]:
    """Measurements that wait for this person's judgement."""
    judged = [plan_id for plan_id, maker in makers.items() if maker.viewer.reviews]
    if not judged:
        return []
    waiting = Measurement.objects.waiting().filter(plan__in=judged, claimed_side=Side.VENDOR)
    rows = waiting.order_by("measured_on").values_list(
        "plan_id", "id", "objective_id", "objective__title", "measured_on"
    )
    return [(plan_id, Review(*rest)) for plan_id, *rest in rows]


def _more_about(row: Mapping[str, Any]) -> dict[str, str]:
    """Why the first thing is worth doing and how long it takes; nothing for what is no task."""
    facts = Task.objects.filter(pk=row["id"]).values_list("why", "estimate_minutes").first()
    why, minutes = facts or ("", None)
    return {"why": why, "estimate_label": estimate_in_words(minutes)}


def _nothing(plans: list[Plan]) -> str:
    if any(plan.state == "live" for plan in plans):
        return _("You will get a mail when it is your turn again.")
    return _("As soon as a plan of yours is running, your next step stands here.")


def _late_tasks(plan: Plan, today: date) -> int:
    return Task.objects.open().filter(plan=plan, due_on__lt=today).count()


def _recap_url(user: User, roles: Mapping[UUID, str], plan: Plan) -> str:
    """The newest finished value recap of the plan; "" without one, and for who may not read it."""
    if not Actor(user, roles.get(plan.account_id, "")).may("edition.view"):
        return ""
    editions = plan.editions.visible_to(user).finished().order_by("-finished_at")
    newest = editions.values_list("pk", flat=True).first()
    return reverse("edition_detail", args=[newest]) if newest else ""


def _reached(head: Mapping[str, Any], maker: RowMaker) -> dict[str, str]:
    day = head["facts"].reached_at.astimezone(maker.clock).date()
    return {"title": head["title"], "when_label": short_day(day), "when_iso": day.isoformat()}
