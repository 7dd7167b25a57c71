"""What the vendor's homes show: the portfolio, exceptions first.

All counting is done in SQL, on the counters that each plan carries (`plans/services/counting.py`); tasks are
looked at for the plans of one page only. So a thousand accounts cost about what a hundred do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from plans.models import Plan, Task
from plans.pages.rows import due_in_words
from plans.services.winning import ALARM_DAYS
from portal.lib import clock

PAGE = 25
LIVE = Q(live_at__isnull=False)
# The order is the order of urgency: a plan stands under the first that fits.
EXCEPTIONS: dict[str, Q] = {
    "late": LIVE & Q(next_due_on__lt=F("today")),
    "no_value": LIVE & Q(first_value_on=None, signed_on__lt=F("today") - Value(ALARM_DAYS)),
    "blockers": LIVE & (Q(blocked_customer__gt=0) | Q(customer_due_on__lt=F("today"))),
    "waiting": LIVE & Q(ready_customer__gt=0, ready_vendor=0),
    "unowned": Q(tasks_unowned__gt=0),
    "review": Q(reviews_vendor__gt=0),
    "draft": ~LIVE,
}
COLUMNS = (
    "id",
    "name",
    "account_id",
    "account__name",
    "live_at",
    "next_due_on",
    "today",
    "rank",
    "tasks_total",
    "tasks_done",
    "tasks_unowned",
    "tasks_blocked",
    "ready_customer",
    "ready_vendor",
    "reviews_vendor",
    "signed_on",
    "first_value_on",
    "blocked_customer",
    "customer_due_on",
)


class PlanFacts(NamedTuple):
    """In the order of `COLUMNS`."""

    id: UUID
    name: str
    account_id: UUID
    account_name: str
    live_at: Any
    next_due_on: date | None
    today: date
    rank: int
    total: int
    done: int
    unowned: int
    blocked: int
    ready_customer: int
    ready_vendor: int
    reviews: int
    signed_on: date | None
    first_value_on: date | None
    blocked_customer: int
    customer_due_on: date | None


def local_today_of(zone: str) -> Combinable:
    """Today where the account is, in SQL; `zone` is the path to its time zone."""
    here = Func(F(zone), Value(clock.now()), function="timezone", output_field=DateTimeField())
    return Cast(here, DateField())


def portfolio(user: User, *, owner: User | None) -> "QuerySet[Plan]":
    """The running plans that the person sees, of one CSM's accounts or of all, each with its `today`."""
    plans = Plan.objects.visible_to(user).running()
    if owner is not None:
        plans = plans.filter(account__owner=owner)
    return plans.annotate(today=local_today_of("account__time_zone"))


def count_exceptions(plans: "QuerySet[Plan]") -> dict[str, int]:
    """How many plans there are of each kind, in one query: all, any (some exception), and each exception.

    `done` and `total` are sums over the plans' tasks.
    """
    any_of = Q()
    for condition in EXCEPTIONS.values():
        any_of |= condition
    counts = plans.aggregate(
        all=Count("pk"),
        any=Count("pk", filter=any_of),
        live=Count("pk", filter=LIVE),
        done=Sum("tasks_done", default=0),
        total=Sum("tasks_total", default=0),
        **{f"n_{key}": Count("pk", filter=condition) for key, condition in EXCEPTIONS.items()},
    )
    return {key.removeprefix("n_"): number for key, number in counts.items()}


def ranked(plans: "QuerySet[Plan]", tab: str) -> "QuerySet[Plan, Any]":
    """The plans of one tab ("" for all) as `PlanFacts` rows, the most urgent first."""
    if tab:
        plans = plans.filter(EXCEPTIONS[tab])
    rank = Case(
        *(When(condition, then=Value(n)) for n, condition in enumerate(EXCEPTIONS.values())),
        default=Value(len(EXCEPTIONS)),
        output_field=IntegerField(),
    )
    order = ("rank", F("next_due_on").asc(nulls_last=True), "account__name", "id")
    return plans.annotate(rank=rank).order_by(*order).values_list(*COLUMNS)


def late_counts(todays: Mapping[UUID, date]) -> Counter[UUID]:
    """How many tasks are late in each of these live plans; one query, whatever their number.

    `todays` is what day it is for each; to ask the database for it beside each task would double its work.
    """
    due = (
        Task.objects.open()
        .filter(plan__in=todays, due_on__lt=max(todays.values(), default=date.min))
        .order_by()
    )
    return Counter(plan_id for plan_id, day in due.values_list("plan_id", "due_on") if day < todays[plan_id])


def portfolio_rows(plans: Sequence[PlanFacts]) -> list[dict[str, Any]]:
    late = late_counts({plan.id: plan.today for plan in plans if plan.live_at})
    return [_row(plan, late[plan.id]) for plan in plans]


def portfolio_tabs(counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "late": _("Late"),
        "no_value": _("No value yet"),
        "blockers": _("Held up by customer"),
        "waiting": _("Waits for customer"),
        "unowned": _("Needs an owner"),
        "review": _("To review"),
        "draft": _("Drafts"),
    }
    return [
        {
            "label": label,
            "url": f"?show={key}" if key else "?",
            "count": counts[key or "all"],
            "current": key == current,
        }
        for key, label in labels.items()
    ]


def portfolio_headline(counts: dict[str, int]) -> str:
    if not counts["all"]:
        return _("No plan is running yet")
    if not counts["any"]:
        return ngettext("%(n)d plan, on course", "All %(n)d plans are on course", counts["all"]) % {
            "n": counts["all"]
        }
    return (
        ngettext(
            "%(any)d of %(all)d plan needs somebody", "%(any)d of %(all)d plans need somebody", counts["all"]
        )
        % counts
    )


def portfolio_figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    share = counts["done"] * 100 // counts["total"] if counts["total"] else 0
    return [
        {"label": _("Live plans"), "value": counts["live"]},
        {"label": _("Late"), "value": counts["late"]},
        {"label": _("Waiting for a customer"), "value": counts["waiting"]},
        {"label": _("Tasks done"), "value": f"{share} %"},
    ]


def _row(plan: PlanFacts, late: int) -> dict[str, Any]:
    label, state = ("", "")
    if plan.next_due_on:
        label, state = due_in_words(plan.next_due_on, plan.today)
    exceptional = plan.rank < len(EXCEPTIONS)
    return {
        "account": plan.account_name,
        "account_url": reverse("account_page", args=[plan.account_id]),
        "plan": plan.name,
        "url": reverse("plan_detail", args=[plan.id]),
        "status": "late" if late else "due" if exceptional else "ok",
        "why": _why(plan, late),
        "late": late or "",
        "waiting": plan.ready_customer or "",
        "unowned": plan.unowned or "",
        "review": plan.reviews or "",
        "next_due_label": label,
        "next_due_iso": plan.next_due_on.isoformat() if plan.next_due_on else "",
        "next_due_state": state if plan.live_at else "ok",
        "progress_percent": plan.done * 100 // plan.total if plan.total else 0,
    }


def _why(plan: PlanFacts, late: int) -> str:
    words = []
    if not plan.live_at:
        words.append(_("draft to review"))
    if late:
        words.append(ngettext("%(n)d task late", "%(n)d tasks late", late) % {"n": late})
    if plan.live_at and plan.signed_on and plan.first_value_on is None:
        days = (plan.today - plan.signed_on).days
        if days > ALARM_DAYS:
            words.append(
                ngettext("no value after %(n)d day", "no value after %(n)d days", days) % {"n": days}
            )
    if plan.live_at and (plan.blocked_customer or (plan.customer_due_on or plan.today) < plan.today):
        words.append(_("held up by the customer"))
    elif plan.live_at and plan.ready_customer and not plan.ready_vendor:
        words.append(_("waits for the customer"))
    if plan.unowned:
        words.append(_("%(n)d without an owner") % {"n": plan.unowned})
    if plan.reviews:
        words.append(_("%(n)d to review") % {"n": plan.reviews})
    if plan.blocked:
        words.append(_("%(n)d blocked") % {"n": plan.blocked})
    text = ", ".join(words) or _("on course")
    return text[:1].upper() + text[1:]
