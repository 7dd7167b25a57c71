"""What the forms of a playbook hold together: a key is one question, once in a form, of one kind everywhere."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from plans.playbook.faults import Path
from plans.playbook.nodes import Document


def add_form_faults(document: Document) -> None:
    asked: dict[str, tuple[Path, dict[str, Any]]] = {}
    for form in _forms(document):
        here: dict[str, Path] = {}
        for path, question in form:
            _check_options(document, path, question)
            _check_limits(document, path, question)
            key = question.get("key")
            if not isinstance(key, str):
                continue
            if key in here:
                values = {"key": key, "line": document.line((*here[key], "key"))}
                message = _("This form asks for “%(key)s” already, on line %(line)s.")
                document.fault((*path, "key"), message % values)
            here.setdefault(key, path)
            _check_alike(document, path, question, *asked.setdefault(key, (path, question)))


def _check_alike(
    document: Document, path: Path, question: dict[str, Any], first: Path, other: dict[str, Any]
) -> None:
    """The same key is the same question: what is known of it must fit wherever it is asked again."""
    for name, message in (
        ("kind", _("“%(key)s” is of another kind on line %(line)s.")),
        ("unit", _("“%(key)s” has another unit on line %(line)s.")),
    ):
        if question.get(name) != other.get(name):
            values = {"key": question["key"], "line": document.line((*first, "key"))}
            document.fault((*path, name), message % values)
            return


def _check_options(document: Document, path: Path, question: dict[str, Any]) -> None:
    options = question.get("options")
    if question.get("kind") not in ("choice", "choices") or not isinstance(options, list):
        return
    for index, option in enumerate(options):
        if option in options[:index]:
            document.fault((*path, "options", index), _("“%(name)s” is offered twice.") % {"name": option})


def _check_limits(document: Document, path: Path, question: dict[str, Any]) -> None:
    low, high = question.get("min"), question.get("max")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        document.fault((*path, "min"), _("“min” is larger than “max”."))


def _forms(document: Document) -> Iterator[list[tuple[Path, dict[str, Any]]]]:
    """The questions of each form, with the place of each."""
    tasks = document.data.get("tasks") if isinstance(document.data, dict) else None
    for number, task in enumerate(tasks if isinstance(tasks, list) else []):
        form = task.get("form") if isinstance(task, dict) else None
        if isinstance(form, list):
            yield [
                (("tasks", number, "form", index), question)
                for index, question in enumerate(form)
                if isinstance(question, dict)
            ]
