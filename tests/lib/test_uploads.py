"""Uploads are judged by what they are."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.lib import uploads
from portal.lib.uploads import Upload, judge_upload

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 200
PE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 60 + b"PE\x00\x00"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
LIMIT = 1_000_000


def picture(kind: str, size: tuple[int, int] = (4, 4)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind)
    return target.getvalue()


def office(folder: str, *, types: str = "<Types/>", **parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr(f"{folder}/document.xml", "<document/>")
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def judge(content: bytes, name: str, limit: int = LIMIT) -> Upload:
    return judge_upload(SimpleUploadedFile(name, content), max_bytes=limit)


def raw(name: str, content: bytes) -> io.BytesIO:
    """A file whose name no form has cleaned."""
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("content", "name", "extension", "content_type"),
    [
        (picture("PNG"), "a.png", ".png", "image/png"),
        (picture("JPEG"), "a.jpeg", ".jpg", "image/jpeg"),
        (picture("WEBP"), "a.webp", ".webp", "image/webp"),
        (picture("GIF"), "a.gif", ".gif", "image/gif"),
        (PDF, "a.pdf", ".pdf", "application/pdf"),
        (office("word"), "a.docx", ".docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl"), "a.xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office("ppt"), "a.pptx", ".pptx",
         "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (b"name;amount\nBj\xc3\xb6rk;3\n", "a.csv", ".csv", "text/csv"),
        (b"\xef\xbb\xbfname;amount\n", "a.csv", ".csv", "text/csv"),
        ("Größe\r\n\t€".encode("cp1252"), "a.txt", ".txt", "text/plain"),
        (b"# Title\n", "A.MD", ".md", "text/markdown"),
        (b"BMW,3\nAudi,4\n", "cars.csv", ".csv", "text/csv"),
        (b"From: Ada\nWe agreed.\n", "mail.txt", ".txt", "text/plain"),
        (b"ID;Name\n1;x\n", "ids.csv", ".csv", "text/csv"),
    ],
)  # fmt: skip
def test_what_is_taken(content, name, extension, content_type) -> None:
    upload = judge(content, name)
    assert (upload.extension, upload.content_type, upload.name) == (extension, content_type, name)
    assert upload.content == content
    assert len(upload.sha256) == 64


@pytest.mark.parametrize("name", ["a.png", "a.txt", "a.csv", "a.pdf", "a.docx", "a.jpg", "a.md", "a"])
@pytest.mark.parametrize(
    "content",
    [
        ELF, PE, SVG, HTML, b"  \n" + HTML, b"\xef\xbb\xbf" + SVG, b"<?xml version='1.0'?><x/>", b"<?php echo 1;",
        b"#!/bin/sh\nrm -rf /\n", b"<!-- hello --><svg/>", b"{\\rtf1\\ansi{\\object}}", b"%!PS-Adobe-3.0",
        b"\x00\x01\x02", b"PK\x03\x04 no package", b"%PDF-1.7 without an end", b"GIF89a\x04\x00", b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x10 no picture", b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
    ],
)  # fmt: skip
def test_what_is_refused_under_whatever_name(content, name) -> None:
    with pytest.raises(ValidationError, match="This kind of file cannot be taken"):
        judge(content, name)


@pytest.mark.parametrize("name", ["a.png", "a.html", "a.js", "a", "a.sh", "a.txt.exe"])
def test_plain_text_is_taken_only_as_text(name) -> None:
    with pytest.raises(ValidationError, match="cannot be taken"):
        judge(b"alert(1)", name)


def test_empty_and_too_large() -> None:
    with pytest.raises(ValidationError, match="empty"):
        judge(b"", "a.png")
    assert judge(b"x" * LIMIT, "a.txt").content == b"x" * LIMIT
    with pytest.raises(ValidationError, match="larger than 1 MB"):
        judge(b"x" * (LIMIT + 1), "a.txt")


def test_macros_are_refused_however_they_are_called() -> None:
    macro = "<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
    project = "<Override PartName='/word/x.bin' ContentType='application/vnd.ms-office.vbaProject'/>"
    for package in (
        office("word", **{"word/vbaProject.bin": b"x"}),
        office("word", **{"word/VBAPROJECT.BIN": b"x"}),
        office("word", types=macro),
        office("xl", types=project),
        office("word", types=macro.encode("utf-16").decode("latin-1")),
        office("word", types=" " * 300_000 + macro),
    ):
        with pytest.raises(ValidationError, match="cannot be taken"):
            judge(package, "report.docx")


def test_other_archives_are_no_documents() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", "x")
    for content in (target.getvalue(), office("other"), office("word")[:-30]):
        with pytest.raises(ValidationError, match="cannot be taken"):
            judge(content, "report.docx")


def test_a_zip_bomb_is_not_unpacked() -> None:
    """30 MB of nothing within a document, and within the one part that is looked into."""
    bombs = [
        office("word", **{"word/media/image1.bin": b"\x00" * 30_000_000}),
        office("word", types="\n" * 30_000_000),
    ]
    tracemalloc.start()
    try:
        assert judge(bombs[0], "a.docx").extension == ".docx"
        with pytest.raises(ValidationError, match="cannot be taken"):
            judge(bombs[1], "a.docx")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_package_of_countless_parts_is_refused() -> None:
    target = io.BytesIO(office("word"))
    with zipfile.ZipFile(target, "a") as package:
        for number in range(5_000):
            package.writestr(f"word/{number}", "")
    with pytest.raises(ValidationError, match="cannot be taken"):
        judge(target.getvalue(), "a.docx")


def test_a_picture_that_would_be_huge_is_not_decoded(monkeypatch) -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(ValidationError):
        judge(bomb, "a.png")
    monkeypatch.setattr(uploads, "MAX_PIXELS", 15)
    with pytest.raises(ValidationError, match="too many pixels"):
        judge(picture("GIF", (4, 4)), "a.gif")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "JPEG"])
def test_a_picture_with_a_script_behind_it_gets_the_name_of_a_picture(kind) -> None:
    """It is a picture, so it is taken; it is served as a download, and never under a script's name."""
    content = picture(kind) + b"<script>alert(1)</script>"
    for name in ("invoice.hta", "invoice.html", "invoice.png.exe", "invoice"):
        upload = judge(content, name)
        assert upload.name == name + upload.extension
        assert upload.content_type == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\Nora\\proof.png", "proof.png"),
        ("/abs/proof.PNG", "proof.PNG"),
        ("invoice\u202egnp.exe", "invoicegnp.exe.png"),
        ("\u202e\u2066x\u200b.png", "x.png"),
        ("a\x00b\nc.png", "abc.png"),
        ("Größe – 見積.png", "Größe – 見積.png"),
        ("", "file.png"),
        ("..", "file.png"),
        (".png", ".png.png"),
        ("x" * 5000 + ".png", "x" * 200 + ".png"),
        ("x." + "y" * 5000, ("x." + "y" * 198) + ".png"),
    ],
)
def test_names_are_shown_and_lead_nowhere(name, shown) -> None:
    assert judge_upload(raw(name, picture("PNG")), max_bytes=LIMIT).name == shown


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.png", "a.docx"]))
def test_any_bytes_are_judged_and_never_an_error(content, name) -> None:
    try:
        upload = judge(content, name)
    except ValidationError:
        return
    assert b"\x00" not in upload.content


@given(st.integers(0, 250), st.integers(0, 255))
def test_a_damaged_document_is_judged_and_never_an_error(place, value) -> None:
    content = bytearray(office("word"))
    content[place % len(content)] = value
    try:
        assert judge(bytes(content), "a.docx").extension == ".docx"
    except ValidationError:
        return
