"""What every act on a contract begins and ends with: the lock on what the person saw, then the sums and the event."""

from typing import Any
from uuid import UUID

from django.db.models import F

from accounts import billing
from accounts.models import Account, Contract, Event
from accounts.permissions import Actor
from accounts.services.contract_lines import billing_lines
from accounts.services.recording import record
from portal.lib import clock
from portal.lib.money import known


class ContractConflict(Exception):
    """Somebody else changed the contract since it was shown. Nothing was written; `latest` says who and what."""

    def __init__(self, contract: Contract, latest: Event | None) -> None:
        super().__init__(f"contract {contract.pk} is at version {contract.version}")
        self.contract = contract
        self.latest = latest


def lock_contract(contract: Contract, version: int, plan_id: UUID | None) -> Contract:
    """The contract as it is now, ours until the transaction ends; the plan first, as every act on one does."""
    lock_running_plan(contract.account, plan_id)
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    locked.account = contract.account
    if locked.version != version:
        events = Event.objects.filter(account_id=locked.account_id, verb__startswith="contract.")
        raise ContractConflict(locked, events.filter(new__contract=str(locked.pk)).first())
    return locked


def settle_contract(
    verb: str, contract: Contract, *, by: Actor, plan_id: UUID | None, new: dict[str, Any] | None = None
) -> Contract:
    """What each act ends with: the money a year anew, one version on, an event, the running plan's revision."""
    lines = billing_lines(contract)
    if lines and known(contract.currency):
        contract.arr = billing.yearly_on(lines, contract.ends_on, contract.currency)
    contract.version += 1
    contract.kept_by_hand_at = contract.kept_by_hand_at or clock.now()
    contract.crm_said = {
        name: said
        for name, said in contract.crm_said.items()
        if _meant(name, said) != getattr(contract, name)
    }
    contract.save()
    record(
        verb,
        account_id=contract.account_id,
        plan_id=plan_id,
        by=by.user,
        subject=str(contract),
        new={"contract": str(contract.pk), **(new or {})},
    )
    if plan_id:
        contract.account.plans.filter(pk=plan_id).update(revision=F("revision") + 1)
    return contract


def lock_running_plan(account: Account, plan_id: UUID | None) -> None:
    if plan_id:
        account.plans.select_for_update().filter(pk=plan_id, account=account).order_by().first()


def _meant(name: str, said: str) -> Any:
    """What the CRM said, kept as text, as the field's own value."""
    return Contract._meta.get_field(name).to_python(said)  # type: ignore[union-attr]
