"""Errors without the values that other libraries quote: what a step raises goes into records that people read.

Belongs here: which words of an error may be told. Does not: telling (nightly.py, failures.py, Dagster's record).

Polars, DuckDB, PyArrow and dbt quote the value that did not fit: an e-mail address, a text. nanolift's own errors do
not, except where they repeat such a message. So of a foreign error the class and the place are told; the frames of its
traceback, which hold code and no values, stay.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.errors import NanoliftError

_OURS = ("orchestration.", "ml.", "expectations.")
# The line that dbt puts before a node's message: what failed and where, in names of this checkout.
_DBT = re.compile(r"(?:[A-Z]\w+ )*(?:Error|Failure) in (?:model|test|source|seed|operation) [\w.]+(?: \([\w./-]+\))?")
_DBT_RESULT = re.compile(r"Got \d+ results?, configured to fail if \S+ \d+")
_DBT_SHOWN = 10


class StepError(NanoliftError):
    """A step failed inside a library."""


@contextmanager
def unquoted() -> Iterator[None]:
    """Errors leave this block without the words of other libraries.

    Raises:
        StepError: in place of an error that is not nanolift's.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - raised again, in other words
        raise told(error).with_traceback(error.__traceback__) from None


def told(error: Exception) -> Exception:
    """The error itself where it is ours, its message without those that it repeats; else a StepError in its place."""
    if not _is_ours(error):
        return StepError(_place(error))
    message = plain = str(error)
    below: BaseException | None = error.__cause__ or error.__context__
    while below is not None:
        if not _is_ours(below) and str(below):
            plain = plain.replace(str(below), type(below).__name__)
        below = below.__cause__ or below.__context__
    if plain != message:
        error.args = (plain, *error.args[1:])
    error.__cause__ = error.__context__ = None
    return error


def _is_ours(error: BaseException) -> bool:
    return type(error).__module__.startswith(_OURS)


def _place(error: Exception) -> str:
    """Class and line of a foreign error; of dbt also the nodes that failed."""
    kind = f"{type(error).__module__.split('.')[0]}.{type(error).__name__}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if any(f"/{part[:-1]}/" in frame.filename for part in _OURS)]
    where = "".join(
        f" at {'/'.join(at.filename.split('/')[-2:])}:{at.lineno} ({at.name})" for at in (own or frames or [])[-1:]
    )
    reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    if kind.startswith("dagster_dbt."):
        nodes = dict.fromkeys(_DBT.findall(str(error)))
        reason = "".join(f"\n  {node}" for node in list(nodes)[:_DBT_SHOWN])
        reason += "".join(f"\n  {result}" for result in _DBT_RESULT.findall(str(error))[:_DBT_SHOWN])
        return f"dbt failed{reason or where}"
    return f"{kind}{reason}{where}; its message may quote rows and is not kept"
