"""Is a file one that the portal issued, unchanged? The answer tells nothing else about it."""

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum

from portal.lib.canonical import digest
from reports.models import Edition

# A PDF of ours ends with its identifier, the digest of its facts, and carries those facts in one attachment.
_IDENTIFIER = re.compile(rb"/ID\s*\[\s*(?:\(([0-9a-f]{64})\)|<([0-9A-Fa-f]{128})>)")
_ATTACHMENT = re.compile(rb"/EmbeddedFile\b")
_BEGINS = re.compile(rb"\bstream\r?\n")
_MOST_HEAD = 600
_SEAL = re.compile(rb"[0-9a-f]{64}")
_MOST = 8
_MOST_FACTS = 4 * 1024 * 1024


class Verdict(StrEnum):
    """GENUINE: exactly a file that was issued. ALTERED: made from one, and changed. SEAL: not a file's digest but
    that of the facts inside one. CODE: the code in the foot of one. UNKNOWN: nothing that the portal issued."""

    GENUINE = "genuine"
    ALTERED = "altered"
    SEAL = "seal"
    CODE = "code"
    UNKNOWN = "unknown"


def check_file(content: bytes) -> Verdict:
    if _is_issued(digest(content)):
        return Verdict.GENUINE
    return Verdict.ALTERED if _is_seal(set(_seals_in(content))) else Verdict.UNKNOWN


def check_digest(sha256: str) -> Verdict:
    """`sha256` as 64 small hexadecimal digits: a file's, or the one that is printed in the document."""
    if _is_issued(sha256):
        return Verdict.GENUINE
    return Verdict.SEAL if _is_seal({sha256}) else Verdict.UNKNOWN


def check_code(code: str) -> Verdict:
    """`code` as `reports.codes.read_code` returns it."""
    found = Edition.objects.finished().filter(code=code).exclude(code="")
    return Verdict.CODE if found.exists() else Verdict.UNKNOWN


def _is_issued(sha256: str) -> bool:
    return Edition.objects.finished().filter(file_sha256=sha256).exclude(file_sha256="").exists()


def _is_seal(seals: set[str]) -> bool:
    editions = Edition.objects.finished().exclude(snapshot_sha256="")
    return editions.filter(snapshot_sha256__in=seals).exists()


def _seals_in(content: bytes) -> Iterator[str]:
    """Digests of facts that the file names or carries. Anybody's bytes: only searched, never parsed as a PDF."""
    for number, found in enumerate(_IDENTIFIER.finditer(content)):
        if number == _MOST:
            break
        plain, hexadecimal = found.groups()
        seal = plain or bytes.fromhex(hexadecimal.decode())
        if _SEAL.fullmatch(seal):
            yield seal.decode()
    for number, found in enumerate(_ATTACHMENT.finditer(content)):
        if number == _MOST:
            break
        begins = _BEGINS.search(content, found.end(), found.end() + _MOST_HEAD)
        facts = _unpacked(content[begins.end() : begins.end() + _MOST_FACTS]) if begins else b""
        if facts:
            yield digest(facts)


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MOST_FACTS)
    except zlib.error:
        return b""
