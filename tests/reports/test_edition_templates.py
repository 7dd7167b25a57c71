"""What has been issued never changes: snapshots are read, and editions rebuilt from them, for ever."""

from pathlib import Path

import pytest

from portal.lib.canonical import digest
from reports.documents import read_snapshot
from reports.recap.document import render
from tests.reports.recaps import DATA

STYLES = Path(__file__).parents[2] / "templates/reports/pdf/recap"
# The bytes of a snapshot as they were kept before there were other kinds of documents, and what they were called.
KEPT = (DATA / "recap_issued.json").read_bytes()
SEAL = "55f19e214014263539e36b8075dd7d34d8b07ddc4559681b00d4fe15f8fff1e9"
# Its HTML and the style sheet. The PDF's own bytes also hang on Pango and HarfBuzz.
ISSUED = {
    "v1": (
        "03123a2867c223e4090aa0ce823b3056508bed43fe1ff930331b449a8de16883",
        "8be9f14bee300962e597f7ff2ff0769042848c756f7a55d613d4e7d7f5ee8a1c",
    ),
    "v2": (
        "f9d751f046a3532ef1a4e1cc577098a99d612a11d406a56f820d585faa09a58d",
        "1adb18d1a94f824c76e3d687b9566a8518c386d794ff57af5befce7abd9b17a8",
    ),
}


def test_an_issued_snapshot_keeps_its_digest() -> None:
    """Whatever has been added to its class since: what was kept says no more than it said then."""
    snapshot = read_snapshot("recap", KEPT)
    assert snapshot.to_bytes() == KEPT
    assert snapshot.digest == digest(KEPT) == SEAL


@pytest.mark.parametrize("version", ISSUED)
def test_an_issued_version_is_as_it_was(version) -> None:
    html = digest(render(read_snapshot("recap", KEPT), version).encode())
    style = digest((STYLES / f"{version}.css").read_bytes())
    assert (html, style) == ISSUED[version], f"{version} has been issued: make the next version instead"
