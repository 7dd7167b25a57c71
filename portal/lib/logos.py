"""Logos: a raster picture is drawn anew, an SVG is written anew from a short list of what a drawing may be made of."""

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 5_000_000
MOST_SVG_BYTES = 500_000
MOST_PIXELS = 40_000_000
MOST_ELEMENTS = 3_000
DEEPEST = 60
LONGEST = (1200, 600)
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

ELEMENTS = frozenset(
    """svg g defs symbol use title desc path rect circle ellipse line polyline polygon linearGradient
    radialGradient stop clipPath mask""".split()  # noqa: SIM905
)
# What a drawing program writes beside the drawing. It is left out; everything else that is not known is refused.
BESIDE = frozenset(["metadata", "style", "switch"])
PRESENTATION = frozenset(
    """fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset opacity color stop-color stop-opacity clip-path clip-rule mask display
    visibility""".split()  # noqa: SIM905
)
GEOMETRY = frozenset(
    """id d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height points transform viewBox preserveAspectRatio offset
    gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits href""".split()  # noqa: SIM905
)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(?:px)?\s*")
_CLASSES = re.compile(r"(?:\.[\w-]+)+")
_OWN = re.compile(r"url\(\s*['\"]?#([\w.:-]+)['\"]?\s*\)", re.IGNORECASE)
_NAME = re.compile(r"[\w.:-]+")
# Colours and moves; what else CSS calls like a function may fetch something.
_FUNCTIONS = frozenset(
    """rgb rgba hsl hsla hwb lab lch oklab oklch color matrix translate translatex translatey scale scalex scaley rotate
    skewx skewy""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Logo:
    content: bytes
    extension: str
    media_type: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def judge_logo(content: bytes) -> Logo:
    """The logo as it may be shown. Raises ValidationError with the reason: no picture, too large, or an SVG with
    something in it that is no drawing."""
    if not content:
        raise ValidationError(_("This file is empty."))
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)d MB.") % {"limit": MOST_BYTES // 1_000_000}
        )
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<")):
        return _drawing(content)
    return _raster(content)


def _raster(content: bytes) -> Logo:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("This picture has too many pixels."))
            kind = picture.format
            mode = "RGBA" if kind == "PNG" else "RGB"
            whole: Image.Image = picture if picture.mode == mode else picture.convert(mode)
            # Made small before it is turned: forty million pixels are in memory once.
            whole.thumbnail((max(LONGEST), max(LONGEST)), Image.Resampling.LANCZOS)
            small = ImageOps.exif_transpose(whole)
    except ValidationError:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken picture; all mean: not one
        raise ValidationError(_("This is no picture. Send a PNG, a JPEG or an SVG.")) from error
    small.thumbnail(LONGEST, Image.Resampling.LANCZOS)
    # Comments and profiles stay behind.
    small.info.clear()
    written = io.BytesIO()
    if kind == "PNG":
        small.save(written, "PNG", optimize=True)
        return Logo(written.getvalue(), ".png", "image/png", *small.size)
    small.save(written, "JPEG", quality=90)
    return Logo(written.getvalue(), ".jpg", "image/jpeg", *small.size)


def _drawing(content: bytes) -> Logo:
    if len(content) > MOST_SVG_BYTES:
        raise ValidationError(_("This drawing is larger than 500 kB. Send it as PNG."))
    try:
        root = fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise ValidationError(_("The drawing contains entities, which a logo does not need.")) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise ValidationError(_("This is no picture. Send a PNG, a JPEG or an SVG.")) from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValidationError(_("This is no picture. Send a PNG, a JPEG or an SVG."))
    if sum(1 for _one in root.iter()) > MOST_ELEMENTS:
        raise _too_many()
    width, height, box = _size(root)
    drawn = Element("svg", {"xmlns": SVG, "viewBox": box, "width": str(width), "height": str(height)})
    classes = _classes(root)
    _copy_marks(root, drawn, classes, but=("viewBox", "width", "height", "x", "y"))
    for child in root:
        _copy(child, drawn, classes)
    _refuse_nests(drawn, _settle_names(drawn))
    return Logo(tostring(drawn, encoding="utf-8"), ".svg", "image/svg+xml", width, height)


def _copy(source: Element, target: Element, classes: Mapping[str, dict[str, str]], depth: int = 1) -> None:
    """The element with what it may have, and its children; nothing of what was not looked at is taken over."""
    if not isinstance(source.tag, str):
        return  # A comment or an instruction.
    if depth > DEEPEST:
        raise _too_many()
    space, _brace, name = (
        source.tag[1:].rpartition("}") if source.tag.startswith("{") else ("", "", source.tag)
    )
    if name.lower() in ("script", "handler", "listener"):
        raise ValidationError(_("The drawing contains a script. A logo is not run."))
    if space != SVG or name in BESIDE:
        return
    if name == "text":
        raise ValidationError(
            _(
                "The drawing contains text, which looks different everywhere. Turn it into paths, or send a PNG."
            )
        )
    if name not in ELEMENTS:
        raise ValidationError(
            _("The drawing contains “%(what)s”, which a logo cannot have. Send it as PNG.")
            % {"what": name[:40]}
        )
    copied = SubElement(target, name)
    if name in ("title", "desc"):
        copied.text, copied.tail = source.text, source.tail
    _copy_marks(source, copied, classes)
    for child in source:
        _copy(child, copied, classes, depth + 1)


def _copy_marks(
    source: Element, target: Element, classes: Mapping[str, dict[str, str]], but: tuple[str, ...] = ()
) -> None:
    marks: dict[str, str] = {}
    for key, value in source.attrib.items():
        name = "href" if key == f"{{{XLINK}}}href" else key
        if name.lower().startswith("on"):
            raise ValidationError(_("The drawing contains a script. A logo is not run."))
        if name in GEOMETRY | PRESENTATION and name not in but:
            marks[name] = value
    for one in source.attrib.get("class", "").split():
        marks |= classes.get(one, {})
    marks |= _declared(source.attrib.get("style", ""))
    for name, value in marks.items():
        _refuse_outside(name, value)
        _refuse_functions(value)
        target.set(name, value.strip())


def _declared(style: str) -> dict[str, str]:
    """`fill:#123;stroke:none` as attributes; what is no presentation is left out, but looked at."""
    found = {}
    for part in style.split(";"):
        name, _colon, value = part.partition(":")
        _refuse_outside(name, value)
        if name.strip() in PRESENTATION:
            found[name.strip()] = value.strip()
    return found


def _classes(root: Element) -> dict[str, dict[str, str]]:
    """The rules of style elements, which drawing programs write by class. Others are left out, but looked at."""
    found: dict[str, dict[str, str]] = {}
    for sheet in root.iter(f"{{{SVG}}}style"):
        text = _without_comments(sheet.text or "")
        if "@" in text or "\\" in text:
            raise ValidationError(_("The drawing loads fonts or style sheets. Send it as PNG."))
        _refuse_outside("style", text)
        for rule in text.split("}"):
            selectors, _brace, said = rule.partition("{")
            for selector in map(str.strip, selectors.split(",")):
                for name in selector.split(".")[1:] if _CLASSES.fullmatch(selector) else ():
                    found.setdefault(name, {}).update(_declared(said))
    return found


def _without_comments(text: str) -> str:
    """Piece by piece: a pattern would look for the end of each of many comments that have none."""
    first, *others = text.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _refuse_outside(name: str, value: str) -> None:
    """Nothing is fetched: an address leads to another part of the drawing, or the drawing is refused."""
    plain = re.sub(r"[\s\x00-\x1f]", "", _without_comments(value)).lower()
    outside = name == "href" and not value.strip().startswith("#")
    if outside or "url(" in _OWN.sub("", value.lower()) or "javascript:" in plain or "expression(" in plain:
        raise ValidationError(_("The drawing refers to something outside of itself. Send it as PNG."))
    if "\\" in value or "@import" in plain:
        raise ValidationError(_("The drawing loads fonts or style sheets. Send it as PNG."))


def _refuse_functions(value: str) -> None:
    for before in _OWN.sub("", value).lower().split("(")[:-1]:
        word = re.search(r"[\w-]*$", before.rstrip()[-40:])
        if word is None or word[0] not in _FUNCTIONS:
            raise ValidationError(_("The drawing refers to something outside of itself. Send it as PNG."))


def _size(root: Element) -> tuple[int, int, str]:
    """Width and height in whole pixels, at most LONGEST, and the view box."""
    box = [float(part) for part in re.findall(r"-?[0-9]*\.?[0-9]+", root.get("viewBox", "")[:200])]
    if len(box) != 4 or not all(abs(part) < 1e6 for part in box):
        lengths = [_LENGTH.fullmatch(root.get(name, "")[:40]) for name in ("width", "height")]
        box = [0.0, 0.0, *(float(found[1]) if found else 0.0 for found in lengths)]
    if min(box[2:]) <= 0 or max(box[2:]) > 1e6:
        raise ValidationError(_("The drawing does not say how large it is."))
    scale = min(LONGEST[0] / box[2], LONGEST[1] / box[3], 1.0)
    width, height = (max(1, round(side * scale)) for side in box[2:])
    return width, height, " ".join(f"{part:g}" for part in box)


def _settle_names(drawn: Element) -> dict[str, Element]:
    """The parts by name: each name once, and what refers to none of them goes, so that no program that draws it finds
    other parts than we did."""
    named: dict[str, Element] = {}
    for one in drawn.iter():
        name = one.get("id")
        if name is not None and (name in named or not _NAME.fullmatch(name)):
            del one.attrib["id"]
        elif name is not None:
            named[name] = one
    for one in drawn.iter():
        for key, value in list(one.attrib.items()):
            if any(name not in named for name in _referred(key, value)):
                del one.attrib[key]
    return named


def _referred(key: str, value: str) -> list[str]:
    return [value.removeprefix("#")] if key == "href" else _OWN.findall(value)


def _refuse_nests(drawn: Element, named: Mapping[str, Element]) -> None:
    """A few parts that use each other can be as many as one likes when they are drawn."""
    for use in drawn.iter("use"):
        part = named.get(use.get("href", "").removeprefix("#"))
        if part is not None and (part.tag == "use" or any(True for _one in part.iter("use"))):
            raise _too_many()
    if _weight(drawn, named, {}) > 4 * MOST_ELEMENTS:
        raise _too_many()


def _weight(one: Element, named: Mapping[str, Element], known: dict[Element, int], depth: int = 0) -> int:
    """How many parts are drawn, those among them that it refers to. A circle is endless, and so too deep."""
    if depth > 2 * DEEPEST:
        raise _too_many()
    if one not in known:
        parts = [*one, *(named[name] for mark in one.attrib.items() for name in _referred(*mark))]
        known[one] = 1 + sum(_weight(part, named, known, depth + 1) for part in parts)
    return known[one]


def _too_many() -> ValidationError:
    return ValidationError(_("This drawing has too many parts. Send it as PNG."))
