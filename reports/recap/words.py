"""Days, companies and seals in the words of the recap. Call inside `translation.override(language)`."""

from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib.figures import NO_BREAK
from reports.recap.snapshot import RecapSnapshot, Side

CONFIRMED, UNCONFIRMED = "confirmed", "unconfirmed"


class Seal(NamedTuple):
    """Who stands behind a number. `kind` is CONFIRMED or UNCONFIRMED, or "" when there is no number."""

    kind: str
    text: str


def company(snapshot: RecapSnapshot, side: Side) -> str:
    return snapshot.vendor if side is Side.VENDOR else snapshot.account


def long_day(day: date) -> str:
    # Translators: the pattern of a day in a document, as in Django's date filter.
    return date_format(day, pgettext("pattern of a day", "j F Y"))


def short_day(day: date) -> str:
    """Return a day that no line break can part."""
    return date_format(day, pgettext("pattern of a day", "j M Y")).replace(" ", NO_BREAK)


def seal_of(name: str, day: date | None) -> Seal:
    if not name or day is None:
        return Seal(UNCONFIRMED, _("Not confirmed by the customer."))
    return Seal(CONFIRMED, _("Confirmed by %(name)s on %(day)s.") % {"name": name, "day": short_day(day)})
