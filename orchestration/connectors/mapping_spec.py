"""What a mapping may say, as types: how a brand's columns become a canonical stream.

Belongs here: the vocabulary of [[sources.streams]] in nanolift.toml. Does not: applying it (mapping.py).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.connectors.streams import STREAMS

Scalar = str | int | float | bool


class Band(BaseModel):
    """One step of `bands`: the value for numbers up to and including `up_to`; without it, for all above."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    up_to: float | None = None
    value: Scalar


class ColumnMapping(BaseModel):
    """Where one canonical column comes from: exactly one of `column`, `columns`, `constant`.

    column: the brand's column.  columns + separator: several joined into one key.  constant: the same for every row.
    decimal: money written in units ("12.34") becomes integer minor units; a value with more decimals than the
        currency has is quarantined.
    zone: the IANA zone of a local time, or UTC; needed for every `instant` whose text carries no offset.
    format: strptime format of a date or time; default ISO 8601.
    values: value map from the brand's words (as text) to canonical ones; an unmapped value is quarantined unless
        `otherwise` is set.
    bands: a number becomes a word by the first band it fits.
    list: how a text holds a list: "json" or a separator character.
    lower: lower-case the value (hashtags).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str | None = None
    columns: tuple[str, ...] = ()
    separator: str = "/"
    constant: Scalar | None = None
    decimal: bool = False
    zone: str | None = None
    format: str | None = None
    values: dict[str, Scalar] = Field(default_factory=dict)
    otherwise: Scalar | None = None
    bands: tuple[Band, ...] = ()
    list: str | None = None
    lower: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`store_id = "shop"` is short for `store_id = { column = "shop" }`."""
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMapping:
        origins = [self.column is not None, bool(self.columns), self.constant is not None]
        if sum(origins) != 1:
            raise ValueError("give exactly one of column, columns, constant")
        return self


class StreamMapping(BaseModel):
    """One canonical stream of a source: the files it comes from and where each column comes from.

    path: local path (relative to the workspace; ${NANOLIFT_REAL_DATA} is replaced), fsspec URL or
        package://MODULE/PATH; may hold * patterns.
    delimiter, encoding: CSV only.  json_rows: dotted path to the rows in JSON (default: one object per line).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    stream: str
    path: str
    delimiter: str = ","
    encoding: str = "utf-8"
    null_values: tuple[str, ...] = ("",)
    columns: dict[str, ColumnMapping]

    @model_validator(mode="after")
    def _fits_its_stream(self) -> StreamMapping:
        if self.stream not in STREAMS:
            raise ValueError(f"no stream {self.stream!r}; there are {sorted(STREAMS)}")
        stream = STREAMS[self.stream]
        names = {column.name for column in stream.columns}
        if unknown := sorted(set(self.columns) - names):
            raise ValueError(f"{self.stream} has no column {unknown}; it has {sorted(names)}")
        missing = [column.name for column in stream.columns if column.required and column.name not in self.columns]
        if missing:
            raise ValueError(f"{self.stream} needs a mapping for {missing}")
        return self
