"""The renewal as its page shows it: to the vendor the way there, to the customer the terms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Side
from accounts.permissions import Actor
from plans import renewals
from plans.choices import RenewalDecision
from plans.forms.renewal import DecideForm
from plans.models import Plan, Renewal, RenewalOption, RenewalWindow
from plans.pages.gates import names_in
from plans.pages.renewal_words import contract_words, days_left, options_in_words, use_in_words
from plans.pages.spine import side_names
from plans.services.needing import BY_HAND
from plans.services.readiness import Line, Readiness, readiness
from plans.services.renewing import said
from portal.lib.days import full_day, long_day, moment
from portal.lib.money import money_text


def renewal_context(
    renewal: Renewal,
    actor: Actor,
    *,
    forms: Mapping[str, Form] | None = None,
    refused: bool = False,
    problem: str = "",
) -> dict[str, Any]:
    """The context of `templates/plans/renewal_detail.html`. `refused`: somebody wanted it ready, and it is not."""
    standing = readiness(renewal)
    names, today = side_names(renewal.plan), renewal.plan.account.today()
    lines = {line.item.pk: _line(line, renewal, actor, names, today) for line in standing.lines}
    can = _can(renewal, actor)
    return {
        "plan": _plan(renewal.plan),
        "renewal": _head(renewal, standing, today),
        "contract": contract_words(renewal.contract, today),
        "windows": _windows(renewal, standing, lines, today),
        "options": options_in_words(renewal),
        "decided": _decided(renewal) if renewal.decided_at else None,
        "refused": [lines[line.item.pk] for line in standing.missing] if refused else [],
        "problem": problem,
        "can": can,
        "packet_url": _packet_url(renewal, actor),
        "form_decide": (forms or {}).get("form_decide") or (_decide_form(renewal) if can["decide"] else None),
    }


def terms_context(renewal: Renewal, actor: Actor, *, problem: str = "") -> dict[str, Any]:
    """The context of `templates/plans/renewal_terms.html`: what a sponsor and a champion see."""
    standing = readiness(renewal)
    names, today = side_names(renewal.plan), renewal.plan.account.today()
    owed = [line for line in standing.missing if line.side == Side.CUSTOMER]
    opened = set(
        renewal.windows.filter(reached_at__isnull=False).values_list("pk", flat=True)
    )  # fmt: skip
    shown = renewal.offered_at is not None
    return {
        "plan": _plan(renewal.plan),
        "renewal": {"id": renewal.pk, "version": renewal.version, "offered": shown},
        "contract": contract_words(renewal.contract, today),
        "options": options_in_words(renewal) if shown else [],
        "use": use_in_words(renewal.contract),
        "lines": [
            _line(line, renewal, actor, names, today) for line in owed if line.item.window_id in opened
        ],
        "decided_label": _decision_for_customer(renewal),
        "problem": problem,
        "can": {"prefer": shown and _running(renewal) and actor.may("renewal.prefer")},
    }


def option_context(
    renewal: Renewal, option: RenewalOption, form: Form, lines: Any, problem: str = ""
) -> dict[str, Any]:
    """The context of `templates/plans/option_edit.html`."""
    return {
        "plan": _plan(renewal.plan),
        "renewal": {"id": renewal.pk, "url": renewal_url(renewal), "offered": renewal.offered_at is not None},
        "option": {"id": option.pk, "name": option.name},
        "contract": contract_words(renewal.contract, renewal.plan.account.today()),
        "currency": renewal.contract.currency,
        "form": form,
        "lines": lines,
        "problem": problem,
    }


def renewal_url(renewal: Renewal) -> str:
    return reverse("renewal_detail", args=[renewal.plan_id, renewal.pk])


def _head(renewal: Renewal, standing: Readiness, today: date) -> dict[str, Any]:
    missing, late = len(standing.missing), len(standing.late)
    return {
        "id": renewal.pk,
        "url": renewal_url(renewal),
        "version": renewal.version,
        "state": renewal.state,
        "state_label": state_label(renewal),
        "badge": badge(renewal, late),
        "missing": missing,
        "late": late,
        "count_label": _("%(done)d of %(total)d")
        % {"done": len(standing.lines) - missing, "total": len(standing.lines)},
        "ready_label": _("Ready: %(name)s, %(time)s")
        % {"name": renewal.ready_by, "time": moment(renewal.ready_at, renewal.plan.account.zone)}
        if renewal.ready_at
        else "",
        "offered_label": _("Shown to the customer by %(name)s, %(time)s")
        % {"name": renewal.offered_by, "time": moment(renewal.offered_at, renewal.plan.account.zone)}
        if renewal.offered_at
        else "",
        "show_late": _shows_late(renewal, today),
    }


def state_label(renewal: Renewal) -> str:
    if renewal.decided_at:
        return str(RenewalDecision(renewal.decision).label)
    return _("Ready") if renewal.ready_at else _("In preparation")


def badge(renewal: Renewal, late: int) -> str:
    if renewal.decided_at:
        return "late" if renewal.decision == RenewalDecision.LOST else "ok"
    return "ok" if renewal.ready_at else "late" if late else "due"


def _shows_late(renewal: Renewal, today: date) -> bool:
    """The customer should have seen the terms by now."""
    by = renewals.show_by(renewal.contract.ends_on, renewal.contract.notice_days)
    return _running(renewal) and renewal.offered_at is None and by is not None and by < today


def _windows(
    renewal: Renewal, standing: Readiness, lines: Mapping[Any, dict[str, Any]], today: date
) -> list[dict[str, Any]]:
    """As a spine. Where we are is the last that was reached; one that has passed with something missing is late."""
    found = list(RenewalWindow.objects.filter(renewal=renewal).order_by("-days_before"))
    reached = [window.pk for window in found if window.reached_at]
    return [_window(window, standing, lines, reached, today) for window in found]


def _window(
    window: RenewalWindow,
    standing: Readiness,
    lines: Mapping[Any, dict[str, Any]],
    reached: list[Any],
    today: date,
) -> dict[str, Any]:
    mine = standing.of_window(window.pk)
    held = sum(line.met for line in mine)
    state = "ahead"
    if window.reached_at:
        state = "done" if held == len(mine) else "late" if any(line.late for line in mine) else "current"
    labels = {"done": _("Complete"), "late": _("Late"), "current": _("Open"), "ahead": _("Ahead")}
    return {
        "id": window.pk,
        "title": _("%(n)d days before the end") % {"n": window.days_before},
        "state": state,
        "state_label": labels[state],
        "opens_label": full_day(window.opens_on),
        "opens_when": days_left(window.opens_on, today),
        "count_label": _("%(done)d of %(total)d") % {"done": held, "total": len(mine)},
        "open": state in ("current", "late") or (bool(reached) and window.pk == reached[-1]),
        "lines": [lines[line.item.pk] for line in mine],
    }


def _line(
    line: Line, renewal: Renewal, actor: Actor, names: Mapping[str, str], today: date
) -> dict[str, Any]:
    item = line.item
    mine = actor.may("renewal.manage" if item.side == Side.VENDOR else "renewal.prefer")
    by_hand = item.kind in BY_HAND and mine and item.side == actor.side and _running(renewal)
    return {
        "id": item.pk,
        "text": said(item.text),
        "holds": line.met,
        "late": line.late,
        "state_label": _("Met") if line.met else _("Late") if line.late else _("Missing"),
        "missing": line.why,
        "owes": ", ".join(names_in(line.owes, names)),
        "due_label": _("By %(day)s") % {"day": long_day(line.due_on)} if not line.met else "",
        "url": _url(line, renewal, actor),
        "met_label": _("Said by %(name)s, %(time)s")
        % {"name": item.confirmed_by, "time": moment(item.confirmed_at, renewal.plan.account.zone)}
        if item.confirmed_at
        else "",
        "can_meet": by_hand and not line.met,
        "can_unmeet": by_hand and item.confirmed_at is not None,
    }


def _url(line: Line, renewal: Renewal, actor: Actor) -> str:
    """Where to see to it."""
    if line.kind == "confirmed_value":
        return reverse("value_list", args=[renewal.plan_id])
    if line.kind in ("offer", "preference"):
        return f"{renewal_url(renewal)}#options"
    if line.item.task_id:
        return reverse("task_detail", args=[renewal.plan_id, line.item.task_id])
    return ""


def _decided(renewal: Renewal) -> dict[str, str]:
    contract, zone = renewal.contract, renewal.plan.account.zone
    return {
        "label": state_label(renewal),
        "by_label": _("Recorded by %(name)s, %(time)s")
        % {"name": renewal.decided_by, "time": moment(renewal.decided_at, zone)}  # type: ignore[arg-type]
        if renewal.decided_at
        else "",
        "old_label": money_text(renewal.old_amount, contract.currency)
        if renewal.old_amount is not None
        else "",
        "new_label": money_text(renewal.new_amount or 0, contract.currency),
        "reason": renewal.reason,
        "new_contract": str(renewal.new_contract or ""),
    }


def _decision_for_customer(renewal: Renewal) -> str:
    if renewal.new_contract is not None:
        return _("The contract is renewed until %(day)s.") % {"day": full_day(renewal.new_contract.ends_on)}
    return _("The contract is not renewed.") if renewal.decided_at else ""


def _can(renewal: Renewal, actor: Actor) -> dict[str, bool]:
    manages = actor.may("renewal.manage") and _running(renewal)
    options = renewal.options.exists()
    return {
        "prepare": manages and not options,
        "edit": manages,
        "offer": manages and options and renewal.offered_at is None,
        "ready": manages and renewal.ready_at is None,
        "decide": manages,
    }


def _running(renewal: Renewal) -> bool:
    return renewal.decided_at is None and renewal.plan.state == "live"


def _decide_form(renewal: Renewal) -> Form:
    chosen = renewal.options.filter(preferred_at__isnull=False).first()
    initial = {"version": renewal.version, "option": chosen.pk if chosen else None}
    return DecideForm(renewal=renewal, auto_id="decide-%s", initial=initial)


def _packet_url(renewal: Renewal, actor: Actor) -> str:
    if not actor.may("edition.make"):
        return ""
    return f"{reverse('edition_create')}?kind=packet&renewal={renewal.pk}"


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "url": reverse("plan_detail", args=[plan.pk]),
        "name": plan.name,
        "account": plan.account.name,
        "account_id": plan.account_id,
    }
