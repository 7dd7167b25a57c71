"""Servers that a production stack needs, each on a loopback port, each ended with the block that started it."""

import ipaddress
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.embedded.cluster import prepare, server_command
from portal.embedded.postgres import ROLE, Home
from portal.embedded.processes import die_with_parent, stop_with_parent
from tests.processes import ROOT, wait_for

Started = tuple[subprocess.Popen[bytes], Path]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[Started]:
    """The process and its log; at the end it is asked to stop, and killed when it does not within 20 s."""
    with log.open("wb") as output:
        started = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        yield started, log
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A PostgreSQL that listens on TCP: its DATABASE_URL, and the same for psycopg."""
    home, port = Home(folder, testing=True), free_port()
    folder.mkdir(parents=True)
    user = prepare(home)
    access = home.data / "pg_hba.conf"
    access.write_text(access.read_text() + f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n")
    server = subprocess.Popen(
        [*server_command(home), "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"],
        stdin=subprocess.DEVNULL,
        stdout=home.log.open("wb"),
        stderr=subprocess.STDOUT,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        umask=0o077,
        preexec_fn=stop_with_parent,
    )
    password = home.password_file.read_text().strip()
    parameters = {"host": "127.0.0.1", "port": str(port), "user": ROLE, "password": password, "dbname": ROLE}
    try:
        wait_for(lambda: _answers(parameters), seconds=30, what="PostgreSQL")
        yield f"postgres://{ROLE}:{password}@127.0.0.1:{port}/{ROLE}", parameters
    finally:
        # Fast shutdown: it waits for no client.
        server.send_signal(signal.SIGINT)
        server.wait(20)


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis that keeps nothing: its address without the number of a database."""
    port = free_port()
    command = [
        shutil.which("redis-server") or "redis-server", "--port", str(port), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no", "--dir", str(folder),
    ]  # fmt: skip
    with process(command, {}, folder / "redis.log"):
        wait_for(lambda: _listens(port), what="Redis")
        yield f"redis://127.0.0.1:{port}"


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1, good for a day, that signs itself: `certificate.crt` and `.key` in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    stem = folder / "certificate"
    stem.with_suffix(".crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stem.with_suffix(".key").write_bytes(private)
    return stem


def _answers(parameters: dict[str, str]) -> bool:
    try:
        psycopg.connect(**parameters, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
