"""What all claims share: the other side accepts or returns them, once."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.models.proof import Reviewed
from portal.lib import clock


def put_accepted(by: Actor, claim: Reviewed) -> None:
    """For a claim that is locked and whose reviewer was checked."""
    _require_waiting(claim)
    claim.accepted_by, claim.accepted_at = by.user, clock.now()
    claim.save(update_fields=["accepted_by", "accepted_at"])


def put_returned(by: Actor, claim: Reviewed, reason: str) -> None:
    """The same, with a reason that the other side reads."""
    _require_waiting(claim)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is missing.")})
    claim.returned_by, claim.returned_at, claim.return_reason = by.user, clock.now(), reason.strip()
    claim.save(update_fields=["returned_by", "returned_at", "return_reason"])


def _require_waiting(claim: Reviewed) -> None:
    if claim.accepted_at:
        raise ValidationError(_("%(name)s has accepted this already.") % {"name": claim.accepted_by})
    if claim.returned_at:
        raise ValidationError(_("%(name)s has returned this already.") % {"name": claim.returned_by})
