"""Snapshot → HTML → PDF, for every kind. The same snapshot always gives the same bytes."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from portal.lib.canonical import digest
from reports.kinds import KINDS, Refused
from reports.pdf import Pdf, PdfAttachment, lay_out
from reports.snapshots import Document


def read_snapshot(kind: str, content: bytes) -> Document:
    """The facts of an edition as they were kept. Raises pydantic.ValidationError for anything else."""
    found: Document = KINDS[kind].document.SNAPSHOT.from_bytes(content)
    return found


def current_version(kind: str) -> str:
    return str(KINDS[kind].document.VERSIONS[-1])


def make_pdf(
    snapshot: Document,
    version: str = "",
    *,
    pictures: Mapping[str, Path] | None = None,
    on_step: Callable[[str], None] | None = None,
    on_sign: Callable[[], None] | None = None,
) -> Pdf:
    """Return the document as a PDF with its snapshot attached, in the newest version where none is named.

    `pictures` are the files of the snapshot's pictures and papers by digest. Raises Refused where a paper is lost or
    damaged: without it, it would be another document. `on_step` is told each reports.pdf.Step,
    `on_sign` is called with each further sign of life.
    """
    document = KINDS[snapshot.kind].document
    version = version or current_version(snapshot.kind)
    with translation.override(snapshot.language):
        said = _("The facts that this document was made from")
        papers = list(_papers(document, snapshot, pictures or {}))
    return lay_out(
        document.render(snapshot, version),
        stylesheet=f"portal:css/{snapshot.kind}-{version}.css",
        title=document.title(snapshot),
        language=snapshot.language,
        made_on=snapshot.made_on,
        identifier=snapshot.digest,
        attachments=[PdfAttachment(f"{snapshot.kind}-snapshot.json", snapshot.to_bytes(), said), *papers],
        pictures=pictures or {},
        on_step=on_step,
        on_sign=on_sign,
    )


def _papers(document: Any, snapshot: Document, files: Mapping[str, Path]) -> Iterator[PdfAttachment]:
    """What the document carries along beside its facts: a kind that does says so in `papers(snapshot)`."""
    for name, sha256, said in getattr(document, "papers", lambda _snapshot: ())(snapshot):
        try:
            content = files[sha256].read_bytes()
        except (KeyError, OSError):
            content = b""
        if digest(content) != sha256:
            words = {"name": name}
            raise Refused(
                _("The file “%(name)s”, which this document carries, is lost. Make a new document.") % words
            )
        yield PdfAttachment(name, content, said)
