"""Dates, and instants as UTC.

Belongs here: ISO 8601, other formats, epochs, zones and the clocks' jumps. Does not: other types (mapping_cast.py).

The rule for local times: one that the clocks skip in spring never was, so it is quarantined; one that they show
twice in autumn is taken as the earlier instant.
"""

from __future__ import annotations

import polars as pl

from orchestration.connectors.mapping_cast import Cast, as_text
from orchestration.errors import SourceError

EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}
# The end of the year 9999; counts beyond it are other things, and far beyond it 64 bits begin anew.
_FARTHEST_SECONDS = 253_402_300_799
_OFFSET = r"(?:(Z|z)|([+-])(\d{2}):?(\d{2})|([+-])(\d{2}))$"
_TIME_WITH_OFFSET = r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|z|[+-]\d{2}(?::?\d{2})?)$"
_BLANK_BETWEEN = (r"^(\d{4}-\d{2}-\d{2})[ t]", "${1}T")
_SECONDS = "%Y-%m-%dT%H:%M:%S"
_WHY = "not a time, without zone, or skipped by the clocks"


def to_date(raw: pl.Expr, dtype: pl.DataType, name: str, form: str | None, zone: str | None) -> Cast:
    """A calendar date. A time is cut to its date; an aware one is first put into `zone` where that is given."""
    if dtype == pl.Date or dtype == pl.Null:
        return Cast(raw.cast(pl.Date), None, "not a date")
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None and zone is not None:
            raw = raw.dt.convert_time_zone(zone)
        return Cast(raw.dt.date(), None, "not a date")
    text = as_text(raw, dtype, name).str.strip_chars()
    if form is not None:
        value = text.str.to_date(form, strict=False)
    else:
        is_iso = text.str.contains(r"^\d{4}-\d{2}-\d{2}($|[T ])")
        value = pl.when(is_iso).then(text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))
    return Cast(value, raw.is_not_null(), "not a date")


def to_instant(raw: pl.Expr, dtype: pl.DataType, name: str, form: str | None, zone: str | None) -> Cast:
    """A naive UTC timestamp in microseconds.

    Raises:
        SourceError: a typed column of local times and no zone in the mapping.
    """
    if dtype == pl.Null:
        return Cast(raw.cast(pl.Datetime("us")), None, _WHY)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return Cast(_naive_utc(raw.cast(pl.Datetime("us", dtype.time_zone))), None, _WHY)
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        if zone is None:
            raise SourceError(f"{name}: the file's times have no time zone; give `zone` in the mapping")
        value = local_to_utc(raw.cast(pl.Datetime("us")), zone)
        return Cast(value, raw.is_not_null(), _WHY)
    text = as_text(raw, dtype, name).str.strip_chars()
    if form in EPOCHS:
        # Whole numbers only: fractions of a second are written as milliseconds.
        count = text.cast(pl.Int64, strict=False)
        farthest = _FARTHEST_SECONDS * 1_000_000 // EPOCHS[form]
        value = pl.when(count.is_between(-farthest, farthest)).then(count * EPOCHS[form]).cast(pl.Datetime("us"))
    elif form is not None:
        parsed = text.str.to_datetime(form, time_unit="us", strict=False)
        value = _naive_utc(parsed) if "%z" in form else _local(parsed, zone)
    else:
        value = _iso(text, zone)
    return Cast(value, raw.is_not_null(), _WHY)


def local_to_utc(local: pl.Expr, zone: str) -> pl.Expr:
    """Naive local times of `zone` as naive UTC; NULL where the clocks skipped the time."""
    if zone == "UTC":
        return local
    return _naive_utc(local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null"))


def _naive_utc(aware: pl.Expr) -> pl.Expr:
    return aware.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _local(local: pl.Expr, zone: str | None) -> pl.Expr:
    return pl.lit(None, pl.Datetime("us")) if zone is None else local_to_utc(local, zone)


def _iso(text: pl.Expr, zone: str | None) -> pl.Expr:
    """ISO 8601: a date, or a date and a time with or without seconds, fraction and offset ("T" or a blank between)."""
    return text.map_batches(lambda texts: _read_iso(texts, zone), return_dtype=pl.Datetime("us"))


def _read_iso(texts: pl.Series, zone: str | None) -> pl.Series:
    """Most columns are a date and a time with seconds throughout: the forms beyond that are tried on what is not."""
    texts = texts.alias("text")  # a brand's column may be called as a pattern of names
    seconds = texts.str.replace(*_BLANK_BETWEEN).str.to_datetime(_SECONDS, time_unit="us", strict=False)
    read = seconds.to_frame().with_columns(_local(pl.col("text"), zone).alias("text")).to_series()
    other = seconds.is_null() & texts.is_not_null()
    if not other.any():
        return read
    others = texts.filter(other).to_frame().select(_iso_of_any_form(pl.col("text"), zone)).to_series()
    return read.scatter(other.arg_true(), others)


def _iso_of_any_form(text: pl.Expr, zone: str | None) -> pl.Expr:
    has_offset = text.str.contains(_TIME_WITH_OFFSET)
    bare = pl.when(has_offset).then(text.str.replace(r"\s?" + _OFFSET, "")).otherwise(text)
    bare = bare.str.replace(*_BLANK_BETWEEN)
    wall = pl.coalesce(
        bare.str.to_datetime(f"{_SECONDS}%.f", time_unit="us", strict=False),
        bare.str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False),
        bare.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")),
    )
    sign = pl.when(pl.coalesce(text.str.extract(_OFFSET, 2), text.str.extract(_OFFSET, 5)) == "-").then(-1).otherwise(1)
    hours = pl.coalesce(text.str.extract(_OFFSET, 3), text.str.extract(_OFFSET, 6), pl.lit("0")).cast(pl.Int64)
    minutes = pl.coalesce(text.str.extract(_OFFSET, 4), pl.lit("0")).cast(pl.Int64)
    shifted = wall - pl.duration(minutes=sign * (hours * 60 + minutes))
    return pl.when(has_offset).then(shifted).otherwise(_local(wall, zone))
