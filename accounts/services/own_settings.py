"""What a person settles for themselves: language, time zone, mails, the address of their calendar.

No row of the table of permissions stands before these: everybody who may sign in has settings, and only their own.
"""

import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import BounceNotice, CalendarKey, MailPreference, Stakeholder, User
from accounts.models.calendar import digest_of
from portal.lib import clock
from portal.lib.zones import known_zone


@transaction.atomic
def change_settings(*, by: User, language: str, time_zone: str) -> None:
    """Keep the person's choice; "" means as the browser says, and as the account has it.

    Raises ValidationError by field for a language that we do not speak or a zone that nobody knows.
    """
    _require_active(by)
    if language and language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Choose one of the languages.")})
    zone = known_zone(time_zone)
    if time_zone and not zone:
        raise ValidationError({"time_zone": _("We do not know this time zone. It looks like Europe/Berlin.")})
    by.language, by.time_zone = language, zone
    by.save(update_fields=["language", "time_zone"])


@transaction.atomic
def change_mails(*, by: User, digest: bool, weekly: bool, scoreboard: bool, at_once: bool) -> None:
    """Which mails the person wants; what is not mailed stands in the portal all the same.

    At the vendor there is no success manager to lift a stop: who is in, by a code that came, lifts it by choosing.
    """
    _require_active(by)
    wanted: dict[str, object] = {
        "digest": digest,
        "weekly": weekly,
        "scoreboard": scoreboard,
        "at_once": at_once,
    }
    if by.is_vendor:
        wanted |= {"stopped_at": None, "stopped_reason": ""}
        BounceNotice.objects.filter(user=by, settled_at=None).update(settled_at=clock.now(), settled_by=by)
    MailPreference.objects.update_or_create(user=by, defaults=wanted)


@transaction.atomic
def make_calendar_key(*, by: User) -> CalendarKey:
    """An address for the person's calendar. One that is there stays good: a second tab must not silence it."""
    _require_active(by)
    found = CalendarKey.objects.filter(user=by).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return CalendarKey.objects.create(user=by, **_fresh())
    except IntegrityError:  # made in another tab a moment ago
        return CalendarKey.objects.get(user=by)


@transaction.atomic
def replace_calendar_key(*, by: User) -> CalendarKey:
    """Another address, also where there was none; the old one stops working at once."""
    _require_active(by)
    fresh = _fresh()
    key, _made = CalendarKey.objects.update_or_create(user=by, defaults={**fresh, "created_at": clock.now()})
    return key


@transaction.atomic
def remove_calendar_key(*, by: User) -> None:
    """No address works any more."""
    _require_active(by)
    CalendarKey.objects.filter(user=by).delete()


def account_zone_of(person: User) -> str:
    """The zone that holds for who chose none: of the account that they joined first. "" for who is on no account."""
    joined = Stakeholder.objects.joined().filter(user=person).order_by("joined_at")
    return joined.values_list("account__time_zone", flat=True).first() or ""


def _require_active(person: User) -> None:
    if not person.is_active:
        raise PermissionDenied("settings")


def _fresh() -> dict[str, str]:
    token = secrets.token_urlsafe(32)
    return {"token": token, "digest": digest_of(token)}
