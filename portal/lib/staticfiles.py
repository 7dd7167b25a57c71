"""Static files: hashed names, compressed, and the style sheets of all layers in one file."""

import hashlib
import posixpath
import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*(?:layer\(([\w.-]+)\))?\s*;""")
_URL = re.compile(r"""url\(\s*["']?(?!data:|https?:|/|#)([^"')]+)["']?\s*\)""")


class BundledManifestStorage(CompressedManifestStaticFilesStorage):
    """Puts `@import url("x.css") layer(name);` in place before hashing: a visit is one request, not thirty.

    In the sources every component stays a file of its own, and the browser loads them so in development.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        if not dry_run:
            for name in [name for name in paths if name.endswith(".css")]:
                storage, path = paths[name]
                source = storage.open(path).read().decode()
                bundled = bundle(
                    name, source, lambda other: paths[other][0].open(paths[other][1]).read().decode()
                )
                if bundled != source:
                    self.delete(name)
                    self._save(name, ContentFile(bundled.encode()))
                    # The manifest is made from what `paths` gives: our copy, no longer the source.
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def bundle(name: str, source: str, read: Any, seen: tuple[str, ...] = ()) -> str:
    """`source` with each of its imports put in place, wrapped in its layer, relative addresses kept right.

    `read` gives the text of a file by its name from the static root. Raises ValueError on an import cycle.
    """
    if name in seen:
        raise ValueError(f"{name} imports itself through {' → '.join(seen)}")
    folder = posixpath.dirname(name)

    def inline(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        text = bundle(target, read(target), read, (*seen, name))
        text = _rebase(text, posixpath.dirname(target), folder)
        return f"@layer {match[2]} {{\n{text}\n}}" if match[2] else text

    return _IMPORT.sub(inline, source)


def _rebase(text: str, old: str, new: str) -> str:
    """Relative addresses of a sheet that moves from the folder `old` to `new`."""
    if old == new:
        return text
    return _URL.sub(
        lambda found: f'url("{posixpath.relpath(posixpath.join(old, found[1]), new or ".")}")', text
    )


def collect_if_changed() -> bool:
    """Run collectstatic unless the sources are those of the last time. Returns whether it ran."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    fingerprint = _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and Path(settings.STATIC_ROOT).exists():
        return False
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """A digest of every source's name, size and time, and of this file, which shapes the result."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            size, changed = storage.size(path), storage.get_modified_time(path)
            digest.update(f"{path} {size} {changed.timestamp()}\n".encode())
    return digest.hexdigest()
