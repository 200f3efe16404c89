"""One brand's column as a canonical type: a Polars expression for the value, and one for what could not be.

Belongs here: text, numbers, booleans, dates, lists. Does not: money (mapping_money.py), instants (mapping_time.py),
which column is read and what its values mean (mapping.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from orchestration.errors import SourceError

TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")


def brands(name: str) -> pl.Expr:
    """A brand's column, which may be called anything: Polars takes "*" and "^…$" for patterns of names."""
    return cs.by_name(name).as_expr() if name == "*" or name[:1] == "^" else pl.col(name)


@dataclass(frozen=True)
class Cast:
    """A typed value, NULL where there was none or it is not of the type.

    Attributes:
        given: where there was one; None: whatever there is, is of the type.
        why: what to say of one that is not; never holds the value.
    """

    value: pl.Expr
    given: pl.Expr | None
    why: str

    @property
    def failed(self) -> pl.Expr:
        """Where there was a value and it is not of the type."""
        return self.failed_as(self.value)

    def failed_as(self, done: pl.Expr) -> pl.Expr:
        """The same, told from the value that stands in a column already."""
        return pl.lit(False) if self.given is None else self.given & done.is_null()


def as_text(raw: pl.Expr, dtype: pl.DataType, name: str) -> pl.Expr:
    """Any scalar as text. A whole float is written without its ".0": identifiers often arrive as floats.

    Raises:
        SourceError: a list or an object, which has no text form of its own.
    """
    if dtype == pl.String:
        return raw
    if dtype.is_integer() or isinstance(dtype, pl.Decimal | pl.Categorical | pl.Enum) or dtype == pl.Null:
        return raw.cast(pl.String)
    if dtype.is_float():
        whole = raw.is_finite() & (raw == raw.floor()) & (raw.abs() < 2.0**53)
        text = pl.when(whole).then(raw.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(raw.cast(pl.String))
        return pl.when(raw.is_nan()).then(None).otherwise(text)
    if dtype == pl.Boolean:
        return pl.when(raw).then(pl.lit("true")).when(raw.not_()).then(pl.lit("false"))
    if dtype.is_temporal():
        return raw.dt.to_string("iso")
    raise SourceError(f"{name}: a column of type {dtype} cannot be read as text")


def plain_number_text(text: pl.Expr, decimal_mark: str, thousands_mark: str) -> pl.Expr:
    """A number's text with "." as its mark and no thousands marks, blanks around it taken off."""
    text = text.str.strip_chars()
    if thousands_mark:
        text = text.str.replace_all(thousands_mark, "", literal=True)
    if decimal_mark != ".":
        # A point is then no part of a number: make sure that it is not read as one.
        text = text.str.replace_all(".", "x", literal=True).str.replace(decimal_mark, ".", literal=True)
    return text


def to_number(raw: pl.Expr, dtype: pl.DataType, name: str, marks: tuple[str, str]) -> Cast:
    """A double. NaN of a binary file is NULL (missing); the words nan and inf in a text are no numbers."""
    if dtype.is_integer() or dtype == pl.Null or isinstance(dtype, pl.Decimal):
        value = raw.cast(pl.Float64)
        return Cast(value, None, "not a number")
    if dtype.is_float():
        raw = raw.cast(pl.Float64).fill_nan(None)
        return Cast(pl.when(raw.is_finite()).then(raw), raw.is_not_null(), "not a number")
    text = plain_number_text(as_text(raw, dtype, name), *marks)
    number = text.cast(pl.Float64, strict=False)
    value = pl.when(number.is_finite()).then(number)
    return Cast(value, raw.is_not_null(), "not a number")


def to_integer(raw: pl.Expr, dtype: pl.DataType, name: str, marks: tuple[str, str]) -> Cast:
    """A whole number; "12.0" is one, "12.5" is not."""
    if dtype.is_integer() or dtype == pl.Null:
        value = raw.cast(pl.Int64, strict=False)
    elif dtype.is_float() or isinstance(dtype, pl.Decimal):
        number = raw.cast(pl.Float64).fill_nan(None)
        raw = number
        value = pl.when(number == number.round()).then(number.cast(pl.Int64, strict=False))
    else:
        text = plain_number_text(as_text(raw, dtype, name), *marks)
        value = text.str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    return Cast(value, raw.is_not_null(), "not a whole number")


def to_boolean(raw: pl.Expr, dtype: pl.DataType, name: str) -> Cast:
    """True or false from a boolean, or from true/false, t/f, yes/no, y/n, 1/0 in any case."""
    if dtype == pl.Boolean:
        return Cast(raw, None, "not true or false")
    word = as_text(raw, dtype, name).str.strip_chars().str.to_lowercase()
    value = pl.when(word.is_in(TRUE_WORDS)).then(True).when(word.is_in(FALSE_WORDS)).then(False)
    return Cast(value, raw.is_not_null(), "not true or false")


def to_list(raw: pl.Expr, dtype: pl.DataType, name: str, form: str | None) -> Cast:
    """A list of texts: from a real list, a JSON text (form "json") or a text split at a separator (form: it).

    JSON `null` is NULL, `[]` an empty list. Elements are taken as text, blanks around them off, empty ones dropped.

    Raises:
        SourceError: a text column and no form.
    """
    if isinstance(dtype, pl.List):
        return Cast(raw.cast(pl.List(pl.String), strict=False), None, "not a list")
    text = as_text(raw, dtype, name)
    if dtype == pl.Null:
        return Cast(text.cast(pl.List(pl.String)), None, "not a list")
    if form is None:
        raise SourceError(f'{name}: say how the text holds a list: list = "json" or list = a separator')
    if form != "json":
        return Cast(_clean(text.str.split(form)), None, "not a list")
    is_null = text.str.strip_chars() == "null"
    is_list = text.str.contains(r'^\s*\[\s*("(?:[^"\\]|\\.)*"\s*(,\s*"(?:[^"\\]|\\.)*"\s*)*)?\]\s*$')
    decoded = pl.when(is_list).then(text).str.json_decode(pl.List(pl.String))
    return Cast(_clean(decoded), text.is_not_null() & is_null.not_(), "not a JSON list of texts")


def _clean(items: pl.Expr) -> pl.Expr:
    stripped = items.list.eval(pl.element().str.strip_chars())
    return stripped.list.filter(pl.element() != "")
