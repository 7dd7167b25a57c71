"""All measures in the order in which they run: name, what yields its lines, and the lines that it owes."""

from bench.measures import acts, creation, documents, homes, moving, nudging, pages, queue, wire
from bench.report import Measure

ALL: list[tuple[str, Measure, dict[str, float]]] = [
    (module.__name__.rpartition(".")[2], module.measure, module.OWED)
    for module in (pages, acts, moving, creation, documents, queue, homes, nudging, wire)
]
