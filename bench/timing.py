"""Measured and floor calls, one after the other in the same loop, so that a busy machine slows both."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

Call = Callable[[], object]


@dataclass(frozen=True)
class Compared:
    """Medians of both in milliseconds; `slow` is the measured call's 90th percentile."""

    measured: float
    floor: float
    slow: float
    rounds: int

    @property
    def ratio(self) -> float:
        return self.measured / self.floor

    def __str__(self) -> str:
        return (
            f"{self.measured:.2f} ms (90 %: {self.slow:.2f}) against {self.floor:.2f} ms, "
            f"medians of {self.rounds}"
        )


def compare(
    measured: Call,
    floor: Call,
    *,
    rounds: int,
    warm_up: int = 5,
    before: Call = lambda: None,
    before_floor: Call = lambda: None,
) -> Compared:
    """Time both `rounds` times, in turn as to who is first. `before` and `before_floor` run untimed, each time."""
    took: tuple[list[float], list[float]] = ([], [])
    sides = ((before, measured, took[0]), (before_floor, floor, took[1]))
    for number in range(-warm_up, rounds):
        for prepare, call, times in sides if number % 2 else sides[::-1]:
            prepare()
            spent = once(call)
            if number >= 0:
                times.append(spent)
    return Compared(median(took[0]), median(took[1]), quantiles(took[0], n=10)[-1], rounds)


def once(call: Call) -> float:
    """How long one call takes, in milliseconds. The garbage of others is not its fault."""
    with _quiet():
        began = time.perf_counter()
        call()
        return (time.perf_counter() - began) * 1000


@contextmanager
def _quiet() -> Iterator[None]:
    gc.collect(0)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
