"""What somebody had written when their session had ended: kept for the sign-in that follows, and given back after it.

Without JavaScript the browser has nothing else. A form is only kept once its CSRF token was found good (that is asked
before the sign-in is), so nobody plants words in somebody else's browser; what is kept is bounded in size, in time and
by a rate, it is bound to the page on which it was typed, and who may not see that page never sees it. A form that says
who had it open (`writer`) gives its words back to nobody else: another person may sign in on the same machine.
"""

import re
import time
from typing import Any, NamedTuple

from allauth.core import ratelimit
from django.http import HttpRequest

MOST_BYTES = 20_000
SECONDS = 3600

_KEY = "kept_text"
_NO_WRITING = re.compile(
    r"csrf|password|token|secret|^(version|code|login|email|next|thing|writer)$", re.IGNORECASE
)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class KeptText(NamedTuple):
    path: str
    texts: list[str]
    at: float
    writer: str = ""


def keep_text(request: HttpRequest, path: str) -> None:
    """Keep what is writing in the form, unless somebody asks too often. `path` is the page that it was typed on."""
    texts = _written(request)
    if texts and path != "/" and ratelimit.consume(request, action="kept_text"):
        writer = str(request.POST.get("writer", ""))[:36]
        request.session[_KEY] = KeptText(path.partition("?")[0], texts, time.time(), writer)


def kept_text(request: HttpRequest) -> KeptText | None:
    """What waits for this page, and for this person."""
    kept = _read(request)
    return kept if kept and kept.path == request.path and kept.writer in ("", _person(request)) else None


def forget_text(request: HttpRequest) -> None:
    if _KEY in request.session:
        del request.session[_KEY]


def forget_sent(request: HttpRequest) -> None:
    """It was sent again: then it is in good hands, and if it is refused it stands in its form."""
    kept = _read(request)
    if kept and kept.writer in ("", _person(request)) and set(kept.texts) & set(_written(request)):
        forget_text(request)


def _read(request: HttpRequest) -> KeptText | None:
    session: Any = getattr(request, "session", None)
    kept = session.get(_KEY) if session is not None else None
    return KeptText(*kept) if kept and time.time() - kept[2] < SECONDS else None


def _person(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None else ""


def _written(request: HttpRequest) -> list[str]:
    """Words, each text once: no choices by id, no numbers and days, nothing that is secret."""
    texts: list[str] = []
    left = MOST_BYTES
    for name, values in request.POST.lists():
        for value in values:
            text = str(value).strip()[:left]
            if _NO_WRITING.search(name) or _ID.fullmatch(text) or not re.search(r"[^\W\d_]", text):
                continue
            if text not in texts and len(texts) < 10:
                texts.append(text)
                left = max(0, left - len(text.encode()))
    return texts
