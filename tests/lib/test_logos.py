"""Logos: drawings and pictures come back as such and nothing else; what is no drawing is refused with its reason."""

import io
import time
from contextlib import suppress

import pytest
from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from PIL import ExifTags, Image

from portal.lib.logos import judge_logo

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
)


def svg(inside: str, head: str = HEAD) -> bytes:
    return f"{head}{inside}</svg>".encode()


def test_a_drawing_keeps_what_it_draws():
    source = svg(
        "<!-- made by hand --><metadata><x/></metadata><style>.a, .b{fill:#123456;behavior:x} .c{stroke:none}</style>"
        '<defs><linearGradient id="g"><stop offset="0" style="stop-color:#fff"/></linearGradient></defs>'
        '<path class="a c" d="M0 0h40v20z" data-x="1"/><rect fill="url(#g)" width="3" height="4"/>'
        '<title>Ümlaut</title><use xlink:href="#g"/>'
    )
    logo = judge_logo(source)
    assert (logo.media_type, logo.extension, logo.width, logo.height) == ("image/svg+xml", ".svg", 40, 20)
    text = logo.content.decode()
    assert 'fill="#123456" stroke="none"' in text
    assert "url(#g)" in text
    assert 'stop-color="#fff"' in text
    assert "Ümlaut" in text
    assert 'href="#g"' in text
    for gone in ("made by hand", "metadata", "style", "behavior", "data-x", "class"):
        assert gone not in text
    assert fromstring(text).get("viewBox") == "0 0 40 20"
    assert judge_logo(logo.content).content == logo.content


def masks(deep: int) -> str:
    """Each is drawn ten times by the one before it."""
    rects = (f"<rect mask='url(#m{level + 1})'/>" * 10 for level in range(deep))
    return "".join(f"<mask id='m{level}'>{inside}</mask>" for level, inside in enumerate(rects))


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "contains a script"),
        ('<g><SCRIPT xmlns="http://www.w3.org/1999/xhtml">x</SCRIPT></g>', "contains a script"),
        ('<rect onload="alert(1)"/>', "contains a script"),
        ('<rect ONCLICK="alert(1)"/>', "contains a script"),
        ('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "“foreignObject”"),
        ('<image href="data:image/png;base64,AAAA"/>', "“image”"),
        ('<a href="#x"><path/></a>', "“a”"),
        ('<animate attributeName="href" to="javascript:x"/>', "“animate”"),
        ('<use xlink:href="http://evil.example/x.svg#a"/>', "outside of itself"),
        ('<use href="file:///etc/passwd"/>', "outside of itself"),
        ('<rect fill="url(http://evil.example/)"/>', "outside of itself"),
        ('<rect fill="u\\72l(http://evil.example/)"/>', "fonts or style sheets"),
        ('<rect style="fill:url( //evil.example/ )"/>', "outside of itself"),
        ('<rect style="background:url(http://evil.example/)"/>', "outside of itself"),
        ('<text x="1">Acme</text>', "contains text"),
        ("<style>@import 'http://evil.example/';</style>", "fonts or style sheets"),
        ("<style>p{background:url(http://evil.example/)}</style>", "outside of itself"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#a"/>', "too many parts"),
        ("<g/>" * 3001, "too many parts"),
        ("<g>" * 100 + "</g>" * 100, "too many parts"),
        (f"{masks(8)}<mask id='m8'><path/></mask><rect mask='url(#m0)'/>", "too many parts"),
        ("<clipPath id='a'><path clip-path='url(#a)'/></clipPath>", "too many parts"),
        ("<rect mask=\"image-set('http://evil.example/x' 1x)\"/>", "outside of itself"),
        ("<rect style='fill:src(\"http://evil.example/x\")'/>", "outside of itself"),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused_with_its_reason(inside, reason):
    with pytest.raises(ValidationError, match=reason):
        judge_logo(svg(inside))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"GIF89a", "no picture"),
        (b"\x89PNG\r\n\x1a\nbroken", "no picture"),
        (b"<html><script>alert(1)</script></html>", "no picture"),
        (b"<svg", "no picture"),
        (svg("", '<svg xmlns="http://www.w3.org/2000/svg">'), "how large it is"),
        (svg("", '<!DOCTYPE svg [<!ENTITY x "xx">]>' + HEAD), "entities"),
        (b"<" + b" " * 500_000, "larger than 500 kB"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_picture(content, reason):
    with pytest.raises(ValidationError, match=reason):
        judge_logo(content)


def picture(kind: str, size=(1600, 900), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "red").save(file, kind, **options)
    return file.getvalue()


def test_pictures_are_drawn_anew():
    png = judge_logo(picture("PNG") + b"<script>alert(1)</script>")
    assert (png.media_type, png.width, png.height) == ("image/png", 1067, 600)
    assert b"script" not in png.content
    jpeg = judge_logo(picture("JPEG", comment=b"secret"))
    assert (jpeg.media_type, b"secret" in jpeg.content) == ("image/jpeg", False)


def test_a_picture_with_too_many_pixels(monkeypatch):
    monkeypatch.setattr("portal.lib.logos.MOST_PIXELS", 100)
    with pytest.raises(ValidationError, match="too many pixels"):
        judge_logo(picture("PNG", (11, 10)))


def test_a_picture_that_was_held_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    logo = judge_logo(picture("JPEG", (3000, 1000), exif=exif))
    assert (logo.width, logo.height) == (200, 600)


def test_a_name_leads_to_the_same_part_for_every_reader():
    """Browsers take the first of two parts of one name, and read %61 as a."""
    twice = (
        '<g id="a"><use href="#b"/></g><g id="b"/><path id="a"/><use href="#%61"/><rect fill="url(#none)"/>'
    )
    text = judge_logo(svg(twice)).content.decode()
    assert (text.count('id="a"'), text.count("href="), text.count("%61"), text.count("url(")) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        svg("<style>" + ".a  " * 1000 + "</style>"),
        svg("<style>" + "/* " * 100_000 + "</style>"),
        svg("", f'<svg xmlns="http://www.w3.org/2000/svg" height="4" width="{"1" * 200_000}x">'),
    ],
)
def test_a_drawing_is_judged_at_once(content):
    """Each kept a pattern busy for minutes."""
    begun = time.monotonic()
    with suppress(ValidationError):
        judge_logo(content)
    assert time.monotonic() - begun < 2
