"""The log tells what happened, and holds nothing that opens a door."""

import io
import logging

import pytest

from plans.choices import ConnectionKind
from plans.models import Connection
from portal.lib.logs import DiscreetFormatter
from tests.plans.intake.door import SECRET


@pytest.fixture
def log() -> io.StringIO:
    """What our own handler writes, set up as in production."""
    written = io.StringIO()
    ours = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, DiscreetFormatter))
    before = ours.setStream(written)
    yield written
    ours.setStream(before)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "status"), [("POST", 400), ("GET", 405)])
def test_the_secret_in_a_refused_address_is_not_logged(client, log, method, status):
    Connection.objects.create(name="salesforce", kind=ConnectionKind.SALESFORCE, secret=SECRET)
    address = f"/intake/salesforce/outbound/{SECRET}"
    answer = client.generic(method, address, b"<cut off", content_type="text/xml")
    assert answer.status_code == status
    assert "/intake/salesforce/outbound/…" in log.getvalue()
    assert SECRET not in log.getvalue()


@pytest.mark.django_db
def test_nor_is_the_address_of_a_calendar(client, log):
    assert client.get(f"/calendar/{SECRET}.ics").status_code == 404
    assert "/calendar/…" in log.getvalue()
    assert SECRET not in log.getvalue()


@pytest.mark.django_db
def test_nor_is_the_link_of_an_answer(client, log):
    assert client.get(f"/answer/{SECRET}/").status_code == 404
    assert "/answer/…" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_nor_in_a_traceback(log):
    try:
        raise ValueError(f"/intake/salesforce/outbound/{SECRET}?a=b")
    except ValueError:
        logging.getLogger("any").exception("It broke")
    assert "It broke" in log.getvalue()
    assert "outbound/…?a=b" in log.getvalue()
    assert SECRET not in log.getvalue()
