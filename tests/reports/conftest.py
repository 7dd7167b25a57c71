"""For tests of what happens around a layout."""

from collections.abc import Callable

import pytest

from reports import documents
from reports.pdf import Pdf, Step


@pytest.fixture
def sketched(monkeypatch) -> None:
    """Nothing is laid out: the file is the HTML itself, made in the same steps. Most of a document's time is layout."""
    monkeypatch.setattr(documents, "lay_out", _sketch)


def _sketch(
    html: str, *, identifier: str, on_step: Callable[[str], None] | None = None, **rest: object
) -> Pdf:
    for step in Step:
        if on_step is not None:
            on_step(step)
    content = Pdf(f"%PDF-1.7\n% {identifier}\n{html}\n%%EOF\n".encode())
    content.pages = 1
    return content
