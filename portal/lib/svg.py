"""Small SVG drawings as text. Only attributes, no style, so that a strict content policy allows them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class Spot(NamedTuple):
    """A place on the drawing, in its own units, y pointing down."""

    x: float
    y: float


def tag(name: str, /, *children: str, **attributes: object) -> SafeString:
    """Return one element; text and values are escaped. `stroke_width` is written as stroke-width, and
    `css` as class; numbers get one decimal; attributes that are None are left out."""
    written = "".join(
        f' {_attribute(key)}="{conditional_escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return mark_safe(f"<{name}{written}>{''.join(conditional_escape(one) for one in children)}</{name}>")


def picture(width: int, height: int, *children: str, title: str, description: str, css: str) -> SafeString:
    """Return a whole drawing that names and describes itself to people who do not see it."""
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
        css=css,
    )


def line(start: Spot, end: Spot, /, **attributes: object) -> SafeString:
    return tag("line", x1=start.x, y1=start.y, x2=end.x, y2=end.y, **attributes)


def words(
    text: str, at: Spot, *, anchor: str = "start", bold: bool = False, css: str = "chart-text"
) -> SafeString:
    """Return a label in the family that pages and documents share."""
    return tag(
        "text", text, x=at.x, y=at.y, text_anchor=anchor, font_family="Portal Sans, sans-serif", font_size=11,
        font_weight=600 if bold else 400, fill="currentColor", css=css,
    )  # fmt: skip


def marker(shape: str, at: Spot, size: float, /, **attributes: object) -> SafeString:
    """Return a "disc", "diamond" or "triangle" around `at`; `size` is half its height."""
    if shape == "disc":
        return tag("circle", cx=at.x, cy=at.y, r=size, **attributes)
    corners = {
        "diamond": (Spot(0, -size), Spot(size, 0), Spot(0, size), Spot(-size, 0)),
        "triangle": (Spot(0, -size), Spot(size, size), Spot(-size, size)),
    }[shape]
    return tag("polygon", points=_corners(at, corners), **attributes)


def _corners(at: Spot, corners: Sequence[Spot]) -> str:
    return " ".join(f"{at.x + one.x:.1f},{at.y + one.y:.1f}" for one in corners)


def _attribute(key: str) -> str:
    return "class" if key == "css" else key if key == "viewBox" else key.replace("_", "-")


def _text(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
