"""How often somebody may do what costs others something: a mail, a line that all of them read, a row in every list."""

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User


def keep_pace(request: HttpRequest, action: str, *, by: User, key: object = "") -> None:
    """Count it. Raises ValidationError where it is too much for a person (settings.ACCOUNT_RATE_LIMITS).

    `key` is what it is done to, where that has a limit of its own.
    """
    if not ratelimit.consume(request, action=action, user=by, key=str(key)):
        raise ValidationError(_("That was a lot at once. Wait a little, then go on."))
