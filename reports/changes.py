"""How a number stands against the one before, in words and as a shape. Call inside `translation.override(…)`."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


class Change(NamedTuple):
    """`arrow` is a shape: up, down, level, or "" where nothing can be compared. `tone` is better, worse or ""."""

    arrow: str
    tone: str
    text: str


NOTHING = Change("", "", "")


def points(now: int | None, before: int | None, *, level: str, more_is_better: bool = True) -> Change:
    """The change of a percentage; `level` is what is said where there is none."""
    if now is None or before is None:
        return unknown()
    apart = now - before
    n = {"n": abs(apart)}
    more = ngettext("%(n)s point more", "%(n)s points more", abs(apart)) % n
    less = ngettext("%(n)s point less", "%(n)s points less", abs(apart)) % n
    return changed(apart, more if apart > 0 else less, level=level, more_is_better=more_is_better)


def counted(now: int | None, before: int | None, *, level: str) -> Change:
    """The change of a number of things, of which more are better."""
    if now is None or before is None:
        return unknown()
    apart = now - before
    n = {"n": abs(apart)}
    more, fewer = pgettext("scoreboard", "%(n)s more") % n, pgettext("scoreboard", "%(n)s fewer") % n
    return changed(apart, more if apart > 0 else fewer, level=level)


def changed(apart: int, text: str, *, level: str, more_is_better: bool = True) -> Change:
    """`apart` says only which way it went."""
    if not apart:
        return Change("level", "", level)
    better = (apart > 0) == more_is_better
    return Change("up" if apart > 0 else "down", "better" if better else "worse", text)


def unknown() -> Change:
    return Change("", "", _("nothing to compare"))
