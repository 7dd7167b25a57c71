"""Files of people: whole on disk, under names of our own, and nowhere else."""

import stat

import pytest

from portal.lib.files import keep_file, path_of


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    settings.PORTAL_FILES_DIR = tmp_path / "files"


def test_a_file_is_kept_whole_under_a_name_of_ours(settings) -> None:
    first, second = keep_file(b"\x00proof", ".pdf"), keep_file(b"\x00proof", ".pdf")
    assert first != second
    assert path_of(first).read_bytes() == path_of(second).read_bytes() == b"\x00proof"
    assert path_of(first).parent.parent == settings.PORTAL_FILES_DIR
    assert path_of(first).suffix == ".pdf"
    assert [path.name for path in settings.PORTAL_FILES_DIR.rglob("*.part")] == []


def test_only_we_read_it() -> None:
    mode = path_of(keep_file(b"x", ".txt")).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../secret_key", "/etc/passwd", "aa/bb.png", ".hidden", "..\\x", "a\x00b"]
)
def test_names_that_are_not_ours_lead_nowhere(name) -> None:
    with pytest.raises(ValueError, match=r".*"):
        path_of(name).read_bytes()
