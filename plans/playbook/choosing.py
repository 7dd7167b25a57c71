"""Which playbook a deal gets, and the sentence that says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.playbook.schema import MatchRules


class Candidate(Protocol):
    """What is needed of a playbook to choose it; `schema.Playbook` is one."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def match(self) -> MatchRules: ...


C = TypeVar("C", bound=Candidate)


@dataclass(frozen=True)
class DealShape:
    """What is known of the sold deal: values as in `MatchRules`, empty or None where unknown."""

    segment: str
    touch: str
    arr: Decimal | None = None
    products: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice(Generic[C]):
    playbook: C
    reason: str


class NoPlaybook(Exception):
    """No candidate matches; the message says what was looked for."""


def choose_playbook(candidates: Sequence[C], facts: DealShape) -> Choice[C]:
    """The matching candidate of the highest priority, whatever the order they are given in.

    Equal priority: the one that asks for more wins, then the alphabetically first key, then the newest
    version. Raises NoPlaybook.
    """
    matching = [
        (found, met) for found in candidates if (met := _conditions_met(found.match, facts)) is not None
    ]
    if not matching:
        raise NoPlaybook(_("No playbook matches: %(deal)s.") % {"deal": _deal(facts)})
    matching.sort(key=lambda pair: (-pair[0].match.priority, -len(pair[1]), pair[0].key, -pair[0].version))
    playbook, met = matching[0]
    return Choice(playbook, _reason(playbook, met, facts, len(matching) - 1, len(candidates) - len(matching)))


def _conditions_met(match: MatchRules, facts: DealShape) -> list[str] | None:
    """The conditions in words, all of them met; None where one is not. An unknown ARR meets no limit."""
    met: list[str] = []
    if match.segments:
        if facts.segment not in match.segments:
            return None
        met.append(_("segment %(segment)s") % {"segment": facts.segment})
    if match.touch:
        if facts.touch != match.touch:
            return None
        met.append(_("touch %(touch)s") % {"touch": facts.touch})
    if match.min_arr is not None or match.max_arr is not None:
        if facts.arr is None or not _within(facts.arr, match.min_arr, match.max_arr):
            return None
        met.append(_("ARR %(arr)s") % {"arr": f"{facts.arr:,.0f}"})
    if match.products:
        sold = {product.casefold() for product in facts.products}
        shared = [product for product in match.products if product.casefold() in sold]
        if not shared:
            return None
        met.append(_("product %(product)s") % {"product": ", ".join(shared)})
    return met


def _within(arr: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or low <= arr) and (high is None or arr <= high)


def _reason(playbook: Candidate, met: list[str], facts: DealShape, lower: int, unmatched: int) -> str:
    values = {"deal": _deal(facts), "name": playbook.name, "met": _and(met) or _("every account")}
    parts = [_("%(deal)s: “%(name)s” matches %(met)s") % values]
    if lower:
        parts.append(
            ngettext("%(n)s other matched but ranks lower", "%(n)s others matched but rank lower", lower)
            % {"n": lower}
        )
    if unmatched:
        parts.append(ngettext("%(n)s other did not", "%(n)s others did not", unmatched) % {"n": unmatched})
    return "; ".join(parts) + "."


def _deal(facts: DealShape) -> str:
    segments = {
        "enterprise": _("Enterprise account"),
        "mid-market": _("Mid-market account"),
        "smb": _("SMB account"),
    }
    touches = {"high": _("high touch"), "tech": _("tech touch")}
    words = [segments.get(facts.segment, _("Account of unknown segment"))]
    words.append(touches.get(facts.touch, _("unknown touch")))
    return ", ".join(words)


def _and(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
