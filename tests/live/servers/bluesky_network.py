"""A Bluesky network on loopback (PDS, AppView, PLC directory) with a PostgreSQL and a Redis of its own.

Belongs here: starting and stopping them. Does not: accounts and posts (bluesky_people.py).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.servers import node_server, postgres


@dataclass(frozen=True)
class Network:
    """Where it answers: `pds` takes accounts and posts, `appview` is what a reader asks (no login)."""

    pds: str
    appview: str


def missing() -> str | None:
    """What is not installed, and how it comes; None where all is there."""
    if postgres.programs() is None:
        return "no initdb: install Debian's package postgresql"
    if shutil.which("redis-server") is None:
        return "no redis-server: install Debian's package redis-server"
    return node_server.missing("bluesky")


@contextmanager
def running() -> Iterator[Network]:
    """A fresh network without accounts; all of it is stopped and removed at the end."""
    with postgres.running() as database, tempfile.TemporaryDirectory() as folder, _redis(Path(folder)) as redis:
        log = Path(folder) / "network.log"
        with node_server.running(
            "bluesky",
            log,
            says='{"appview"',
            DB_POSTGRES_URL=database.admin,
            DB_POSTGRES_SCHEMA="live",
            REDIS_HOST=redis,
            NODE_NO_WARNINGS="1",
        ) as said:
            yield Network(**{name: url.replace("localhost", "127.0.0.1") for name, url in json.loads(said).items()})


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    port = node_server.free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)
