"""What becomes of landed rows, and of lots, when every identity key gets another name. Pure.

Belongs here: keys replaced in the rows of a stream, hashes made anew, lots handed on. Does not: which name (rotation
asks the vault), files (rotation_rekey.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from ml.lots import EXPLORATION, HOLDOUT, KeptLots, lots
from orchestration.connectors.landing_rows import REMOVED, row_hashes
from orchestration.connectors.streams.schema import Stream
from orchestration.errors import IntegrityError


def key_columns(stream: Stream) -> dict[str, bool]:
    """Landed columns that hold identity keys → whether each cell is a list of them."""
    named = [each for each in stream.columns if each.reference is not None]
    return {each.reference.landed_as: each.type == "text_list" for each in named if each.reference is not None}


def keys_in(rows: pl.DataFrame, stream: Stream) -> set[str]:
    """Every identity key that stands in landed rows."""
    found: set[str] = set()
    for name, is_list in key_columns(stream).items():
        if name in rows.columns:
            column = rows.get_column(name)
            found.update((column.explode() if is_list else column).drop_nulls().unique().to_list())
    return found


def renamed(rows: pl.DataFrame, stream: Stream, names: Mapping[str, str]) -> pl.DataFrame:
    """Landed rows with new identity keys, in their order; row_hash is what the row would be landed with now.

    Args:
        rows: of the stream's landed schema; of an earlier nanolift, maybe without some columns.
        names: identity key → its new name.

    Raises:
        IntegrityError: a key without a new name.
    """
    here = keys_in(rows, stream)
    if unknown := here - names.keys():
        raise IntegrityError(f"{len(unknown)} identity keys of stream {stream.name} have no entry in the vault")
    own = {key: names[key] for key in here}
    columns = {name: is_list for name, is_list in key_columns(stream).items() if name in rows.columns}
    fresh = rows.with_columns(
        (pl.col(name).list.eval(_named(pl.element(), own)) if is_list else _named(pl.col(name), own)).alias(name)
        for name, is_list in columns.items()
    )
    if not columns or "row_hash" not in rows.columns or rows.schema["row_hash"] != pl.Int64:
        return fresh  # an earlier form, which no row of now equals
    hashes = pl.when(pl.col("row_hash") == REMOVED).then("row_hash").otherwise(row_hashes(fresh, stream))
    return fresh.with_columns(hashes.alias("row_hash"))


def handed_on(
    resolved: Iterable[tuple[str, str]], names: Mapping[str, str], kept: KeptLots, seeds: Iterable[int]
) -> KeptLots:
    """The lots under which every published person stays in, or out, of what was drawn, by new identity key.

    A person's key is the smallest of their identity keys, which may be another identity's under the new names: so each
    of their identities gets the person's lot.

    Args:
        resolved: identity key, consumer key, as published.
        names: identity key → its new name.
        kept: lots of an earlier change.
        seeds: under which lots were drawn.
    """
    pairs = [(names[identity], consumer) for identity, consumer in resolved if identity in names]
    consumers = [consumer for _, consumer in pairs]
    purposes = {(purpose, seed) for purpose in (HOLDOUT, EXPLORATION) for seed in seeds} | set(kept)
    return {
        (purpose, seed): dict(zip((name for name, _ in pairs), lots(purpose, seed, consumers, kept), strict=True))
        for purpose, seed in sorted(purposes)
    }


def _named(keys: pl.Expr, names: Mapping[str, str]) -> pl.Expr:
    return keys.replace_strict(
        pl.Series(list(names), dtype=pl.String), pl.Series(list(names.values()), dtype=pl.String), default=None
    )
