"""A change that was agreed in the middle of a term: from a day on, lines end and others begin."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import PricePer, Verb
from accounts.models import Amendment, Contract, ContractLine
from accounts.permissions import Actor
from accounts.services.contract_lines import Sold, put_sold
from accounts.services.contract_locking import lock_contract, settle_contract


@transaction.atomic
def amend_contract(
    *,
    by: Actor,
    contract: Contract,
    version: int,
    effective_on: date,
    reason: str = "",
    ends: Collection[UUID] = (),
    adds: Sequence[Sold] = (),
    plan_id: UUID | None = None,
) -> Amendment:
    """From `effective_on` on the lines `ends` are no more, and the lines `adds` are sold.

    Amendments follow one another: none takes effect before the one that was agreed before it.
    """
    by.require("contract.edit")
    contract = lock_contract(contract, version, plan_id)
    last = contract.amendments.aggregate(number=Max("number"), day=Max("effective_on"))
    _check_day(contract, effective_on, last["day"])
    ended = [line for line in contract.lines.all() if line.pk in ends]
    if len(ended) < len(set(ends)) or not all(can_end(line, effective_on) for line in ended):
        raise ValidationError(_("One of these lines has ended already. Load the page again."))
    if not ended and not adds:
        raise ValidationError(_("Say which lines end, or what is sold from then on."))
    amendment = Amendment.objects.create(
        contract=contract,
        account_id=contract.account_id,
        number=(last["number"] or 0) + 1,
        effective_on=effective_on,
        reason=reason,
        made_by=by.user,
    )
    for line in ended:
        _end(line, amendment)
    _add(contract, amendment, adds)
    settle_contract(
        Verb.CONTRACT_AMENDED,
        contract,
        by=by,
        plan_id=plan_id,
        new={"due_on": effective_on.isoformat(), "amendment": amendment.number},
    )
    return amendment


@transaction.atomic
def withdraw_amendment(
    *, by: Actor, contract: Contract, version: int, number: int, plan_id: UUID | None = None
) -> Contract:
    """Take the last amendment back, as long as nothing can have been invoiced from it."""
    by.require("contract.edit")
    contract = lock_contract(contract, version, plan_id)
    amendment = contract.amendments.filter(number=number).first()
    if amendment is None or not can_withdraw(contract, amendment):
        raise ValidationError(_("This amendment holds already. Make another one."))
    amendment.lines_added.all().delete()
    for line in amendment.lines_ended.all():
        line.ends_on, line.sold_until, line.ended_by = line.sold_until or line.ends_on, None, None
        line.save(update_fields=["ends_on", "sold_until", "ended_by"])
    amendment.delete()
    return settle_contract(Verb.CONTRACT_CHANGED, contract, by=by, plan_id=plan_id, new={"withdrawn": number})


def can_end(line: ContractLine, day: date) -> bool:
    """Whether the line still has days from then on. What was paid once is not given back once it has begun."""
    begun_once = line.price_per == PricePer.ONCE and line.starts_on < day
    return line.ended_by_id is None and line.ends_on >= day and not begun_once


def can_withdraw(contract: Contract, amendment: Amendment) -> bool:
    """Only the last one, on the day on which it was made or before it takes effect."""
    today = contract.account.today()
    made_on = amendment.made_at.astimezone(contract.account.zone).date()
    newest = not contract.amendments.filter(number__gt=amendment.number).exists()
    return newest and (amendment.effective_on > today or made_on == today)


def _end(line: ContractLine, amendment: Amendment) -> None:
    line.sold_until = line.ends_on
    # A line that would only have begun later keeps no day at all.
    line.ends_on = max(amendment.effective_on, line.starts_on) - timedelta(days=1)
    line.ended_by = amendment
    line.save(update_fields=["sold_until", "ends_on", "ended_by"])


def _add(contract: Contract, amendment: Amendment, adds: Sequence[Sold]) -> None:
    position = contract.lines.aggregate(last=Max("position"))["last"] or 0
    for number, sold in enumerate(adds, start=position + 1):
        line = ContractLine(
            contract=contract, account_id=contract.account_id, position=number, added_by=amendment
        )
        put_sold(line, sold, contract, first=amendment.effective_on).save()


def _check_day(contract: Contract, day: date, last: date | None) -> None:
    if not contract.starts_on <= day <= contract.ends_on:
        raise ValidationError({"effective_on": _("This day is not within the term.")})
    if last and day < last:
        raise ValidationError(
            {"effective_on": _("An amendment before this one takes effect on a later day.")}
        )
