"""What kind of values a pandas column holds, whatever its storage type."""

from __future__ import annotations

import pandas as pd
from pandas.api import types

from expectations.declare import Family

# pandas' inferred kind of an object column → family. Anything else is unknown and stops the gate.
_OF_OBJECTS: dict[str, Family] = {
    "string": "text",
    "boolean": "boolean",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "date": "date",
    "datetime": "instant",
    "datetime64": "instant",
}


def family_of(values: pd.Series) -> Family | None:
    """The family of a column; None: none that a gate knows (lists, mixtures).

    Dates read from Arrow may come as midnights in datetime64, so `fits` lets an instant stand for a date.
    """
    if types.is_bool_dtype(values.dtype):
        return "boolean"
    if types.is_numeric_dtype(values.dtype):
        return "number"
    if types.is_datetime64_any_dtype(values.dtype):
        return "instant"
    if isinstance(values.dtype, pd.StringDtype):
        return "text"
    if isinstance(values.dtype, pd.CategoricalDtype):
        return family_of(pd.Series(values.cat.categories))
    return _OF_OBJECTS.get(types.infer_dtype(values, skipna=True))


def fits(values: pd.Series, family: Family) -> bool:
    """Whether the column is of that family; without any value it fits every family."""
    if not bool(values.notna().any()):
        return True
    found = family_of(values)
    return found == family or (family == "date" and found == "instant")
