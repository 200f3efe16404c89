"""A batch of a brand's rows as rows of a canonical stream; what cannot be typed gets a reason.

Belongs here: applying a StreamMapping to a batch, the stream's own rules. Does not: how one column comes from the
brand's (mapping_column.py), pseudonyms, scrubbing, duplicates (landing_file.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from orchestration.connectors.base import FILE_REASON, FILE_ROW, ROW_NO
from orchestration.connectors.mapping_cast import as_text, brands
from orchestration.connectors.mapping_column import Part, Told, beside, told
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.streams import STREAMS, Column, Stream

# Raised when the meaning of a landed row changes without its mapping changing: all loads are then mapped again.
LANDED_FORM = 4
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
# Share of texts that are not the same as another up to which they are looked up instead of read.
MOST_DISTINCT = 0.5
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
        frame = frame.with_columns(pl.when(brands(name).is_in(nulls).not_()).then(brands(name)) for name in texts)
    chooses = bool(mapping.only_where or mapping.skip_where_null)
    kept = frame.filter(_belongs(mapping, frame.schema)) if chooses else frame
    found = {column.name: told(column, mapping, kept.schema) for column in stream.columns}
    read = _with_parts(kept, [part for each in found.values() for part in each.parts])
    typed = _typed(stream, mapping, read, found)
    problems = [
        (tell(pl.col(beside(name))), f"{name}: {why}") for name, each in found.items() for tell, why in each.problems
    ]
    problems = [*((pl.lit(True), f"{name}: {GONE}") for name in lacking), *problems]
    both = read.hstack([column.alias(beside(column.name)) for column in typed])
    fails = pl.any_horizontal(pl.lit(False), *(condition.fill_null(False) for condition, _ in problems))
    rules = _stream_rules(stream)
    failed = both.select(FILE_ROW, fails.alias(FILE_REASON)).to_series(1)
    if rules is not None:
        failed |= typed.select(rules.is_not_null()).to_series()
    rows = typed.insert_column(0, kept.get_column(FILE_ROW).alias(ROW_NO))
    skipped = frame.height - kept.height
    if not failed.any():
        none = kept.clear().with_columns(pl.lit(None, pl.String).alias(FILE_REASON))
        return Mapped(rows, none, rows.clear(), skipped)
    # Reasons are texts, and hardly a row has one: they are made for those rows only.
    broken, unfit = kept.filter(failed), rows.filter(failed)
    whys = both.filter(failed).select(
        pl.coalesce(
            *(pl.when(condition).then(pl.lit(why)) for condition, why in problems), pl.lit(None, pl.String)
        ).alias(FILE_REASON)
    )
    if rules is not None:
        whys = whys.select(pl.coalesce(FILE_REASON, unfit.select(rules.alias(FILE_REASON)).to_series()))
    return Mapped(rows.filter(~failed), broken.hstack(whys), unfit, skipped)


def _typed(stream: Stream, mapping: StreamMapping, read: pl.DataFrame, found: Mapping[str, Told]) -> pl.DataFrame:
    """The canonical columns. Two of one origin (a product that is the line as well) are one."""
    first: dict[str, str] = {}
    of = {column.name: first.setdefault(_origin_of(column, mapping), column.name) for column in stream.columns}
    values = {
        column.name: found[column.name].value.cast(POLARS_TYPES[column.type]).alias(column.name)
        for column in stream.columns
    }
    once = read.select(FILE_ROW, *(values[name] for name in first.values()))
    return once.select(pl.col(origin).alias(name) for name, origin in of.items())


def _origin_of(column: Column, mapping: StreamMapping) -> str:
    """What two columns with the same values have in common."""
    spec = mapping.columns.get(column.name)
    return f"{column.type} {column.reference is not None} {None if spec is None else spec.model_dump_json()}"


def _with_parts(kept: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """The brand's columns and the parts, each text read once where texts repeat."""
    for raw in dict.fromkeys(part.raw for part in parts):
        values = [part.value.alias(part.name) for part in parts if part.raw == raw]
        texts = kept.get_column(raw).to_frame()
        distinct = texts.unique(maintain_order=True)
        if distinct.height <= kept.height * MOST_DISTINCT:
            values_of = distinct.with_columns(values)
            same = brands(raw)
            joined = texts.join(values_of, on=same, how="left", nulls_equal=True, maintain_order="left")
            made = joined.select(part.name for part in parts if part.raw == raw)
        else:
            made = texts.select(values)
        kept = kept.hstack(made.get_columns())
    return kept


def _belongs(mapping: StreamMapping, schema: pl.Schema) -> pl.Expr:
    belongs = pl.lit(True)
    for name, allowed in mapping.only_where.items():
        belongs &= as_text(brands(name), schema[name], name).is_in(list(allowed)).fill_null(False)
    for name in mapping.skip_where_null:
        belongs &= brands(name).is_not_null()
    return belongs


def _stream_rules(stream: Stream) -> pl.Expr | None:
    """What no single column can say: a reference whose kind needs a scope has one. None: there is no such rule."""
    rule: pl.Expr | None = None
    for column in stream.columns:
        reference = column.reference
        if reference is not None and reference.kind_column is not None and reference.scope:
            scope = reference.scope[0]
            needs = pl.col(reference.kind_column).is_in(["social_account", "review_author"])
            rule = (
                pl.when(needs & pl.col(scope).is_null()).then(pl.lit(f"{scope}: missing for this kind")).otherwise(rule)
            )
    return rule
