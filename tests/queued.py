"""What a test sees of the jobs that were sent."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.db import connection

Job = tuple[str, tuple[str, ...]]


class Queued(Sequence[Job]):
    """The jobs sent so far, and those that the open transaction will send: `(name, args)` in order.

    Compares equal to a list. A rolled back savepoint takes its jobs away, as in production.
    """

    def __init__(self) -> None:
        self._sent: list[Job] = []

    def send(self, name: str, args: tuple[str, ...], countdown: float | None) -> None:
        """Stands in for portal.lib.queue._send."""
        self._sent.append((name, args))

    def clear(self) -> None:
        """Forget what was sent (not what still waits for its transaction)."""
        self._sent.clear()

    def named(self, name: str) -> list[tuple[str, ...]]:
        """The arguments of each job `name`."""
        return [args for job, args in self._all() if job == name]

    def __getitem__(self, index):
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Job]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == other

    def __repr__(self) -> str:
        return repr(self._all())

    __hash__ = None

    def _all(self) -> list[Job]:
        waiting = [
            (function.args[0], function.args[1])
            for _, function, _ in connection.run_on_commit
            if isinstance(function, partial) and function.func == self.send
        ]
        # django_capture_on_commit_callbacks(execute=True) runs callbacks and leaves them in the list.
        sent = list(self._sent)
        for job in waiting:
            if job in sent:
                sent.remove(job)
        return sent + waiting
