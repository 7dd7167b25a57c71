"""Whatever colour a vendor asks for: what is made of it can be read, by day, by night and on paper."""

import re
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from portal.lib.colours import AA, BLACK, BY_DAY, BY_NIGHT, INK, WHITE, contrast, shades_of

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
@example("#ffff92")
@example("#ffffff")
@example("#000000")
def test_every_colour_becomes_one_that_can_be_read(colour):
    shades = shades_of(colour)
    for surface in (*BY_DAY, shades.day_soft, shades.on_day):
        assert contrast(shades.day, surface) >= AA
    for surface in (*BY_NIGHT, shades.night_soft, shades.on_night):
        assert contrast(shades.night, surface) >= AA
    for ink, soft in ((INK["day"], shades.day_soft), (INK["night"], shades.night_soft)):
        assert all(contrast(one, soft) >= AA for one in ink)


@given(colours)
def test_a_colour_that_can_be_read_stays_as_it_is(colour):
    """Correcting is the exception, and what was corrected needs no second time."""
    assert shades_of(shades_of(colour).day).day == shades_of(colour).day


def test_known_contrasts():
    assert contrast(WHITE, BLACK) == 21
    assert round(contrast("#767676", WHITE), 2) == 4.54
    assert shades_of("#1f4fa3").day == "#1f4fa3"
    assert shades_of("#ffee00").day != "#ffee00"


def test_the_surfaces_are_those_of_the_style_sheet():
    found = dict(re.findall(r"--([a-z-]+): light-dark\((#\w{6}, #\w{6})\)", TOKENS))
    pairs = {name: tuple(pair.split(", ")) for name, pair in found.items()}
    assert tuple(zip(*(pairs[name] for name in ("paper", "sheet", "well")), strict=True)) == (
        (BY_DAY[1], BY_DAY[0], BY_DAY[2]),
        BY_NIGHT,
    )
    assert tuple(zip(pairs["ink"], pairs["ink-soft"], strict=True)) == (INK["day"], INK["night"])
