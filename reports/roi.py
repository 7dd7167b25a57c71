"""The return on an account, read from contracts, renewals, cohorts and costs: eight queries whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.contract_rows import contract_name, contract_url
from accounts.models import Account, AccountCost, Amendment, CohortMember, Contract
from accounts.services.contract_lines import yearly_of_line
from plans.models import Renewal
from portal.lib.days import long_day
from portal.lib.figures import figure
from portal.lib.money import add, known
from reports.roi_reckoning import Change, Cohort, Cost, Exposed, Return, Strand, churn_of, reckon


@dataclass(frozen=True)
class Source:
    """The row behind an amount, in words, and the page that shows it."""

    text: str
    page: str


@dataclass(frozen=True)
class AccountReturn:
    """`sources` by (kind, id) of the rows of `found`; `assumptions` are sentences."""

    found: Return
    sources: dict[tuple[str, UUID], Source]
    assumptions: tuple[str, ...]


def method_sentences() -> tuple[str, ...]:
    """How it is reckoned, to be printed wherever it stands."""
    return (
        _("ROI = (Expansion + Renewal Revenue Preserved + Churn Avoided − Account Cost) ÷ Account Cost."),
        _("Revenue is money a year, as the contracts have it; the cost is what was spent in these days."),
        _("Expansion is what amendments and renewals added to what a contract was worth before."),
        _("Renewal Revenue Preserved is what a contract was worth before, as far as its renewal kept it."),
        _(
            "Churn Avoided takes its place for contracts that were exposed to a risk: the share of revenue that would "
            "have left (the baseline) less the share that has left, by the revenue of all contracts so exposed, "
            "divided among those that stayed by the revenue that stayed."
        ),
        _("Each amount counts in one term only. Amounts in different currencies are not added."),
    )


def read_returns(account: Account, first: date, last: date) -> list[AccountReturn]:
    """A return for each currency, of what was decided, took effect or was spent in these days, both included."""
    begins = datetime.combine(first, time(), account.zone)
    ends = datetime.combine(last + timedelta(days=1), time(), account.zone)
    contracts = {one.pk: one for one in Contract.objects.filter(account=account)}
    amendments = list(
        Amendment.objects.filter(account=account, effective_on__range=(first, last))
        .prefetch_related("lines_added", "lines_ended")
        .order_by("effective_on", "number")
    )
    renewals = list(
        Renewal.objects.filter(account=account, decided_at__gte=begins, decided_at__lt=ends)
        .exclude(old_amount=None)
        .order_by("decided_at")
    )
    costs = list(AccountCost.objects.filter(account=account, removed_at=None, spent_on__range=(first, last)))
    cohorts = _read_cohorts(account, renewals, contracts, ends)
    strands = _strands(contracts, amendments, renewals, cohorts)
    spent = [Cost(one.pk, one.currency, one.amount) for one in costs if known(one.currency)]
    sources = _sources(account, contracts, amendments, renewals, costs)
    return [
        AccountReturn(found, sources, _assumptions(found.currency, cohorts))
        for found in reckon(strands, spent)
    ]


@dataclass(frozen=True)
class _Group:
    """A cohort as far as it is of one currency, its name and where its baseline comes from."""

    cohort: Cohort
    currency: str
    name: str
    source: str


def _strands(
    contracts: dict[UUID, Contract],
    amendments: Sequence[Amendment],
    renewals: Sequence[Renewal],
    cohorts: dict[UUID, _Group],
) -> list[Strand]:
    """One for each contract that is no renewal of another, with all that came of it in these days."""
    changes: dict[UUID, list[Change]] = defaultdict(list)
    grown: dict[UUID, list[Decimal]] = defaultdict(list)
    decided: dict[UUID, Renewal] = {}
    for amendment in amendments:
        contract = contracts[amendment.contract_id]
        if known(contract.currency):
            amount = _added(amendment, contract)
            grown[contract.pk].append(amount)
            changes[_root(contract, contracts)].append(Change("amendment", amendment.pk, amount))
    for renewal in renewals:
        root = _root(contracts[renewal.contract_id], contracts)
        amount = add([renewal.new_amount or Decimal(0), -(renewal.old_amount or Decimal(0))])
        changes[root].append(Change("renewal", renewal.pk, amount))
        decided.setdefault(root, renewal)
    strands = []
    for root, of_root in changes.items():
        came_up = decided.get(root)
        if not known(contracts[root].currency):
            continue
        worth = Decimal(0)
        if came_up:
            worth = add([came_up.old_amount or Decimal(0), -add(grown[came_up.contract_id])])
        group = cohorts.get(came_up.contract_id) if came_up else None
        strands.append(
            Strand(
                currency=contracts[root].currency,
                changes=tuple(of_root),
                decided=came_up.pk if came_up else None,
                worth=worth,
                cohort=group.cohort if group else None,
            )
        )
    return strands


def _added(amendment: Amendment, contract: Contract) -> Decimal:
    """What an amendment did to the money a year, which is that of the lines that run on the last day."""
    lines = [(line, 1) for line in amendment.lines_added.all()]
    lines += [(line, -1) for line in amendment.lines_ended.all()]
    return add(
        [
            sign * yearly_of_line(line, contract.currency)
            for line, sign in lines
            if (line.sold_until or line.ends_on) == contract.ends_on
        ]
    )


def _root(contract: Contract, contracts: dict[UUID, Contract]) -> UUID:
    """The contract that all began with."""
    seen = {contract.pk}
    while contract.renews_id in contracts and contract.renews_id not in seen:
        contract = contracts[contract.renews_id]
        seen.add(contract.pk)
    return contract.pk


def _read_cohorts(
    account: Account, renewals: Sequence[Renewal], contracts: dict[UUID, Contract], ends: datetime
) -> dict[UUID, _Group]:
    """By contract: the cohort in which it was exposed when it came up, with all members whose fate is known by then."""
    days = {one.contract_id: _day(one, account) for one in renewals}
    members = CohortMember.objects.filter(contract__in=list(days)).select_related("cohort")
    exposed = {
        one.contract_id: one.cohort
        for one in members
        if one.cohort.starts_on <= days[one.contract_id] <= one.cohort.ends_on
    }
    fates: dict[tuple[UUID, str], list[Exposed]] = defaultdict(list)
    known_fates = (
        Renewal.objects.filter(
            contract__cohort_member__cohort__in={one.pk for one in exposed.values()}, decided_at__lt=ends
        )
        .exclude(old_amount=None)
        .select_related("contract__cohort_member__cohort", "account")
    )
    for one in known_fates:
        cohort = one.contract.cohort_member.cohort
        if cohort.starts_on <= _day(one, one.account) <= cohort.ends_on:
            old, new = one.old_amount or Decimal(0), one.new_amount or Decimal(0)
            fates[cohort.pk, one.contract.currency].append(Exposed(old, min(old, new)))
    groups = {}
    for contract_id, cohort in exposed.items():
        currency = contracts[contract_id].currency
        of_currency = Cohort(
            cohort.pk,
            cohort.baseline_low,
            cohort.baseline,
            cohort.baseline_high,
            tuple(fates[cohort.pk, currency]),
        )
        groups[contract_id] = _Group(of_currency, currency, cohort.name, cohort.source)
    return groups


def _day(renewal: Renewal, account: Account) -> date:
    assert renewal.decided_at is not None  # noqa: S101 - only decided ones are read
    return renewal.decided_at.astimezone(account.zone).date()


def _sources(
    account: Account,
    contracts: dict[UUID, Contract],
    amendments: Iterable[Amendment],
    renewals: Iterable[Renewal],
    costs: Iterable[AccountCost],
) -> dict[tuple[str, UUID], Source]:
    found: dict[tuple[str, UUID], Source] = {}
    for amendment in amendments:
        contract = contracts[amendment.contract_id]
        words = {
            "contract": contract_name(contract),
            "number": amendment.number,
            "day": long_day(amendment.effective_on),
        }
        text = _("%(contract)s: amendment %(number)d, from %(day)s on") % words
        found["amendment", amendment.pk] = Source(text, contract_url(contract))
    for renewal in renewals:
        contract = contracts[renewal.contract_id]
        words = {"contract": contract_name(contract), "day": long_day(_day(renewal, account))}
        text = _("%(contract)s: decided on %(day)s") % words
        page = reverse("renewal_detail", args=[renewal.plan_id, renewal.pk])
        found["renewal", renewal.pk] = Source(text, page)
    for cost in costs:
        words = {"kind": cost.get_kind_display(), "day": long_day(cost.spent_on), "note": cost.note}
        text = _("%(kind)s, %(day)s: %(note)s") if cost.note else _("%(kind)s, %(day)s")
        found["cost", cost.pk] = Source(text % words, reverse("account_costs", args=[account.pk]))
    return found


def _assumptions(currency: str, groups: dict[UUID, _Group]) -> tuple[str, ...]:
    """What each cohort of this currency takes for granted, once."""
    words = {}
    for group in groups.values():
        if group.currency != currency:
            continue
        churn = churn_of(group.cohort.members)
        actual = round(churn * 1000) if churn is not None else 0
        words[group.cohort.id] = _(
            "“%(name)s”: without our work %(base)s of the revenue would have left (%(low)s to %(high)s); "
            "%(actual)s has left. %(source)s"
        ) % {
            "name": group.name,
            "base": _percent(group.cohort.base),
            "low": _percent(group.cohort.low),
            "high": _percent(group.cohort.high),
            "actual": _percent(Decimal(actual) / 10),
            "source": group.source,
        }
    return tuple(words.values())


def _percent(value: Decimal) -> str:
    return f"{figure(value)}%"
