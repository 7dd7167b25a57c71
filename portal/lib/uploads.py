"""Uploads are judged by their content, never by their name or by what the browser says they are."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Protocol

import puremagic
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
TEXTS = {".txt": "text/plain", ".csv": "text/csv", ".md": "text/markdown", ".log": "text/plain"}
MARKUP = ("<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "#!")
MAX_PIXELS = 50_000_000


@dataclass(frozen=True)
class Upload:
    """An upload that passed: its bytes, the sender's name for it (shown, never a path), and what it is."""

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
    name = PurePath((file.name or "").replace("\\", "/")).name[:255] or "file"
    found = _image(content) or _pdf(content) or _office(content) or _text(content, name)
    if found is None:
        raise ValidationError(
            _(
                "This kind of file cannot be taken. "
                "Send a picture, a PDF, an Office document, or plain text or CSV."
            )
        )
    extension, content_type = found
    return Upload(content, name, extension, content_type)


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
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
    except zipfile.BadZipFile:
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next(
        (kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None
    )


def _text(content: bytes, name: str) -> tuple[str, str] | None:
    """Text decodes, has no control characters, opens no markup, and is of no known binary kind."""
    extension = PurePath(name).suffix.lower()
    if extension not in TEXTS or b"\x00" in content:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
        return None
    if text.lstrip().lower().startswith(MARKUP) or _is_known_binary(content):
        return None
    return extension, TEXTS[extension]


def _is_known_binary(content: bytes) -> bool:
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    return any(kind and not kind.startswith("text/") for kind in kinds if kind)
