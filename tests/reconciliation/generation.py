"""A published generation as a DuckDB connection, ready for the queries of this folder.

Belongs here: marts, measurements, scores, loads and gates as tables, the run's settings as macros. Does not: what is
asked of them (*.sql), the comparison (compare.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from babel.numbers import get_currency_precision
from scipy import stats

from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_brand import BRAND_QUESTIONS, TRUST_CHANNELS
from orchestration.exports.contract_quality import FIGURE_WORDS, ORDER_WORDS, PART_WORDS
from orchestration.exports.contract_reviews import DOSE_WORDS, METHOD_WORDS, OUTCOME_WORDS
from orchestration.exports.contract_texts import MOMENT_WORDS
from orchestration.exports.inputs import MART_INPUTS, SCORE_INPUTS
from orchestration.settings import load_settings

MODELS = ("ambassador", "uplift_first_purchase", "uplift_net_spend")
SHARED = Path(__file__).parent / "shared"
# What the contract calls things that marts and measurements call otherwise.
WORDS = {
    "moment": MOMENT_WORDS,
    "question": BRAND_QUESTIONS,
    "channel": TRUST_CHANNELS,
    "method": METHOD_WORDS,
    "dose": DOSE_WORDS,
    "review_outcome": OUTCOME_WORDS,
    "part": PART_WORDS,
    "figure": FIGURE_WORDS,
    "order": ORDER_WORDS,
}


def opened(workspace: Path) -> duckdb.DuckDBPyConnection:
    """The current generation of a workspace: schemas marts, measurement, scores and run, and the shared views."""
    folder = workspace / "current"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"attach '{folder / 'warehouse.duckdb'}' as warehouse (read_only)")
    for schema in ("marts", "measurement", "scores", "run"):
        connection.execute(f"create schema {schema}")
    _marts(connection)
    for kind in ("measurement", "scores"):
        for file in sorted((folder / kind).glob("*.parquet")):
            connection.execute(f"create view {kind}.{file.stem} as select * from read_parquet('{file}')")
    for name, columns in SCORE_INPUTS.items():
        if not (folder / "scores" / f"{name}.parquet").exists():
            _table(connection, f"scores.{name}", pl.DataFrame(schema=columns))
    _loads(connection, workspace, manifest["loads"])
    _gates(connection, manifest["gates"])
    _models(connection, manifest)
    _exports(connection, folder / "exports")
    _settings(connection, workspace, manifest)
    connection.create_function("gamma_quantile", _gamma_quantile, ["DOUBLE", "DOUBLE"], "DOUBLE")
    for file in sorted(SHARED.glob("*.sql")):
        connection.execute(file.read_text(encoding="utf-8"))
    return connection


def _gamma_quantile(share: float, shape: float) -> float:
    return float(stats.gamma.ppf(share, shape))


def _table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"create table {name} as select * from incoming")
    connection.unregister("incoming")


def _marts(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'warehouse' and schema_name = 'marts'"
    ).fetchall()
    for (name,) in found:
        connection.execute(f"create view marts.{name} as select * from warehouse.marts.{name}")
    assert set(MART_INPUTS) <= {name for (name,) in found}, "the warehouse lacks marts that exports read"


def _loads(connection: duckdb.DuckDBPyConnection, workspace: Path, loads: list[str]) -> None:
    """run.loads: the record beside each load the run read."""
    records = [json.loads((workspace / "landing" / load / "_load.json").read_text(encoding="utf-8")) for load in loads]
    _table(connection, "run.loads", pl.DataFrame(records, infer_schema_length=None, strict=False))


def _gates(connection: duckdb.DuckDBPyConnection, gates: list[dict[str, Any]]) -> None:
    """run.gates: what each gate before the exports checked."""
    rows = [{"gate": gate["gate"], "executed": gate["executed"]} for gate in gates if gate["gate"] != "exports"]
    _table(connection, "run.gates", pl.DataFrame(rows))


def _models(connection: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> None:
    """run.models: every model a run may use, with its last day where one is in use; run.stale: sources that failed."""
    champions = manifest["champions"]
    rows = [{"model": name, "model_as_of": champions.get(name, {}).get("as_of")} for name in MODELS]
    _table(connection, "run.models", pl.DataFrame(rows, schema={"model": pl.String, "model_as_of": pl.String}))
    stale = [{"source": name, "since_on": day} for name, day in manifest["stale_since"].items()]
    _table(connection, "run.stale", pl.DataFrame(stale, schema={"source": pl.String, "since_on": pl.String}))
    connection.execute("alter table run.models alter model_as_of type date")
    connection.execute("alter table run.stale alter since_on type date")


def _exports(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """run.exports: rows of every export but data_quality itself."""
    counts = [
        {"name": name, "rows_count": pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()}
        for name in OUTPUTS
        if name != "data_quality"
    ]
    _table(connection, "run.exports", pl.DataFrame(counts))


def _settings(connection: duckdb.DuckDBPyConnection, workspace: Path, manifest: dict[str, Any]) -> None:
    """Macros without arguments: as_of(), currency(), minor_units() …; and in_words(area, name)."""
    settings = load_settings(workspace / "nanolift.toml")
    bases = {source.name: source.basis for source in settings.sources}
    values = {
        "as_of": f"date '{manifest['as_of']}'",
        "currency": f"'{settings.brand.currency}'",
        "minor_units": f"{10 ** get_currency_precision(settings.brand.currency)}",
        "tier_preset": f"'{settings.tiers.preset}'",
        "holdout_share": repr(settings.holdout.share),
        "holdout_seed": str(settings.seed),
        "bases": f"'{' + '.join(sorted(set(bases.values())))}'",
        "is_research_for_all": str(set(bases.values()) == {"research_dataset"}).lower(),
    }
    for name, value in values.items():
        connection.execute(f"create macro {name}() as {value}")
    rows = [{"area": area, "name": name, "told": told} for area, words in WORDS.items() for name, told in words.items()]
    _table(connection, "run.words", pl.DataFrame(rows))
    _table(
        connection,
        "run.currencies",
        pl.DataFrame(
            [
                {"currency": code, "scale": 10.0 ** get_currency_precision(code)}
                for code in _codes(connection, settings.brand.currency)
            ]
        ),
    )


def _codes(connection: duckdb.DuckDBPyConnection, brand: str) -> list[str]:
    """Currencies of booked costs and of stores' sales."""
    found = connection.execute(
        "select currency from marts.fct_campaign_costs union select currency from measurement.store_lift"
    ).fetchall()
    return sorted({code for (code,) in found if code} | {brand})
