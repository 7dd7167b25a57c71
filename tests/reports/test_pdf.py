import logging
from datetime import date
from threading import Thread

import pytest
from weasyprint import HTML
from weasyprint.css import get_all_computed_styles

from reports.defaults import LeanHTML
from reports.pdf import OnlyOurs, PdfAttachment, Step, lay_out
from tests.reports.recaps import page_texts, read


def made(body: str, **changes) -> bytes:
    facts = {
        "stylesheet": "portal:css/recap-v1.css", "title": "A title", "language": "de",
        "made_on": date(2026, 7, 2), "identifier": "an-edition",
    } | changes  # fmt: skip
    return lay_out(f'<html lang="de"><title>x</title><body><h2>Kopf</h2>{body}</body></html>', **facts)


def test_it_is_tagged_titled_dated_and_in_its_language() -> None:
    document = read(made("<p>Guten Tag</p>"))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]) == "True"
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "de"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert document.metadata.title == "A title"
    assert str(document.metadata["/CreationDate"]).startswith("D:20260702")
    assert document.trailer["/ID"][0].original_bytes == b"an-edition"
    assert [one.title for one in document.outline] == ["Kopf"]


def test_letters_are_ours() -> None:
    resources = read(made("<p>Größe Łódź Ωμέγα → שלום سلام</p>")).pages[0]["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"].split("+")[1] for font in resources.values()}
    assert names == {"Portal-Sans", "Portal-Sans-Semi-Bold", "Portal-Arabic", "Portal-Hebrew"}


def test_attachments_travel_with_a_fixed_day() -> None:
    content = made("", attachments=[PdfAttachment("facts.json", b'{"a":1}', "The facts")])
    assert read(content).attachments == {"facts.json": [b'{"a":1}']}
    assert content == made("", attachments=[PdfAttachment("facts.json", b'{"a":1}', "The facts")])


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/pixel.png",
        "https://example.com/pixel.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "portal:fonts/../../../etc/hostname",
        "portal:css/recap-v1.css/../x",
        "../../etc/hostname",
        "//127.0.0.1:9/x",
    ],
)
def test_nothing_else_is_fetched_and_the_document_is_still_made(address, caplog) -> None:
    with caplog.at_level(logging.WARNING, "reports.pdf"):
        content = made(
            f'<link rel="stylesheet" href="{address}"><img alt="x" src="{address}"><object data="{address}"></object>'
            f'<link rel="attachment" href="{address}"><p>Still here</p>'
        )
    assert "Still here" in page_texts(content)[0]
    assert read(content).attachments == {}
    assert "Refused to fetch" in caplog.text


def test_a_style_that_points_outside_is_refused(caplog) -> None:
    with caplog.at_level(logging.WARNING, "reports.pdf"):
        made(
            '<style>@import "http://127.0.0.1:9/x.css"; p { background: url("file:///etc/hostname") }</style><p>x</p>'
        )
    assert caplog.text.count("Refused to fetch") == 2


def test_the_fetcher_serves_what_it_was_given(tmp_path) -> None:
    file = tmp_path / "a.css"
    file.write_text("p { color: red }")
    fetcher = OnlyOurs({"portal:css/a.css": file})
    assert fetcher("portal:css/a.css").read() == b"p { color: red }"
    assert fetcher("portal:css/a.css").content_type == "text/css"
    with pytest.raises(ValueError, match="handed"):
        fetcher(file.as_uri())


def test_steps_are_told_once_in_order() -> None:
    steps: list[str] = []
    made("<p>x</p>" * 200, on_step=steps.append)
    assert steps == [Step.COMPOSING, Step.LAYING_OUT, Step.WRITING]


def test_two_threads_hear_only_their_own_steps_and_make_the_same() -> None:
    heard: dict[int, list[str]] = {0: [], 1: []}
    contents: dict[int, bytes] = {}

    def make(number: int) -> None:
        contents[number] = made("<p>x</p>" * 100, on_step=heard[number].append)

    threads = [Thread(target=make, args=[number]) for number in heard]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard[0] == heard[1] == [Step.COMPOSING, Step.LAYING_OUT, Step.WRITING]
    assert contents[0] == contents[1]


def test_a_listener_that_fails_stops_the_making_and_harms_no_later_one() -> None:
    def fail(step: str) -> None:
        raise RuntimeError(step)

    with pytest.raises(RuntimeError, match="composing"):
        made("<p>x</p>", on_step=fail)
    assert made("<p>x</p>").startswith(b"%PDF-1.7")


def test_no_rule_of_weasyprint_makes_styles_for_every_element() -> None:
    """Rules such as `::footnote-call { … }` cost a style for each element; a new release may bring others."""
    text = "<p>One</p><ul><li>Two</li></ul><ol><li>Three</li></ol>"
    styles = _styles(LeanHTML(string=text))
    assert {(tag, pseudo) for tag, pseudo in styles if pseudo} == {("li", "marker")}
    assert {tag for tag, _pseudo in styles} >= {"p", "li", "ol"}


def test_the_lean_rules_print_the_same() -> None:
    text = "<h1>One</h1><ol><li>Two</li></ol><ul><li>Three</li></ul><table><tr><td>Four</td></tr></table>"
    options = {"pdf_identifier": b"same", "pdf_variant": "pdf/ua-1"}
    assert LeanHTML(string=text).write_pdf(**options) == HTML(string=text).write_pdf(**options)


def _styles(html: HTML) -> set[tuple[str, str | None]]:
    found = get_all_computed_styles(html)._computed_styles
    return {(getattr(element, "tag", element), pseudo) for element, pseudo in found}
