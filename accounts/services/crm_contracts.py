"""A contract as the CRM tells it. The CRM fills it in until somebody has entered it here; then people decide."""

from typing import Any

from accounts.models import Contract, Deal


def follow_crm(*, deal: Deal, said: dict[str, Any]) -> Contract:
    """`said`: starts_on, ends_on and, where the CRM named them, arr, currency, notice_days.

    What was entered by hand stays, and what the CRM says otherwise is kept beside it (`crm_said`).
    """
    contract = Contract.objects.select_for_update().filter(deal=deal).first()
    if contract is None:
        return Contract.objects.create(deal=deal, account_id=deal.account_id, **said)
    differs = {name: value for name, value in said.items() if getattr(contract, name) != value}
    if contract.kept_by_hand_at:
        contract.crm_said = {name: str(value) for name, value in differs.items()}
        contract.save(update_fields=["crm_said"])
    elif differs:
        for name, value in differs.items():
            setattr(contract, name, value)
        contract.version += 1
        contract.save(update_fields=[*differs, "version"])
    return contract
