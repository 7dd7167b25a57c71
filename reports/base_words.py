"""What all documents say in the same words: days, amounts of money, seals, and what the base template needs.

Call inside `translation.override(snapshot.language)`.
"""

from datetime import date
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib.figures import NO_BREAK
from reports.codes import code_of, printed
from reports.snapshots import Document, PictureRef, Side


class Seal(NamedTuple):
    """Who stands behind a number. `kind` is a class of the style sheet: claimed, evidenced or confirmed."""

    kind: str
    text: str


def base_context(snapshot: Document, *, name: str, title: str) -> dict[str, Any]:
    """The context of templates/reports/pdf/base/v1.html. `name` is what this kind is called, `title` what a reader's
    window shows; `attached` is the file that travels inside (`reports.documents`)."""
    digest = snapshot.digest
    return {
        "snapshot": snapshot,
        "document_name": name,
        "title": title,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "made_on": long_day(snapshot.made_on),
        "period": period_text(snapshot),
        "prepared": _prepared(snapshot),
        "digest": digest,
        "code": printed(code_of(digest)),
        "check_address": snapshot.check_address,
        "attached": f"{snapshot.kind}-snapshot.json",
        "logo": picture_address(snapshot.logo) if snapshot.logo else "",
    }


def picture_address(picture: PictureRef) -> str:
    """Where a template finds a picture of the snapshot: `<img src=… alt=…>`."""
    # Pages and mails use these words too, and need no WeasyPrint (`reports.pdf.SCHEME`).
    return f"portal:picture/{picture.sha256}"


def company(snapshot: Document, side: Side) -> str:
    return snapshot.vendor if side is Side.VENDOR else snapshot.account


def long_day(day: date) -> str:
    # Translators: the pattern of a day in a document, as in Django's date filter.
    return date_format(day, pgettext("pattern of a day", "j F Y"))


def short_day(day: date) -> str:
    """A day that no line break can part."""
    return date_format(day, pgettext("pattern of a day", "j M Y")).replace(" ", NO_BREAK)


def period_text(snapshot: Document) -> str:
    """ "1 April 2026 to 30 June 2026", or the one day."""
    first, last = long_day(snapshot.period_from), long_day(snapshot.period_to)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def seal(kind: str, name: str = "", day: date | None = None) -> Seal:
    """In words, how a number stands (`plans.values.Standing`): always with its shape."""
    facts = {"name": name, "day": short_day(day) if day else ""}
    if kind == "confirmed":
        return Seal(kind, _("Confirmed by %(name)s on %(day)s.") % facts if name else _("Confirmed."))
    if kind == "evidenced":
        if name:
            return Seal(kind, _("Evidenced, entered by %(name)s; not confirmed yet.") % facts)
        return Seal(kind, _("Evidenced; not confirmed yet."))
    if name:
        return Seal("claimed", _("Claimed by %(name)s; not confirmed yet.") % facts)
    return Seal("claimed", _("Claimed; not confirmed yet."))


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _prepared(snapshot: Document) -> str:
    facts = {"name": snapshot.made_by, "plan": snapshot.plan, "made_on": long_day(snapshot.made_on)}
    if snapshot.plan and snapshot.made_by:
        return _("Prepared by %(name)s on %(made_on)s from the shared success plan “%(plan)s”.") % facts
    if snapshot.plan:
        return _("Prepared on %(made_on)s from the shared success plan “%(plan)s”.") % facts
    if snapshot.made_by:
        return _("Prepared by %(name)s on %(made_on)s.") % facts
    return _("Prepared on %(made_on)s.") % facts
