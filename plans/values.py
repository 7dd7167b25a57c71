"""Who stands behind a number: claimed, evidenced or confirmed by the customer. Pure: no database, no clock.

Confirmed is what the customer accepted, or what the customer claimed itself and the vendor accepted. Evidenced is what
is not confirmed, but proved by something that was not returned. All else is claimed. A number that was returned
counts no more: do not ask for its standing.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

CUSTOMER = "customer"


class Value(StrEnum):
    CLAIMED = "claimed"
    EVIDENCED = "evidenced"
    CONFIRMED = "confirmed"


class Standing(NamedTuple):
    """`name` and `day` are of the customer's person who confirmed it; else of who claimed it ("" and None where a
    win was found by the portal)."""

    kind: Value
    name: str = ""
    day: date | None = None


class Claim(Protocol):
    """What a Measurement has. `evidence` has `returned_at`, or is None."""

    claimed_by: Any
    claimed_side: Any
    claimed_at: Any
    accepted_by: Any
    accepted_at: Any
    evidence: Any


class Told(Protocol):
    """What a Win has."""

    confirmed_by: Any
    confirmed_at: Any


def standing(one: Claim, zone: ZoneInfo) -> Standing:
    """Load `claimed_by`, `accepted_by` and `evidence` with the measurement. Days are days in `zone`, the account's."""
    if one.accepted_at is None:
        proved = one.evidence is not None and one.evidence.returned_at is None
        return _said(Value.EVIDENCED if proved else Value.CLAIMED, one.claimed_by, one.claimed_at, zone)
    if one.claimed_side == CUSTOMER:
        return _said(Value.CONFIRMED, one.claimed_by, one.claimed_at, zone)
    return _said(Value.CONFIRMED, one.accepted_by, one.accepted_at, zone)


def standing_of_win(win: Told, zone: ZoneInfo, *, number: Standing | None, proved: bool) -> Standing:
    """Of a win's words. `number` is how the measurement stands that reached it; `proved` says that a task of its
    milestone has accepted evidence. A number that is confirmed proves the win, whose words the customer has yet to
    confirm."""
    if win.confirmed_at is not None:
        return _said(Value.CONFIRMED, win.confirmed_by, win.confirmed_at, zone)
    evidenced = proved or (number is not None and number.kind != Value.CLAIMED)
    return Standing(Value.EVIDENCED if evidenced else Value.CLAIMED)


def _said(kind: Value, name: object, at: datetime, zone: ZoneInfo) -> Standing:
    return Standing(kind, str(name), at.astimezone(zone).date())
