"""The queue in files: nothing twice, nothing half, in order."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from portal.embedded.queue import queue_settings


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "queue"


def open_queue(folder: Path) -> SimpleQueue:
    wanted = queue_settings(folder)
    broker = Connection(wanted["broker_url"], transport_options=wanted["broker_transport_options"])
    return broker.SimpleQueue("portal", no_ack=True)


def drain(queue: SimpleQueue) -> Iterator[object]:
    while True:
        try:
            yield queue.get(timeout=0.3).payload
        except queue.Empty:
            return


def test_messages_come_in_order_and_leave_no_files(folder):
    sender, receiver = open_queue(folder), open_queue(folder)
    for number in range(20):
        sender.put({"number": number})
    assert receiver.qsize() == 20
    assert [message["number"] for message in drain(receiver)] == list(range(20))
    assert not list((folder / "messages").iterdir())
    assert not list((folder / "taken").iterdir())


def test_many_readers_and_writers_lose_and_double_nothing(folder):
    seen: list[int] = []

    def write(start: int) -> None:
        queue = open_queue(folder)
        for number in range(start, start + 50):
            queue.put(number)

    def read() -> None:
        queue = open_queue(folder)
        deadline = time.monotonic() + 20
        while len(seen) < 150 and time.monotonic() < deadline:
            seen.extend(drain(queue))

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 50, 100)]
    threads += [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(150))


def test_a_half_written_message_is_not_seen(folder):
    queue = open_queue(folder)
    queue.put("whole")
    # What a writer that is killed in the middle leaves behind.
    (folder / "taken" / "1_half.portal.msg.new").write_text('{"body"')
    assert list(drain(queue)) == ["whole"]


def test_a_message_taken_by_another_in_the_same_moment_is_passed_over(folder, monkeypatch):
    queue = open_queue(folder)
    queue.put("first")
    queue.put("second")
    real = os.rename
    stolen = []

    def rename(source, target):
        if not stolen:
            stolen.append(source)
            os.unlink(source)
        real(source, target)

    monkeypatch.setattr("portal.embedded.queue.os.rename", rename)
    assert list(drain(queue)) == ["second"]
