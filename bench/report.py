"""What a measure says: one line `name value limit ok|over`, and comments with the details."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.timing import Compared


class Skip(Exception):
    """The measure cannot run here; the message says why."""


@dataclass(frozen=True)
class Line:
    """`value` and `limit` in the same unit: a ratio, or what the name says (queries, kb, mb)."""

    name: str
    value: float
    limit: float
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "over"
        return f"{self.name} {_short(self.value)} {_short(self.limit)} {verdict}"


Measure = Callable[[], Iterator[Line]]


def ratio(name: str, compared: Compared, limit: float, *details: str) -> Line:
    return Line(name, compared.ratio, limit, (str(compared), *details))


def run(measure: Measure, names: dict[str, float]) -> None:
    """Print the lines of `measure`; `names` with their limits are those that it owes, said as skipped if need be."""
    owed = dict(names)
    try:
        for line in measure():
            owed.pop(line.name, None)
            print(line, flush=True)
            for detail in line.details:
                print(f"# {line.name}: {detail}", flush=True)
    except Skip as reason:
        _say_skipped(owed, str(reason))
    except Exception as error:  # One measure that breaks must not silence the others.
        _say_skipped(owed, " ".join(f"{type(error).__name__}: {error}".split())[:200])


def _say_skipped(owed: dict[str, float], reason: str) -> None:
    for name, limit in owed.items():
        print(f"{name} - {_short(limit)} skipped ({reason})", flush=True)


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
