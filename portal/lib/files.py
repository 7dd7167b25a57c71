"""Files of people: stored outside the web root, under names of our own, and only ever served as downloads."""

import os
import uuid
from pathlib import Path

from django.conf import settings


def keep_file(content: bytes, extension: str) -> str:
    """Write the bytes and return the name to keep; on disk, whole, before this returns."""
    name = f"{uuid.uuid4().hex}{extension}"
    folder = Path(settings.PORTAL_FILES_DIR) / name[:2]
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}.part"
    # For this user's eyes only, whatever the machine's umask says.
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)
    return name


def path_of(name: str) -> Path:
    """Where a kept file lies. Names are ours: anything else raises ValueError."""
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(name)
    return Path(settings.PORTAL_FILES_DIR) / name[:2] / name
