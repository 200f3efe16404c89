"""A real PostgreSQL on loopback with a data folder of its own, for live tests and benchmarks.

Belongs here: finding the programs, initdb, start, stop. Does not: tables and rows (the tests').
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where Debian puts the programs of each version; the newest is taken.
DEBIAN = Path("/usr/lib/postgresql")
USER, PASSWORD, DATABASE = "till_reader", "only-for-tests-0123", "shop"
# No durability is tested here; without it a load of 5 M rows takes a third of the time.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    # One core is the server's and one the reader's: plans do not depend on how many the machine has.
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True)
class Postgres:
    """A running server. `admin` is a libpq address with the password in it; `url` is without one."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """As it stands in nanolift.toml."""
        return f"postgresql://127.0.0.1:{self.port}/{DATABASE}"

    @property
    def admin(self) -> str:
        """For the test's own connections."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL's server is not installed."""
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return None if found is None else Path(found).resolve().parent


@contextmanager
def running() -> Iterator[Postgres]:
    """A fresh server with an empty database, stopped and removed at the end.

    Raises:
        FileNotFoundError: no server program is installed.
    """
    binaries = programs()
    if binaries is None:
        raise FileNotFoundError("no initdb: install Debian's package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="nanolift_postgres_"))
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    _give_to_server(folder, secret)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    try:
        _run(binaries / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
        settings = OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        _run(binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "start")
        try:
            address = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
            _run(binaries / "psql", address, "-qc", f"create database {DATABASE}", PGPASSWORD=PASSWORD)
            yield Postgres(port, folder)
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_root() -> bool:
    return os.geteuid() == 0


def _give_to_server(*paths: Path) -> None:
    """PostgreSQL refuses to run as root: then its folder belongs to Debian's user postgres."""
    if _is_root():
        server = pwd.getpwnam("postgres")
        for path in paths:
            os.chown(path, server.pw_uid, server.pw_gid)


def _run(*command: object, **environment: str) -> None:
    words: Sequence[str] = [str(word) for word in command]
    done = subprocess.run(
        words,
        user="postgres" if _is_root() else None,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", **environment},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
