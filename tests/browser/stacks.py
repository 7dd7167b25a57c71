"""The portal as people run it, on loopback ports: the demo as `make demo` starts it, and an installation of production.

Both send their mail to a real SMTP server in this process, so that a test reads what a person would read.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import psycopg
import requests

from plans.intake.parsing import ENDPOINTS
from plans.intake.sending import sign
from portal.demo.people import SECRET, WEBHOOK_SECRET
from portal.embedded import postgres
from portal.embedded.crm import DemoCrm
from tests.browser import services
from tests.conftest import Mailbox
from tests.processes import ROOT, wait_for

SAMPLES = ROOT / "tests" / "data" / "crm"
# The three commands of an installation with their checks, in one process: each start takes a second.
_COMMANDS = """
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=False)
call_command("load_playbooks", skip_checks=False)
call_command("collectstatic", interactive=False, verbosity=0, skip_checks=False)
"""


@dataclass
class Stack:
    """A running portal: `origin` to visit, `mail` as it came, `environment` for commands of its own."""

    name: str
    origin: str
    environment: dict[str, str]
    database: dict[str, str]
    mail: Mailbox
    verify: str | bool = True
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """`manage.py …` in the stack's own environment. Returns what it printed; asserts that it ended with 0."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deliver(self, file: str, connection: str) -> str:
        """Send a sample through the door, as `send` does."""
        return self.send((SAMPLES / file).read_bytes(), connection)

    def send(self, body: bytes, connection: str) -> str:
        """What `manage.py deliver` does, without a process of its own: the status and what the portal answered."""
        endpoint = ENDPOINTS[connection][0]
        address = f"{self.origin}/intake/{connection}/{endpoint}"
        secret = WEBHOOK_SECRET if connection == "webhook" else SECRET
        headers = sign(connection, endpoint, body, secret=secret, public_url=address)
        if endpoint == "outbound":
            address += f"/{secret}"
        answer = requests.post(address, body, headers=headers, timeout=20, verify=self.verify)
        return f"{answer.status_code} {answer.text.strip()}"

    def sql(self, statement: str, *values: object) -> list[tuple]:
        """For what only time or a disaster would do: letting something expire, seeing what was stored."""
        with psycopg.connect(**self.database, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def mails_to(self, address: str, words: str = "") -> list[EmailMessage]:
        """All mails to this address whose subject or text has the words."""
        return [
            mail
            for mail in list(self.mail.messages)
            if mail["To"] == address and words in f"{mail['Subject']}\n{text_of(mail)}"
        ]

    def wait_for_mail(
        self, address: str, words: str = "", *, after: int = 0, seconds: float = 25
    ) -> EmailMessage:
        """The newest such mail, once there are more than `after`."""
        wait_for(
            lambda: len(self.mails_to(address, words)) > after,
            seconds=seconds,
            what=f"a mail to {address} with {words!r}",
        )
        return self.mails_to(address, words)[-1]

    def health(self) -> dict[str, str]:
        try:
            parts = requests.get(f"{self.origin}/healthz", timeout=5, verify=self.verify).json()
        except (requests.RequestException, ValueError):
            return {}
        return {name: part["status"] for name, part in parts.items()}

    def is_well(self) -> bool:
        return set(self.health().values()) == {"ok"}


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None, "every mail has a plain part"
    return str(body.get_content()).replace("\r\n", "\n")


@contextmanager
def demo(folder: Path, mail: Mailbox) -> Iterator[Stack]:
    """`manage.py demo`: embedded PostgreSQL, gunicorn, worker, beat and CRM stand-in, with the demo's accounts."""
    port = services.free_port()
    environment = _environment(
        PORTAL_DEMO="1",
        PORT=str(port),
        PORTAL_VAR_DIR=str(folder),
        EMAIL_URL=mail.url,
        PYTHONUNBUFFERED="1",
    )
    command = [sys.executable, "manage.py", "demo"]
    with services.process(command, environment, folder.with_suffix(".log")) as (supervisor, log):
        wait_for(lambda: "Ctrl-C stops" in log.read_text() or supervisor.poll() is not None, seconds=170)
        assert supervisor.poll() is None, log.read_text()
        home = postgres.Home(folder / "postgres")
        database = {**postgres.connection_parameters(home), "dbname": "portal"}
        yield Stack(
            "demo", f"http://127.0.0.1:{port}", environment, database, mail, processes={"demo": supervisor}
        )


@contextmanager
def production(folder: Path, mail: Mailbox) -> Iterator[Stack]:
    """As docs/install.md has it: no demo, https, PostgreSQL by DATABASE_URL, Redis for queue and cache."""
    folder.mkdir()
    port = services.free_port()
    with ExitStack() as running:
        address, database = running.enter_context(services.postgresql(folder / "postgres"))
        redis = running.enter_context(services.redis_server(folder))
        certificate = services.certificate(folder)
        crm = running.enter_context(DemoCrm())
        environment = _environment(
            PORTAL_VAR_DIR=str(folder / "var"),
            PORTAL_SECRET_KEY="of-a-test-only-" * 5,
            PORTAL_PUBLIC_URL=f"https://127.0.0.1:{port}",
            DATABASE_URL=address,
            CELERY_BROKER_URL=f"{redis}/0",
            REDIS_URL=f"{redis}/1",
            EMAIL_URL=mail.url,
            # `manage.py deliver` has to believe our certificate, as a CRM would believe a real one.
            REQUESTS_CA_BUNDLE=str(certificate.with_suffix(".crt")),
        )
        verify = str(certificate.with_suffix(".crt"))
        stack = Stack("production", f"https://127.0.0.1:{port}", environment, database, mail, verify)
        stack.manage("shell", stdin=_COMMANDS + _people_and_connections(crm.address))
        for name, command in _services(port, folder, certificate).items():
            started = services.process(command, environment, folder / f"{name}.log")
            stack.processes[name] = running.enter_context(started)[0]
        wait_for(stack.is_well, seconds=60, what="the health page")
        yield stack
        # All at once; each is waited for as its block ends.
        for process in stack.processes.values():
            process.terminate()


def _services(port: int, folder: Path, certificate: Path) -> Mapping[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "-A", "portal.celery"]
    return {
        "web": [
            sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
            "--no-control-socket", "--certfile", str(certificate.with_suffix(".crt")),
            "--keyfile", str(certificate.with_suffix(".key")),
        ],
        "worker": [*celery, "worker", "--concurrency", "1", "-l", "INFO"],
        "beat": [*celery, "beat", "-l", "INFO", "--schedule", str(folder / "schedule"), "--pidfile="],
    }  # fmt: skip


def _people_and_connections(crm: str) -> str:
    """What an admin of production would enter; the names are the demo's."""
    return (
        "from portal.demo.people import put_connections, put_vendor_people\n"
        "from plans.models import Connection\n"
        "put_vendor_people()\n"
        "put_connections()\n"
        f"Connection.objects.filter(name='hubspot').update(api_base={crm!r})\n"
    )


def _environment(**own: str) -> dict[str, str]:
    """The developer's own settings and those of the tests stay outside."""
    foreign = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "PORT"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTAL_") and name not in foreign
    }
    return kept | {"DJANGO_SETTINGS_MODULE": "portal.settings"} | own
