"""Where the pictures of an edition lie."""

from pathlib import Path

from portal.lib.files import path_of
from reports.models import Edition


def picture_files(edition: Edition) -> dict[str, Path]:
    """The files by digest, as `reports.documents.make_pdf` wants them."""
    return {sha256: path_of(file) for sha256, file in edition.pictures.values_list("sha256", "file")}
