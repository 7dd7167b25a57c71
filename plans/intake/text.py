"""Texts and moments as CRMs write them, brought to what we can store."""

import re
from datetime import UTC, date, datetime
from typing import Any

# NUL and lone surrogates cannot be stored in PostgreSQL; the other control characters only do harm.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
LONGEST_MAIL = 254
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)


def storable(text: str) -> str:
    """The text without characters that PostgreSQL refuses."""
    return UNSTORABLE.sub("", text)


def clean(value: Any) -> str:
    """One line of text: None is "", white space single spaces. Not a text or whole number: ValueError."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return " ".join(storable(value).split())


def cut(text: str, length: int) -> str:
    """The text, at most `length` characters of it, the last being … where something was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def mail_address(value: Any) -> str:
    """The address in lower case, or "" when it is none: one odd contact must not stop a deal."""
    address = clean(value).lower().removeprefix("mailto:")
    fits = len(address) <= LONGEST_MAIL and len(address.partition("@")[0]) <= 64
    return address if fits and MAIL.fullmatch(address) else ""


def moment(value: str | int | None) -> datetime | None:
    """A moment in UTC from ISO 8601 or from milliseconds since 1970. ValueError when it is neither."""
    if value is None or value == "":
        return None
    text = str(value)
    try:
        if text.isascii() and text.lstrip("-").isdigit():
            found = datetime.fromtimestamp(int(text) / 1000, tz=UTC)
        else:
            found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        sane_day(found.date())
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"not a moment: {cut(clean(text), 40)}") from error
    return found


def sane_moment(value: datetime) -> datetime:
    """The same for a moment, whatever its time zone."""
    sane_day(value.date())
    return value


def sane_day(day: date) -> date:
    """The day; ValueError for one that no deal could mean, and that arithmetic with days would trip over."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"expected a day from {EARLIEST} to {LATEST}")
    return day
