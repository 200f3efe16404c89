"""Control totals: what the source says of its till lines, by store and day, against what came of them.

Belongs here: which totals can be asked under a mapping, counting what came, comparing. Does not: asking a database
(sql_postgres.py, sql_alchemy.py), the gate (expectations/suites/landing.py).

Every row that comes is counted, whatever becomes of it. Its amount is the landed one where the row was mapped, the
raw one where it was set aside or skipped. So a row lost on the way, a wrong number of decimals and a lost sign show.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import polars as pl

from orchestration.connectors.base import FILE_ROW, ROW_NO
from orchestration.connectors.mapping import Mapped
from orchestration.connectors.mapping_cast import as_text
from orchestration.connectors.mapping_money import MINOR_DIGITS, USUAL_DIGITS
from orchestration.connectors.mapping_spec import ColumnMapping, StreamMapping

CONTROLLED_STREAM = "pos_lines"
# Amounts are added up in millionths of a unit, as 64-bit integers: exact up to nine million millions a day.
_MICRO_DIGITS = 6
CELL = ("store", "day")
# How many differing cells a record names: enough to see what they have in common.
NAMED_CELLS = 10
# So many batches' totals are folded into one: each holds most stores and days again.
_FOLDED = 8


@dataclass(frozen=True)
class Asked:
    """What can be asked under a mapping: the brand's columns; None: not broken down by it, or not added up.

    Attributes:
        in_units: the amount is written in units of the currency (12.34), else in minor units.
    """

    store: str | None
    day: str | None
    amount: str | None
    in_units: bool = True

    def only(self, times: Container[str | None], numbers: Container[str | None]) -> Asked:
        """Without a day or an amount that the database does not keep as such."""
        day = self.day if self.day in times else None
        return replace(self, day=day, amount=self.amount if self.amount in numbers else None)


@dataclass
class Control:
    """The source's totals and, batch after batch, those of what came.

    Attributes:
        totals: gives store (text), day (date), rows, amount (text): one row per cell; a part that is not asked is NULL.
    """

    asked: Asked
    totals: Callable[[], pl.DataFrame]
    came: list[pl.DataFrame] = field(default_factory=list)

    def fresh(self) -> Control:
        """The same totals, nothing counted yet."""
        return replace(self, came=[])

    def count(self, frame: pl.DataFrame, mapped: Mapped) -> None:
        """Add a batch: its raw rows, and what the mapping made of them."""
        self.came.append(_totals_of(self.asked, frame, mapped))
        if len(self.came) >= _FOLDED:
            self.came = [_added(pl.concat(self.came))]


def asked_of(mapping: StreamMapping) -> Asked | None:
    """The totals a mapping allows to ask for; None: not of this stream."""
    if mapping.stream != CONTROLLED_STREAM:
        return None
    amount = mapping.columns["net_amount_minor"]
    store, day = (_plain(mapping.columns[name]) for name in ("store_id", "sold_at"))
    if mapping.columns["sold_at"].format is not None:
        day = None
    return Asked(store, day, _plain(amount), amount.decimal)


def _plain(spec: ColumnMapping) -> str | None:
    """The column where it is taken as it is: no list of words, bands or marks in between."""
    worked = (spec.values, spec.bands, spec.decimal_mark != ".", spec.thousands_mark)
    return None if any(worked) else spec.column


def _totals_of(asked: Asked, frame: pl.DataFrame, mapped: Mapped) -> pl.DataFrame:
    # Stores are told apart as they came and become texts afterwards, cell by cell and not row by row.
    raw = pl.lit(None, pl.String) if asked.store is None else pl.col(asked.store)
    cells = frame.select(FILE_ROW, raw.alias("store"), _day(asked, frame.schema))
    if mapped.rows.height == frame.height:
        inside, outside = cells, None
    else:
        is_mapped = frame.get_column(FILE_ROW).is_in(mapped.rows.get_column(ROW_NO).implode())
        inside, outside = cells.filter(is_mapped), frame.filter(~is_mapped)
    money = mapped.rows.select("currency", "net_amount_minor")
    currencies = money.get_column("currency").unique()
    by = CELL if currencies.len() == 1 else (*CELL, "currency")
    landed = inside.hstack(money).group_by(by).agg(pl.len().alias("rows"), pl.sum("net_amount_minor"))
    if by == CELL:
        landed = landed.with_columns(pl.lit(currencies.item(), pl.String).alias("currency"))
    if asked.store is not None:
        landed = landed.with_columns(as_text(pl.col("store"), landed.schema["store"], asked.store))
    digits = pl.col("currency").replace_strict(MINOR_DIGITS, default=USUAL_DIGITS, return_dtype=pl.Int64)
    factor = pl.lit(10, pl.Int64).pow(_MICRO_DIGITS - (digits if asked.in_units else 0))
    amount = (pl.col("net_amount_minor") * factor).alias("amount")
    parts = [landed.select(*CELL, pl.col("rows").cast(pl.Int64), amount, pl.lit(0, pl.Int64).alias("unmapped"))]
    if outside is not None:
        parts.append(
            outside.select(_store(asked, frame.schema), _day(asked, frame.schema), _amount(asked))
            .group_by(*CELL)
            .agg(pl.len().cast(pl.Int64).alias("rows"), pl.sum("amount"), pl.len().cast(pl.Int64).alias("unmapped"))
        )
    return _added(pl.concat(parts))


def _store(asked: Asked, schema: pl.Schema) -> pl.Expr:
    if asked.store is None:
        return pl.lit(None, pl.String).alias("store")
    return as_text(pl.col(asked.store), schema[asked.store], asked.store).alias("store")


def _day(asked: Asked, schema: pl.Schema) -> pl.Expr:
    if asked.day is None:
        return pl.lit(None, pl.Date).alias("day")
    raw, dtype = pl.col(asked.day), schema[asked.day]
    if dtype.is_temporal():
        return raw.cast(pl.Date).alias("day")
    text = as_text(raw, dtype, asked.day)
    dated = pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}(?:[ T][^B]*)?$")).then(text.str.slice(0, 10))
    return dated.str.to_date("%Y-%m-%d", strict=False).alias("day")


def _amount(asked: Asked) -> pl.Expr:
    if asked.amount is None:
        return pl.lit(0, pl.Int64).alias("amount")
    return _micro(pl.col(asked.amount)).alias("amount")


def _micro(amount: pl.Expr) -> pl.Expr:
    return amount.cast(pl.Decimal(38, _MICRO_DIGITS), strict=False).to_physical().cast(pl.Int64, strict=False)


def _added(totals: pl.DataFrame) -> pl.DataFrame:
    return totals.group_by(*CELL).agg(pl.sum("rows"), pl.sum("amount"), pl.sum("unmapped"))


def compared(control: Control) -> dict[str, Any]:
    """The record of a comparison, as it stands in `_load.json`.

    Returns:
        rows, rows_came: as the source says and as they came; amount: as the source says; cells: how many store-days;
        cells_differing: of them, 0 when all is well; differing: the first of them with both sides' figures.
        Amounts are texts.
    """
    amount = _micro(pl.col("amount"))
    known = pl.when(amount.is_null().any().not_()).then(amount.sum())
    asked = control.totals().group_by(*CELL).agg(pl.sum("rows"), known.alias("amount"))
    came = _added(pl.concat(control.came)) if control.came else _nothing()
    both = asked.join(came, on=list(CELL), how="full", coalesce=True, nulls_equal=True, suffix="_came")
    both = both.with_columns(pl.col("rows", "rows_came", "amount_came", "unmapped").fill_null(0))
    differs = pl.col("rows") != pl.col("rows_came")
    if control.asked.amount is not None:
        # What could not be mapped may have more decimals than are added up here. A day whose sum is no number (NaN is
        # one of the amounts) has no sum to compare; its rows are counted.
        differs |= ((pl.col("amount") - pl.col("amount_came")).abs() > pl.col("unmapped")).fill_null(False)
    differing = both.filter(differs).sort(CELL, nulls_last=True)
    return {
        "rows": int(both.get_column("rows").sum()),
        "rows_came": int(both.get_column("rows_came").sum()),
        "amount": None if control.asked.amount is None else _units(int(both.get_column("amount").sum())),
        "cells": both.height,
        "cells_differing": differing.height,
        "differing": [
            {
                "store": row["store"],
                "day": None if row["day"] is None else row["day"].isoformat(),
                "rows": row["rows"],
                "rows_came": row["rows_came"],
                "amount": _units(row["amount"]),
                "amount_came": _units(row["amount_came"]),
            }
            for row in differing.head(NAMED_CELLS).iter_rows(named=True)
        ],
    }


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"store": pl.String, "day": pl.Date, "rows": pl.Int64, "amount": pl.Int64, "unmapped": pl.Int64}
    )


def _units(micro: int | None) -> str | None:
    return None if micro is None else str(Decimal(micro).scaleb(-_MICRO_DIGITS))
