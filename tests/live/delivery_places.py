"""Targets on real servers behind a relay that fails on command, and what a reader finds there.

Belongs here: one class a kind: its [[delivery]] table, its failures, its readers' view. Does not: the trials.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import polars as pl

from tests.live.servers.files import S3Server, SshServer
from tests.live.servers.postgres import DATABASE, USER, Postgres
from tests.live.servers.proxy import Relay
from tests.live.servers.receiver import Receiver

# Shorter than any patience in use: a trial waits for each of its silences. Undisturbed deliveries are given time.
SECONDS, PATIENT = 0.7, 30.0
# Of each table of a generation.
ROWS = 5_000


@dataclass(frozen=True)
class Seen:
    """What a reader finds: generation → name → SHA-256 of complete generations; leftovers: anything else there."""

    generations: Mapping[str, Mapping[str, str]]
    latest: str | None
    leftovers: tuple[str, ...] = ()


def seen_of(files: Mapping[str, bytes]) -> Seen:
    """The reader's view of a tree of files: a generation is complete when delivery.json names what lies beside it."""
    found: dict[str, dict[str, str]] = {}
    leftovers = [name for name in files if name.startswith(".")]
    for path, content in files.items():
        if path.startswith("generations/"):
            _, generation, name = path.split("/", 2)
            found.setdefault(generation, {})[name] = hashlib.sha256(content).hexdigest()
    for generation, names in found.items():
        said = json.loads(files[f"generations/{generation}/delivery.json"])
        names.pop("delivery.json")
        assert {name: each["sha256"] for name, each in said["files"].items()} == names
    latest = json.loads(files["latest.json"])["generation"] if "latest.json" in files else None
    return Seen(found, latest, tuple(leftovers))


class FolderPlace:
    """A folder; `cut`: something else lies in its place."""

    kind, faults = "folder", ("cut",)

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def table(self) -> dict[str, Any]:
        return {"name": "there", "kind": "folder", "path": str(self.root)}

    def wants(self, _name: str) -> bool:
        return True

    def fail(self, _mode: str) -> None:
        self.root.rename(self.root.with_name("away"))
        self.root.write_text("no folder")

    def heal(self) -> None:
        if self.root.is_file():
            self.root.unlink()
            self.root.with_name("away").rename(self.root)

    def seen(self) -> Seen:
        return seen_of(_tree(self.root))


class SftpPlace:
    """OpenSSH behind a relay."""

    kind, faults = "sftp", ("cut", "stall", "mute")

    def __init__(self, server: SshServer, relay: Relay, folder: Path) -> None:
        self.server, self.relay = server, relay
        self.folder = server.root / folder.name
        self.folder.mkdir()
        self.known_hosts = folder.with_name("known_hosts")
        host, kind, key = server.known_hosts.read_text(encoding="utf-8").split()
        self.known_hosts.write_text(f"{host.rsplit(':', 1)[0]}:{relay.port} {kind} {key}\n", encoding="utf-8")
        self.url = f"{server.url.split('@', 1)[0]}@127.0.0.1:{relay.port}{self.folder}"

    def table(self) -> dict[str, Any]:
        options = {"key_filename": str(self.server.key)}
        return {
            **{"name": "there", "kind": "sftp", "path": self.url},
            "server": {"options": options, "known_hosts": str(self.known_hosts)},
        }

    def wants(self, _name: str) -> bool:
        return True

    def fail(self, mode: str) -> None:
        self.relay.fail(mode)

    def heal(self) -> None:
        self.relay.heal()

    def seen(self) -> Seen:
        return seen_of(_tree(self.folder))


class S3Place:
    """moto's S3 behind a relay."""

    kind, faults = "s3", ("cut", "stall", "mute")

    def __init__(self, server: S3Server, relay: Relay, prefix: str) -> None:
        self.server, self.relay, self.prefix = server, relay, f"{server.bucket}/{prefix}"
        self.read: dict[tuple[str, str], bytes] = {}  # by ETag: reading all anew each time took most of the trial

    def table(self) -> dict[str, Any]:
        server = {
            "options": {"endpoint_url": f"http://127.0.0.1:{self.relay.port}"},
            "secrets": {"key": "THERE_KEY", "secret": "THERE_SECRET"},
        }
        return {"name": "there", "kind": "s3", "path": f"s3://{self.prefix}", "server": server}

    def wants(self, _name: str) -> bool:
        return True

    def fail(self, mode: str) -> None:
        self.relay.fail(mode)

    def heal(self) -> None:
        self.relay.heal()

    def seen(self) -> Seen:
        system = self.server.system()
        found = system.find(self.prefix, detail=True)
        for name, info in found.items():
            if (name, info["ETag"]) not in self.read:
                self.read[name, info["ETag"]] = system.cat_file(name)
        return seen_of({name[len(self.prefix) + 1 :]: self.read[name, info["ETag"]] for name, info in found.items()})


class PostgresPlace:
    """A schema of a real PostgreSQL behind a relay; readers ask the server itself."""

    kind, faults = "postgres", ("cut", "stall", "mute")

    def __init__(self, server: Postgres, relay: Relay, schema: str) -> None:
        self.server, self.relay, self.schema = server, relay, schema

    def table(self) -> dict[str, Any]:
        url = f"postgresql://127.0.0.1:{self.relay.port}/{DATABASE}"
        sql = {"url": url, "user": USER, "password_env": "THERE_PASSWORD", "sslmode": "disable"}
        return {"name": "there", "kind": "postgres", "sql": sql, "sql_schema": self.schema}

    def wants(self, name: str) -> bool:
        return name.endswith(".parquet")

    def fail(self, mode: str) -> None:
        self.relay.fail(mode)

    def heal(self) -> None:
        self.relay.heal()

    def seen(self) -> Seen:
        with postgres.connect(self.server.admin) as connection, connection.cursor() as cursor:
            cursor.execute(f"select generation, manifest from {self.schema}.deliveries")
            said = {generation: json.loads(manifest)["files"] for generation, manifest in cursor.fetchall()}
            tables = [f"{self.schema}.reach_v1", f"{self.schema}.moments_v1"]
            for table in tables:
                cursor.execute(f"select nanolift_generation, count(*) from {table} group by 1")
                assert dict(cursor.fetchall()) == dict.fromkeys(said, ROWS), "part of a generation, or one twice"
            cursor.execute(f"select generation from {self.schema}.latest")
            latest = cursor.fetchall()[0][0]
        found = {name: {file: each["sha256"] for file, each in files.items()} for name, files in said.items()}
        return Seen(found, latest)

    def rows(self, relation: str) -> pl.DataFrame:
        """All rows of a table or view."""
        with postgres.connect(self.server.admin) as connection, connection.cursor() as cursor:
            cursor.execute(f"select * from {self.schema}.{relation} order by person")
            return pl.DataFrame(pl.from_arrow(cursor.fetch_arrow_table()))


class WebhookPlace:
    """A receiver behind a relay. It is told what was published; it fetches nothing."""

    kind, faults = "webhook", ("cut", "stall", "mute", "busy")

    def __init__(self, server: Receiver, relay: Relay) -> None:
        self.server, self.relay = server, relay

    def table(self) -> dict[str, Any]:
        hook = {"url": f"http://127.0.0.1:{self.relay.port}/nanolift", "secret_env": "THERE_SECRET"}
        return {"name": "there", "kind": "webhook", "webhook": hook}

    def wants(self, _name: str) -> bool:
        return True

    def fail(self, mode: str) -> None:
        if mode == "busy":
            self.server.status = 503
        else:
            self.relay.fail(mode)

    def heal(self) -> None:
        self.server.status = None
        self.relay.heal()

    def seen(self) -> Seen:
        assert all(key == f"there/{said['generation']}" for key, said in self.server.kept.items())
        found = {
            said["generation"]: {name: each["sha256"] for name, each in said["files"].items()}
            for said in self.server.kept.values()
        }
        return Seen(found, self.server.latest)


def _tree(root: Path) -> dict[str, bytes]:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
