"""A batch of a brand's rows as rows of a canonical stream; what cannot be typed gets a reason.

Belongs here: applying a StreamMapping: origin, value maps, bands, types, the stream's own rules. Does not: the casts
(mapping_cast.py, mapping_money.py, mapping_time.py), pseudonyms, scrubbing, duplicates (landing_file.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import add, or_

import polars as pl

from orchestration.connectors.base import FILE_REASON, FILE_ROW, ROW_NO
from orchestration.connectors.mapping_cast import Cast, as_text, to_boolean, to_integer, to_list, to_number
from orchestration.connectors.mapping_money import to_minor
from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping
from orchestration.connectors.mapping_time import to_date, to_instant
from orchestration.connectors.streams import STREAMS, Column, Stream

# Raised when the meaning of a landed row changes without its mapping changing: all loads are then mapped again.
LANDED_FORM = 3
POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "minor": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "instant": pl.Datetime("us"),
    "text_list": pl.List(pl.String()),
}
Failure = tuple[pl.Expr, str]
# Why a row is rejected whose source lost a column.
GONE = "the source has no such column any more"


@dataclass(frozen=True)
class Mapped:
    """A mapped batch.

    Attributes:
        rows: row_no and the canonical columns.
        rejected: FILE_ROW, FILE_REASON and the raw columns.
        unfit: the rejected rows as `rows`, as far as they could be typed.
        skipped: rows that the mapping says are not of the stream.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    unfit: pl.DataFrame
    skipped: int


def mapping_version(mapping: StreamMapping, brand_timezone: str) -> str:
    """A hash of all that decides what a source's rows become: the mapping (not the place of files), stream and zone."""
    stream = asdict(STREAMS[mapping.stream])
    said = mapping.model_dump(
        mode="json", exclude={"path", "sql", "rest", "snapshot", "most_removed_share", "on_drift"}
    )
    if (origin := mapping.sql or mapping.rest) is not None:
        said["origin"] = origin.said()
    form = json.dumps([LANDED_FORM, said, stream, brand_timezone], sort_keys=True, default=str)
    return hashlib.sha256(form.encode()).hexdigest()[:16]


def apply_mapping(frame: pl.DataFrame, mapping: StreamMapping, lacking: Sequence[str] = ()) -> Mapped:
    """Map a batch.

    Args:
        frame: FILE_ROW and the brand's columns as the parser found them.
        mapping: checked against its stream already.
        lacking: columns that the mapping reads and the source has no more (NULL in the frame): their rows are rejected.

    Raises:
        SourceError: a column's type in the file cannot be what the mapping says.
    """
    stream = STREAMS[mapping.stream]
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    nulls = list(mapping.null_values)
    if texts:
        frame = frame.with_columns(pl.when(pl.col(name).is_in(nulls).not_()).then(pl.col(name)) for name in texts)
    chooses = bool(mapping.only_where or mapping.skip_where_null)
    kept = frame.filter(_belongs(mapping, frame.schema)) if chooses else frame
    failures: list[Failure] = [(pl.lit(True), f"{name}: {GONE}") for name in lacking]
    values: list[pl.Expr] = []
    for column in stream.columns:
        value, problems = _column(column, mapping, kept.schema)
        values.append(value.cast(POLARS_TYPES[column.type]).alias(column.name))
        failures += [(condition, f"{column.name}: {why}") for condition, why in problems]
    fails = pl.any_horizontal(pl.lit(False), *(condition.fill_null(False) for condition, _ in failures))
    judged = kept.select(pl.col(FILE_ROW).alias(ROW_NO), *values, fails.alias("_fails"))
    rules = _stream_rules(stream)
    failed = judged.select(pl.col("_fails") | rules.is_not_null()).to_series()
    rows = judged.drop("_fails")
    skipped = frame.height - kept.height
    if not failed.any():
        none = kept.clear().with_columns(pl.lit(None, pl.String).alias(FILE_REASON))
        return Mapped(rows, none, rows.clear(), skipped)
    # Reasons are texts, and hardly a row has one: they are made for those rows only.
    broken, unfit = kept.filter(failed), rows.filter(failed)
    whys = broken.select(
        pl.lit(None, pl.String).alias(FILE_REASON),
        *(pl.when(condition).then(pl.lit(why)).alias(f"_{at}") for at, (condition, why) in enumerate(failures)),
    )
    names = [f"_{at}" for at in range(len(failures))]
    reasons = whys.hstack(unfit).select(pl.coalesce(*names, rules, FILE_REASON).alias(FILE_REASON))
    rejected = broken.hstack(reasons)
    return Mapped(rows.filter(~failed), rejected, unfit, skipped)


def _belongs(mapping: StreamMapping, schema: pl.Schema) -> pl.Expr:
    belongs = pl.lit(True)
    for name, allowed in mapping.only_where.items():
        belongs &= as_text(pl.col(name), schema[name], name).is_in(list(allowed)).fill_null(False)
    for name in mapping.skip_where_null:
        belongs &= pl.col(name).is_not_null()
    return belongs


def _column(column: Column, mapping: StreamMapping, schema: pl.Schema) -> tuple[pl.Expr, list[Failure]]:
    """The typed value of a canonical column and the conditions under which its row is quarantined."""
    spec = mapping.columns.get(column.name)
    if spec is None:
        return pl.lit(None), []
    if spec.columns and spec.combine == "sum":
        parts = [_typed(column, spec, pl.col(name), schema[name], mapping, schema) for name in spec.columns]
        cast = Cast(reduce(add, (p.value for p in parts)), reduce(or_, (p.failed for p in parts)), parts[0].why)
        failures = [(cast.failed, cast.why)]
    else:
        raw, dtype, failures = _origin(column, spec, schema)
        cast = _typed(column, spec, raw, dtype, mapping, schema)
        failures.append((cast.failed, cast.why))
    value = _polished(cast.value, column, spec)
    if column.required:
        failures.append((value.is_null(), "missing"))
    if column.allowed:
        failures.append((value.is_in(list(column.allowed)).not_(), f"none of {', '.join(column.allowed)}"))
    if column.minimum is not None:
        failures.append((value < column.minimum, f"below {column.minimum:g}"))
    if column.maximum is not None:
        failures.append((value > column.maximum, f"above {column.maximum:g}"))
    if column.type == "minor":
        failures.append((value.is_not_null() & _currency(mapping, schema).is_null(), "money without currency"))
    return value, failures


def _origin(column: Column, spec: ColumnMapping, schema: pl.Schema) -> tuple[pl.Expr, pl.DataType, list[Failure]]:
    """Where the value comes from, after value map or bands; with its type and what can go wrong."""
    if spec.constant is not None:
        word = str(spec.constant).lower() if isinstance(spec.constant, bool) else str(spec.constant)
        return pl.lit(word), pl.String(), []
    raw: pl.Expr
    dtype: pl.DataType
    if spec.columns:
        parts = [as_text(pl.col(name), schema[name], column.name) for name in spec.columns]
        raw, dtype = pl.concat_str(parts, separator=spec.separator), pl.String()
    else:
        assert spec.column is not None  # ColumnMapping gives exactly one origin
        raw, dtype = pl.col(spec.column), schema[spec.column]
    if spec.values:
        text = as_text(raw, dtype, column.name)
        words = {key: _word(value) for key, value in spec.values.items()}
        otherwise = None if spec.otherwise is None else _word(spec.otherwise)
        mapped = text.replace_strict(words, default=otherwise, return_dtype=pl.String)
        mapped = pl.when(text.is_not_null()).then(mapped)
        unmapped = text.is_not_null() & mapped.is_null()
        return mapped, pl.String(), [(unmapped, "a value that the mapping does not name")]
    if spec.bands:
        number = to_number(raw, dtype, column.name, (spec.decimal_mark, spec.thousands_mark))
        word_of: pl.Expr = pl.lit(None, pl.String)
        for band in reversed(spec.bands):
            fits = number.value.is_not_null() if band.up_to is None else number.value <= band.up_to
            word_of = pl.when(fits).then(pl.lit(_word(band.value))).otherwise(word_of)
        outside = number.value.is_not_null() & word_of.is_null()
        return word_of, pl.String(), [(number.failed, number.why), (outside, "outside the bands")]
    return raw, dtype, []


def _typed(
    column: Column, spec: ColumnMapping, raw: pl.Expr, dtype: pl.DataType, mapping: StreamMapping, schema: pl.Schema
) -> Cast:
    marks = (spec.decimal_mark, spec.thousands_mark)
    if column.type == "minor":
        return to_minor(raw, dtype, column.name, spec.decimal, _currency(mapping, schema), marks)
    if column.type == "integer":
        return to_integer(raw, dtype, column.name, marks)
    if column.type == "number":
        return to_number(raw, dtype, column.name, marks)
    if column.type == "boolean":
        return to_boolean(raw, dtype, column.name)
    if column.type == "date":
        return to_date(raw, dtype, column.name, spec.format, spec.zone)
    if column.type == "instant":
        return to_instant(raw, dtype, column.name, spec.format, spec.zone)
    if column.type == "text_list":
        return to_list(raw, dtype, column.name, spec.list)
    return Cast(as_text(raw, dtype, column.name), pl.lit(False), "not text")


def _polished(value: pl.Expr, column: Column, spec: ColumnMapping) -> pl.Expr:
    """strip and lower; a personal reference loses blanks around it, and an empty one is NULL."""
    if column.type == "text_list":
        item = pl.element().str.strip_chars(spec.strip) if spec.strip else pl.element()
        item = item.str.to_lowercase() if spec.lower else item
        return value.list.eval(item) if spec.strip or spec.lower else value
    if column.type != "text":
        return value
    if column.reference is not None:
        value = value.str.strip_chars()
    if spec.strip:
        value = value.str.strip_chars(spec.strip)
    if spec.lower:
        value = value.str.to_lowercase()
    return pl.when(value != "").then(value) if column.reference is not None or spec.strip else value


def _currency(mapping: StreamMapping, schema: pl.Schema) -> pl.Expr:
    spec = mapping.columns.get("currency")
    if spec is None:
        return pl.lit(None, pl.String)
    raw, dtype, _ = _origin(STREAMS[mapping.stream].column("currency"), spec, schema)
    return as_text(raw, dtype, "currency")


def _stream_rules(stream: Stream) -> pl.Expr:
    """What no single column can say: a reference whose kind needs a scope has one."""
    rule: pl.Expr = pl.lit(None, pl.String)
    for column in stream.columns:
        reference = column.reference
        if reference is not None and reference.kind_column is not None and reference.scope:
            scope = reference.scope[0]
            needs = pl.col(reference.kind_column).is_in(["social_account", "review_author"])
            rule = (
                pl.when(needs & pl.col(scope).is_null()).then(pl.lit(f"{scope}: missing for this kind")).otherwise(rule)
            )
    return rule


def _word(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
