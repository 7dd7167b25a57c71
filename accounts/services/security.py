"""Security confirmations: certificates and statements that customers ask for before they sign again."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.models import Account, SecurityConfirmation
from accounts.permissions import Actor
from accounts.services.recording import record
from portal.lib import clock
from portal.lib.files import keep_file
from portal.lib.uploads import Upload


@transaction.atomic
def add_confirmation(
    *,
    by: Actor,
    account: Account | None,
    name: str,
    issuer: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
    url: str = "",
    upload: Upload | None = None,
) -> SecurityConfirmation:
    """For one account, or for all of them where there is none. `upload` has been judged by `portal.lib.uploads`.

    The file is written before the row: a transaction that fails leaves a file that no row names. Raises
    ValidationError by field.
    """
    by.require("security.manage")
    if url and upload:
        raise ValidationError({"url": _("Give the file or the link, not both.")})
    if valid_from and valid_until and valid_until < valid_from:
        raise ValidationError({"valid_until": _("It ends before it begins.")})
    one = SecurityConfirmation(
        account=account,
        name=name,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        url=url,
        added_by=by.user,
    )
    if upload:
        one.file = keep_file(upload.content, upload.extension)
        one.file_name, one.content_type = upload.name, upload.content_type
        one.size, one.sha256 = len(upload.content), upload.sha256
    one.save(force_insert=True)
    _record(Verb.SECURITY_ADDED, by, one)
    return one


@transaction.atomic
def remove_confirmation(*, by: Actor, confirmation: SecurityConfirmation) -> None:
    """It is no longer shown; the row and its file stay. Raises ValidationError: somebody was faster."""
    by.require("security.manage")
    removed = SecurityConfirmation.objects.standing().filter(pk=confirmation.pk)
    if not removed.update(removed_at=clock.now(), removed_by=by.user):
        raise ValidationError(_("This confirmation has been removed already."))
    _record(Verb.SECURITY_REMOVED, by, confirmation)


def _record(verb: Verb, by: Actor, one: SecurityConfirmation) -> None:
    """The vendor's own belong to no account, and so to no account's history."""
    if one.account_id is None:
        return
    until = one.valid_until.isoformat() if one.valid_until else ""
    record(
        verb,
        account_id=one.account_id,
        by=by.user,
        subject=one.name,
        new={"confirmation": str(one.pk), "issuer": one.issuer, "valid_until": until},
    )
