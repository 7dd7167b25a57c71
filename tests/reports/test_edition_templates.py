"""What has been issued never changes: snapshots are read, and editions rebuilt from them, for ever."""

from pathlib import Path

import pytest

from portal.lib.canonical import digest
from reports.documents import read_snapshot
from reports.kinds import KINDS
from reports.recap.document import render
from reports.snapshots import Document
from tests.reports.first_wins import first_win
from tests.reports.recaps import DATA, full_recap

PDF = Path(__file__).parents[2] / "templates/reports/pdf"
STYLES = PDF / "recap"
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


# From here on all stand on a base that they share, which never changes either.
BASE = "4e66a36a748befeb30333b061cff9d2a1a6d4b8a046d09cc647ed55586988b4e"
ON_THE_BASE = {
    "recap/v3": (
        "6f5f18041542b414352f55e3e5b5d473a22e873926d7c326beb16c8a301709de",
        "d05a64cd24308404a5bef4a8eda5dc449558de8e55580b33ab55dfc6fab58996",
    ),
    "first_win/v1": (
        "cfa5cf7cda89272a4a6e0bc2e1ff3c042fa7b4f1391bd445219c25ab0280f0af",
        "07de0d593f158d8bb848de9b45517bea9020d3ed18c029876eafdf9c68a5829e",
    ),
    "packet/v1": (
        "82b6df2067869c830e8faa5e56d4585c706500d851ad3cf2d36c780152e8d502",
        "860880ba4f8220109ee8088fde389d2d6419fe05ab4c40f886f3b699802e7b37",
    ),
    "scoreboard/v1": (
        "971d1fae43fcb7d76a293fe2644455d7712853029a9f096a43a03f303227a461",
        "4786b8f22dd4c0c77342f4b8bc72ee694e32ce2be105e8df38d742606dc9c738",
    ),
    "review/v1": (
        "3061a985e23591bdeddded41f8287d4791649e609e4d103089537bee608f8ccb",
        "1a1ae193f16bda35bbfbfed67248ee70a04cf8e7c482440344650203fef7ea9f",
    ),
    "plan_export/v1": (
        "41adc8900edaeb7e3a559bc333a14afffa0e3cb0a2d2e823ad98d37c44d23c11",
        "646e2e2d9d14ce08349b578bf4a4c667bf7ee3c1a76e317646faa67e9377876f",
    ),
}


@pytest.mark.parametrize("name", ON_THE_BASE)
def test_an_issued_version_on_the_base_is_as_it_was(name) -> None:
    kind, version = name.split("/")
    told = _told(kind)
    drawn = KINDS[kind].document.render(told, version)
    html, style = digest(drawn.encode()), digest((PDF / f"{name}.css").read_bytes())
    assert (html, style) == ON_THE_BASE[name], f"{name} has been issued: make the next version instead"
    assert digest((PDF / "base/v1.css").read_bytes()) == BASE, "base/v1 has been issued: make the next one"


def _told(kind: str) -> Document:
    """Two are written by hand; the others were kept of editions that the demo had made."""
    if kind == "recap":
        return full_recap()
    if kind == "first_win":
        return first_win()
    kept = (DATA / f"{kind}_issued.json").read_bytes()
    snapshot = read_snapshot(kind, kept)
    assert snapshot.to_bytes() == kept
    return snapshot
