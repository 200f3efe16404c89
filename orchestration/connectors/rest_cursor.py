"""From when a stream is read and how far it was: cursor values, their formats, the window that is read again. Pure.

Belongs here: arithmetic of cursor values. Does not: where the last cursor is kept (loads.py), asking (rest.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from orchestration.connectors.rest_spec import Incremental
from orchestration.connectors.rest_template import ABSENT, look
from orchestration.errors import ConfigurationError

# 2001 to 2286 in seconds; a number outside is of another unit.
_SECONDS = (978_307_200, 9_999_999_999)


@dataclass(frozen=True)
class Window:
    """What a stream is asked for: `since` and `cursor` as the service writes them; None: everything."""

    since: str | None
    cursor: str | None


def window(spec: Incremental, last: dict[str, Any] | None, over: str) -> Window:
    """The window of a load.

    Args:
        spec: field, format, reread_days, start.
        last: what `reached` gave at the last load; None: there was none.
        over: see `digest`; where it differs from last time, new accounts need their whole past.

    Raises:
        ConfigurationError: `start` is not of the format.
    """
    if last is None or last.get("over") != over or last.get("value") is None:
        if spec.start is None or spec.format == "integer":
            return Window(spec.start, spec.start)
        try:
            start = written(to_instant(spec.start, spec.format), _asked(spec))
        except ValueError:
            raise ConfigurationError(f"incremental.start = {spec.start!r} is not of format {spec.format!r}") from None
        return Window(start, start)
    value = str(last["value"])
    if spec.format == "integer":
        return Window(value, value)
    instant = datetime.fromisoformat(value)
    return Window(written(instant - timedelta(days=spec.reread_days), _asked(spec)), written(instant, _asked(spec)))


def _asked(spec: Incremental) -> str:
    return spec.ask or spec.format


def value_of(record: Any, spec: Incremental) -> Any:
    """A record's cursor value: the first of the fields that is there and not null; ABSENT where none is."""
    found = (look(record, path) for path in spec.field)
    return next((value for value in found if value is not ABSENT and value is not None), ABSENT)


def lies_before(record: Any, since: str, spec: Incremental) -> bool:
    """Whether a record lies before a window's start; one without a cursor value does not."""
    try:
        value, start = value_of(record, spec), since
        if spec.format == "integer":
            return int(value) < int(start)
        return to_instant(value, spec.format) < to_instant(start, _asked(spec))
    except (TypeError, ValueError, OverflowError):
        return False


class Reached:
    """The furthest cursor value of the records of a load, and those that had none.

    A value that lies after the load itself (a clock that is ahead, a date made up) counts as the load's instant: else
    nothing would be read until that day has come.
    """

    def __init__(self, spec: Incremental, loaded_at: datetime) -> None:
        self._spec, self._loaded_at = spec, loaded_at
        self._furthest: datetime | int | None = None
        self.without = 0

    def see(self, value: Any) -> None:
        """One record's value; one that cannot be read is counted."""
        try:
            found: Any = int(value) if self._spec.format == "integer" else to_instant(value, self._spec.format)
        except (TypeError, ValueError, OverflowError):
            self.without += 1
            return
        if isinstance(found, datetime):
            found = min(found, self._loaded_at)
        self._furthest = found if self._furthest is None else max(self._furthest, found)

    def cursor(self, last: dict[str, Any] | None, over: str) -> dict[str, Any] | None:
        """What is committed with the load; never behind the last one over the same list."""
        value = None if self._furthest is None else str(self._furthest)
        before = last.get("value") if last is not None and last.get("over") == over else None
        if value is None or (before is not None and _order(str(before)) > _order(value)):
            value = before
        return None if value is None else {"value": value, "over": over}


def to_instant(value: Any, form: str) -> datetime:
    """A service's cursor value as naive UTC.

    Raises:
        ValueError: it is not of the format.
    """
    if form in ("epoch_seconds", "epoch_milliseconds"):
        seconds = float(value) / (1 if form == "epoch_seconds" else 1_000)
        if not _SECONDS[0] <= seconds <= _SECONDS[1]:
            raise ValueError("not an epoch of that unit")
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    instant = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)


def written(instant: datetime, form: str) -> str:
    """A naive UTC instant as the service wants to be asked; parts of a second are cut, which only reads more."""
    whole = instant.replace(microsecond=0, tzinfo=UTC)
    if form == "date":
        return f"{whole:%Y-%m-%d}"
    if form == "epoch_seconds":
        return str(int(whole.timestamp()))
    if form == "epoch_milliseconds":
        return str(int(whole.timestamp()) * 1_000)
    return f"{whole:%Y-%m-%dT%H:%M:%SZ}"


def digest(values: Iterable[str]) -> str:
    """A short hash of the lists a stream is read for (never the names themselves, which may be people's)."""
    return sha256("\x1f".join(sorted(values)).encode()).hexdigest()[:16]


def _order(value: str) -> tuple[int, str]:
    return (int(value), "") if value.isdigit() else (0, value)
