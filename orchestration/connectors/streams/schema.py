"""The words a canonical stream is described with: columns, personal references, times, keys.

Belongs here: the shape of a description. Does not: the streams themselves (sales.py, people.py, social.py,
campaigns.py), reading a brand's files (../files.py) or writing loads (../landing.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

ColumnType = Literal["text", "integer", "minor", "number", "boolean", "date", "instant", "text_list"]

# What a landed column is stored as, for DuckDB and for Arrow alike. `minor` is money in integer minor units.
DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "integer": "bigint",
    "minor": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamp",
    "text_list": "varchar[]",
}

# Columns nanolift adds to every landed row, after the canonical ones.
LANDED_COLUMNS: dict[str, str] = {
    "source": "varchar",
    "load_id": "varchar",
    "row_no": "bigint",
    "row_hash": "bigint",
    "occurred_at": "timestamp",
    "known_at": "timestamp",
    "loaded_at": "timestamp",
    "is_removed": "boolean",
}


@dataclass(frozen=True)
class Reference:
    """What makes a column personal: it is landed as an HMAC, its raw value goes to the vault.

    Attributes:
        kind: who is named: loyalty, email, social_account, review_author. None: `kind_column` holds it per row.
        scope: columns that qualify the value (an account id is unique only within its platform).
        only_when: (column, value): personal only in such rows; elsewhere the value is landed as it is.
    """

    kind: str | None
    landed_as: str
    scope: tuple[str, ...] = ()
    kind_column: str | None = None
    only_when: tuple[str, str] | None = None


@dataclass(frozen=True)
class Column:
    """One column of a canonical stream.

    Attributes:
        name: canonical name; the unit is in the suffix (_minor, _at, _on, _count, _days).
        type: canonical type; `instant` is a UTC timestamp without zone.
        meaning: one line for the data dictionary, with what NULL means where it may be NULL.
        required: a row without it is quarantined.
        allowed: closed set of values (text only); anything else is quarantined.
        minimum, maximum: inclusive bounds; anything outside is quarantined.
        reference: set where the value names a person.
        is_text: free text: scrubbed before it is stored, never staged into the warehouse.
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    reference: Reference | None = None
    is_text: bool = False


@dataclass(frozen=True)
class Stream:
    """A canonical stream: one kind of row, whatever system it came from.

    Attributes:
        name: the stream's name, also of its staging model `stg_<name>`.
        grain: "One row per …".
        columns: canonical columns in their order.
        key: landed column names that identify a row; `source` is part of it where ids are only unique per system.
        occurred: columns whose first non-NULL value is `occurred_at`; none: reference data, NULL.
        known: columns whose first non-NULL value is `known_at`; where all are NULL, `occurred_at` + known_lag;
            both unknown: NULL, which means "no time stated": such a row is visible to every as_of.
        known_lag: how long after the event the source could have told us.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    occurred: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    known_lag: timedelta = timedelta(0)

    def column(self, name: str) -> Column:
        """The column of that canonical name; KeyError with the stream's own columns otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"stream {self.name} has no column {name!r}; it has {[c.name for c in self.columns]}")

    def landed_schema(self) -> dict[str, str]:
        """Landed column name → DuckDB type, in the order of the Parquet file.

        A reference column is replaced by its identity key; one that is personal only in some rows keeps its
        plain column too (NULL where the row is personal).
        """
        schema: dict[str, str] = {}
        for column in self.columns:
            if column.reference is None or column.reference.only_when is not None:
                schema[column.name] = DUCKDB_TYPES[column.type]
            if column.reference is not None:
                schema[column.reference.landed_as] = "varchar[]" if column.type == "text_list" else "varchar"
        return schema | LANDED_COLUMNS

    def text_columns(self) -> tuple[str, ...]:
        """Landed columns with free text: never staged into the warehouse."""
        return tuple(column.name for column in self.columns if column.is_text)
