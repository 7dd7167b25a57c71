"""What pydantic finds wrong with a document, said in our words and at the document's own lines."""

from typing import Any, cast

from django.utils.translation import gettext as _
from pydantic import ValidationError

from plans.asking import KINDS
from plans.playbook.faults import Path
from plans.playbook.nodes import Document


def add_shape_faults(document: Document, error: ValidationError) -> None:
    for found in error.errors(include_url=False):
        path = _as_written(cast(Path, found["loc"]), found["type"])
        message = _message(found["type"], path, found.get("input"), found.get("ctx", {})) or found["msg"]
        document.fault(path, message, at_name=found["type"] == "extra_forbidden")


def _as_written(path: Path, kind: str) -> Path:
    """Without the kind of a question, which pydantic puts between its place in the form and its field."""
    if path[2:3] != ("form",):
        return path
    if kind.startswith("union_tag"):
        return (*path[:4], "kind")
    return (*path[:4], *path[5:]) if path[4:5] and path[4] in KINDS else path


def _message(kind: str, path: Path, value: Any, context: dict[str, Any]) -> str | None:
    name = path[-1] if path else ""
    if kind == "missing":
        return _missing(str(name), value)
    if kind == "extra_forbidden":
        return _("Unknown field “%(name)s”.") % {"name": name}
    if kind == "string_pattern_mismatch":
        return _bad_pattern(str(name), value)
    if kind == "union_tag_not_found":
        return _missing(str(name), value)
    if kind == "union_tag_invalid":
        return _("Must be one of: %(choices)s.") % {"choices": ", ".join(KINDS)}
    if kind == "literal_error":
        return _("Must be one of: %(choices)s.") % {"choices": context["expected"]}
    if kind in ("string_too_long", "too_long"):
        return _("Too long: at most %(limit)s characters.") % {"limit": context["max_length"]}
    if kind in ("string_too_short", "too_short"):
        return _("Must not be empty.")
    return _wrong_type(kind)


def _missing(name: str, value: Any) -> str:
    if name == "anchor" and isinstance(value, dict) and "offset" in value:
        return _("An offset without an anchor: say what the working days are counted from.")
    return _("The field “%(name)s” is missing.") % {"name": name}


def _bad_pattern(name: str, value: Any) -> str:
    if name == "anchor":
        message = _("“%(value)s” is no anchor: use kickoff, end, task:<key> or milestone:<key>.")
    else:
        message = _("“%(value)s” is no key: use small letters, digits and single hyphens.")
    return message % {"value": value}


def _wrong_type(kind: str) -> str | None:
    return {
        "string_type": _("Must be text."),
        "int_type": _("Must be a whole number."),
        "bool_type": _("Must be true or false."),
        "tuple_type": _("Must be a list."),
        "model_type": _("Must be a group of fields."),
        "decimal_type": _("Must be a number."),
        "decimal_parsing": _("Must be a number."),
        "finite_number": _("Must be a number."),
    }.get(kind)
