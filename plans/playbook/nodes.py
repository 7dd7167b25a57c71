"""YAML text to plain data that remembers its lines. Builds only maps, lists, texts, numbers and booleans."""

from dataclasses import dataclass, field
from typing import Protocol

import yaml
from django.utils.translation import gettext as _
from yaml.constructor import SafeConstructor

from plans.playbook.faults import Fault, Path, PlaybookFaults, written

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

_TAG = "tag:yaml.org,2002:"
_BUILT = {_TAG + kind for kind in ("int", "float", "bool", "null")}
_AS_TEXT = {_TAG + kind for kind in ("str", "timestamp")}


class Mark(Protocol):
    """A place in the text; PyYAML's, which counts from 0."""

    line: int
    column: int


@dataclass
class Document:
    """`data` as read, and the mark of every value (`values`) and of every field name (`names`) by path."""

    data: object = None
    values: dict[Path, Mark] = field(default_factory=dict)
    names: dict[Path, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path, message: str, *, at_name: bool = False) -> None:
        mark = (self.names.get(path) if at_name else None) or self._nearest(path)
        self.faults.append(_fault(mark, message, path))

    def line(self, path: Path) -> int:
        return self._nearest(path).line + 1

    def _nearest(self, path: Path) -> Mark:
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]


def read_document(text: str, *, name: str) -> Document:
    """The one YAML document in `text`. Raises PlaybookFaults where it cannot be read as a tree at all."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        message = _("The file is larger than %(limit)s bytes.") % {"limit": MAX_BYTES}
        raise PlaybookFaults([Fault(1, 1, "", message)], name=name)
    try:
        _refuse_tricks(text, name=name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problem = _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context}
        raise PlaybookFaults(
            [_fault(error.problem_mark or error.context_mark, problem)], name=name
        ) from error
    except yaml.reader.ReaderError as error:
        raise PlaybookFaults([_unreadable(text, error)], name=name) from error
    if node is None:
        raise PlaybookFaults([Fault(1, 1, "", _("The file is empty."))], name=name)
    document = Document()
    document.data = _plain(node, (), document)
    return document


def _refuse_tricks(text: str, *, name: str) -> None:
    """Aliases and deep nesting are refused on the flat stream of events, before any tree is built."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise PlaybookFaults([_fault(event.start_mark, _("Aliases (*name) are not allowed."))], name=name)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > MAX_DEPTH:
            message = _("Nested deeper than %(limit)s levels.") % {"limit": MAX_DEPTH}
            raise PlaybookFaults([_fault(event.start_mark, message)], name=name)
        if documents > 1:
            message = _("A file holds one playbook; a second document begins here.")
            raise PlaybookFaults([_fault(event.start_mark, message)], name=name)


def _plain(node: yaml.Node, path: Path, document: Document) -> object:
    document.values[path] = node.start_mark
    if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_plain(item, (*path, index), document) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and node.tag in _BUILT:
        return _scalar(node, path, document)
    if isinstance(node, yaml.ScalarNode) and node.tag in _AS_TEXT:
        return node.value
    document.fault(path, _("The tag “%(tag)s” is not allowed.") % {"tag": node.tag})
    return None


def _scalar(node: yaml.ScalarNode, path: Path, document: Document) -> object:
    try:
        return SafeConstructor().construct_object(node)
    except (ValueError, KeyError, IndexError):
        document.fault(path, _("“%(text)s” cannot be read.") % {"text": node.value[:40]})
        return None


def _mapping(node: yaml.MappingNode, path: Path, document: Document) -> dict[str, object]:
    found: dict[str, object] = {}
    for name_node, value_node in node.value:
        if not isinstance(name_node, yaml.ScalarNode) or name_node.tag not in _AS_TEXT:
            document.faults.append(_fault(name_node.start_mark, _("A field name must be text."), path))
            continue
        here = (*path, name_node.value)
        if name_node.value in found:
            values = {"name": name_node.value, "line": document.names[here].line + 1}
            message = _("The field “%(name)s” is given twice; first on line %(line)s.") % values
            document.faults.append(_fault(name_node.start_mark, message, here))
            continue
        document.names[here] = name_node.start_mark
        found[name_node.value] = _plain(value_node, here, document)
    return found


def _fault(mark: Mark | None, message: str, path: Path = ()) -> Fault:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault(line, column, written(path), message)


def _unreadable(text: str, error: yaml.reader.ReaderError) -> Fault:
    before = text[: error.position]
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Fault(before.count("\n") + 1, column, "", _("This character is not allowed in YAML."))
