"""Checking a file: genuine, altered, a seal, or unknown, and nothing else."""

import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains

from portal.lib.canonical import digest
from reports.codes import code_of, printed, read_code
from reports.documents import make_pdf
from reports.forms import MOST_BYTES
from reports.models import Edition
from reports.services import Verdict, bytes_of, check_digest, check_file
from tests.reports.editions import asked, finished
from tests.reports.recaps import recap

CHECK = "/check/"


@pytest.fixture
def issued(plan, csm) -> bytes:
    return bytes_of(finished(plan, csm))


def post(client: Client, content: bytes | None = None, sha256: str = "", **more):
    data = {"code": sha256}
    if content is not None:
        data["file"] = SimpleUploadedFile("any name.pdf", content, "application/pdf")
    return client.post(CHECK, data, **more)


def test_the_issued_file_is_genuine(issued) -> None:
    assert check_file(issued) is Verdict.GENUINE
    assert check_digest(digest(issued)) is Verdict.GENUINE


def test_one_altered_byte_is_seen(issued) -> None:
    size = len(issued)
    for position in (0, 9, *(int(size * part) for part in (0.1, 0.3, 0.5, 0.7, 0.9)), size - 3):
        altered = bytearray(issued)
        altered[position] ^= 1
        assert check_file(bytes(altered)) is Verdict.ALTERED, position


def test_something_added_is_seen_and_so_is_a_lost_identifier(issued) -> None:
    assert check_file(issued + b"\n") is Verdict.ALTERED
    assert check_file(issued.replace(b"/ID [(", b"/XX [(")) is Verdict.ALTERED
    head, identifier, tail = issued.rpartition(b"/ID [(")
    written = tail[:64].hex().upper().encode()
    assert check_file(head + b"/ID [<" + written + b">" + tail[65:]) is Verdict.ALTERED
    assert identifier
    # Neither identifier nor facts: nothing says where it came from.
    assert check_file(head.replace(b"/EmbeddedFile", b"/OtherwiseFile")) is Verdict.UNKNOWN


def test_a_document_that_was_never_issued_is_unknown(issued) -> None:
    assert check_file(make_pdf(recap())) is Verdict.UNKNOWN
    assert check_digest("0" * 64) is Verdict.UNKNOWN
    for content in (
        b"",
        b"x",
        b"%PDF-1.7",
        b"/EmbeddedFile stream\nnot packed",
        b"/ID [<" + b"00" * 64 + b">]",
    ):
        assert check_file(content) is Verdict.UNKNOWN


def test_a_file_made_to_be_slow_is_searched_quickly(db) -> None:
    began = time.process_time()
    for piece in (b"/EmbeddedFile ", b"/EmbeddedFile stream ", b"/ID [ ", b"/ID [("):
        assert check_file(piece * (8_000_000 // len(piece))) is Verdict.UNKNOWN
    assert time.process_time() - began < 4, "anybody may send this, without an account"


@pytest.mark.usefixtures("sketched")
def test_the_printed_digest_is_a_seal_and_not_proof_of_the_pages(plan, csm) -> None:
    edition = finished(plan, csm)
    assert check_digest(edition.snapshot_sha256) is Verdict.SEAL


def test_what_is_not_finished_is_unknown(plan, csm) -> None:
    edition = asked(plan, csm)
    Edition.objects.filter(pk=edition.pk).update(snapshot_sha256="a" * 64)
    assert check_digest("a" * 64) is Verdict.UNKNOWN


def test_anybody_may_check_and_learns_nothing_else(issued, plan) -> None:
    client = Client()
    assertContains(client.get(CHECK), "Check a document")
    response = post(client, issued)
    assertContains(response, "Genuine and unchanged")
    assertContains(response, digest(issued))
    for word in (plan.account.name, plan.name, "Carla", str(Edition.objects.get().pk)):
        assertNotContains(response, word)
    assertContains(post(client, issued[:-1]), "Changed since it was issued")
    assertContains(post(client, b"something"), "Not known here")


@pytest.mark.usefixtures("sketched")
def test_the_code_in_the_foot_as_people_type_it(plan, csm, client) -> None:
    edition = finished(plan, csm)
    typed = printed(edition.code).lower().replace("-", " ")
    response = post(client, None, typed)
    assertContains(response, "A document with this code was issued.")
    assertContains(response, printed(edition.code))
    assertNotContains(response, "Acme")
    other = ("0" if edition.code[0] != "0" else "1") + edition.code[1:]
    assertContains(post(client, None, other), "The portal issued no document with this code.")


@given(sha256=st.binary(min_size=32, max_size=32).map(bytes.hex), noise=st.text(" -\n‐", max_size=3))
def test_a_code_is_read_as_it_was_printed(sha256, noise) -> None:
    code = code_of(sha256)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{20}", code)
    for typed in (code, printed(code), printed(code).lower(), noise.join(code)):
        assert read_code(typed) == code
    looks_alike = code.replace("1", "l").replace("0", "o").replace("V", "u")
    assert read_code(looks_alike) == code
    # A hundred bits of the digest, and nothing else, are in it.
    assert code_of(sha256[:25] + "f" * 39) == code
    assert read_code(code[:-1]) == read_code(code + "0") == read_code(code[:-1] + "!") == ""


@pytest.mark.usefixtures("sketched")
def test_a_digest_as_people_paste_it(issued) -> None:
    pasted = " ".join(digest(issued).upper()[n : n + 8] for n in range(0, 64, 8))
    assertContains(post(Client(), sha256=f" {pasted}\n"), "Genuine and unchanged")


@pytest.mark.parametrize(
    ("content", "sha256", "field", "said"),
    [
        (None, "", "__all__", "Choose the file, or type its code."),
        (b"", "", "file", "This file is empty."),
        (b"x" * (MOST_BYTES + 1), "", "file", "This file is larger than 30 MB."),
        (None, "abc", "code", "A code has 20 letters and digits"),
    ],
)
def test_what_cannot_be_checked_is_said(db, content, sha256, field, said) -> None:
    response = post(Client(), content, sha256)
    assert response.status_code == 422
    assert said in response.context["form"].errors[field][0]


def test_checks_are_limited_for_each_address(db) -> None:
    client = Client()
    answers = [post(client, sha256="0" * 64, REMOTE_ADDR="192.0.2.7").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert post(client, sha256="0" * 64, REMOTE_ADDR="192.0.2.8").status_code == 200


def test_a_post_needs_its_token(db) -> None:
    assert Client(enforce_csrf_checks=True).post(CHECK, {"code": "0" * 64}).status_code == 403
