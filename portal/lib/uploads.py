"""Uploads are judged by their content, never by their name or by what the browser says they are."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

IMAGES = {
    "PNG": (".png", "image/png"),
    "JPEG": (".jpg", "image/jpeg"),
    "GIF": (".gif", "image/gif"),
    "WEBP": (".webp", "image/webp"),
}
OFFICE = {
    "word/": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
ALSO = {".jpg": (".jpeg", ".jfif")}
TEXTS = {".txt": "text/plain", ".csv": "text/csv", ".md": "text/markdown", ".log": "text/plain"}
# What a text must not begin with: markup, scripts, and the document formats that are made of plain letters.
FOREIGN = (
    "<!doctype", "<!--", "<html", "<svg", "<script", "<?xml", "<?php", "#!", "%pdf-", "%!ps", "{\\rtf", "mime-version:",
)  # fmt: skip
MAX_PIXELS = 50_000_000
MOST_PARTS = 5_000
MOST_CONTENT_TYPES = 200_000
LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """An upload that passed: its bytes, the sender's name for it, and what it is.

    The name is shown and offered at the download: never a path, without invisible characters, and with an
    extension that fits the content, so that a picture which is also a script is not saved as one.
    """

    content: bytes
    name: str
    extension: str
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class UploadedFile(Protocol):
    name: str | None
    size: int | None

    def read(self, n: int = ...) -> bytes: ...


def judge_upload(file: UploadedFile | IO[bytes], *, max_bytes: int) -> Upload:
    """Take pictures (PNG, JPEG, GIF, WebP), PDF, Office documents and plain text or CSV.

    Raises ValidationError: empty, too large, of another kind, or a picture or document that cannot be read.
    """
    content = file.read(max_bytes + 1)
    if not content:
        raise ValidationError(_("This file is empty."))
    if len(content) > max_bytes:
        raise ValidationError(_("This file is larger than %(limit)d MB.") % {"limit": max_bytes // 1_000_000})
    name = _bare_name(file.name or "")
    found = _image(content) or _pdf(content) or _office(content) or _text(content, name)
    if found is None:
        raise ValidationError(
            _(
                "This kind of file cannot be taken. "
                "Send a picture, a PDF, an Office document, or plain text or CSV."
            )
        )
    extension, content_type = found
    return Upload(content, _fitting_name(name, extension), extension, content_type)


def _bare_name(name: str) -> str:
    """The last part of a path, without control characters and those that turn the direction of reading."""
    return "".join(char for char in PurePath(name.replace("\\", "/")).name if char.isprintable()).strip()


def _fitting_name(name: str, extension: str) -> str:
    stem, given = PurePath(name).stem, PurePath(name).suffix
    if given.lower() != extension and given.lower() not in ALSO.get(extension, ()):
        stem, given = name, extension
    return (stem[:LONGEST_NAME].rstrip(". ") or "file") + given


def _image(content: bytes) -> tuple[str, str] | None:
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_("This picture has too many pixels."))
            picture.verify()
            return IMAGES[picture.format or ""]
    except ValidationError:
        raise
    except Exception:  # Pillow raises many kinds for a broken picture; all mean: not one
        return None


def _pdf(content: bytes) -> tuple[str, str] | None:
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return ".pdf", "application/pdf"
    return None


def _office(content: bytes) -> tuple[str, str] | None:
    """An Office package without macros. Nothing of it is unpacked but the start of its list of parts."""
    if not content.startswith(b"PK\x03\x04") or content.count(b"PK\x01\x02") > MOST_PARTS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            with package.open("[Content_Types].xml") as part:
                types = part.read(MOST_CONTENT_TYPES + 1)
    except Exception:  # zipfile raises many kinds for a broken package; all mean: not one
        return None
    # In UTF-16 the words would look different; no Office program writes that.
    if len(types) > MOST_CONTENT_TYPES or b"\x00" in types:
        return None
    told = types.lower() + " ".join(names).lower().encode()
    if b"macroenabled" in told or b"vbaproject" in told:
        return None
    return next(
        (kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None
    )


def _text(content: bytes, name: str) -> tuple[str, str] | None:
    """Text decodes, has no control characters (as every binary format has), and opens no other format."""
    extension = PurePath(name).suffix.lower()
    if extension not in TEXTS or b"\x00" in content:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
        return None
    if text.lstrip().lower().startswith(FOREIGN):
        return None
    return extension, TEXTS[extension]
