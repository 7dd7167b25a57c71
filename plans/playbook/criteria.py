"""What the gates of a playbook's stages hang on: each criterion names what there is, and only where it has to."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from plans.playbook.faults import Path
from plans.playbook.nodes import Document

OF_TASK = ("task", "evidence", "form")
OF_NOTHING = ("confirm", "signoff", "tasks")
ONLY_AT_THE_END = ("signoff", "tasks")


def add_criterion_faults(document: Document, keys: Mapping[str, Mapping[str, Path]]) -> None:
    tasks = {str(task.get("key")): task for task in _entries(document, "tasks")}
    for path, criterion, gate in _criteria(document):
        kind, of = criterion.get("kind", "confirm"), criterion.get("of")
        if kind in OF_NOTHING and "of" in criterion:
            document.fault(
                (*path, "of"), _("A criterion of this kind hangs on nothing else: leave out “of”.")
            )
        elif kind in OF_TASK:
            _check_task(document, path, kind, of, tasks)
        elif kind == "milestone":
            _check_milestone(document, path, of, keys["milestones"])
        if kind in ONLY_AT_THE_END and gate == "entry_criteria":
            document.fault((*path, "kind"), _("This can only be asked for before a stage closes."))


def _check_task(
    document: Document, path: Path, kind: str, of: Any, tasks: Mapping[str, dict[str, Any]]
) -> None:
    if of is None:
        document.fault(path, _("Say in “of” which task it is."))
    elif isinstance(of, str) and of not in tasks:
        document.fault((*path, "of"), _("There is no task “%(key)s”.") % {"key": of})
    elif isinstance(of, str) and kind == "evidence" and not _needs_evidence(tasks[of]):
        document.fault((*path, "of"), _("The task “%(key)s” asks for no evidence.") % {"key": of})
    elif isinstance(of, str) and kind == "form" and not tasks[of].get("form"):
        document.fault((*path, "of"), _("The task “%(key)s” is no form.") % {"key": of})


def _check_milestone(document: Document, path: Path, of: Any, milestones: Mapping[str, Path]) -> None:
    if of is None:
        document.fault(path, _("Say in “of” which milestone it is."))
    elif isinstance(of, str) and of not in milestones:
        document.fault((*path, "of"), _("There is no milestone “%(key)s”.") % {"key": of})


def _needs_evidence(task: Mapping[str, Any]) -> bool:
    rule = task.get("evidence")
    return isinstance(rule, dict) and rule.get("kind", "none") != "none"


def _criteria(document: Document) -> Iterator[tuple[Path, dict[str, Any], str]]:
    """Where it stands, what it says, and in which gate; a plain sentence hangs on nothing."""
    for index, stage in enumerate(_entries(document, "stages")):
        for gate in ("entry_criteria", "exit_criteria"):
            listed = stage.get(gate)
            for number, criterion in enumerate(listed if isinstance(listed, list) else []):
                if isinstance(criterion, dict):
                    yield ("stages", index, gate, number), criterion, gate


def _entries(document: Document, name: str) -> list[dict[str, Any]]:
    """The groups of a list; where one of them is none, its place is kept, so that paths stay true."""
    listed = document.data.get(name) if isinstance(document.data, dict) else None
    return [
        entry if isinstance(entry, dict) else {} for entry in (listed if isinstance(listed, list) else [])
    ]
