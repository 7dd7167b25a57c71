"""What one delivery says, taken apart: notices about deals, each with a key that tells a repeat from news."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from plans.intake.text import cut, storable

LONGEST_KEY = 200


class Malformed(ValueError):
    """The body cannot be understood; its text says where and why, for an admin."""


class NoticeKind(StrEnum):
    CHANGED = "changed"  # a deal is new or has changed: look at it
    DELETED = "deleted"  # a deal is gone in the CRM: nothing is deleted here
    OTHER = "other"  # about something else than a deal: ignored, with its name as the reason


@dataclass(frozen=True)
class Notice:
    """One thing a CRM said about one deal. `payload` is plain JSON: amounts in it are texts, never floats."""

    dedupe_key: str
    external_id: str
    occurred_at: datetime | None
    kind: NoticeKind
    payload: dict[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Parsed:
    """All of one delivery. `org_id` is the sender's own name for itself, "" where the shape has none."""

    notices: tuple[Notice, ...]
    org_id: str = ""


def load_json(body: bytes) -> Any:
    """The JSON in the body with each decimal number as the text it was written as. Raises Malformed."""
    try:
        return _plain(json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse))
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8: byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg}, line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise Malformed("not usable JSON: nested too deep") from error
    except ValueError as error:
        raise Malformed(f"not usable JSON: {error}") from error


def dedupe_key(*parts: object) -> str:
    """The parts joined by colons; a colon inside a part is escaped, and a long key becomes its digest."""
    key = ":".join(str(part).replace("%", "%25").replace(":", "%3A") for part in parts)
    return key if len(key) <= LONGEST_KEY else f"{parts[0]}:sha256:{sha256(key.encode()).hexdigest()}"


def explain(error: ValidationError) -> str:
    """A pydantic error as `path: message; path: message`, at most three of them, without the values."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(str(step) for step in one['loc']) or 'body'}: {one['msg']}" for one in problems[:3]]
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return cut("; ".join(told) + more, 500)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {storable(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return storable(value)
    return str(value) if isinstance(value, Decimal) else value
