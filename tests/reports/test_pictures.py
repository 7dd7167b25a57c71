"""Pictures of documents: drawn anew, small, upright, without what they carried along."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from accounts.services.branding import LogoFacts
from portal.lib.files import keep_file, path_of
from reports.pictures import PictureBox, draw_anew
from tests.processes import ROOT, environment


@pytest.fixture
def photo(tmp_path) -> Path:
    """Noise, as no drawing has it, with a telephone's words in it: held to the left."""
    picture = Image.frombytes("RGB", (300, 200), random.Random(1).randbytes(300 * 200 * 3))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretPhone"
    file = tmp_path / "photo.jpg"
    picture.save(file, exif=exif, comment=b"secret place")
    return file


def saved(folder: Path, picture: Image.Image, name: str = "x.png", **more) -> Path:
    picture.save(folder / name, **more)
    return folder / name


def test_a_photograph_stands_upright_and_says_nothing_else(photo) -> None:
    content, media_type, size = draw_anew(photo)
    assert (media_type, size) == ("image/jpeg", (200, 300))
    assert b"Secret" not in content
    assert b"secret" not in content
    assert b"Exif" not in content
    assert draw_anew(photo) == (content, media_type, size)


def test_a_drawing_stays_sharp_and_keeps_what_is_seen_through(tmp_path) -> None:
    picture = Image.new("RGBA", (4000, 1000), (200, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 2000, 1000))
    content, media_type, size = draw_anew(saved(tmp_path, picture))
    assert (media_type, size) == ("image/png", (1600, 400))
    drawn = Image.open(path_of(keep_file(content, ".png")))
    assert drawn.getpixel((10, 10))[3] == 0
    assert drawn.getpixel((1590, 390)) == (200, 0, 0, 255)
    opaque, *_rest = draw_anew(saved(tmp_path, Image.new("RGBA", (20, 20), (1, 2, 3, 255))))
    assert Image.open(path_of(keep_file(opaque, ".png"))).mode == "RGB"


def test_sixteen_bits_of_grey_are_not_white(tmp_path) -> None:
    content, *_rest = draw_anew(saved(tmp_path, Image.new("I;16", (9, 9), 0x8000)))
    assert Image.open(path_of(keep_file(content, ".png"))).getpixel((4, 4)) == 128


def test_what_moves_is_its_first_frame(tmp_path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    content, *_rest = draw_anew(saved(tmp_path, frames[0], "x.gif", save_all=True, append_images=frames[1:]))
    assert Image.open(path_of(keep_file(content, ".png"))).getpixel((1, 1))[:3] == (255, 0, 0)


def test_what_is_broken_a_bomb_or_no_picture_is_left_out(tmp_path, photo, monkeypatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    half = tmp_path / "half.jpg"
    half.write_bytes(photo.read_bytes()[:2000])
    script = tmp_path / "logo.svg"
    script.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    bomb = saved(tmp_path, Image.new("1", (10_000, 5_001)), "bomb.png")
    hungry = saved(tmp_path, Image.new("RGB", (8001, 2000)), "hungry.webp", method=0)
    for file in (half, script, bomb, hungry, tmp_path / "missing.png"):
        assert draw_anew(file) is None, file.name
        assert PictureBox().add_file(file, alt="x") is None


def test_a_box_keeps_each_picture_once(tmp_path, photo) -> None:
    box = PictureBox()
    one = box.add_file(photo, alt="The first")
    two = box.add_file(photo, alt="The second")
    assert (one.sha256, one.alt, two.alt) == (two.sha256, "The first", "The second")
    [kept] = box.kept.values()
    assert path_of(kept.file).read_bytes() == draw_anew(photo)[0]
    logo = LogoFacts(kept.file, "image/jpeg", one.sha256, 200, 300)
    assert box.add_logo(logo, alt="Meridian").alt == "Meridian"
    assert box.add_logo(LogoFacts("0.png", "image/png", one.sha256, 1, 1), alt="Lost") is None


# A process of its own: the peak of this one has seen other tests.
DRAW = """
import resource, sys, django
django.setup()
from pathlib import Path
from reports.pictures import draw_anew
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert draw_anew(Path(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_forty_megapixels_fit_into_a_worker(tmp_path) -> None:
    file = saved(tmp_path, Image.new("RGBA", (8000, 5000), (9, 9, 9, 90)), compress_level=1)
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(file)], cwd=ROOT, env=environment(), capture_output=True, check=True
    )
    assert int(done.stdout) < 220, "megabytes"
