"""The first-win one-pager as HTML: exactly one page, whatever it is told."""

from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.base_words import base_context, company, long_day, picture_address, seal, short_day, shortened
from reports.first_win.snapshot import FirstWin, Proof
from reports.snapshots import PictureRef, Side

SNAPSHOT = FirstWin
VERSIONS = ("v1",)
# How many letters fit, so that the page stays one; the style sheet cuts lines beyond.
SHORT, LONG = 18, 60
MOST_LETTERS = {"title": 140, "value": 150, "story": 520, "step": 240, "name": 60, "proof": 64}
ROOMY, PER_LINE = 520, 40
"""Letters of all texts with which pictures are large; how many a line of a list counts for."""


class Picture(NamedTuple):
    address: str
    alt: str
    caption: str
    url: str


class ProofText(NamedTuple):
    text: str
    url: str


def render(snapshot: FirstWin, version: str = VERSIONS[-1]) -> str:
    """Return the one-pager as HTML in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no first-win template {version!r}")
    with translation.override(snapshot.language):
        return render_to_string(f"reports/pdf/first_win/{version}.html", _context(snapshot))


def title(snapshot: FirstWin) -> str:
    with translation.override(snapshot.language):
        words = {"win": shortened(snapshot.title, 80), "account": snapshot.account}
        return _("%(win)s: a win of %(account)s") % words


def _context(snapshot: FirstWin) -> dict[str, Any]:
    stands = snapshot.standing
    pictures = [_picture(one.picture, one, snapshot) for one in snapshot.proofs if one.picture]
    return {
        **base_context(snapshot, name=_("First win"), title=title(snapshot)),
        "win": {
            "title": shortened(snapshot.title, MOST_LETTERS["title"]),
            "before": _value(snapshot.before),
            "after": _value(snapshot.after),
            "about": shortened(snapshot.about, MOST_LETTERS["title"]),
            "story": shortened(" ".join(snapshot.story.split()), MOST_LETTERS["story"]),
            "next_step": shortened(snapshot.next_step, MOST_LETTERS["step"]),
        },
        "before_size": _size(snapshot.before),
        "after_size": _size(snapshot.after),
        "account": shortened(snapshot.account, MOST_LETTERS["name"]),
        "reached": _reached(snapshot),
        "seal": seal(stands.state, shortened(stands.name, MOST_LETTERS["name"]), stands.day),
        "pictures": pictures,
        "proofs": [_proof(one, snapshot) for one in snapshot.proofs if not one.picture],
        "room": _room(snapshot, len(pictures)),
        "thanks": [
            (shortened(company(snapshot, side), MOST_LETTERS["name"]), names)
            for side in (Side.CUSTOMER, Side.VENDOR)
            if (names := _names(snapshot, side))
        ],
        "sharing": _sharing(snapshot),
    }


def _value(text: str) -> str:
    return shortened(" ".join(text.split()), MOST_LETTERS["value"])


def _size(text: str) -> str:
    """How large a value stands: the shorter the larger."""
    return "huge" if len(text) <= SHORT else "title" if len(text) <= LONG else "large"


def _room(snapshot: FirstWin, pictures: int) -> str:
    """ "roomy", "tight" or "packed": how large type and pictures may be beside so many words."""
    letters = sum(
        map(len, (snapshot.title, snapshot.before, snapshot.after, snapshot.story, snapshot.next_step))
    )
    letters += sum(len(one.name) + len(one.title) + PER_LINE for one in snapshot.credits)
    letters += len(snapshot.credits_others) + PER_LINE * (
        len(snapshot.proofs) - pictures + bool(snapshot.logo)
    )
    most = ROOMY if snapshot.paper == "a4" else ROOMY - PER_LINE * 3
    return "roomy" if letters <= most else "tight" if letters <= 2 * most else "packed"


def _reached(snapshot: FirstWin) -> str:
    day, days = long_day(snapshot.reached_on), snapshot.days_to_value
    if days is None:
        return _("Reached on %(day)s.") % {"day": day}
    pattern = ngettext(
        "Reached on %(day)s, %(n)s day after the signature.",
        "Reached on %(day)s, %(n)s days after the signature.",
        days,
    )
    return pattern % {"day": day, "n": days}


def _picture(drawn: PictureRef, one: Proof, snapshot: FirstWin) -> Picture:
    return Picture(picture_address(drawn), _alt(one), _proof(one, snapshot).text, _url(one, snapshot))


def _alt(one: Proof) -> str:
    return _("Picture: %(title)s") % {"title": shortened(one.title, MOST_LETTERS["proof"])}


def _proof(one: Proof, snapshot: FirstWin) -> ProofText:
    name = MOST_LETTERS["name"]
    words = {
        "title": shortened(one.title.rstrip("."), MOST_LETTERS["proof"]),
        "by": shortened(one.by, name),
        "accepted_by": shortened(one.accepted_by, name),
        "day": short_day(one.accepted_on or one.on),
    }
    if one.unreadable:
        pattern = _("%(title)s, from %(by)s: this picture cannot be printed; the portal has the file.")
    elif one.accepted_by:
        pattern = _("%(title)s, from %(by)s, accepted by %(accepted_by)s on %(day)s")
    else:
        pattern = _("%(title)s, from %(by)s on %(day)s")
    return ProofText(pattern % words, _url(one, snapshot))


def _url(one: Proof, snapshot: FirstWin) -> str:
    return f"{snapshot.portal_address}{one.page}" if snapshot.portal_address and one.page else ""


def _names(snapshot: FirstWin, side: Side) -> list[str]:
    names = [
        f"{shortened(one.name, MOST_LETTERS['name'])}, {shortened(one.title, 40)}"
        if one.title
        else shortened(one.name, MOST_LETTERS["name"])
        for one in snapshot.credits
        if one.side is side
    ]
    if side is Side.CUSTOMER and snapshot.credits_others:
        names.append(shortened(snapshot.credits_others, MOST_LETTERS["proof"]))
    return names


def _sharing(snapshot: FirstWin) -> str:
    if not snapshot.shared_by or snapshot.shared_on is None:
        facts = {
            "account": shortened(snapshot.account, MOST_LETTERS["name"]),
            "vendor": shortened(snapshot.vendor, MOST_LETTERS["name"]),
        }
        return _("Internal to %(account)s and %(vendor)s: nobody has agreed that others may be told.") % facts
    words = {"name": shortened(snapshot.shared_by, MOST_LETTERS["name"]), "day": long_day(snapshot.shared_on)}
    return _("%(name)s agreed on %(day)s that others may be told.") % words
