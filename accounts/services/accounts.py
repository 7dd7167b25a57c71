"""What is said of an account, beside its people."""

from django.db import transaction

from accounts.models import Account
from accounts.permissions import Actor


@transaction.atomic
def set_allowed_domains(*, by: Actor, account: Account, domains: list[str]) -> Account:
    """The mail domains that a champion may invite from; an empty list ends their inviting."""
    by.require("account.edit")
    account.allowed_domains = domains
    account.save(update_fields=["allowed_domains"])
    return account
