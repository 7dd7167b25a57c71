"""Static files: hashed names, compressed, and the style sheets of all layers in one file."""

import posixpath
import re
from typing import Any

from django.core.files.base import ContentFile
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
