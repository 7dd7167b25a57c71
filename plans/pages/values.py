"""All numbers of a plan with who stands behind them: for the customer to confirm at once, for the vendor to ask."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from accounts.permissions import Actor
from plans.models import Measurement, Objective, Plan, Win
from plans.pages.objectives import amount, proof_link
from plans.pages.standing_words import standing_words
from plans.services.confirming import open_numbers, open_wins
from plans.values import standing, standing_of_win
from portal.lib.days import full_day


def values_context(
    plan: Plan,
    actor: Actor,
    *,
    chosen: Collection[str] = (),
    problem: str = "",
) -> dict[str, Any]:
    """The context of `templates/plans/value_list.html`. `chosen` are boxes that were ticked, after a refusal."""
    numbers = [_number(one, plan, chosen) for one in open_numbers(plan)]
    wins = [_win(one, plan, chosen) for one in open_wins(plan)]
    settled = _settled(plan)
    count = len(numbers) + len(wins)
    running = plan.state == "live"
    return {
        "plan": {
            "id": plan.pk,
            "url": reverse("plan_detail", args=[plan.pk]),
            "name": plan.name,
            "account": plan.account.name,
        },
        "open": [*numbers, *wins],
        "headline": _headline(count, actor),
        "ours": _of_customer(plan) if actor.side == Side.VENDOR else [],
        "settled": settled,
        "problem": problem,
        "can": {
            "confirm": running and bool(count) and actor.may("value.confirm"),
            "ask": running and bool(count) and actor.may("value.ask"),
        },
    }


def _headline(count: int, actor: Actor) -> str:
    if not count:
        return _("Nothing waits for the customer's confirmation.")
    if actor.may("value.confirm"):
        text = ngettext(
            "%(n)d number or win waits for your word.", "%(n)d numbers and wins wait for your word.", count
        )
    else:
        text = ngettext(
            "%(n)d number or win waits for the customer's confirmation.",
            "%(n)d numbers and wins wait for the customer's confirmation.",
            count,
        )
    return text % {"n": count}


def _number(one: Measurement, plan: Plan, chosen: Collection[str]) -> dict[str, Any]:
    objective, key = one.objective, f"number:{one.pk}"
    return {
        "key": key,
        "chosen": key in chosen,
        "title": objective.title,
        "change": _change(objective, one),
        "day_label": full_day(one.measured_on),
        "by": str(one.claimed_by),
        "note": one.note,
        "proof": proof_link(one.evidence),
        "url": reverse("objective_detail", args=[plan.pk, objective.pk]),
        "standing": standing_words(standing(one, plan.account.zone)),
    }


def _win(win: Any, plan: Plan, chosen: Collection[str]) -> dict[str, Any]:
    key = f"win:{win.pk}:{win.version}"
    measurement = win.measurement
    number = standing(measurement, plan.account.zone) if measurement else None
    after = win.after or (
        amount(measurement.value, win.objective) if measurement and win.objective else ""
    )  # fmt: skip
    before = win.before
    if not before and win.objective and win.objective.baseline is not None:
        before = amount(win.objective.baseline, win.objective)
    return {
        "key": key,
        "chosen": key in chosen,
        "title": _("Win: %(title)s") % {"title": win.title},
        "change": _("%(before)s → %(after)s") % {"before": before, "after": after}
        if before and after
        else after,
        "day_label": full_day(win.reached_on),
        "by": "",
        "note": win.story,
        "proof": proof_link(measurement.evidence if measurement else None),
        "url": reverse("win_detail", args=[plan.pk, win.pk]),
        "standing": standing_words(
            standing_of_win(win, plan.account.zone, number=number, proved=win.proved)
        ),
    }  # fmt: skip


def _change(objective: Objective, one: Measurement) -> str:
    """ "48 hours → 6 hours, goal 8 hours"."""
    words = {
        "before": amount(objective.baseline, objective) if objective.baseline is not None else "",
        "after": amount(one.value, objective),
        "goal": amount(objective.target, objective),
    }
    if words["before"]:
        return _("%(before)s → %(after)s, goal %(goal)s") % words
    return _("%(after)s, goal %(goal)s") % words


def _of_customer(plan: Plan) -> list[dict[str, Any]]:
    """What the customer's people measured, and the vendor has yet to judge."""
    found = Measurement.objects.waiting().filter(plan=plan, claimed_side=Side.CUSTOMER)
    return [
        {
            "title": one.objective.title,
            "change": _change(one.objective, one),
            "url": reverse("objective_detail", args=[plan.pk, one.objective_id]),
        }
        for one in found.select_related("objective").order_by("measured_on")
    ]


def _settled(plan: Plan) -> list[dict[str, Any]]:
    """The latest confirmed value of each objective, and confirmed wins."""
    zone = plan.account.zone
    numbers = (
        Measurement.objects.filter(plan=plan, accepted_at__isnull=False)
        .select_related("objective", "claimed_by", "accepted_by", "evidence")
        .order_by("objective_id", "-measured_on", "-claimed_at")
        .distinct("objective_id")
    )
    wins = Win.objects.standing().filter(plan=plan, confirmed_at__isnull=False).select_related("confirmed_by")
    return [
        *(
            {
                "title": one.objective.title,
                "change": _change(one.objective, one),
                "url": reverse("objective_detail", args=[plan.pk, one.objective_id]),
                "standing": standing_words(standing(one, zone)),
            }
            for one in numbers
        ),
        *(
            {
                "title": _("Win: %(title)s") % {"title": win.title},
                "change": win.after,
                "url": reverse("win_detail", args=[plan.pk, win.pk]),
                "standing": standing_words(standing_of_win(win, zone, number=None, proved=False)),
            }
            for win in wins
        ),
    ]
