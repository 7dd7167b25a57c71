"""A fault in a playbook file: where it is and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Fault:
    """`line` and `column` count from 1; `path` is like `tasks[3].waits_for[0]`, empty for the whole file."""

    line: int
    column: int
    path: str
    message: str


class PlaybookFaults(Exception):
    """Everything that is wrong with one file, in the order of its lines."""

    def __init__(self, faults: Sequence[Fault], *, name: str) -> None:
        self.name = name
        self.faults = sorted(set(faults))
        super().__init__("\n".join(self._line(fault) for fault in self.faults))

    def _line(self, fault: Fault) -> str:
        place = f"{self.name}:{fault.line}:{fault.column}"
        return f"{place}: {fault.path}: {fault.message}" if fault.path else f"{place}: {fault.message}"


def written(path: Path) -> str:
    """("tasks", 3, "due") as people write it: tasks[3].due"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
