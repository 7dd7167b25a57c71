"""Reading a catalogue of translations, and the texts of the sources that must be in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
PO = ROOT / "locale/de/LC_MESSAGES/django.po"
PARTS = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)? ?(".*")')
# How the sources call gettext → how many of the first arguments are kept, and whether a context comes first.
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
CALLS |= {"pgettext": 2, "pgettext_lazy": 2, "npgettext": 3}
IN_TEMPLATES = re.compile(
    r"\b(n?p?gettext|_)\(((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|,\s*|count)+)\)"
)


class Entry(NamedTuple):
    context: str
    text: str
    plural: str
    translations: tuple[str, ...]
    fuzzy: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.text


def entries(path: Path = PO) -> list[Entry]:
    """The entries of a .po file, without its header."""
    found = [_entry(block.splitlines()) for block in path.read_text("utf-8").split("\n\n") if block.strip()]
    return [one for one in found if one.text]


def texts_of_sources() -> Iterator[tuple[str, tuple[str, str]]]:
    """Each marked text as (file, (context, text)); of plural forms the first."""
    for folder in ("accounts", "plans", "portal", "reports"):
        for path in (ROOT / folder).rglob("*.py"):
            for name, arguments in _calls(ast.parse(path.read_text("utf-8"))):
                yield str(path.relative_to(ROOT)), _key(name, arguments)
    for path in (ROOT / "templates").rglob("*.*"):
        for name, arguments in IN_TEMPLATES.findall(templatize(path.read_text("utf-8"), origin=str(path))):
            words = [
                ast.literal_eval(one)
                for one in re.findall(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", arguments)
            ]
            yield str(path.relative_to(ROOT)), _key(name, words)


def _entry(lines: list[str]) -> Entry:
    fields: dict[str, str] = {}
    field = ""
    for line in lines:
        if not line.startswith("#") and (part := PARTS.fullmatch(line)):
            field = part[1] or field
            fields[field] = fields.get(field, "") + ast.literal_eval(part[2])
    translations = tuple(text for name, text in fields.items() if name.startswith("msgstr"))
    fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
    return Entry(
        fields.get("msgctxt", ""),
        fields.get("msgid", ""),
        fields.get("msgid_plural", ""),
        translations,
        fuzzy,
    )


def _calls(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            words = [
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if words:
                yield node.func.id, words


def _key(name: str, words: list[str]) -> tuple[str, str]:
    return (words[0], words[1]) if name.startswith(("p", "np")) else ("", words[0])
