"""A canonical column of a mapped stream: the expression of its values, and what can be wrong with one.

Belongs here: origin, value maps, bands, the type, the column's own rules. Does not: the casts (mapping_cast.py,
mapping_money.py, mapping_time.py), applying them to a batch (mapping.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, or_

import polars as pl

from orchestration.connectors.base import ROW_NO
from orchestration.connectors.mapping_cast import Cast, as_text, brands, to_boolean, to_integer, to_list, to_number
from orchestration.connectors.mapping_money import to_minor
from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping
from orchestration.connectors.mapping_time import to_date, to_instant
from orchestration.connectors.streams import STREAMS, Column

# Where a row's value is wrong, told from the raw columns and the column that holds the value; and what is said then.
Problem = tuple[Callable[[pl.Expr], pl.Expr], str]


# Reading a text as one of these costs ten times what looking it up costs, and most texts repeat.
_COSTLY = ("minor", "integer", "number", "boolean", "date", "instant")


@dataclass(frozen=True)
class Part:
    """A value that one text alone decides: `value` of the column `raw`, to stand in a column `name` of its own."""

    name: str
    raw: str
    value: pl.Expr


@dataclass(frozen=True)
class Told:
    """A canonical column's value, an expression over the brand's columns and `parts`, and what can be wrong with it."""

    value: pl.Expr
    problems: tuple[Problem, ...] = ()
    parts: tuple[Part, ...] = ()


def beside(name: str) -> str:
    """A name of ours beside the brand's own columns, which may be called anything."""
    return f"{ROW_NO}\x1f{name}"


def told(column: Column, mapping: StreamMapping, schema: pl.Schema) -> Told:
    """How a canonical column comes from the brand's columns.

    Raises:
        SourceError: a column's type in the file cannot be what the mapping says.
    """
    spec = mapping.columns.get(column.name)
    if spec is None:
        return Told(pl.lit(None))
    problems: list[Problem] = []
    parts: list[Part | None]
    if spec.columns and spec.combine == "sum":
        casts = [_typed(column, spec, brands(name), schema[name], mapping, schema) for name in spec.columns]
        parts = [_part(column, name, cast, mapping, schema) for name, cast in zip(spec.columns, casts, strict=True)]
        summed = [
            cast if part is None else replace(cast, value=pl.col(part.name))
            for part, cast in zip(parts, casts, strict=True)
        ]
        dtype: pl.DataType = pl.Null()
        fallible = [each.failed for each in summed if each.given is not None]
        cast = Cast(
            reduce(add, (each.value for each in summed)), reduce(or_, fallible) if fallible else None, casts[0].why
        )
    else:
        raw, dtype, conditions = _origin(column, spec, schema)
        cast = _typed(column, spec, raw, dtype, mapping, schema)
        part = None if spec.column is None else _part(column, spec.column, cast, mapping, schema)
        parts = [part]
        if part is not None:
            cast = replace(cast, value=pl.col(part.name))
            wrong = [Part(f"{part.name}: {why}", part.raw, condition) for condition, why in conditions]
            conditions = [(pl.col(each.name), why) for each, (_, why) in zip(wrong, conditions, strict=True)]
            parts += wrong
        problems += [(_whatever(condition), why) for condition, why in conditions]
    if cast.given is not None:
        problems.append((cast.failed_as, cast.why))
    if column.required:
        problems.append((pl.Expr.is_null, "missing"))
    if column.allowed:
        problems.append((lambda done: done.is_in(list(column.allowed)).not_(), f"none of {', '.join(column.allowed)}"))
    if column.minimum is not None:
        problems.append((lambda done: done < column.minimum, f"below {column.minimum:g}"))
    if column.maximum is not None:
        problems.append((lambda done: done > column.maximum, f"above {column.maximum:g}"))
    currency = _currency(mapping, schema) if column.type == "minor" else ""
    if not isinstance(currency, str):
        problems.append((lambda done: done.is_not_null() & currency.is_null(), "money without currency"))
    made = tuple(part for part in parts if part is not None)
    return Told(_polished(cast.value, column, spec, dtype), tuple(problems), made)


def _part(column: Column, raw: str, cast: Cast, mapping: StreamMapping, schema: pl.Schema) -> Part | None:
    """The value as a part; None: it costs little, or depends on more than the one text."""
    spec = mapping.columns[column.name]
    is_costly = column.type in _COSTLY or spec.values or spec.bands
    is_alone = column.type != "minor" or isinstance(_currency(mapping, schema), str)
    if schema[raw] != pl.String or not is_costly or not is_alone:
        return None
    return Part(beside(f"{column.name} of {raw}"), raw, cast.value)


def _whatever(condition: pl.Expr) -> Callable[[pl.Expr], pl.Expr]:
    return lambda done: condition


def _origin(
    column: Column, spec: ColumnMapping, schema: pl.Schema
) -> tuple[pl.Expr, pl.DataType, list[tuple[pl.Expr, str]]]:
    """Where the value comes from, after value map or bands; with its type and what can go wrong."""
    if spec.constant is not None:
        word = str(spec.constant).lower() if isinstance(spec.constant, bool) else str(spec.constant)
        return pl.lit(word), pl.String(), []
    raw: pl.Expr
    dtype: pl.DataType
    if spec.columns:
        parts = [as_text(brands(name), schema[name], column.name) for name in spec.columns]
        raw, dtype = pl.concat_str(parts, separator=spec.separator), pl.String()
    else:
        assert spec.column is not None  # ColumnMapping gives exactly one origin
        raw, dtype = brands(spec.column), schema[spec.column]
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
    return Cast(as_text(raw, dtype, column.name), None, "not text")


def _polished(value: pl.Expr, column: Column, spec: ColumnMapping, dtype: pl.DataType) -> pl.Expr:
    """strip and lower; a personal reference loses blanks around it, and an empty one is NULL.

    dtype: what the value was made of; a number's text has no blanks around it and is never empty.
    """
    if column.type == "text_list":
        item = pl.element().str.strip_chars(spec.strip) if spec.strip else pl.element()
        item = item.str.to_lowercase() if spec.lower else item
        return value.list.eval(item) if spec.strip or spec.lower else value
    if column.type != "text":
        return value
    is_personal = column.reference is not None and not dtype.is_integer()
    if is_personal:
        value = value.str.strip_chars()
    if spec.strip:
        value = value.str.strip_chars(spec.strip)
    if spec.lower:
        value = value.str.to_lowercase()
    return pl.when(value != "").then(value) if is_personal or spec.strip else value


def _currency(mapping: StreamMapping, schema: pl.Schema) -> pl.Expr | str:
    """The row's currency, or that of all rows."""
    spec = mapping.columns.get("currency")
    if spec is None:
        return pl.lit(None, pl.String)
    if spec.constant is not None and not spec.values and not spec.bands:
        return _word(spec.constant)
    raw, dtype, _ = _origin(STREAMS[mapping.stream].column("currency"), spec, schema)
    return as_text(raw, dtype, "currency")


def _word(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
