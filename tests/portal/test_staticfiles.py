"""Style sheets: many files in the sources, one on the wire."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from portal.lib import staticfiles
from portal.lib.staticfiles import bundle


def files(**sources: str):
    return lambda name: sources[name.replace("/", "__").replace(".css", "")]


def test_imports_are_put_in_their_layer():
    read = files(css__a="a { color: red }", css__b="b { color: blue }")
    source = '@layer x, y;\n@import url("a.css") layer(x);\n@import "b.css";\n'
    assert bundle("css/app.css", source, read) == (
        "@layer x, y;\n@layer x {\na { color: red }\n}\nb { color: blue }\n"
    )


def test_imports_of_imports_and_their_addresses():
    read = files(
        css__parts__a='@import url("../b.css") layer(inner);\na { background: url("img/a.svg") }',
        css__b="b { src: url(../fonts/b.woff2) }",
    )
    assert bundle("css/app.css", '@import url("parts/a.css") layer(outer);', read) == (
        '@layer outer {\n@layer inner {\nb { src: url("../fonts/b.woff2") }\n}\n'
        'a { background: url("parts/img/a.svg") }\n}'
    )


@pytest.mark.parametrize(
    "address", ["data:image/svg+xml,x", "https://a.example/x.svg", "/static/x.svg", "#id"]
)
def test_addresses_that_are_not_relative_stay(address):
    read = files(deep__a=f"a {{ background: url({address}) }}")
    assert f"url({address})" in bundle("app.css", '@import url("deep/a.css");', read)


def test_a_cycle_is_named():
    read = files(a='@import "b.css";', b='@import "a.css";')
    with pytest.raises(ValueError, match=r"a\.css imports itself through a\.css → b\.css"):
        bundle("a.css", read("a"), read)


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "portal.lib.staticfiles.BundledManifestStorage"}
    }
    return settings.STATIC_ROOT


def test_the_whole_site_is_one_style_sheet(collected):
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    hashed = collected / manifest["css/app.css"]
    text = hashed.read_text()
    assert "@import url" not in text
    assert text.count("@layer components {") > 5
    button = (settings.BASE_DIR / "static/css/button.css").read_text()
    assert button.strip() in text
    # Fonts are reached under their hashed names, from where the sheet now is.
    fonts = [(hashed.parent / name).resolve() for name in re.findall(r'url\("?([^")]+woff2)', text)]
    assert fonts
    assert all(font.exists() and font.name != "portal-sans-latin.woff2" for font in fonts)
    assert hashed.with_name(hashed.name + ".br").exists()
    assert hashed.with_name(hashed.name + ".gz").exists()


def test_collecting_is_skipped_until_a_source_changes(collected, tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "x.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [source]
    # Not the files of other packages as well, which would be compressed twice.
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    finders.get_finder.cache_clear()
    try:
        assert staticfiles.collect_if_changed() is True
        assert staticfiles.collect_if_changed() is False
        (source / "x.css").write_text("a { color: blue; }")
        assert staticfiles.collect_if_changed() is True
        manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
        assert "blue" in (collected / manifest["x.css"]).read_text()
    finally:
        finders.get_finder.cache_clear()
