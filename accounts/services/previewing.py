"""What an act would do, without doing it: the act itself, taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from accounts.billing import Invoice
from accounts.models import Contract
from accounts.services.contract_lines import billing_lines, invoices_of


@dataclass(frozen=True)
class Preview:
    contract: Contract
    invoices: tuple[Invoice, ...]


def preview_contract(act: Callable[[], object], contract: Contract) -> Preview:
    """The contract and its schedule as they would be after `act`; refused as the act itself would be."""
    with transaction.atomic():
        act()
        after = Contract.objects.select_related("account").get(pk=contract.pk)
        preview = Preview(after, invoices_of(after, billing_lines(after)))
        transaction.set_rollback(True)
    return preview
