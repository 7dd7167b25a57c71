"""The file of an edition: as it is kept, and made again from its snapshot."""

import logging

from portal.lib.canonical import digest
from portal.lib.files import path_of
from reports.kinds import Refused
from reports.models import Edition
from reports.services.picture_files import picture_files

logger = logging.getLogger(__name__)


class RebuildDiffers(Exception):
    """What was made from the snapshot is not the file that was issued, or the snapshot is not the one kept."""


def rebuild(edition: Edition) -> bytes:
    """Make the finished edition again from its snapshot. Raises RebuildDiffers unless its bytes are the same."""
    from reports.documents import make_pdf, read_snapshot  # loads WeasyPrint

    facts = bytes(edition.snapshot or b"")
    if digest(facts) != edition.snapshot_sha256:
        raise RebuildDiffers(f"the snapshot of edition {edition.pk} is not the one that was kept")
    snapshot = read_snapshot(edition.kind, facts)
    try:
        content = make_pdf(snapshot, edition.template_version, pictures=picture_files(edition))
    except Refused as error:
        raise RebuildDiffers(f"edition {edition.pk}: {error}") from error
    if digest(content) != edition.file_sha256:
        raise RebuildDiffers(f"edition {edition.pk} was {edition.file_sha256} and is now {digest(content)}")
    return content


def bytes_of(edition: Edition) -> bytes:
    """The file that was issued; made again where the kept one is lost or damaged. Raises RebuildDiffers."""
    try:
        content = path_of(edition.file).read_bytes()
    except OSError as error:
        logger.error("The file of edition %s cannot be read (%s)", edition.pk, error)
    else:
        if digest(content) == edition.file_sha256:
            return content
        logger.error("The file of edition %s is not the one that was kept", edition.pk)
    return rebuild(edition)
