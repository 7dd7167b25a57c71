"""A CRM that answers for real, over HTTP on the loopback, and payloads as CRMs send them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.crm import DemoCrm

SAMPLES = Path(__file__).parent / "data" / "crm"


def sample(name: str) -> bytes:
    """The bytes of a delivery under tests/data/crm."""
    return (SAMPLES / name).read_bytes()


@pytest.fixture
def crm() -> Iterator[DemoCrm]:
    """HubSpot's stand-in with the demo's deals 9001 to 9005; `crm.mood` makes it fail."""
    with DemoCrm() as server:
        yield server
