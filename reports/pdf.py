"""From HTML to a PDF that is tagged, the same to the byte, and made of nothing but what we hand over.

Measured on WeasyPrint 70: one FontConfiguration and the parsed CSS are kept for the life of the process.
They belong to Pango, which is not thread-safe, so one document is laid out at a time.
"""

import atexit
import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from celery.signals import worker_process_shutdown
from weasyprint import CSS, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.defaults import LeanHTML

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SCHEME = "portal:"
MEDIA_TYPES = {
    ".woff2": "font/woff2",
    ".css": "text/css",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
}

log = logging.getLogger(__name__)


class Step(StrEnum):
    """What WeasyPrint is doing, in the words we show. They come in this order, each once."""

    COMPOSING = "composing"
    LAYING_OUT = "laying_out"
    WRITING = "writing"


class Pdf(bytes):
    """The bytes of a document that was made just now, and how many pages it has."""

    pages: int


@dataclass(frozen=True)
class PdfAttachment:
    """A file that travels inside the PDF; the media type is guessed from `name`."""

    name: str
    content: bytes
    description: str


def lay_out(
    html: str,
    *,
    stylesheet: str,
    title: str,
    language: str,
    made_on: date,
    identifier: str,
    attachments: Sequence[PdfAttachment] = (),
    pictures: Mapping[str, Path] | None = None,
    on_step: Callable[[str], None] | None = None,
    on_sign: Callable[[], None] | None = None,
) -> Pdf:
    """Return `html` as a PDF/UA-1 document; the same arguments give the same bytes in any process.

    `stylesheet` is one of our own names ("portal:css/recap-v1.css"). `made_on` becomes every date in the
    file and `identifier` (any text, usually the snapshot's digest) the file's identifier, since a clock or
    a random number would change the bytes. `pictures` are files by digest, which the document asks for as
    portal:picture/<digest>. `on_step` is told each `Step` as it begins, `on_sign` is called with
    each further sign of life, a page or so; what they raise stops the making.
    """
    with _LAYOUT, _telling(on_step, on_sign):
        named = {f"{SCHEME}picture/{sha256}": file for sha256, file in (pictures or {}).items()}
        ours = OnlyOurs({**_our_files(), **named})
        document = LeanHTML(string=html, base_url=SCHEME, url_fetcher=ours).render(
            font_config=_fonts(), stylesheets=[_parsed(stylesheet)], pdf_variant="pdf/ua-1"
        )
        document.metadata.title = title
        document.metadata.lang = language
        document.metadata.created = document.metadata.modified = made_on.isoformat()
        content = Pdf(
            document.write_pdf(
                pdf_variant="pdf/ua-1",
                pdf_identifier=identifier.encode(),
                attachments=[_attachment(one, made_on) for one in attachments],
            )
        )
        content.pages = len(document.pages)
        return content


class OnlyOurs(URLFetcher):
    """Serves the named files it was given. Whatever else a document asks for is refused and logged, and
    WeasyPrint goes on without it: no network, no path, no data address."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        super().__init__(allowed_protocols=())
        self._files = files

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        file = self._files.get(url)
        if file is None:
            log.warning("Refused to fetch %.200r for a document", url)
            raise ValueError("documents are made only of what they are handed")
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": MEDIA_TYPES[file.suffix]})


# The names are listed once, from our own folders: a document can ask only for a name, never for a path.
@cache
def _our_files() -> Mapping[str, Path]:
    fonts = (ROOT / "static/fonts/pdf").glob("*.woff2")
    styles = (ROOT / "templates/reports/pdf").glob("*/*.css")
    return {f"{SCHEME}fonts/{file.name}": file for file in fonts} | {
        f"{SCHEME}css/{file.parent.name}-{file.name}": file for file in styles
    }


_LAYOUT = Lock()


@cache
def _fonts() -> FontConfiguration:
    # Celery's children end without the interpreter's own goodbye.
    worker_process_shutdown.connect(_forget_fonts)
    atexit.register(_forget_fonts)
    return FontConfiguration()


def _forget_fonts(**_signal: Any) -> None:
    """Remove the folder into which WeasyPrint unpacked our fonts, which a process that ends would leave behind."""
    _parsed.cache_clear()
    _fonts.cache_clear()
    # Documents refer to themselves and to it; the folder goes with the last of them.
    gc.collect()


@cache
def _parsed(stylesheet: str) -> CSS:
    return CSS(url=stylesheet, url_fetcher=OnlyOurs(_our_files()), font_config=_fonts())


def _attachment(one: PdfAttachment, made_on: date) -> Attachment:
    moment = datetime.combine(made_on, time())
    return Attachment(
        string=one.content, name=one.name, description=one.description, created=moment, modified=moment
    )


_PROGRESS = logging.getLogger("weasyprint.progress")
_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("pdf_step_listener", default=None)


@contextmanager
def _telling(on_step: Callable[[str], None] | None, on_sign: Callable[[], None] | None) -> "Iterator[None]":
    """Send WeasyPrint's progress to `on_step`, for this thread only, each step once."""
    _listen_once()
    told: list[Step] = []

    def tell(step: Step) -> None:
        if step in told:
            if on_sign is not None:
                on_sign()
        elif on_step is not None:
            told.append(step)
            on_step(step)

    token = _listener.set(tell)
    try:
        yield
    finally:
        _listener.reset(token)


@cache
def _listen_once() -> None:
    _PROGRESS.addHandler(_StepHandler())
    _PROGRESS.setLevel(logging.INFO)
    # Its messages are steps for a person who waits, not news for the log.
    _PROGRESS.propagate = False


class _StepHandler(logging.Handler):
    """Reads "Step 5 - Creating layout - Page 3": steps 1–4 compose, 5 lays out, 6 and 7 write."""

    def emit(self, record: logging.LogRecord) -> None:
        tell = _listener.get()
        number = str(record.msg).removeprefix("Step ")[:1]
        if tell is not None and number.isdigit():
            tell(Step.COMPOSING if number < "5" else Step.LAYING_OUT if number == "5" else Step.WRITING)
