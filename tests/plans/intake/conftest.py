"""A connection of each kind, the vendor's people, the shipped playbooks, and a web server in its own process."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from django.conf import settings

from accounts.choices import VendorRole
from accounts.models import User
from plans.management.commands.load_playbooks import SHIPPED
from plans.models import Connection
from plans.playbook.reading import read_playbook
from plans.playbook.schema import Playbook
from plans.services.publishing import publish_playbook
from portal.embedded.crm import DEMO_TOKEN
from tests.crm_server import crm
from tests.factories import UserFactory
from tests.plans.intake.door import ORG, PORTAL, SECRET
from tests.processes import ROOT, environment, wait_for

__all__ = ["crm"]


@pytest.fixture
def mara(db) -> User:
    """The CSM who owns deals 9001 and 9004 in the CRM."""
    return UserFactory(
        name="Mara Lindqvist", email="mara.lindqvist@vendor.example", vendor_role=VendorRole.CSM
    )


@pytest.fixture(scope="session")
def shipped() -> list[Playbook]:
    """The playbooks that come with the portal, read once: reading takes longer than publishing."""
    return [read_playbook(file.read_text("utf-8"), name=file.name) for file in sorted(SHIPPED.glob("*.yaml"))]


@pytest.fixture
def playbooks(db, shipped) -> None:
    for text in shipped:
        publish_playbook(text)


@pytest.fixture
def hubspot(mara, crm) -> Connection:
    return Connection.objects.create(
        name="hubspot",
        kind="hubspot",
        secret=SECRET,
        token=DEMO_TOKEN,
        api_base=crm.address,
        org_id=PORTAL,
        winning_stages=["closedwon"],
    )


@pytest.fixture
def salesforce(mara) -> Connection:
    return Connection.objects.create(
        name="salesforce",
        kind="salesforce",
        secret=SECRET,
        token="a-bearer-token",
        org_id=ORG,
        winning_stages=["Closed Won"],
    )


@pytest.fixture
def webhook(mara) -> Connection:
    return Connection.objects.create(
        name="webhook",
        kind="webhook",
        secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        token="a-bearer-token",
    )


@pytest.fixture
def web(real_queue, transactional_db, tmp_path) -> Iterator[str]:
    """The origin of a gunicorn on the test's own database; it signs and checks for the tests' public address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}",
               "--workers", "1", "--no-control-socket"]  # fmt: skip
    child = environment(PORTAL_PUBLIC_URL=settings.PORTAL_PUBLIC_URL)
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=child, stdout=output, stderr=output)
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(origin) or process.poll() is not None, what="the web server")
        assert process.poll() is None, log.read_text()
        yield origin
    finally:
        process.terminate()
        process.wait(15)


def _answers(origin: str) -> bool:
    try:
        return requests.get(f"{origin}/intake/none/none", timeout=5).status_code == 405
    except requests.RequestException:
        return False
