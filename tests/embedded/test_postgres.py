"""The embedded PostgreSQL: shared, safe, and gone when nobody needs it."""

import os
import signal
import socket
import stat
import subprocess
import sys

import psutil
import psycopg
import pytest

from portal.embedded import locks, postgres
from tests.processes import ROOT, wait_for

HOLD = """
import sys, time
from pathlib import Path
from portal.embedded import postgres
postgres.hold(postgres.Home(Path(sys.argv[1])))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def made_home(tmp_path_factory) -> postgres.Home:
    """A cluster made once for this file: initdb takes the longest."""
    return postgres.Home(tmp_path_factory.mktemp("embedded") / "postgres")


@pytest.fixture
def home(made_home):
    yield made_home
    assert postgres.release(made_home)


def connect(home: postgres.Home, dbname: str = "portal") -> psycopg.Connection:
    return psycopg.connect(dbname=dbname, autocommit=True, **postgres.connection_parameters(home))


def server_of(home: postgres.Home) -> psutil.Process:
    return psutil.Process(int((home.data / "postmaster.pid").read_text().splitlines()[0]))


def holder(home: postgres.Home) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_role_is_nobody_special(home):
    postgres.hold(home)
    with connect(home) as session:
        row = session.execute(
            "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls "
            "FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == ("portal", False, False, False, False, False)
        owners = session.execute(
            "SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = 'portal'"
        ).fetchall()
        assert owners == [("portal",)]
        assert session.execute("SHOW timezone").fetchone() == ("UTC",)
        assert session.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        # The builtin C.UTF-8 locale knows letters beyond ASCII, on every machine alike.
        assert session.execute("SELECT upper('äçø')").fetchone() == ("ÄÇØ",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("CREATE DATABASE other")


def test_only_the_password_opens_and_only_our_database(home):
    postgres.hold(home)
    known = postgres.connection_parameters(home)
    for wrong in ({"password": "guess"}, {"user": "postgres"}, {"dbname": "postgres"}):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**{"dbname": "portal", **known, **wrong})
    assert stat.S_IMODE(home.password_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.socket_dir.stat().st_mode) == 0o700
    assert not [c for c in server_of(home).net_connections() if c.family != socket.AF_UNIX]


def test_data_outlives_a_stop(home):
    postgres.hold(home)
    with connect(home) as session:
        session.execute("DROP TABLE IF EXISTS kept")
        session.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server = server_of(home)
    assert postgres.release(home)
    assert not server.is_running()
    postgres.hold(home)
    with connect(home) as session:
        assert session.execute("SELECT number FROM kept").fetchone() == (7,)


def test_two_processes_share_one_server_and_the_last_one_stops_it(home):
    postgres.hold(home)
    server = server_of(home)
    other = holder(home)
    try:
        assert server_of(home).pid == server.pid
        assert not postgres.release(home, timeout=1)
        assert server.is_running()
    finally:
        other.kill()
        other.wait()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running()


def test_a_killed_user_leaves_nothing_running(home):
    only = holder(home)
    server = server_of(home)
    only.send_signal(signal.SIGKILL)
    only.wait()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running()
    wait_for(lambda: locks.is_free(home.keeper_lock), what="the keeper's end")


def test_a_killed_keeper_takes_the_server_along_and_is_replaced(home):
    postgres.hold(home)
    server = server_of(home)
    keeper = server.parent()
    keeper.kill()
    psutil.wait_procs([server], timeout=10)
    assert not server.is_running()
    postgres.ensure_running(home)
    with connect(home) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_server_comes_back(home):
    postgres.hold(home)
    server = server_of(home)
    server.kill()
    psutil.wait_procs([server], timeout=10)
    postgres.ensure_running(home)
    assert server_of(home).pid != server.pid
    with connect(home) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_that_names_another_program_does_not_hinder(home):
    postgres.hold(home)
    assert postgres.release(home)
    lines = [str(os.getpid()), str(home.data), "1", "5432", str(home.socket_dir), "", "1 1", "ready"]
    (home.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    postgres.hold(home)
    assert server_of(home).name() == "postgres"


def test_a_long_path_gets_a_socket_elsewhere(tmp_path):
    home = postgres.Home(tmp_path / ("a-long-name-" * 8) / "postgres", testing=True)
    assert not home.socket_dir.is_relative_to(tmp_path)
    postgres.hold(home)
    try:
        with connect(home) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
            # The tests' role may make databases, and still is no superuser.
            session.execute("CREATE DATABASE other")
            assert session.execute("SHOW is_superuser").fetchone() == ("off",)
    finally:
        assert postgres.release(home)
    home.socket_dir.rmdir()


def test_the_reason_is_told_when_it_cannot_start(tmp_path):
    home = postgres.Home(tmp_path / "postgres", testing=True)
    home.data.mkdir(parents=True)
    (home.data / "PG_VERSION").write_text("9.6\n")
    home.password_file.write_text("x")
    try:
        with pytest.raises(postgres.EmbeddedServerError, match="does not start"):
            postgres.hold(home)
    finally:
        postgres.release(home)
