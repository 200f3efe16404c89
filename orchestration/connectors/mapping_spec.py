"""What a mapping may say, as types: how a brand's columns become a canonical stream.

Belongs here: the vocabulary of [[sources.streams]] in nanolift.toml. Does not: applying it (mapping.py).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.connectors.metrics import misplaced
from orchestration.connectors.rest_spec import RestStream
from orchestration.connectors.sql_spec import SqlStream
from orchestration.connectors.streams import STREAMS

Scalar = str | int | float | bool


class Band(BaseModel):
    """One step of `bands`: the value for numbers up to and including `up_to`; without it, for all above."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    up_to: float | None = None
    value: Scalar


class ColumnMapping(BaseModel):
    """Where one canonical column comes from: exactly one of `column`, `columns`, `constant`.

    column: the brand's column; in JSON Lines a dotted path may reach into an object ("author.id").
    columns: several columns, put together as `combine` says: joined with `separator` into one key, or summed.
        NULL where any of them is NULL.
    constant: the same for every row.
    decimal: money written in units ("12.34") becomes integer minor units; a value with more decimals than the
        currency has is quarantined.
    decimal_mark, thousands_mark: how the file writes numbers and money ("1.234,56": "," and ".").
    zone: the IANA zone of a local time, or UTC; needed for every `instant` whose text carries no offset. A local
        time that the clocks skip is quarantined; one that they show twice is taken as the earlier instant.
    format: strptime format of a date or time, "epoch_seconds" or "epoch_milliseconds"; default ISO 8601.
    values: value map from the brand's words (as text) to canonical ones; an unmapped value is quarantined unless
        `otherwise` is set. NULL stays NULL.
    bands: a number becomes a word by the first band it fits.
    list: how a text holds a list: "json" or a separator character.
    strip: characters taken off both ends of the value, or of each element of a list ("#").
    lower: lower-case the value (hashtags).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str | None = None
    columns: tuple[str, ...] = ()
    combine: Literal["join", "sum"] = "join"
    separator: str = "/"
    constant: Scalar | None = None
    decimal: bool = False
    decimal_mark: Literal[".", ","] = "."
    thousands_mark: Literal["", ".", ",", " ", "'"] = ""
    zone: str | None = None
    format: str | None = None
    values: dict[str, Scalar] = Field(default_factory=dict)
    otherwise: Scalar | None = None
    bands: tuple[Band, ...] = ()
    list: str | None = None
    strip: str = ""
    lower: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`store_id = "shop"` is short for `store_id = { column = "shop" }`."""
        return {"column": value} if isinstance(value, str) else value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone; write for instance 'Europe/Paris' or 'UTC'")
        return zone

    @model_validator(mode="after")
    def _fits_together(self) -> ColumnMapping:
        origins = [self.column is not None, bool(self.columns), self.constant is not None]
        if sum(origins) != 1:
            raise ValueError("give exactly one of column, columns, constant")
        if self.decimal_mark == self.thousands_mark:
            raise ValueError("decimal_mark and thousands_mark must differ")
        if self.otherwise is not None and not self.values:
            raise ValueError("otherwise belongs to values")
        steps = [band.up_to for band in self.bands]
        bounds = [bound for bound in steps if bound is not None]
        if None in steps[:-1] or any(low >= high for low, high in pairwise(bounds)):
            raise ValueError("bands must rise, and only the last may leave out up_to")
        return self

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The brand's columns this one reads."""
        return self.columns if self.column is None else (self.column,)


class StreamMapping(BaseModel):
    """One canonical stream of a source: what it comes from (exactly one of path, sql, rest) and its columns.

    path: local path (relative to the workspace; ${NANOLIFT_REAL_DATA} is replaced), fsspec URL or
        package://MODULE/PATH; may hold * patterns.
    sql, rest: the rows of a database or of a service (sql_spec.py, rest_spec.py).
    snapshot: each file is the whole table as it stands: rows of earlier files that it lacks are removed.
    most_removed_share: a load that would remove more than this share of the stream's rows (and more than 100) is
        refused: half an answer must not read as a great deletion.
    on_drift: what is done where a column is gone or became of another kind: the source is refused, or the rows are set
        aside and the run goes on. New columns are told and kept aside either way.
    delimiter, encoding: CSV and JSON Lines only (delimiter: CSV). A gzip file is recognised by its content.
    null_values: texts that mean NULL; in JSON Lines and Parquet a real null is one as well.
    only_where: rows of the file that belong to the stream: column → its allowed texts; others are skipped.
    skip_where_null: rows with NULL in one of these columns are skipped (an optional e-mail in a customer file).
        Skipped rows are counted apart: they are no rows of the stream.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    stream: str
    path: str | None = None
    sql: SqlStream | None = None
    rest: RestStream | None = None
    snapshot: bool = False
    most_removed_share: float = Field(default=0.2, ge=0, le=1)
    on_drift: Literal["refuse", "quarantine"] = "refuse"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ("",)
    only_where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    skip_where_null: tuple[str, ...] = ()
    columns: dict[str, ColumnMapping]

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError:
            raise ValueError(f"{encoding!r} is no encoding; write for instance 'utf-8' or 'cp1252'") from None
        return encoding

    @model_validator(mode="after")
    def _fits_its_stream(self) -> StreamMapping:
        if sum(origin is not None for origin in (self.path, self.sql, self.rest)) != 1:
            raise ValueError("give exactly one of path, sql, rest")
        if self.snapshot and self.path is None:
            raise ValueError("snapshot belongs to files (path); for a database see full_compare_days")
        if self.stream not in STREAMS:
            raise ValueError(f"no stream {self.stream!r}; there are {sorted(STREAMS)}")
        stream = STREAMS[self.stream]
        names = {column.name for column in stream.columns}
        if unknown := sorted(set(self.columns) - names):
            raise ValueError(f"{self.stream} has no column {unknown}; it has {sorted(names)}")
        missing = [column.name for column in stream.columns if column.required and column.name not in self.columns]
        if missing:
            raise ValueError(f"{self.stream} needs a mapping for {missing}")
        for name, spec in self.columns.items():
            kind = stream.column(name).type
            if spec.decimal and kind != "minor":
                raise ValueError(f"{name}: decimal is for money, and {name} is {kind}")
            if spec.columns and spec.combine == "sum" and kind not in ("minor", "integer", "number"):
                raise ValueError(f"{name}: only numbers and money can be summed, and {name} is {kind}")
            if spec.list is not None and kind != "text_list":
                raise ValueError(f"{name}: list is for lists, and {name} is {kind}")
        if wrong := misplaced(self):
            raise ValueError("; ".join(wrong))
        return self

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Every column of the brand's file that the mapping reads, sorted."""
        used = {name for spec in self.columns.values() for name in spec.source_columns}
        return tuple(sorted(used | set(self.only_where) | set(self.skip_where_null)))
