"""Files of people: stored outside the web root, under names of our own, and only ever served as downloads."""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Kept:
    """A file that was kept: the name to find it by, its size in bytes, the digest of its content."""

    name: str
    size: int
    sha256: str


def keep_file(content: bytes, extension: str) -> str:
    """Write the bytes and return the name to keep; on disk, whole, before this returns."""
    return keep_stream([content], extension).name


def keep_stream(chunks: Iterable[bytes], extension: str) -> Kept:
    """The same for what need not stand in memory at once."""
    name = f"{uuid.uuid4().hex}{extension}"
    folder = Path(settings.PORTAL_FILES_DIR) / name[:2]
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}.part"
    size, digest = 0, hashlib.sha256()
    # For this user's eyes only, whatever the machine's umask says.
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)
    return Kept(name, size, digest.hexdigest())


def path_of(name: str) -> Path:
    """Where a kept file lies. Names are ours: anything else raises ValueError."""
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(name)
    return Path(settings.PORTAL_FILES_DIR) / name[:2] / name
