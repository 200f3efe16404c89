"""40 defects, each with the gate that must stop it, written down before the first run.

Belongs here: the list and what each does. Does not: carrying it out and counting (reliability_gates.py).

Landing: faults of the demo world's deliveries (orchestration/demo/faults.py says which check must see each). Marts: a
statement on the run's warehouse. Features, scores, exports: a change of the run's frames or files. ALWAYS must be
stopped whatever else is; of all 40 at least 39.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

Session = Any
LEAST_STOPPED = 39
# Landing: the fault's name, and the gate or "refused" (a file that cannot be read as its mapping says).
LANDING = {
    "empty": "landing",
    "all_null": "landing",
    "one_row": "landing",
    "renamed_column": "refused",
    "missing_column": "refused",
    "missing_file": "refused",
    "malformed_mostly": "refused",
    "late": "landing",
    "missing": "landing",
    "missing_day": "landing",
    "shifted_time_zone": "landing",
    "unit_change": "landing",
    "tenfold_volume": "landing",
    "stale": "landing",
}
DROPPED_RULE = "dropped rule"
ALWAYS = ("empty", "all_null", "one_row", "renamed_column", DROPPED_RULE)

_LAST = "(select max(business_on) from marts.fct_sales_lines)"
MARTS = {
    "a day twice": f"insert into marts.fct_sales_lines select * from marts.fct_sales_lines where business_on = {_LAST}",  # noqa: S608
    "a column renamed": "alter table marts.fct_sales_lines rename column consumer_key to buyer_key",
    "no line left": "delete from marts.fct_sales_lines",
    "categories all null": "update marts.dim_products set category = null",
    "daily sales doubled": "update marts.fct_sales_daily set net_amount_minor = 2 * net_amount_minor",
    "one member left": "delete from marts.fct_campaign_members where unit_id <> "
    "(select min(unit_id) from marts.fct_campaign_members)",
    "everybody macro": "update marts.dim_consumers set tier = 'macro'",
    "ratings on another scale": "update marts.fct_ugc set rating_share = 4.5 where rating_share is not null",
    "arms swapped": "update marts.fct_campaign_members set arm = case arm when 'treatment' then 'control' "
    "when 'control' then 'treatment' else arm end",
    "products under other ids": "update marts.fct_sales_lines set product_id = 'x' || product_id",
    "a mart missing": "drop table marts.dim_stores",
    "half of the posts lost": "delete from marts.fct_ugc where hash(ugc_key) % 2 = 0",
}


def one_row(rows: pl.DataFrame, cutoff: datetime) -> pl.DataFrame:
    """Of the newest file, one row."""
    del cutoff
    return rows.head(1)


@dataclass(frozen=True)
class Change:
    """A defect of frames or files: the gate that must stop it, and what it does to a copy of the session."""

    gate: str
    apply: Callable[[Session], None]


def _training(session: Session, expression: pl.Expr) -> None:
    session.tables["training"] = session.tables["training"].with_columns(expression)


def _filled_feature(session: Session) -> str:
    from ml.features.dictionary import FEATURE_NAMES

    frame = session.tables["training"]
    return max(FEATURE_NAMES, key=lambda name: frame[name].count() * (frame[name].n_unique() > 3))


def _leak(session: Session, told: str) -> None:
    _training(session, pl.col(told).cast(pl.Float64).alias(_filled_feature(session)))


def _twice(session: Session) -> None:
    session.tables["scoring"] = pl.concat([session.tables["scoring"], session.tables["scoring"].head(5)])


def _known_too_early(session: Session) -> None:
    """The last purchase lies three days after the decision."""
    _training(session, pl.lit(-3.0).alias("last_purchase_age_days"))


def _scores(session: Session, *expressions: pl.Expr) -> None:
    session.tables["ambassador"] = session.tables["ambassador"].with_columns(*expressions)


def _turned(session: Session) -> None:
    """Treatment and control swapped: whoever was first is last."""
    value = pl.col("expected_value_minor")
    turned = session.tables["ambassador"].with_columns(expected_value_minor=value.max() + value.min() - value)
    session.tables["ambassador"] = turned.sort("expected_value_minor", descending=True).with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=turned.schema["rank"])
    )


def _fewer_people(session: Session) -> None:
    session.tables["ambassador"] = session.tables["ambassador"].head(session.tables["ambassador"].height // 2)


def _exports(session: Session) -> Path:
    folder: Path = session.build.exports
    return folder


def _shorter_csv(session: Session) -> None:
    file = _exports(session) / "data_quality.csv"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")


def _renamed_export_column(session: Session) -> None:
    file = _exports(session) / "campaign_results.parquet"
    pl.read_parquet(file).rename({"campaign_id": "id"}).write_parquet(file)


def _empty_export(session: Session) -> None:
    file = _exports(session) / "data_quality.parquet"
    pl.read_parquet(file).clear().write_parquet(file)


def _withdrawn_person(session: Session) -> None:
    import duckdb

    with duckdb.connect(str(session.build.warehouse), read_only=True) as connection:
        query = "select consumer_key from marts.dim_consumers where is_minor or consent_scoring = 'withdrawn' limit 1"
        ((key,),) = connection.execute(query).fetchall()
    file = _exports(session) / "ambassador_candidates.parquet"
    rows = pl.read_parquet(file)
    at = pl.int_range(pl.len()) == 0
    rows.with_columns(consumer_key=pl.when(at).then(pl.lit(key)).otherwise("consumer_key")).write_parquet(file)


CHANGES = {
    "outcome leaked": Change("features", lambda session: _leak(session, "first_purchase")),
    "arm leaked": Change("features", lambda session: _leak(session, "treatment")),
    "people twice": Change("features", _twice),
    "known too early": Change("features", _known_too_early),
    "infinite values": Change(
        "features", lambda session: _training(session, pl.lit(float("inf")).alias(_filled_feature(session)))
    ),
    "all scores alike": Change("scores", lambda session: _scores(session, pl.lit(1.0).alias("expected_value_minor"))),
    "scores turned round": Change("scores", _turned),
    "scores on another scale": Change(
        "scores", lambda session: _scores(session, pl.col("expected_value_minor") * 100 + 1e5)
    ),
    "half of the people": Change("scores", _fewer_people),
    "CSV cut off": Change("exports", _shorter_csv),
    "export column renamed": Change("exports", _renamed_export_column),
    "export empty": Change("exports", _empty_export),
    "person without consent": Change("exports", _withdrawn_person),
}
TOTAL = len(LANDING) + 1 + len(MARTS) + len(CHANGES)
