"""A secret that is made once and kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in `path`, made first when missing. Safe when several processes ask at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    building = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        # A link fails when the name is taken: the first one wins, and nobody reads half a secret.
        os.link(building, path)
    except FileExistsError:
        pass
    finally:
        building.unlink()
    return path.read_text()
