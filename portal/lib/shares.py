"""Shares of a whole as one bar, as SVG (conventions: portal.lib.charts)."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from portal.lib.charts import ACCENT
from portal.lib.svg import picture, tag

WIDTH, HEIGHT = 480, 10


class Share(NamedTuple):
    """`look` is "full" (the accent), "half" (ink, lighter) or "hollow" (a frame): seen without colours too."""

    label: str
    number: int
    look: str


def share_bar(shares: Sequence[Share], *, title: str, accent: str = ACCENT) -> SafeString:
    """Draw the shares side by side, in the order given; those of 0 are left out. `title` says it in words."""
    total = sum(share.number for share in shares) or 1
    parts, start = [], 0.0
    for share in shares:
        if share.number:
            width = WIDTH * share.number / total
            parts.append(_part(start, width, share.look, accent))
            start += width
    described = "; ".join(f"{share.label}: {share.number}" for share in shares)
    return picture(WIDTH, HEIGHT, *parts, title=title, description=described, css="chart chart-shares")


def _part(start: float, width: float, look: str, accent: str) -> SafeString:
    """A hair's breadth stays free between two parts."""
    box = {"x": start + 0.5, "y": 0.5, "width": max(1.0, width - 2), "height": HEIGHT - 1, "rx": 2}
    if look == "full":
        return tag("rect", **box, fill=accent, css="chart-accent-fill")
    if look == "half":
        return tag("rect", **box, fill="currentColor", fill_opacity="0.4")
    return tag("rect", **box, fill="none", stroke="currentColor", stroke_opacity="0.5")
