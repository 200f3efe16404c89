"""From numpy arrays to typed polars columns: NULLs kept, names looked up by index.

Belongs here: the two conversions every part of the world needs. Does not: which columns a stream has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from polars._typing import PolarsDataType

from orchestration.demo.randomness import Bools, Ints


def typed(data: Mapping[str, Any], **types: PolarsDataType) -> pl.DataFrame:
    """A frame in which arrays of objects (None: NULL) and lists are text, unless `types` says otherwise."""
    columns = []
    for name, values in data.items():
        if isinstance(values, list) or (isinstance(values, np.ndarray) and values.dtype == object):
            columns.append(pl.Series(name, list(values), dtype=types.get(name, pl.String)))
        else:
            columns.append(pl.Series(name, values, dtype=types.get(name)))
    return pl.DataFrame(columns)


def given(known: Bools, values: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """The values as objects, None where not known."""
    found = values.astype(object)
    found[~known] = None
    return found


def named(names: Sequence[str | None] | npt.NDArray[np.object_], index: Ints) -> pl.Series:
    """The name at every index; -1: NULL."""
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(index < 0, len(names), index))
