"""Kombu's filesystem transport, made safe for several processes on one folder.

Kombu writes messages and bindings in place, where a reader can find them half-written, and moves taken
messages to the system's temporary folder, perhaps on another disk. Here all are renames inside the folder, which
are atomic.
A message that was taken by a worker that then dies is lost: the sweeps find its work.
"""

import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual
from kombu.utils.json import dumps, loads

from portal.embedded import locks

SCHEME = "portal-files"
TRANSPORT_ALIASES[SCHEME] = "portal.embedded.queue:Transport"


def queue_settings(folder: Path) -> dict[str, Any]:
    """Celery's settings for a queue in `folder`."""
    return {
        "broker_url": f"{SCHEME}://localhost",
        "broker_transport_options": {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "processed_folder": str(folder / "taken"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.2,
        },
    }


# The published types describe an older Kombu.
_FilesystemChannel: Any = filesystem.Channel


class Channel(_FilesystemChannel):
    """The filesystem channel with atomic put and get, named by wall clock: a reboot keeps the order."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        for needed in (folder, Path(self.processed_folder)):
            needed.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        building = Path(self.processed_folder) / f"{name}.new"
        building.write_text(dumps(payload))
        building.rename(folder / name)

    def _get(self, queue: str) -> Any:
        for name in self._waiting(queue):
            taken = Path(self.processed_folder) / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:
                continue  # Another worker was quicker.
            payload = loads(taken.read_text())
            taken.unlink()
            return payload
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        try:
            written = self._exchange_file(exchange).read_text()
        except FileNotFoundError:
            return []
        return [filesystem.exchange_queue_t(*row) for row in loads(written)]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with locks.locked(self.control_folder / "lock"):
            table = self.get_table(exchange)
            if row not in table:
                file = self._exchange_file(exchange)
                building = file.with_suffix(".new")
                building.write_text(dumps([row, *table]))
                building.rename(file)

    def _purge(self, queue: str) -> int:
        names = self._waiting(queue)
        for name in names:
            (Path(self.data_folder_in) / name).unlink(missing_ok=True)
        return len(names)

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _waiting(self, queue: str) -> list[str]:
        try:
            names = os.listdir(self.data_folder_in)
        except FileNotFoundError:
            return []
        return sorted(name for name in names if name.partition(".")[2] == f"{queue}.msg")

    @property
    def control_folder(self) -> Path:
        folder = Path(self.transport_options["control_folder"])
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Transport(filesystem.Transport):
    """The filesystem transport on our channel."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # Kombu remembers bindings for the whole process, and would not write them into a second folder.
        self.state = virtual.BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Wait for messages, half a second at most: a worker that is told to stop looks up in between."""
        return super().drain_events(connection, timeout=min(timeout or 0.5, 0.5), **kwargs)
