"""Pictures that a document prints: drawn anew and small, so that what was uploaded never reaches the PDF engine.

A picture is named by the digest of what is printed. It lies on disk before the facts are kept that name it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from reports.snapshots import PictureRef


@dataclass(frozen=True)
class Kept:
    """`file` is a name of ours under the files folder."""

    ref: PictureRef
    file: str


@dataclass
class PictureBox:
    """Collects the pictures of one edition while its facts are gathered; nothing of it is in the database yet."""

    kept: dict[str, Kept] = field(default_factory=dict)

    def add_file(self, path: Path, *, alt: str) -> PictureRef | None:
        """Draw the picture anew (longest side at most 1,600 pixels, PNG or JPEG, the same bytes for the same input)
        and keep it. None where it is broken, too large (more than 50 megapixels) or no picture: the document says so.
        """
        raise NotImplementedError

    def add_logo(self, file: str, media_type: str, *, alt: str) -> PictureRef | None:
        """Name a logo, which was drawn anew or cleaned when it came (`accounts/services/branding.py`)."""
        raise NotImplementedError
