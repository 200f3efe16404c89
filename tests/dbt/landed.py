"""A landed root written by hand, and dbt runs over it in one warm process.

Belongs here: typed empty streams, rows of a test as loads, building a warehouse, reading it back. Does not: what the
marts should hold (the tests), or landing's own code: a fault there must not hide one here.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.connectors.signals_schema import SIGNAL_RELATIONS
from orchestration.connectors.streams import STREAMS

PROJECT = Path(__file__).resolve().parents[2]
ARROW = {
    "varchar": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "varchar[]": pa.list_(pa.string()),
    "blob": pa.binary(),
}
ZONE = "Europe/Paris"
WAREHOUSE = "warehouse.duckdb"  # a parsed manifest holds the file's name as its catalog: only folders may differ
Row = Mapping[str, Any]


def at(text: str) -> datetime:
    """A UTC instant without zone: at("2024-03-31 10:00")."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    """A date: day("2024-03-31")."""
    return date.fromisoformat(text)


def cutoff(as_of: date) -> datetime:
    """End of day `as_of` in the brand's zone, a UTC instant without zone."""
    midnight = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=ZoneInfo(ZONE))
    return midnight.astimezone(UTC).replace(tzinfo=None)


@dataclass
class LandedRoot:
    """One folder of Parquet files a stream, as a run lays them out."""

    root: Path
    loads: int = 0

    def clear(self) -> None:
        """Every stream empty but typed."""
        shutil.rmtree(self.root, ignore_errors=True)
        self.loads = 0
        for name, schema in self._schemas().items():
            self._write(name, "0000_schema", schema, [])

    def load(self, stream: str, rows: Sequence[Row], *, load_id: str | None = None, source: str = "shop") -> None:
        """Land rows as one load; `known_at`, `occurred_at` and defaults of required columns may be given or follow."""
        self.loads += 1
        load_id = load_id or f"load{self.loads:03}"
        described = STREAMS[stream]
        filled = []
        for number, row in enumerate(rows, start=1):
            occurred = row.get("occurred_at", next((row[name] for name in described.occurred if row.get(name)), None))
            if isinstance(occurred, date) and not isinstance(occurred, datetime):
                occurred = datetime.combine(occurred, time())
            known = row.get("known_at", next((row[name] for name in described.known if row.get(name)), None))
            if known is None and occurred is not None and "known_at" not in row:
                known = occurred + described.known_lag
            landed = {
                "source": source,
                "load_id": load_id,
                "row_no": number,
                "row_hash": 1_000 * self.loads + number,
                "loaded_at": datetime(2024, 1, 1) + timedelta(hours=self.loads),
            }
            filled.append({**landed, **row, "occurred_at": occurred, "known_at": known})
        self._write(stream, f"{self.loads:04}_{load_id}", described.landed_schema(), filled)

    def signals(self, rows: Sequence[Row], relation: str = "signals") -> None:
        """What landed texts say: signals, signal_moments or text_clusters."""
        self.loads += 1
        self._write(relation, f"{self.loads:04}_signals", SIGNAL_RELATIONS[relation], rows)

    def _schemas(self) -> dict[str, dict[str, str]]:
        return {name: stream.landed_schema() for name, stream in STREAMS.items()} | SIGNAL_RELATIONS

    def _write(self, stream: str, name: str, schema: dict[str, str], rows: Sequence[Row]) -> None:
        unknown = {key for row in rows for key in row} - set(schema)
        if unknown:
            raise KeyError(f"{stream} has no landed column {sorted(unknown)}")
        fields = pa.schema([(column, ARROW[kind]) for column, kind in schema.items()])
        folder = self.root / stream
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=fields), folder / f"{name}.parquet")


@dataclass
class Project:
    """The dbt project, parsed once for one landed root."""

    landed: LandedRoot
    scratch: Path
    variables: dict[str, Any] = field(default_factory=dict)
    manifest: Manifest | None = None

    def invoke(self, command: str, warehouse: Path, as_of: date, *options: str, **variables: Any) -> dbtRunnerResult:
        """Run one dbt command against a warehouse file, for a date."""
        os.environ["NANOLIFT_WAREHOUSE"] = str(warehouse)
        stated = {
            "as_of": as_of.isoformat(),
            "as_of_cutoff": str(cutoff(as_of)),
            "landed_root": str(self.landed.root),
            "brand_timezone": ZONE,
            "brand_currency": "EUR",
            "outcome_days": 30,
            "before_days": 30,
            "attribution_days": 30,
            **variables,
        }
        places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT / "dbt_project"]
        outputs = ["--target-path", self.scratch / "target", "--log-path", self.scratch / "logs"]
        arguments = [command, *options, "--quiet", "--vars", str(stated), *map(str, places), *map(str, outputs)]
        return dbtRunner(manifest=self.manifest).invoke(arguments)

    def build(self, warehouse: Path, as_of: date, *options: str, tests: bool = False, **variables: Any) -> None:
        """Build every seed and model, with data tests and unit tests where asked; an error names what failed."""
        left_out = () if tests else ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        result = self.invoke("build", warehouse, as_of, *left_out, *options, **variables)
        if not result.success:
            found = list(getattr(result.result, "results", []))
            failed = [f"{one.node.name}: {one.message}" for one in found if one.status in ("error", "fail")]
            raise AssertionError(f"dbt build failed: {failed or result.exception}")


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query against a built warehouse."""
    with duckdb.connect(str(warehouse)) as connection:
        return connection.execute(sql).fetchall()


def hashes_of_marts(warehouse: Path) -> dict[str, str]:
    """Per mart, a hash over its sorted rows, columns included."""
    with duckdb.connect(str(warehouse)) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        hashes = {}
        for (table,) in sorted(tables):
            found = connection.execute(f"select * from marts.{table} order by all")
            header = [column[0] for column in found.description]
            hashes[table] = hashlib.sha256(repr((header, found.fetchall())).encode()).hexdigest()
        return hashes
