"""Days and moments in words: one way to name each, the same on every page.

A page names the same day in many rows, and so does the next page: each is put in words once in a process.
Documents name days in their own way (`reports.recap.words`), because an issued one never changes.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _


def short_day(day: date) -> str:
    """ "3 Apr", for a row: the year is plain from where it stands."""
    return _short_day(day, get_language())


def long_day(day: date) -> str:
    """ "3 April 2026", for a sentence or a fact."""
    return date_format(day, "DATE_FORMAT")


def full_day(day: date) -> str:
    """ "Friday, 3 April 2026", for what must not be mistaken."""
    return _full_day(day, get_language())


def period(first: date, last: date) -> str:
    """ "3 Apr 2026 to 30 Jun 2026"."""
    days = {
        "first": date_format(first, "SHORT_DATE_FORMAT"),
        "last": date_format(last, "SHORT_DATE_FORMAT"),
    }
    return _("%(first)s to %(last)s") % days


def moment(at: datetime, zone: ZoneInfo) -> str:
    """ "3 Apr 2026, 14:05" where the account is."""
    return date_format(at.astimezone(zone), "SHORT_DATETIME_FORMAT")


def distance(days: int) -> str:
    """How far away a day is: "today", "in 3 days", "2 days late"."""
    return _distance(days, get_language())


@lru_cache(maxsize=4096)
def _short_day(day: date, _language: str | None) -> str:
    # Translators: the pattern of a short day, as in Django's date filter.
    return date_format(day, pgettext("pattern of a day", "j M"))


@lru_cache(maxsize=4096)
def _full_day(day: date, _language: str | None) -> str:
    # Translators: the pattern of a day with its weekday, as in Django's date filter.
    return date_format(day, pgettext("pattern of a day", "l, j F Y"))


@lru_cache(maxsize=4096)
def _distance(days: int, _language: str | None) -> str:
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days < 14:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    weeks = days // 7
    if weeks <= 8:
        return ngettext("in %(n)d week", "in %(n)d weeks", weeks) % {"n": weeks}
    months = days // 30
    return ngettext("in %(n)d month", "in %(n)d months", months) % {"n": months}
