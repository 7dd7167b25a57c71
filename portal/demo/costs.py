"""What the demo's customers cost, and which of their contracts were at risk."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.choices import CostKind
from accounts.models import Account, AccountCost, CohortMember, Contract, RiskCohort, User
from accounts.services.contracts import current_contract

# Days ago, kind, amount in the contract's currency, note.
SPENT: dict[str, tuple[tuple[int, str, str, str], ...]] = {
    "demo-aldergate": (
        (95, CostKind.TRAVEL, "1480.00", "Kickoff in London, two people"),
        (62, CostKind.PEOPLE, "5200.00", "Setting up the policy system connector"),
        (31, CostKind.HOSTING, "910.40", "Own database, three months"),
        (14, CostKind.SUPPORT, "640.00", "Two evenings of support during the roll-out"),
    ),
    "demo-halden": ((40, CostKind.PEOPLE, "2300.00", "Moving the price lists"),),
}
AT_RISK = ("demo-marlow", "demo-kestrel")


def put_costs(account: Account, key: str, by: User) -> None:
    contract = current_contract(account)
    if contract is None:
        return
    AccountCost.objects.bulk_create(
        AccountCost(
            account=account,
            spent_on=account.today() - timedelta(days=ago),
            kind=kind,
            amount=Decimal(amount),
            currency=contract.currency,
            note=note,
            added_by=by,
        )
        for ago, kind, amount, note in SPENT.get(key, ())
    )


def put_cohort(by: User, today: date) -> None:
    """Small accounts whose champion has changed: last year a fifth of their revenue left."""
    if RiskCohort.objects.exists():
        return
    cohort = RiskCohort.objects.create(
        name="Small accounts with a new champion", starts_on=today - timedelta(days=120),
        ends_on=today + timedelta(days=240), baseline_low=Decimal(12), baseline=Decimal(20),
        baseline_high=Decimal(30), made_by=by,
        source="Of 41 such accounts of last year, 8 left with a fifth of the revenue; the two halves of the year "
        "had 12 and 30 %.",
    )  # fmt: skip
    exposed = Contract.objects.filter(deal__source="manual", deal__external_id__in=AT_RISK)
    CohortMember.objects.bulk_create(
        CohortMember(cohort=cohort, contract=contract, account_id=contract.account_id) for contract in exposed
    )
