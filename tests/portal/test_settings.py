"""Settings: safe by default, and a malformed value is named, never guessed and never echoed."""

import json
import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from tempfile import NamedTemporaryFile

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.lib import environment
from portal.lib.secret import kept_secret
from tests.processes import ROOT

PRODUCTION = {
    "PORTAL_SECRET_KEY": secrets.token_hex(40),
    "PORTAL_PUBLIC_URL": "https://plans.example.org",
    "DATABASE_URL": "postgres://portal:hidden@127.0.0.1/portal",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "REDIS_URL": "redis://127.0.0.1/1",
    "EMAIL_URL": "smtp+tls://user:hidden@127.0.0.1:587",
}
SHOW = """
import json
from django.conf import settings
names = ["DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
         "SECURE_HSTS_SECONDS", "PORTAL_DEMO", "EMAIL_USE_TLS", "EMAIL_HOST"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


# Forks a Python for each question. It has read no setting yet, only imported what every start imports.
FORKER = """
import json, os, runpy, sys, traceback
import celery.app.base, django.contrib.postgres.fields, django.core.management, holidays, psycopg, pydantic
for line in sys.stdin:
    command, env, printed, complained = json.loads(line)
    child = os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    os.environ.clear()
    os.environ.update(env)
    os.dup2(os.open(printed, os.O_WRONLY), 1)
    os.dup2(os.open(complained, os.O_WRONLY), 2)
    sys.argv = command
    status = 0
    try:
        exec(command[1], {}) if command[0] == "-c" else runpy.run_path(command[0], run_name="__main__")
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
"""


@cache
def forker() -> subprocess.Popen[str]:
    """One for all tests of this file; it ends when its questions do."""
    return subprocess.Popen(
        [sys.executable, "-c", FORKER],
        cwd=ROOT, env=_clean(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _end_of_the_forker() -> Iterator[None]:
    yield
    if forker.cache_info().currsize:
        forker().communicate()
        forker.cache_clear()


def _clean() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        # DJANGO_ALLOW_ASYNC_UNSAFE is set by browser tests that ran in this process before.
        if not name.startswith(("PORTAL_", "DJANGO_"))
        and name not in {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
    }


def run(command: list[str], folder, **extra: str | None) -> subprocess.CompletedProcess[str]:
    """A fresh Python under a production environment, changed by `extra` (None removes)."""
    wanted = {**_clean(), **PRODUCTION, "PORTAL_VAR_DIR": str(folder), **extra}
    wanted["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    env = {name: value for name, value in wanted.items() if value is not None}
    with NamedTemporaryFile("r") as printed, NamedTemporaryFile("r") as complained:
        asked = forker()
        asked.stdin.write(json.dumps([command, env, printed.name, complained.name]) + "\n")
        asked.stdin.flush()
        status = int(asked.stdout.readline())
        return subprocess.CompletedProcess(command, status, printed.read(), complained.read())


def check(folder, **extra: str | None) -> subprocess.CompletedProcess[str]:
    return run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], folder, **extra)


def test_production_is_clean(tmp_path):
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir()), "a check must not write"


def test_production_is_safe_by_default(tmp_path):
    shown = json.loads(run(["-c", SHOW], tmp_path).stdout)
    assert shown == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["plans.example.org"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "PORTAL_DEMO": False,
        "EMAIL_USE_TLS": True,
        "EMAIL_HOST": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        ({"PORTAL_DEMO": "1"}, "portal.E001"),
        ({"PORTAL_TEST": "1"}, "portal.E001"),
        ({"EMAIL_URL": None}, "portal.E002"),
        ({"DATABASE_URL": None}, "portal.E003"),
        ({"CELERY_BROKER_URL": None}, "portal.E004"),
        ({"PORTAL_EXTRA_HOSTS": "*"}, "portal.E005"),
        ({"PORTAL_PUBLIC_URL": "https://plans.example.com"}, "portal.E005"),
        ({"PORTAL_DEBUG": "1"}, "security.W018"),
    ],
)
def test_production_check_refuses(tmp_path, extra, fault):
    done = check(tmp_path, **extra)
    assert done.returncode == 1
    assert fault in done.stderr


@pytest.mark.parametrize(
    ("pooled", "expected"),
    [
        (None, {"server_side_binding": True, "prepare_threshold": 2, "cursors": False}),
        # A pooler in transaction mode: the next statement may come to another connection.
        ("1", {"server_side_binding": True, "prepare_threshold": None, "cursors": True}),
    ],
)
def test_statements_are_prepared_unless_connections_are_pooled(tmp_path, pooled, expected):
    show = """
import json
from django.conf import settings
database = settings.DATABASES["default"]
kept = {name: database["OPTIONS"][name] for name in ("server_side_binding", "prepare_threshold")}
print(json.dumps(kept | {"cursors": database["DISABLE_SERVER_SIDE_CURSORS"]}))
"""
    assert json.loads(run(["-c", show], tmp_path, PORTAL_DATABASE_POOLED=pooled).stdout) == expected


def test_embedded_services_may_be_chosen_on_purpose(tmp_path):
    done = check(tmp_path, DATABASE_URL=None, CELERY_BROKER_URL=None, PORTAL_ALLOW_EMBEDDED="1")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", None),
        ("PORTAL_SECRET_KEY", "short-and-hidden"),
        ("PORTAL_PUBLIC_URL", None),
        ("PORTAL_PUBLIC_URL", "http://hidden.example.org"),
        ("PORTAL_DEMO", "maybe-hidden"),
        ("DATABASE_URL", "sqlite:///hidden.db"),
        ("EMAIL_URL", "consolemail://hidden"),
        ("PORTAL_UPLOAD_MAX_MB", "hidden"),
    ],
)
def test_a_malformed_value_stops_the_start_and_is_named(tmp_path, name, value):
    done = run(["manage.py", "check"], tmp_path, **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert name in last
    assert "hidden" not in last


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_boolean(monkeypatch, value, expected):
    monkeypatch.setenv("SOME", value)
    assert environment.boolean("SOME") is expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (environment.boolean, "ture"),
        (lambda name: environment.integer(name, 5, minimum=1, maximum=9), "10"),
        (lambda name: environment.integer(name, 5, minimum=1, maximum=9), "five"),
        (lambda name: environment.web_address(name, "", schemes={"https"}), "https://a.example/path"),
        (lambda name: environment.web_address(name, "", schemes={"https"}), "https://a.example:notaport"),
        (environment.database, "postgres://host-without-database"),
        (environment.database, "mysql://host/name"),
        (environment.mail, "smtp://"),
        (environment.broker, "portal-files://"),
        (environment.redis, "http://127.0.0.1"),
    ],
)
def test_malformed(monkeypatch, read, value):
    monkeypatch.setenv("SOME", value)
    with pytest.raises(ImproperlyConfigured, match="SOME") as caught:
        read("SOME")
    assert value not in str(caught.value)


def test_addresses_may_have_reserved_characters(monkeypatch):
    monkeypatch.setenv("SOME", "postgres://portal:p%40ss%2Fword@db.internal:6432/plans")
    database = environment.database("SOME")
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"], database["NAME"]) == (
        "portal", "p@ss/word", "db.internal", 6432, "plans",
    )  # fmt: skip


def test_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "var" / "secret_key"
    first = kept_secret(path)
    assert len(first) > 60
    assert kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]
