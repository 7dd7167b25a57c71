"""A renewal is made ready, and decided. What opens it is `renewal_windows`, what is offered `offering`, and how it
stands `readiness`; their names that others call stand here, too.
"""

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Side, Verb
from accounts.models import Contract
from accounts.permissions import Actor
from accounts.services.contracts import add_renewed_contract
from plans import renewals
from plans.choices import RenewalDecision
from plans.models import Plan, Renewal, RenewalItem, RenewalOption, Task
from plans.playbook.renewal import USUAL_TEXTS
from plans.services.adding import new_key, put_task
from plans.services.counting import touch_plan
from plans.services.needing import BY_HAND
from plans.services.offering import (
    change_option,
    offer_renewal,
    prefer_option,
    prepare_options,
    total_of,
    yearly_of,
)
from plans.services.readiness import Line, Readiness, readiness
from plans.services.renewal_acts import (
    RenewalConflict,
    close_tasks,
    record_on_renewal,
    save_renewal,
    settle,
    state_of,
    take_renewal,
)
from plans.services.renewal_windows import (
    milestone_for,
    open_due_renewals,
    open_renewal,
    reach_windows,
    settle_renewals,
)
from portal.lib import clock
from portal.lib.money import money_text
from portal.lib.workdays import calendar_of

__all__ = [
    "NotReady",
    "Readiness",
    "RenewalConflict",
    "begin_renewal",
    "change_option",
    "decide_renewal",
    "mark_ready",
    "meet_item",
    "offer_renewal",
    "open_due_renewals",
    "prefer_option",
    "prepare_options",
    "reach_windows",
    "readiness",
    "settle_renewals",
    "total_of",
    "unmeet_item",
    "yearly_of",
]

LOOK_BACK = timedelta(days=14)
"""From the decision to the retrospective."""


class NotReady(ValidationError):
    """Something is missing: `missing` is what, and who owes it."""

    def __init__(self, missing: tuple[Line, ...]) -> None:
        super().__init__([_("This renewal is not ready yet."), *(in_words(line) for line in missing)])
        self.missing = missing


def in_words(line: Line) -> str:
    """What is missing, with who owes it: for messages without links."""
    names = ", ".join(debtor.name for debtor in line.owes if debtor.name)
    words = {"need": said(line.text), "missing": line.why, "names": names}
    return (_("%(need)s: %(missing)s (%(names)s)") if names else _("%(need)s: %(missing)s")) % words


def said(text: str) -> str:
    """A need in the reader's language, where it is one of the usual ones; else as its playbook says it."""
    return _(text) if text in USUAL_TEXTS else text


@transaction.atomic
def begin_renewal(*, by: Actor, plan: Plan, contract: Contract) -> Renewal:
    """Earlier than its first window would: a customer asks, or a contract came late."""
    by.require("renewal.manage")
    if plan.state != "live":
        raise ValidationError(_("A renewal is prepared on a live plan."))
    if contract.ends_on < plan.account.today():
        raise ValidationError(_("This contract has ended."))
    renewal = open_renewal(plan.pk, contract.pk, by.user)
    if renewal is None:
        raise ValidationError(_("This contract has its renewal already."))
    return renewal


@transaction.atomic
def mark_ready(*, by: Actor, renewal: Renewal, version: int) -> Renewal:
    """Refused while something is missing, with the list of it. Raises NotReady."""
    by.require("renewal.manage")
    renewal = take_renewal(renewal, version)
    if renewal.ready_at:
        raise ValidationError(_("It is so already."))
    standing = settle(renewal)
    if standing.missing:
        raise NotReady(standing.missing)
    renewals.after(state_of(renewal), "ready")
    renewal.ready_at, renewal.ready_by = clock.now(), by.user
    save_renewal(renewal, "ready_at", "ready_by")
    record_on_renewal(Verb.RENEWAL_READY, renewal, by.user)
    touch_plan(renewal.plan_id)
    return renewal


@transaction.atomic
def meet_item(*, by: Actor, renewal: Renewal, item: RenewalItem) -> Renewal:
    """Say that it is settled; each side of its own. All that can be found out is found out."""
    renewal, item = _take_item(by, renewal, item)
    if item.confirmed_at:
        raise ValidationError(_("%(name)s has said so already.") % {"name": item.confirmed_by})
    item.confirmed_at, item.confirmed_by = clock.now(), by.user
    item.save(update_fields=["confirmed_at", "confirmed_by"])
    close_tasks([item])
    return _put_item(by, renewal, item, Verb.RENEWAL_ITEM_MET)


@transaction.atomic
def unmeet_item(*, by: Actor, renewal: Renewal, item: RenewalItem) -> Renewal:
    """Say that it is not settled any more. A renewal that was ready no longer is."""
    renewal, item = _take_item(by, renewal, item)
    if not item.confirmed_at:
        raise ValidationError(_("Nobody has said that this holds."))
    item.confirmed_at = item.confirmed_by = None
    item.save(update_fields=["confirmed_at", "confirmed_by"])
    return _put_item(by, renewal, item, Verb.RENEWAL_ITEM_UNMET)


@transaction.atomic
def decide_renewal(
    *,
    by: Actor,
    renewal: Renewal,
    version: int,
    decision: str,
    reason: str = "",
    option: RenewalOption | None = None,
    number: str = "",
) -> Renewal:
    """Put on record what became of the contract; once. The chosen option becomes the next contract.

    The decision has to be what the amounts say. `reason` is for the vendor only. Raises RenewalConflict.
    """
    by.require("renewal.manage")
    renewal = take_renewal(renewal, version)
    if decision == RenewalDecision.LOST:
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the contract was lost.")})
        new_amount, new_contract = Decimal(0), None
    else:
        new_amount, new_contract = _next_contract(by, renewal, decision, option, number)
    renewals.after(state_of(renewal), decision)
    renewal.decided_at, renewal.decided_by = clock.now(), by.user
    renewal.decision, renewal.reason = decision, reason.strip()
    renewal.old_amount, renewal.new_amount = renewal.contract.arr, new_amount
    renewal.new_contract = new_contract
    save_renewal(
        renewal,
        "decided_at",
        "decided_by",
        "decision",
        "reason",
        "old_amount",
        "new_amount",
        "new_contract",
    )
    close_tasks(list(renewal.items.select_related("task")), _("The renewal is decided."))
    _look_back(renewal)
    record_on_renewal(Verb.RENEWAL_DECIDED, renewal, by.user, decision=decision)
    touch_plan(renewal.plan_id)
    return renewal


def _next_contract(
    by: Actor, renewal: Renewal, decision: str, option: RenewalOption | None, number: str
) -> tuple[Decimal, Contract]:
    """Money a year of the option that was agreed, and the contract that it becomes."""
    if option is None or option.renewal_id != renewal.pk:
        raise ValidationError({"option": _("Choose the option that was agreed.")})
    contract, lines = renewal.contract, list(option.lines.all())
    contract.account = renewal.plan.account
    amount = yearly_of(option, lines, contract.currency)
    _require_true(decision, contract, amount)
    made = add_renewed_contract(
        by=by,
        old=contract,
        option_lines=lines,
        starts_on=option.starts_on,
        ends_on=option.ends_on,
        billing=option.billing,
        number=number.strip(),
        plan_id=renewal.plan_id,
    )
    return amount, made


def _require_true(decision: str, contract: Contract, new_amount: Decimal) -> None:
    """The word has to fit the money, where it is known what the contract was worth."""
    if contract.arr is None:
        return
    kind = renewals.kind_of(contract.arr, new_amount)
    if kind != decision:
        words = {
            "old": money_text(contract.arr, contract.currency),
            "new": money_text(new_amount, contract.currency),
            "kind": RenewalDecision(kind).label,
        }
        message = _("From %(old)s to %(new)s a year: that is “%(kind)s”.")
        raise ValidationError({"decision": message % words})


def _look_back(renewal: Renewal) -> None:
    """A retrospective for the vendor: what to keep, and what the playbook should learn."""
    plan = renewal.plan
    milestone = milestone_for(plan)
    if milestone is None:
        return
    calendar = calendar_of(plan.account.country)
    put_task(
        Task(
            account_id=plan.account_id,
            plan=plan,
            milestone=milestone,
            key=new_key(),
            title=_("Look back on the renewal"),
            side=Side.VENDOR,
            owner=plan.account.owner,
            what=_("What helped, what was missing, and what the playbook should learn from it."),
            estimate_minutes=30,
            due_on=calendar.on_or_after(plan.account.today() + LOOK_BACK),
        ),
        None,
    )


def _take_item(by: Actor, renewal: Renewal, item: RenewalItem) -> tuple[Renewal, RenewalItem]:
    """Guard: the side that owes it says so, of what a person has to say."""
    by.require("renewal.manage" if item.side == Side.VENDOR else "renewal.prefer")
    renewal = take_renewal(renewal, None)
    rows = RenewalItem.objects.select_for_update(of=("self",)).select_related("task", "confirmed_by")
    item = rows.get(pk=item.pk, renewal=renewal)
    if item.kind not in BY_HAND:
        raise PermissionDenied("renewal.manage")
    return renewal, item


def _put_item(by: Actor, renewal: Renewal, item: RenewalItem, verb: Verb) -> Renewal:
    record_on_renewal(verb, renewal, by.user, subject=item.text, item=str(item.pk))
    save_renewal(renewal)
    settle(renewal)
    touch_plan(renewal.plan_id)
    return renewal
