"""The health page: each part answers for itself, and a broken one never hides the others."""

import time

import pytest
from django.core.cache import cache
from django.test import override_settings

from portal import health
from portal.jobs import heartbeat


@pytest.fixture(autouse=True)
def _ask_again(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


@pytest.mark.django_db
def test_all_parts_answer(client):
    heartbeat()
    answer = client.get("/healthz")
    parts = answer.json()
    assert answer.status_code == 200
    assert {name: part["status"] for name, part in parts.items()} == {
        "database": "ok", "migrations": "ok", "queue": "ok", "worker": "ok",
    }  # fmt: skip
    assert parts["worker"]["seconds"] < 5
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("age", [None, health.HEARTBEAT_LIMIT + 5])
def test_worker_that_gives_no_sign(client, age):
    if age is not None:
        cache.set(health.HEARTBEAT_KEY, time.time() - age)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"]["status"] == "fail"
    assert answer.json()["database"]["status"] == "ok"


@pytest.mark.django_db
def test_broker_down_is_said_within_two_seconds(client, monkeypatch, settings):
    heartbeat()
    settings.PORTAL_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(health.current_app.conf, "broker_url", settings.PORTAL_BROKER_URL)
    monkeypatch.setenv("CELERY_BROKER_URL", settings.PORTAL_BROKER_URL)
    start = time.monotonic()
    answer = client.get("/healthz")
    assert time.monotonic() - start < 2
    assert answer.status_code == 503
    assert answer.json()["queue"]["status"] == "fail"
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_pending_migration(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert client.get("/healthz").json()["migrations"]["status"] == "fail"


def test_database_down(client, monkeypatch):
    def refuse() -> bool:
        raise OSError("no route to 10.0.0.7")

    monkeypatch.setattr(health, "_database", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert {answer.json()[name]["status"] for name in ("database", "migrations", "worker")} == {"fail"}
    assert "10.0.0.7" not in answer.content.decode()


@pytest.mark.django_db
def test_it_only_reads(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_headers_of_every_answer(client):
    policy = client.get("/healthz")["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy


@pytest.mark.parametrize("length", ["²", "9" * 5000, "-1", "1e3"])
def test_a_length_that_is_none_is_refused(client, length):
    assert client.post("/healthz", content_type="text/plain", CONTENT_LENGTH=length).status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/?q=%00", "/deliveries/?connection=x%00", "/?page=%00"])
def test_a_question_that_the_database_could_not_take_is_refused(enter, admin, address):
    assert enter(admin).get(address).status_code == 400


@pytest.mark.django_db
def test_a_session_that_the_database_could_not_look_up_is_refused(client):
    assert client.get("/", headers={"Cookie": r'sessionid="\000aaaaaaaa"'}).status_code == 400


@override_settings(PORTAL_REQUEST_MAX_BYTES=10)
def test_a_body_beyond_any_limit_is_not_read(client):
    answer = client.post("/healthz", data="x" * 11, content_type="text/plain")
    assert answer.status_code == 413
