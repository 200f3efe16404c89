"""What people have agreed to at this moment, of all that is landed: asked whenever people leave on a list.

Belongs here: the last word of each person, who is known to be under age, who withdrew since a generation was published.
Does not: what follows for an export (people.py), a list of people (delivery/audience.py) or a plan (plan_inputs.py).

A warehouse knows consents by the end of its day; models and features of an earlier night know less. A list is made of
what is landed when it is made, whatever day it is for: a withdrawal of this morning counts in tonight's run for
yesterday, in a backfill and in a late delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.connectors.loads import active_loads, read_loads, verify_load
from orchestration.errors import IntegrityError
from orchestration.exports.contract import OUTPUTS
from orchestration.generations import Generation
from orchestration.workspace import Build, Workspace

GRANTED, WITHDRAWN = "granted", "withdrawn"
PURPOSES = ("scoring", "contact", "ugc_reuse")
NAMING_PEOPLE = tuple(
    name for name, output in OUTPUTS.items() if any(column.name == "consumer_key" for column in output.columns)
)
_VERSION: Mapping[str, Any] = {
    **{"known_at": pl.Datetime("us"), "loaded_at": pl.Datetime("us"), "load_id": pl.String, "row_no": pl.Int64},
    "is_removed": pl.Boolean,
}
_CONSENTS: Mapping[str, Any] = {
    **{"identity_key": pl.String, "purpose": pl.String, "status": pl.String, "changed_at": pl.Datetime("us")},
    **_VERSION,
}
_CONSUMERS: Mapping[str, Any] = {"identity_key": pl.String, "is_minor": pl.Boolean, **_VERSION}
_ORDER = ("known_at", "loaded_at", "load_id", "row_no")


def consent_now(consents: pl.DataFrame, identities: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """consumer_key, purpose, status: the last word of each person, of all that is landed at `at` (naive UTC).

    The rules are dim_consumers': the latest version of each change counts, rows the source removed do not, and of two
    changes at one instant the withdrawal does. A grant that is to begin later does not count yet; a withdrawal does.
    """
    changes = (
        consents.sort(_ORDER, nulls_last=False)
        .unique(subset=["identity_key", "purpose", "changed_at"], keep="last", maintain_order=True)
        .filter(pl.col("is_removed").fill_null(False).not_())
        .filter((pl.col("changed_at") <= at) | (pl.col("status") == WITHDRAWN))
    )
    return (
        changes.join(identities.select("identity_key", "consumer_key"), on="identity_key")
        .sort("changed_at", "status")  # "withdrawn" comes after "granted"
        .unique(subset=["consumer_key", "purpose"], keep="last", maintain_order=True)
        .select("consumer_key", "purpose", "status")
    )


def with_consent_now(people: pl.DataFrame, states: pl.DataFrame, minors: pl.DataFrame) -> pl.DataFrame:
    """People with consent_scoring, consent_contact and consent_ugc_reuse as they are now, in place of the warehouse's.

    Args:
        people: consumer_key, is_minor and those of the three columns that it has.
        states: `consent_now`.
        minors: consumer_key of people whom the newest landed row says to be under age.
    """
    for purpose in PURPOSES:
        name = f"consent_{purpose}"
        if name in people.columns:
            own = states.filter(pl.col("purpose") == purpose).select("consumer_key", pl.col("status").alias(name))
            order = people.columns
            people = people.drop(name).join(own, on="consumer_key", how="left", maintain_order="left").select(order)
    if "is_minor" in people.columns:
        is_known = pl.col("consumer_key").is_in(minors.get_column("consumer_key").to_list())
        people = people.with_columns(is_minor=pl.when(is_known).then(True).otherwise("is_minor"))
    return people


def states_now(workspace: Workspace, identities: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """`consent_now` of a workspace's landing."""
    return consent_now(_landed(workspace, "consents", _CONSENTS), identities, at)


def minors_now(workspace: Workspace, identities: pl.DataFrame, *, ever: bool = False) -> pl.DataFrame:
    """consumer_key of everybody whom the newest landed row of a card says to be under age; `ever`: any landed row."""
    rows = _landed(workspace, "consumers", _CONSUMERS)
    if not ever:
        rows = rows.sort(_ORDER, nulls_last=False).unique("identity_key", keep="last", maintain_order=True)
    return identities.join(rows.filter(pl.col("is_minor")), on="identity_key", how="semi").select("consumer_key")


def identities_of(warehouse: Path) -> pl.DataFrame:
    """identity_key, consumer_key as a warehouse resolved them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.sql("select identity_key, consumer_key from intermediate.int_identities_resolved")
        return pl.DataFrame(pl.from_arrow(found.to_arrow_table()))


def unlisted_now(workspace: Workspace, identities: pl.DataFrame, at: datetime) -> frozenset[str]:
    """consumer_key of everybody whom no list may hold now: consent to scoring withdrawn, or known to be a minor."""
    states = states_now(workspace, identities, at)
    withdrawn = states.filter((pl.col("purpose") == "scoring") & (pl.col("status") == WITHDRAWN))
    minors = minors_now(workspace, identities)
    return frozenset([*withdrawn.get_column("consumer_key"), *minors.get_column("consumer_key")])


def withdrawn_since(workspace: Workspace, generation: Generation, at: datetime) -> int:
    """How many people a published generation's exports name who may not be named any more.

    Raises:
        IntegrityError: an export that is no longer what was published.
    """
    build, named = Build(generation.path), set[str]()
    for name in NAMING_PEOPLE:
        file = build.exports / f"{name}.parquet"
        if not file.exists():
            continue
        if not generation.is_sound(file):
            raise IntegrityError(f"{generation.name}/exports/{file.name} is not what was published")
        named.update(pl.read_parquet(file, columns=["consumer_key"]).get_column("consumer_key").drop_nulls())
    return len(named & unlisted_now(workspace, identities_of(build.warehouse), at)) if named else 0


def _landed(workspace: Workspace, stream: str, schema: Mapping[str, Any]) -> pl.DataFrame:
    """All landed rows of a stream, also those landed after a generation was made; a column not yet there is NULL."""
    frames = [pl.DataFrame(schema=schema)]
    for load in active_loads(read_loads(workspace.landing, stream=stream)):
        verify_load(load)
        rows = pl.read_parquet(load.data)
        frames.append(rows.select(pl.col(name).cast(kind) for name, kind in schema.items() if name in rows.columns))
    return pl.concat(frames, how="diagonal")
