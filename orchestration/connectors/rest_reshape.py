"""Records that paths cannot take apart: the few functions that [sources.streams.rest] may name as `reshape`.

Belongs here: which there are, and what an error in one means. Does not: what each does (presets/).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.connectors.presets.bluesky import feed_rows
from orchestration.connectors.presets.vendure import order_rows
from orchestration.errors import SourceError

RESHAPES: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "bluesky_feed": feed_rows,
    "vendure_order": order_rows,
}


def reshaped(record: dict[str, Any], name: str | None, where: str) -> list[dict[str, Any]]:
    """The records that one answered record becomes; itself where nothing is named.

    Raises:
        SourceError: the record lacks a field that the service documents.
    """
    if name is None:
        return [record]
    try:
        return RESHAPES[name](record)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        missing = f"lacks {error}" if isinstance(error, KeyError) else f"is of another form ({type(error).__name__})"
        raise SourceError(f"{where}: a record {missing} for reshape = {name!r}") from None
