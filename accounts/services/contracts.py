"""What was sold, for how long and for how much: terms, lines, limits of use.

An agreed change in the middle of a term is `amending`; what stands here corrects what was entered. Each act names the
version of the contract that the person saw, and raises ContractConflict where that is an old one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.billing import months_after
from accounts.choices import Billing, Verb
from accounts.models import Account, Contract, Entitlement, SoldLine
from accounts.permissions import Actor
from accounts.services.amending import amend_contract
from accounts.services.contract_lines import Sold, as_sold, billing_lines, move_lines, put_lines
from accounts.services.contract_locking import lock_contract, lock_running_plan, settle_contract
from portal.lib import clock
from portal.lib.money import known

__all__ = [
    "Limit",
    "Terms",
    "add_contract",
    "add_renewed_contract",
    "amend_contract",
    "billing_lines",
    "change_contract",
    "current_contract",
    "set_entitlements",
    "set_lines",
]

TERM_YEARS = 20


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`arr` counts while the contract has no lines."""

    starts_on: date
    ends_on: date
    currency: str
    number: str = ""
    notice_days: int | None = None
    auto_renews: bool = False
    billing: str = Billing.YEARLY
    payment_days: int = 30
    tax_note: str = ""
    terms: str = ""
    arr: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Limit:
    measure: str
    label: str
    limit: Decimal
    unit: str = ""
    fair_use_percent: int = 100
    beyond: str = ""
    overage_price: Decimal | None = None


def current_contract(account: Account, day: date | None = None) -> Contract | None:
    """The contract that runs on the day (today); else the next one, else the last; None where there is none."""
    on = day or account.today()
    contracts = list(Contract.objects.filter(account=account).order_by("starts_on", "created_at"))
    running = [one for one in contracts if one.starts_on <= on <= one.ends_on]
    ahead = [one for one in contracts if one.starts_on > on]
    if running:
        return running[-1]
    return ahead[0] if ahead else max(contracts, key=lambda one: one.ends_on, default=None)


@transaction.atomic
def add_contract(
    *, by: Actor, account: Account, terms: Terms, lines: Sequence[Sold] = (), plan_id: UUID | None = None
) -> Contract:
    by.require("contract.edit")
    lock_running_plan(account, plan_id)
    _check_terms(terms)
    contract = Contract(
        account=account, created_by=by.user, kept_by_hand_at=clock.now(), version=0, **asdict(terms)
    )
    contract.save()
    put_lines(contract, lines)
    return settle_contract(Verb.CONTRACT_ADDED, contract, by=by, plan_id=plan_id)


@transaction.atomic
def change_contract(
    *, by: Actor, contract: Contract, version: int, terms: Terms, plan_id: UUID | None = None
) -> Contract:
    """Lines that began or ended with the term go on doing so. After an amendment its dates and money stand."""
    by.require("contract.edit")
    contract = lock_contract(contract, version, plan_id)
    _check_terms(terms)
    _check_amended(contract, terms)
    before = (contract.starts_on, contract.ends_on)
    said = asdict(terms)
    if contract.lines.exists():
        del said["arr"]
    for name, value in said.items():
        setattr(contract, name, value)
    if before != (contract.starts_on, contract.ends_on):
        move_lines(contract, *before)
    return settle_contract(Verb.CONTRACT_CHANGED, contract, by=by, plan_id=plan_id)


@transaction.atomic
def set_lines(
    *, by: Actor, contract: Contract, version: int, lines: Sequence[Sold], plan_id: UUID | None = None
) -> Contract:
    """These lines and no others. Once there is an amendment, only another one changes them."""
    by.require("contract.edit")
    contract = lock_contract(contract, version, plan_id)
    if contract.amendments.exists():
        raise ValidationError(_("This contract has been amended: its lines change by another amendment."))
    put_lines(contract, lines)
    return settle_contract(Verb.CONTRACT_CHANGED, contract, by=by, plan_id=plan_id)


@transaction.atomic
def set_entitlements(
    *, by: Actor, contract: Contract, version: int, limits: Sequence[Limit], plan_id: UUID | None = None
) -> Contract:
    """These limits and no others, each measure once."""
    by.require("contract.edit")
    contract = lock_contract(contract, version, plan_id)
    if len({one.measure for one in limits}) < len(limits):
        raise ValidationError(_("Each measure can be limited once."))
    contract.entitlements.exclude(measure__in=[one.measure for one in limits]).delete()
    for position, one in enumerate(limits):
        Entitlement.objects.update_or_create(
            contract=contract,
            measure=one.measure,
            defaults={"account_id": contract.account_id, "position": position, **asdict(one)},
        )
    return settle_contract(Verb.CONTRACT_CHANGED, contract, by=by, plan_id=plan_id)


@transaction.atomic
def add_renewed_contract(
    *,
    by: Actor,
    old: Contract,
    option_lines: Iterable[SoldLine],
    starts_on: date,
    ends_on: date,
    billing: str,
    number: str = "",
    plan_id: UUID | None = None,
) -> Contract:
    """The contract after `old`, of the lines that were agreed; what was not spoken of goes on as it was."""
    terms = Terms(
        starts_on=starts_on,
        ends_on=ends_on,
        currency=old.currency,
        number=number,
        notice_days=old.notice_days,
        auto_renews=old.auto_renews,
        billing=billing,
        payment_days=old.payment_days,
        tax_note=old.tax_note,
        terms=old.terms,
        arr=old.arr,
    )
    sold = [as_sold(line) for line in option_lines]
    contract = add_contract(by=by, account=old.account, terms=terms, lines=sold, plan_id=plan_id)
    contract.renews = old
    contract.save(update_fields=["renews"])
    Entitlement.objects.bulk_create(
        Entitlement(contract=contract, account_id=old.account_id, position=position, **asdict(limit_of(one)))
        for position, one in enumerate(old.entitlements.all())
    )
    return contract


def limit_of(one: Entitlement) -> Limit:
    return Limit(
        measure=one.measure,
        label=one.label,
        limit=one.limit,
        unit=one.unit,
        fair_use_percent=one.fair_use_percent,
        beyond=one.beyond,
        overage_price=one.overage_price,
    )


def _check_terms(terms: Terms) -> None:
    if terms.ends_on < terms.starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first one.")})
    if not 1990 <= terms.starts_on.year < 2200:
        raise ValidationError({"starts_on": _("This year cannot be meant.")})
    if terms.ends_on >= months_after(terms.starts_on, 12 * TERM_YEARS):
        raise ValidationError({"ends_on": _("A term has %(years)d years at most.") % {"years": TERM_YEARS}})
    if not known(terms.currency):
        raise ValidationError({"currency": _("This is not a currency.")})


def _check_amended(contract: Contract, terms: Terms) -> None:
    """Invoices that have gone out hang on these."""
    fixed = ("starts_on", "ends_on", "currency", "billing")
    changed = [name for name in fixed if getattr(contract, name) != getattr(terms, name)]
    if changed and contract.amendments.exists():
        raise ValidationError({changed[0]: _("This cannot change any more: the contract has been amended.")})
