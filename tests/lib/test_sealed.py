"""Secrets are sealed at rest, read under an older key, and empty under a lost one."""

import pytest
from django.db import connection

from plans.models import Connection

pytestmark = pytest.mark.django_db
FIRST, SECOND = "first-" * 10, "second-" * 10


def raw(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM plans_connection WHERE name = %s", [name])
        return cursor.fetchone()[0]


def read(name: str) -> str:
    return Connection.objects.get(name=name).secret


def test_the_database_never_sees_the_text() -> None:
    for name in ("one", "two"):
        Connection.objects.create(name=name, kind="webhook", secret="whsec_opensesame")
    assert "opensesame" not in raw("one")
    assert raw("one") != raw("two")
    assert read("one") == read("two") == "whsec_opensesame"
    Connection.objects.filter(name="two").update(secret="ünïcode")
    assert "code" not in raw("two")
    assert read("two") == "ünïcode"


def test_no_text_stays_no_text() -> None:
    Connection.objects.create(name="one", kind="webhook")
    assert (raw("one"), read("one")) == ("", "")


def test_a_new_key_reads_what_the_old_one_sealed(settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []
    Connection.objects.create(name="one", kind="webhook", secret="opensesame")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECOND, [FIRST]
    assert read("one") == "opensesame"
    Connection.objects.get(name="one").save()
    settings.SECRET_KEY_FALLBACKS = []
    assert read("one") == "opensesame", "saving seals it anew, under the new key"


def test_under_a_lost_key_it_reads_as_nothing(settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FIRST, []
    Connection.objects.create(name="one", kind="webhook", secret="opensesame")
    settings.SECRET_KEY = SECOND
    assert read("one") == ""


def test_a_value_that_somebody_tampered_with_reads_as_nothing() -> None:
    Connection.objects.create(name="one", kind="webhook", secret="opensesame")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE plans_connection SET secret = 'opensesame'")
    assert read("one") == ""
