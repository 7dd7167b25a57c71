"""`make demo`: the whole portal on one machine."""

import json
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from portal.embedded import folder, locks, postgres, processes
from portal.embedded.supervisor import (
    Child,
    Stopped,
    TooManyRestarts,
    listening_to_signals,
    python,
    supervise,
)
from portal.lib.queue import enqueue
from portal.lib.staticfiles import collect_if_changed


class Command(BaseCommand):
    help = "Run the demo: database, web server, worker and beat, until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--with-parent", action="store_true", help="End when the parent process (make) ends."
        )

    def handle(self, *, port: int, with_parent: bool, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("The demo opens doors that production must not have. Use `make demo`.")
        if with_parent:
            processes.die_with_parent()
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        if locks.try_acquire(settings.VAR_DIR / "demo.lock") is None:
            raise CommandError(f"The demo of this folder is already running{_where()}.")
        if not _is_free(port):
            raise CommandError(f"Port {port} is taken. Choose another: make demo PORT={port + 1}")
        crm_port = next(number for number in range(port + 1, port + 1000) if _is_free(number))
        settings.PORTAL_DEMO_CRM_URL = f"http://127.0.0.1:{crm_port}"
        folder.remember(settings.VAR_DIR, port=port, crm_url=settings.PORTAL_DEMO_CRM_URL)
        try:
            with listening_to_signals():
                self._run(port)
        except TooManyRestarts as error:
            raise CommandError(str(error)) from error
        finally:
            connection.close()
            if settings.PORTAL_EMBEDDED_DATABASE and not postgres.release(_home()):
                self._say("The database keeps running: another program uses it.")

    def _run(self, port: int) -> None:
        try:
            self._prepare()
        except Stopped:
            return
        supervise(_children(port), say=self._say, ready=lambda: self._greet(port))
        self._say("Stopped. Your data is kept in var/; `make reset` begins anew.")

    def _prepare(self) -> None:
        if settings.PORTAL_EMBEDDED_DATABASE:
            self._say("Starting PostgreSQL …")
            postgres.hold(_home())
        call_command("migrate", verbosity=0)
        self._say("Loading playbooks and demo data …")
        call_command("load_playbooks", verbosity=0, stdout=_Quiet())
        call_command("seed_demo", verbosity=0, stdout=_Quiet())
        collect_if_changed()
        connection.close()
        # What workers of a killed demo left: bindings and half-taken messages.
        for name in ("control", "taken"):
            shutil.rmtree(settings.PORTAL_QUEUE_DIR / name, ignore_errors=True)

    def _greet(self, port: int) -> None:
        """Say where to go once everything answers, or after half a minute what does not."""
        enqueue("portal.heartbeat")  # Ahead of the beat, so that the worker is seen at once.
        deadline = time.monotonic() + 30
        while (failing := _failing(port)) and time.monotonic() < deadline:
            time.sleep(0.2)
        if failing:
            self._say(f"Not answering yet: {', '.join(failing)}. The logs are in {settings.VAR_DIR / 'log'}.")
        address = f"http://127.0.0.1:{port}"
        self._say(
            f"\nThe portal is at {address}/\nMail that it sends, sign-in codes too: {address}/demo/mail/\n"
        )
        people = settings.VAR_DIR / "demo-people.txt"
        if people.exists():
            self._say(people.read_text())
        self._say("Ctrl-C stops everything.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


class _Quiet:
    """Swallows what the preparing commands print."""

    def write(self, text: str) -> None: ...

    def flush(self) -> None: ...


def _children(port: int) -> list[Child]:
    log = settings.VAR_DIR / "log"
    schedule = settings.VAR_DIR / "beat"
    for left in schedule.parent.glob("beat*"):
        left.unlink()  # A schedule written halfway by a killed beat; the sweeps simply begin anew.
    celery = ["celery", "-A", "portal.celery"]
    calm = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # What the children's settings are made from.
    os.environ.update(
        {
            "PORTAL_DEMO": "1",
            "PORT": str(port),
            "PORTAL_DEMO_CRM_URL": settings.PORTAL_DEMO_CRM_URL,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
    )
    crm_port = settings.PORTAL_DEMO_CRM_URL.rpartition(":")[2]
    manage = str(settings.BASE_DIR / "manage.py")
    commands = {
        "CRM stand-in": [sys.executable, manage, "demo_crm", "--port", crm_port],
        "web server": python(
            "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
            "--graceful-timeout", "5", "--no-control-socket",
        ),
        "worker": python(*celery, "worker", "--concurrency", "2", "-l", "INFO", *calm),
        "beat": python(*celery, "beat", "-l", "INFO", "--schedule", str(schedule), "--pidfile="),
    }  # fmt: skip
    return [
        Child(name, command, log / f"{name.split()[0].lower()}.log") for name, command in commands.items()
    ]


def _home() -> postgres.Home:
    home = settings.DATABASES["default"]["EMBEDDED"]
    assert isinstance(home, postgres.Home)  # noqa: S101 - for the type checker
    return home


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _where() -> str:
    known = folder.remembered(settings.VAR_DIR)
    return f" at http://127.0.0.1:{known['PORT']}/" if known else ""


def _failing(port: int) -> list[str]:
    """The parts that /healthz finds failing; the web server itself when it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return []
    except urllib.error.HTTPError as answer:
        parts: dict[str, dict[str, str]] = json.load(answer)
        return [name for name, part in parts.items() if part["status"] != "ok"]
    except (OSError, ValueError):
        return ["web server"]
