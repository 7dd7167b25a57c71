"""Who stands behind a number, for `templates/components/_standing.html`: a shape and a word."""

from datetime import date

from django.utils.translation import gettext as _

from plans.values import Standing, Value
from portal.lib.days import long_day


def standing_words(standing: Standing) -> dict[str, str]:
    """`kind` is claimed, evidenced or confirmed."""
    return {"kind": standing.kind.value, "label": _label(standing.kind, standing.name, standing.day)}


def _label(kind: Value, name: str, day: date | None) -> str:
    words = {"name": name, "day": long_day(day) if day else ""}
    if kind == Value.CONFIRMED:
        return _("Confirmed by %(name)s, %(day)s") % words
    if kind == Value.EVIDENCED:
        return _("Evidenced, not confirmed yet")
    return _("Claimed by %(name)s, not confirmed yet") % words if name else _("Claimed, not confirmed yet")
