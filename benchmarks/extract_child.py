"""One way of reading till lines, alone in its process so that its memory is its own: prints seconds and peak memory.

Belongs here: nanolift's way and its peers'. Does not: comparing them (extract_postgres.py, extract_files.py).

Run by those: python -m benchmarks.extract_child WAY ADDRESS FOLDER
Ways: adbc (rows to Arrow in memory, money cast to cents), nanolift (to a committed load), dlt_connectorx and
dlt_pyarrow (to dlt's parquet), dlt_incremental (dlt_connectorx with what a landing keeps as well: the cursor, no row
twice, a name for every row), file (a file to a committed load), duckdb_csv and duckdb_parquet (a file, typed, to
DuckDB's memory), duckdb_csv_written and duckdb_parquet_written (to a compressed Parquet file on disk).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tests.live.servers.till_lines import COLUMNS

KEY = SecretStr("a-key-for-benchmarks-only-0123456789")
# The columns of the mapping, as nanolift asks for them.
CENTS = ", ".join(
    f"({name} * 100)::bigint as {name}" for name in ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
)
QUERY = (
    f"select household_id, store_id, basket_id, product_id, quantity, {CENTS}, transaction_timestamp from till_lines"  # noqa: S608
)


def adbc(address: str, folder: Path) -> Callable[[], int]:
    import adbc_driver_postgresql.dbapi as postgres

    def read() -> int:
        with postgres.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(QUERY)
            return int(cursor.fetch_arrow_table().num_rows)

    return read


def _landing(source: dict[str, Any], folder: Path) -> Callable[[], int]:
    from orchestration.connectors.landing import land_source
    from orchestration.settings import Source
    from orchestration.workspace import Workspace

    said = Source.model_validate(source)
    workspace = Workspace.at(folder)

    def land() -> int:
        (result,) = land_source(
            said,
            said.streams,
            workspace,
            key=KEY,
            loaded_at=datetime(2018, 1, 3),
            real_data=folder,
            brand_timezone="America/New_York",
        )
        return result.rows_accepted

    return land


def nanolift(address: str, folder: Path) -> Callable[[], int]:
    import orchestration.connectors.sql  # noqa: F401 - nobody's imports are on the clock

    return _landing(json.loads(address), folder)


def file(address: str, folder: Path) -> Callable[[], int]:
    path = Path(address)
    sold = "transaction_timestamp" if path.suffix == ".parquet" else {"column": "transaction_timestamp", "zone": "UTC"}
    stream = {"stream": "pos_lines", "path": address, "columns": COLUMNS | {"sold_at": sold}}
    return _landing({"name": "tills", "kind": path.suffix[1:], "streams": [stream]}, folder)


def dlt_connectorx(address: str, folder: Path) -> Callable[[], int]:
    return _dlt(address, folder, "connectorx")


def dlt_pyarrow(address: str, folder: Path) -> Callable[[], int]:
    return _dlt(address, folder, "pyarrow")


def dlt_incremental(address: str, folder: Path) -> Callable[[], int]:
    os.environ["NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID"] = "true"  # as row_no and row_hash name a row here
    return _dlt(address, folder, "connectorx", is_incremental=True)


def _dlt(address: str, folder: Path, backend: str, *, is_incremental: bool = False) -> Callable[[], int]:
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "dlt")}
    os.environ["NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID"] = (
        "true"  # what tells loads apart, as load_id does here
    )
    import dlt
    from dlt.sources.sql_database import sql_table

    driver = address.replace("postgresql://", "postgresql+psycopg://")
    pipeline = dlt.pipeline(
        "till_lines",
        destination=dlt.destinations.filesystem(bucket_url=(folder / "parquet").as_uri()),
        dataset_name="shop",
        pipelines_dir=str(folder / "pipelines"),
    )

    def run() -> int:
        options: dict[str, Any] = {"backend_kwargs": {"conn": address}} if backend == "connectorx" else {}
        if is_incremental:
            options["incremental"] = dlt.sources.incremental("updated_at", lag=3600)
            options["primary_key"] = ("store_id", "basket_id", "product_id")
        table = sql_table(driver, table="till_lines", backend=backend, chunk_size=200_000, **options)
        pipeline.run(table, loader_file_format="parquet")
        trace = pipeline.last_trace.last_normalize_info
        return int(trace.row_counts["till_lines"])

    return run


def duckdb_csv(address: str, folder: Path) -> Callable[[], int]:
    return _duckdb(f"read_csv('{address}', header = true)")


def duckdb_parquet(address: str, folder: Path) -> Callable[[], int]:
    return _duckdb(f"read_parquet('{address}')")


def duckdb_csv_written(address: str, folder: Path) -> Callable[[], int]:
    return _duckdb_written(f"read_csv('{address}', header = true)", folder)


def duckdb_parquet_written(address: str, folder: Path) -> Callable[[], int]:
    return _duckdb_written(f"read_parquet('{address}')", folder)


def _duckdb_written(source: str, folder: Path) -> Callable[[], int]:
    import duckdb

    from orchestration.durable import sync

    def write() -> int:
        path = folder / "lines.parquet"
        with duckdb.connect() as connection:
            said = f"copy (select * from {source}) to '{path}' (format parquet, compression zstd)"  # noqa: S608 - ours
            rows = connection.execute(said).fetchall()[0][0]
        sync(path)
        return int(rows)

    return write


def _duckdb(source: str) -> Callable[[], int]:
    import duckdb

    def read() -> int:
        with duckdb.connect() as connection:
            connection.execute(f"create table lines as select * from {source}")  # noqa: S608 - our own path
            return int(connection.sql("select count(*) from lines").fetchall()[0][0])

    return read


def _cpu_seconds() -> float:
    """Of this process and its children, not of a server."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


WAYS = {
    each.__name__: each
    for each in (
        *(adbc, nanolift, file, dlt_connectorx, dlt_incremental, dlt_pyarrow),
        *(duckdb_csv, duckdb_csv_written, duckdb_parquet, duckdb_parquet_written),
    )
}

if __name__ == "__main__":
    _, chosen, place, root = sys.argv
    ready = WAYS[chosen](place, Path(root))
    start, worked = time.perf_counter(), _cpu_seconds()
    rows = ready()
    seconds, cpu = time.perf_counter() - start, _cpu_seconds() - worked
    # The parser process is the only child; its largest and this one's add up to no less than both at any time.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak}))
