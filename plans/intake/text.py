"""Texts and moments as CRMs write them, brought to what we can store."""

import re
from datetime import UTC, datetime
from typing import Any

# NUL and lone surrogates cannot be stored in PostgreSQL; the other control characters only do harm.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
LONGEST_MAIL = 254


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
            return datetime.fromtimestamp(int(text) / 1000, tz=UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"not a moment: {cut(clean(text), 40)}") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
