"""One value, one sequence of bytes: the JSON that digests are made of."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID


def canonical_json(value: object) -> bytes:
    """Return `value` as canonical JSON: UTF-8, keys sorted, no blanks, nothing left to the machine.

    Decimals become plain strings ("0.10", never "1E-1"), dates and datetimes ISO 8601 (datetimes in UTC),
    UUIDs and enumerations their text, tuples lists. Raises TypeError for floats (two machines may print
    them differently), sets, naive datetimes and keys that are not text; ValueError for NaN and infinity
    and for text that is not Unicode.
    """
    plain = _plain(value)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def digest(content: bytes) -> str:
    """Return the SHA-256 of `content` as 64 small hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that can be written down")
    return format(value, "f")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a datetime without a time zone is not a moment")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {type(key).__name__}")
    return key
