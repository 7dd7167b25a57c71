"""Numbers as people read them: exact, grouped, with the same places in one column, with their unit."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format

NO_BREAK = "\u00a0"
MINUS = "\u2212"


def places_of(values: Iterable[Decimal]) -> int:
    """Return how many decimal places show all of `values` exactly (trailing zeros do not count)."""
    return max((max(0, -_exponent(value)) for value in values), default=0)


def figure(value: Decimal, places: int | None = None) -> str:
    """Return `value` in the active language's notation with `places` decimals (its own if None)."""
    shown = places_of([value]) if places is None else places
    text = number_format(abs(value), decimal_pos=shown, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if value < 0 else text


def with_unit(text: str, unit: str) -> str:
    """Join a figure and its unit so that a line break cannot part them; "%" stands close."""
    if not unit:
        return text
    return f"{text}{unit}" if unit == "%" else f"{text}{NO_BREAK}{unit}"


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a number that can be shown")
    return exponent
