"""Fixtures for every test. Celery is never eager here: ordinary tests see what was sent, some use a real worker."""

import gc
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from math import inf

import psutil
import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from accounts.models import Vendor
from accounts.services import branding
from portal.lib import queue
from tests import processes
from tests.queued import Queued

pytest_plugins = ["tests.people"]
_REAL_SEND = queue._send
# A busy machine is no fault of the code: a time limit per example says more about the neighbours.
hypothesis_settings.register_profile("portal", deadline=None, max_examples=50)
hypothesis_settings.load_profile("portal")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """For `-n 2 --dist loadgroup`, as `make test` has it."""
    from tests.scheduling import TogetherWhatShares

    return TogetherWhatShares(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to go through it again and again for rubbish took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker) -> None:
    """Before this run makes its databases: remove those of runs that were killed."""
    if settings.PORTAL_EMBEDDED_DATABASE:
        with django_db_blocker.unblock():
            _drop_leftovers()


@pytest.fixture(autouse=True)
def queued(monkeypatch) -> Queued:
    """The jobs that the test has sent so far, as `(name, args)`. Nothing reaches a broker."""
    record = Queued()
    monkeypatch.setattr(queue, "_send", record.send)
    return record


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _usual_vendor(monkeypatch) -> None:
    """As the settings have it, and no query for it: what one test changes is not another one's vendor."""
    monkeypatch.setattr(branding, "_memo", (inf, branding.vendor_facts(Vendor())))


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A test's client leaves the language of its last answer behind."""
    yield
    translation.deactivate()


@pytest.fixture
def real_queue(queued, monkeypatch) -> None:
    """Jobs really go to the broker: CELERY_BROKER_URL, or files. For tests with `transaction=True`."""
    monkeypatch.setattr(queue, "_send", _REAL_SEND)
    current_app.control.purge()


@pytest.fixture
def celery_worker_process(real_queue, transactional_db, tmp_path, smtp) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker in a process of its own, on the test's database, queue and mail server."""
    with processes.worker(tmp_path, {"EMAIL_URL": smtp.url}) as process:
        yield process


class Mailbox:
    """A mail server on the loopback: `url` for EMAIL_URL, `messages` as they came in."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.url = ""

    async def handle_DATA(self, server, session, envelope) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=default_policy))
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    """A real SMTP server that keeps what it is sent."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port())
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{controller.port}"
    yield mailbox
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _drop_leftovers() -> None:
    """Databases named after a process that is gone."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_portal\\_%'")
        for (name,) in cursor.fetchall():
            number = name.split("_")[2]
            if number.isdigit() and not psutil.pid_exists(int(number)):
                # Another run may be tidying the same one at this moment.
                with suppress(DatabaseError):
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
