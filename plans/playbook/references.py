"""What a playbook says about itself must hold together: roles, keys, references, no circles.

Works on the plain data, not on the model, so that a file with a wrong type in one place still hears about
every other fault at once.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from plans.playbook.criteria import add_criterion_faults
from plans.playbook.cycles import find_cycles
from plans.playbook.faults import Path
from plans.playbook.nodes import Document

CUSTOMER_ROLES = {"sponsor", "champion", "contributor", "viewer"}
MAX_CIRCLES = 20  # Of each kind: a hopeless file is not answered with megabytes of paths.


def add_reference_faults(document: Document) -> None:
    keys = {name: _keys(document, name) for name in ("roles", "stages", "milestones", "tasks", "objectives")}
    _check_names(document, keys)
    _check_sides(document)
    _check_milestones_have_tasks(document)
    _check_evidence(document)
    add_criterion_faults(document, keys)
    _check_arr(document)
    _check_anchors(document, keys)
    _check_circles(document)


def _entries(document: Document, name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    listed = document.data.get(name) if isinstance(document.data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield (name, index), entry


def _keys(document: Document, name: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path, entry in _entries(document, name):
        key = entry.get("key")
        if not isinstance(key, str):
            continue
        if key in found:
            values = {"key": key, "line": document.line((*found[key], "key"))}
            document.fault((*path, "key"), _("The key “%(key)s” is already used on line %(line)s.") % values)
        else:
            found[key] = path
    return found


def _check_names(document: Document, keys: dict[str, dict[str, Path]]) -> None:
    named = [
        ("stages", "owner", "roles", _("There is no role “%(key)s”.")),
        ("milestones", "stage", "stages", _("There is no stage “%(key)s”.")),
        ("objectives", "stage", "stages", _("There is no stage “%(key)s”.")),
        ("tasks", "role", "roles", _("There is no role “%(key)s”.")),
        ("tasks", "milestone", "milestones", _("There is no milestone “%(key)s”.")),
    ]
    for entries, field, among, message in named:
        for path, entry in _entries(document, entries):
            key = entry.get(field)
            if isinstance(key, str) and key not in keys[among]:
                document.fault((*path, field), message % {"key": key})
    for path, key, _task in _waits(document):
        if key not in keys["tasks"]:
            document.fault(path, _("There is no task “%(key)s”.") % {"key": key})


def _check_sides(document: Document) -> None:
    sides: dict[str, str] = {}
    for path, role in _entries(document, "roles"):
        key, side, portal_role = role.get("key"), role.get("side"), role.get("portal_role")
        if isinstance(key, str) and isinstance(side, str):
            sides.setdefault(key, side)
        known = isinstance(portal_role, str) and side in ("vendor", "customer")
        if known and (portal_role in CUSTOMER_ROLES) != (side == "customer"):
            values = {"role": portal_role, "side": side}
            message = _("The portal role “%(role)s” is not one of the %(side)s side.")
            document.fault((*path, "portal_role"), message % values)
    for path, task in _entries(document, "tasks"):
        name, side = task.get("role"), task.get("side")
        if isinstance(name, str) and isinstance(side, str) and sides.get(name, side) != side:
            values = {"role": name, "its": sides[name], "side": side}
            message = _("The role “%(role)s” is on the %(its)s side, but the task is on the %(side)s side.")
            document.fault((*path, "role"), message % values)


def _check_milestones_have_tasks(document: Document) -> None:
    used = {
        task.get("milestone") for _path, task in _entries(document, "tasks") if _is_text(task, "milestone")
    }
    for path, milestone in _entries(document, "milestones"):
        if _is_text(milestone, "key") and milestone["key"] not in used:
            document.fault(path, _("The milestone “%(key)s” has no task.") % {"key": milestone["key"]})


def _check_evidence(document: Document) -> None:
    for path, task in _entries(document, "tasks"):
        rule = task.get("evidence")
        if isinstance(rule, dict) and rule.get("kind") in ("any", "file", "link") and not rule.get("shows"):
            document.fault((*path, "evidence"), _("Say in “shows” what the evidence must show."))


def _check_arr(document: Document) -> None:
    match = document.data.get("match") if isinstance(document.data, dict) else None
    if not isinstance(match, dict):
        return
    low, high = match.get("min_arr"), match.get("max_arr")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        document.fault(("match", "min_arr"), _("“min_arr” is larger than “max_arr”."))


def _check_anchors(document: Document, keys: dict[str, dict[str, Path]]) -> None:
    missing = {"task": _("There is no task “%(key)s”."), "milestone": _("There is no milestone “%(key)s”.")}
    for path, anchor, _owner in _anchors(document):
        kind, _colon, key = anchor.partition(":")
        if kind in missing and key and key not in keys[f"{kind}s"]:
            document.fault(path, missing[kind] % {"key": key})
        elif path[0] == "kickoff" and anchor != "kickoff":
            document.fault(path, _("The kickoff meeting can only be counted from the anchor kickoff."))


def _check_circles(document: Document) -> None:
    waits: dict[str, dict[str, Path]] = {}
    for path, key, task in _waits(document):
        if task:
            waits.setdefault(task, {}).setdefault(key, path)
    dues: dict[str, dict[str, Path]] = {}
    for path, anchor, owner in _anchors(document):
        if owner and ":" in anchor:
            dues.setdefault(owner, {}).setdefault(anchor, path)
    found = _add_circles(document, waits, _("These tasks wait for each other in a circle: %(circle)s."))
    message = _("These due days are counted from each other in a circle: %(circle)s.")
    found += _add_circles(document, dues, message)
    if not found:
        # A day follows both from what is waited for and from its anchor, so the two together need an order.
        for task, after in waits.items():
            edges = dues.setdefault(f"task:{task}", {})
            edges.update({f"task:{key}": path for key, path in after.items() if f"task:{key}" not in edges})
        message = _("What is waited for and what days are counted from make a circle: %(circle)s.")
        _add_circles(document, dues, message)


def _add_circles(document: Document, edges: dict[str, dict[str, Path]], message: str) -> int:
    """How many were found."""
    circles = list(islice(find_cycles({node: list(after) for node, after in edges.items()}), MAX_CIRCLES))
    for circle in circles:
        document.fault(edges[circle[-2]][circle[-1]], message % {"circle": " → ".join(circle)})
    return len(circles)


def _waits(document: Document) -> Iterator[tuple[Path, str, str]]:
    """Where it is said, the key waited for, and the key of the task that waits."""
    for path, task in _entries(document, "tasks"):
        listed = task.get("waits_for")
        for index, key in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(key, str):
                yield (*path, "waits_for", index), key, task["key"] if _is_text(task, "key") else ""


def _anchors(document: Document) -> Iterator[tuple[Path, str, str]]:
    """Where it is said, the anchor, and who is due: `task:x`, `milestone:x`, or "" for what is no anchor."""
    for name, kind in (("tasks", "task"), ("milestones", "milestone"), ("objectives", "")):
        for path, entry in _entries(document, name):
            due = entry.get("due")
            if isinstance(due, dict) and _is_text(due, "anchor"):
                owner = f"{kind}:{entry['key']}" if kind and _is_text(entry, "key") else ""
                yield (*path, "due", "anchor"), due["anchor"], owner
    kickoff = document.data.get("kickoff") if isinstance(document.data, dict) else None
    due = kickoff.get("due") if isinstance(kickoff, dict) else None
    if isinstance(due, dict) and _is_text(due, "anchor"):
        yield ("kickoff", "due", "anchor"), due["anchor"], ""


def _is_text(entry: dict[str, Any], name: str) -> bool:
    return isinstance(entry.get(name), str)
