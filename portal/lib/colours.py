"""Colours that can be read: contrast as WCAG 2.2 measures it, and shades of a colour that have enough of it.

Colours are #rrggbb. The surfaces are those of static/css/tokens.css; a test holds them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

AA = 4.5
WHITE, BLACK = "#ffffff", "#000000"
# The page, the sheet and the well, by day and by night; a document's paper is white.
BY_DAY = (WHITE, "#faf9f6", "#f2f0eb")
BY_NIGHT = ("#15171b", "#1c1f24", "#23272d")
INK = {"day": ("#1c2027", "#585d68"), "night": ("#eae8e3", "#a8adb7")}
NIGHT_ON = "#0e1a30"

_STEPS = 200


@dataclass(frozen=True)
class Shades:
    """A colour as pages and documents use it: for text and lines, as a soft ground, and what is written on it."""

    day: str
    day_soft: str
    on_day: str
    night: str
    night_soft: str
    on_night: str


class ColourConverter:
    """The six digits of a colour in an address."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=256)
def shades_of(colour: str) -> Shades:
    """Nearest to what was asked for that can be read everywhere: darker by day, lighter by night."""
    day, day_soft = _readable(colour, BLACK, BY_DAY, soft=WHITE, inks=INK["day"])
    night, night_soft = _readable(colour, WHITE, BY_NIGHT, soft=BY_NIGHT[1], inks=INK["night"])
    on_night = NIGHT_ON if contrast(night, NIGHT_ON) >= AA else BLACK
    return Shades(
        day=day, day_soft=day_soft, on_day=WHITE, night=night, night_soft=night_soft, on_night=on_night
    )


def worst_contrast(colour: str, surfaces: Sequence[str] = BY_DAY) -> float:
    return min(contrast(colour, surface) for surface in surfaces)


def _readable(
    colour: str, towards: str, surfaces: Sequence[str], *, soft: str, inks: Sequence[str]
) -> tuple[str, str]:
    """The first step on the way to black or white that stands out from every surface, and from its own soft ground."""
    for step in range(_STEPS + 1):
        tried = _mix(colour, towards, step / _STEPS)
        ground = _soft(tried, soft, inks)
        if worst_contrast(tried, (*surfaces, ground)) >= AA:
            return tried, ground
    return towards, soft


def _soft(colour: str, surface: str, inks: Sequence[str]) -> str:
    """The surface with a breath of the colour, as much as the inks that stand on it bear."""
    grounds = (_mix(surface, colour, share / 100) for share in range(14, 0, -1))
    return next((one for one in grounds if all(contrast(ink, one) >= AA for ink in inks)), surface)


def _mix(one: str, other: str, share: float) -> str:
    """`share` of the other: 0 is the one, 1 the other."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
