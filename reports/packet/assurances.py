"""Security confirmations as the packet lists them: what holds, what ends before the new term does, what has ended."""

from datetime import date
from typing import Literal

from django.urls import reverse

from accounts.models import Account, SecurityConfirmation
from reports.packet.snapshot import Confirmation

MOST_CONFIRMATIONS = 40

State = Literal["valid", "not_yet", "ends_early", "expired"]


def read_confirmations(
    account: Account, *, today: date, term_ends: date, portal_address: str
) -> list[Confirmation]:
    """The vendor's own and those for this account, by name: one query. `term_ends` is the last day of the new term."""
    rows = SecurityConfirmation.objects.for_account(account.pk).order_by("name", "added_at", "pk")
    return [
        Confirmation(
            name=one.name,
            issuer=one.issuer,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            state=state_of(one.valid_from, one.valid_until, today, term_ends),
            for_account=one.account_id is not None,
            file_name=one.file_name,
            digest=one.sha256,
            address=_address(one, account, portal_address),
        )
        for one in rows[:MOST_CONFIRMATIONS]
    ]


def state_of(first: date | None, last: date | None, today: date, term_ends: date) -> State:
    """How it stands on the day; both its days count as valid. Without a last day it has no end."""
    if last and last < today:
        return "expired"
    if first and first > today:
        return "not_yet"
    return "ends_early" if last and last < term_ends else "valid"


def _address(one: SecurityConfirmation, account: Account, portal_address: str) -> str:
    """At its issuer's; a file of ours on the account's page, which asks for sign-in."""
    if one.url:
        return one.url
    return portal_address + reverse("account_page", args=[account.pk]) if one.file else ""
