"""Payloads put into every text: of the files that a source brings, of the exports that a report is written from.

Belongs here: which columns, the exchange of values, the configuration's own texts. Does not: the payloads
(reliability_payloads.py), nights, and what shows that a payload lives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import polars as pl

# Columns whose words decide what a row means: another word is another row, or none.
WORDS = frozenset(
    ("currency", "timezone", "language", "visitor_type", "traffic_source", "quantity_unit", "surface", "media_kinds")
)
# Columns of exports whose words the report chooses by.
CHOSEN_BY = frozenset(
    (
        *(
            "currency",
            "cost_currency",
            "claimed_currency",
            "unit",
            "counted_unit",
            "value_unit",
            "kind",
            "outcome",
            "tier",
        ),
        *("against_tier", "members_group", "people_group", "figure", "model", "ranked_by", "contacts_are", "ugc_kind"),
        *(
            "group",
            "cohort",
            "stream",
            "item",
            "population_basis",
            "expected",
            "told",
            "strongest_known_cause",
            "basis",
        ),
    )
)


@dataclass
class Exchange:
    """A payload for each value, the same wherever the value stands; numbered, so that no two values become one."""

    payloads: Iterator[str]
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, payloads: Sequence[str]) -> Exchange:
        return cls(cycle(payloads))

    def of_value(self, value: str | None) -> str | None:
        if value is None or value == "":
            return value
        if value not in self.given:
            self.given[value] = f"{next(self.payloads)}~{len(self.given)}"
        return self.given[value]

    def of_column(self, column: pl.Series) -> pl.Series:
        """The column with its values exchanged; of lists, each element."""
        if column.dtype == pl.String:
            return pl.Series(column.name, [self.of_value(value) for value in column.to_list()], pl.String)
        rows = [None if row is None else [self.of_value(value) for value in row] for row in column.to_list()]
        return pl.Series(column.name, rows, column.dtype)


def open_columns(stream: str) -> list[str]:
    """Columns of a stream that may hold any text."""
    from orchestration.connectors.streams import STREAMS

    return [
        column.name
        for column in STREAMS[stream].columns
        if column.type in ("text", "text_list") and not column.allowed and column.name not in WORDS
    ]


def inject(world: Path, payloads: Sequence[str], first: Sequence[str] = ()) -> dict[str, str]:
    """Exchange every open text in the files of a delivery of the simulated market.

    Args:
        world: the workspace's demo_world.
        payloads: in turn.
        first: streams that get the first payloads: those with few rows.

    Returns:
        Value → what stands in its place.
    """
    exchange = Exchange.of(payloads)
    folders = sorted(
        (path for path in world.iterdir() if path.is_dir()), key=lambda path: (path.name not in first, path.name)
    )
    for folder in folders:
        for path in sorted(folder.iterdir()):
            rows = _read(path)
            columns = [name for name in open_columns(folder.name) if name in rows.columns]
            _write(rows.with_columns(exchange.of_column(rows[name]) for name in columns), path)
    return exchange.given


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    return pl.read_ndjson(path)


def _write(rows: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        rows.write_parquet(path)
    elif path.suffix == ".csv":
        rows.write_csv(path, quote_style="always")
    else:
        rows.write_ndjson(path)


def configured(text: str, values: Mapping[str, str]) -> str:
    """A nanolift.toml with texts in place of others: `name = "Lumen"` → the payload, written as TOML."""
    for value, payload in values.items():
        assert f'"{value}"' in text, f"no {value!r} in the configuration"
        text = text.replace(f'"{value}"', json.dumps(payload).replace("\x7f", "\\u007f"), 1)
    return text


def stuffed(exports: Mapping[str, pl.DataFrame], payloads: Sequence[str]) -> dict[str, pl.DataFrame]:
    """The exports of a night with a payload in place of every text that the report does not choose by."""
    from orchestration.exports.contract import OUTPUTS

    exchange = Exchange.of(payloads)
    open_texts = {
        name: [each.name for each in OUTPUTS[name].columns if each.type == "text" and not each.allowed]
        for name in exports
    }
    return {
        name: frame.with_columns(
            exchange.of_column(frame[column]) for column in open_texts[name] if column not in CHOSEN_BY
        )
        for name, frame in exports.items()
    }


def filled(name: str, payloads: Sequence[str]) -> pl.DataFrame:
    """An output of the contract with a row for each payload, which stands in all of its texts."""
    from orchestration.exports.contract import OUTPUTS

    output = OUTPUTS[name]
    texts = [column.name for column in output.columns if column.type == "text"]
    frame = pl.DataFrame({column: list(payloads) for column in texts}, schema=dict.fromkeys(texts, pl.String))
    rest = [pl.lit(None, kind).alias(column) for column, kind in output.polars_schema().items() if column not in texts]
    return frame.with_columns(rest).select(output.polars_schema().names())
