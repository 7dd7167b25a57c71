"""Pictures that a document prints: drawn anew and small, so that what was uploaded never reaches the PDF engine;
and papers that it carries along as they are, which the engine only packs.

Each is named by the digest of its bytes. It lies on disk before the facts are kept that name it.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import ExifTags, Image, ImageCms, ImageFile

from accounts.services.branding import LogoFacts
from portal.lib.canonical import digest
from portal.lib.files import keep_file, path_of
from portal.lib.uploads import IMAGES, MAX_PIXELS
from reports.snapshots import PictureRef

LONGEST_SIDE = 1600
FEW_COLOURS = 8192
# Its decoder holds a picture four times at once (measured: 16 bytes a pixel), where the others hold it once.
MOST_PIXELS = {"WEBP": 16_000_000}
EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg"}
# Rows of the small picture that are drawn at one time.
STRIP = 64
# The tag that says how the camera was held, and what puts the picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PaperRef:
    """A file that is attached and not printed: it has no width and no height."""

    sha256: str
    media_type: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Kept:
    """`file` is a name of ours under the files folder."""

    ref: PictureRef | PaperRef
    file: str


@dataclass
class PictureBox:
    """Collects the pictures and papers of one edition while its facts are gathered; nothing of it is in the database
    yet."""

    kept: dict[str, Kept] = field(default_factory=dict)

    def add_file(self, path: Path, *, alt: str) -> PictureRef | None:
        """Draw the picture anew (longest side at most 1,600 pixels, PNG or JPEG, the same bytes for the same input)
        and keep it. None where it is broken, too large (more than 50 megapixels) or no picture: the document says so.
        """
        drawn = draw_anew(path)
        if drawn is None:
            return None
        content, media_type, (width, height) = drawn
        sha256 = digest(content)
        ref = _ref(sha256, media_type, width, height, alt)
        if sha256 not in self.kept:
            self.kept[sha256] = Kept(ref, keep_file(content, EXTENSIONS[media_type]))
        return ref

    def add_logo(self, logo: LogoFacts, *, alt: str) -> PictureRef | None:
        """Name a logo, which was drawn anew or cleaned when it came. None where its file is lost."""
        if not path_of(logo.file).is_file():
            logger.error("The file of the logo is not there; documents are made without it")
            return None
        ref = _ref(logo.sha256, logo.media_type, logo.width, logo.height, alt)
        self.kept[logo.sha256] = Kept(ref, logo.file)
        return ref

    def add_paper(self, file: str, *, sha256: str, media_type: str) -> bool:
        """Name a file of ours that is attached as it is. False where it is lost or damaged."""
        try:
            whole = digest(path_of(file).read_bytes()) == sha256
        except OSError:
            whole = False
        if whole:
            self.kept[sha256] = Kept(PaperRef(sha256, media_type), file)
        else:
            logger.error("The file %s is not there as it was kept; it is not attached", file)
        return whole


def _ref(sha256: str, media_type: str, width: int, height: int, alt: str) -> PictureRef:
    return PictureRef.model_validate(
        {"sha256": sha256, "media_type": media_type, "width": width, "height": height, "alt": alt}
    )


def draw_anew(path: Path) -> tuple[bytes, str, tuple[int, int]] | None:
    """Return a raster picture's pixels as new bytes, their media type, and width and height; None if it is none.

    Nothing else of the file is taken over: no metadata, no profile, no later frame. Turned as it was held.
    """
    try:
        with _whole_only(), Image.open(path, formats=list(IMAGES)) as picture:
            if picture.width * picture.height > MOST_PIXELS.get(picture.format or "", MAX_PIXELS):
                return None
            turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
            small = _in_usual_colours(_small(picture), picture.info.get("icc_profile"))
            return _written(small.transpose(turn) if turn is not None else small)
    except Exception as error:  # Pillow raises many kinds for a broken picture; all mean: not one
        logger.info("A picture is left out of a document: %r", error)
        return None


@contextmanager
def _whole_only() -> Iterator[None]:
    """WeasyPrint tells Pillow to fill up what is missing with grey: a picture that broke off would look whole."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _small(picture: Image.Image) -> Image.Image:
    """In strips: a large picture is in memory once, and never a second time in another mode."""
    # A JPEG can be read at an eighth of its size, which takes a fraction of the memory.
    picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    picture.load()
    by = max(1, max(picture.size) // (2 * LONGEST_SIDE))
    width, height = (-(-side // by) for side in picture.size)
    mode = _mode_of(picture)
    small = Image.new(mode, (width, height))
    for row in range(0, height, STRIP):
        below = min((row + STRIP) * by, picture.height)
        strip = _as_mode(picture.crop((0, row * by, picture.width, below)), mode)
        small.paste(strip.reduce(by) if by > 1 else strip, (0, row))
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return small


def _mode_of(picture: Image.Image) -> str:
    if picture.has_transparency_data:
        return "RGBA"
    if picture.mode in ("1", "L") or picture.mode.startswith("I"):
        return "L"
    return "CMYK" if picture.mode == "CMYK" else "RGB"


def _as_mode(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode.startswith("I"):
        # Sixteen bits of grey: convert() would cut off what is above 255.
        strip = strip.convert("I").point(lambda level: level * (1 / 256))
    return strip if strip.mode == mode else strip.convert(mode)


def _in_usual_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """As sRGB, which is what a document prints; telephones take pictures in wider colours, and say so."""
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(
                picture, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return found or picture.convert("RGB")
        except ImageCms.PyCMSError:
            pass
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _written(picture: Image.Image) -> tuple[bytes, str, tuple[int, int]]:
    """PNG for drawings, screens and what is seen through; JPEG for photographs, on white."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    picture.info = {}
    few = picture.getcolors(FEW_COLOURS) is not None
    if few and picture.mode == "RGBA":
        return _saved(picture, "PNG"), "image/png", picture.size
    photograph = _saved(_on_white(picture), "JPEG", quality=85)
    # A photograph in grey has few colours, too.
    if few and len(drawing := _saved(picture, "PNG")) <= 3 * len(photograph):
        return drawing, "image/png", picture.size
    return photograph, "image/jpeg", picture.size


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _saved(picture: Image.Image, form: str, **more: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, optimize=True, **more)
    return out.getvalue()
