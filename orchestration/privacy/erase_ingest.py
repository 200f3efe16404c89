"""Keeps people who were erased out of what is landed: typed rows, rows set aside, values of new columns.

Belongs here: the suppression list asked on the way in. Does not: the list (suppression.py), which rows are about a
person (erase_rows.py), counting (connectors/landing_file.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from orchestration.connectors.base import ROW_NO
from orchestration.connectors.pseudonyms import messages_of
from orchestration.connectors.streams.schema import Stream
from orchestration.connectors.vault_quarantine import QuarantinedRow
from orchestration.privacy.erase_rows import forgotten, ids_of, owned
from orchestration.privacy.suppression import Suppression


def admitted(
    rows: pl.DataFrame, references: pl.DataFrame, stream: Stream, listed: Suppression
) -> tuple[pl.DataFrame, pl.DataFrame, list[int]]:
    """Rows and references without people on the list, and row_no of the rows that are withheld.

    What such a person has published since is put on the list too, so that its figures are not landed either.
    """
    is_listed = listed.held(messages_of(references))
    people = frozenset(references.filter(is_listed).get_column("identity_key").to_list())
    if people:
        listed.add(ids_of(rows.filter(owned(rows, stream, people)), stream))
    kept = forgotten(rows, stream, people, listed)
    withheld = rows.select(ROW_NO).join(kept.select(ROW_NO), on=ROW_NO, how="anti")
    # Whom only withheld rows name (a new address of the person) must not get into the vault either.
    named = _named(kept, stream)
    return kept, references.filter(~is_listed & pl.col("identity_key").is_in(named.implode())), _numbers(withheld)


def unnamed(
    rows: Iterable[QuarantinedRow], listed: Suppression, without: Collection[int] = ()
) -> tuple[list[QuarantinedRow], int]:
    """Rows set aside that name nobody on the list (and are none of `without`), and how many were left out."""
    everything = list(rows)
    if listed.is_empty:
        return everything, 0
    numbers = frozenset(without)
    stay = [row for row in everything if row.row_no not in numbers and not listed.names(row.raw)]
    return stay, len(everything) - len(stay)


def _named(rows: pl.DataFrame, stream: Stream) -> pl.Series:
    found = [pl.Series("identity_key", [], pl.String)]
    for column in stream.columns:
        if column.reference is not None:
            keys = rows.get_column(column.reference.landed_as)
            found.append((keys.explode() if column.type == "text_list" else keys).drop_nulls().unique())
    return pl.concat([each.cast(pl.String).alias("identity_key") for each in found]).unique()


def _numbers(rows: pl.DataFrame) -> list[int]:
    return [int(number) for number in rows.get_column(ROW_NO).to_list()]
