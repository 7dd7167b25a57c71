"""What an account cost the vendor, entry by entry. Nothing is changed: an entry is removed, and made anew."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, AccountCost
from accounts.permissions import Actor
from portal.lib import clock
from portal.lib.money import known, round_money


@transaction.atomic
def add_cost(
    *, by: Actor, account: Account, spent_on: date, kind: str, amount: Decimal, currency: str, note: str = ""
) -> AccountCost:
    by.require("cost.edit")
    if not known(currency):
        raise ValidationError({"currency": _("This is not a currency.")})
    if amount != round_money(amount, currency):
        raise ValidationError({"amount": _("This currency has fewer decimals.")})
    if spent_on > account.today():
        raise ValidationError({"spent_on": _("This day is still to come.")})
    return AccountCost.objects.create(
        account=account,
        spent_on=spent_on,
        kind=kind,
        amount=amount,
        currency=currency,
        note=note,
        added_by=by.user,
    )


@transaction.atomic
def remove_cost(*, by: Actor, cost: AccountCost) -> None:
    """Entered by mistake: it stays on record, and counts no more."""
    by.require("cost.edit")
    AccountCost.objects.filter(pk=cost.pk, removed_at=None).update(removed_at=clock.now(), removed_by=by.user)
