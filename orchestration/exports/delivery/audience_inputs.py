"""What a list of people is made of, read as it goes out: published list, identities, newest consents, vault.

Belongs here: reading, and the package. Does not: the rules (audience.py). Nothing read here is written within nanolift:
the list exists in memory and at the target.
"""

from __future__ import annotations

import logging
from datetime import datetime

import duckdb
import polars as pl

from orchestration.connectors.vault import Vault
from orchestration.exports.consents import identities_of, minors_now, states_now
from orchestration.exports.delivery.audience import as_csv, as_parquet, chosen, named, who_may
from orchestration.exports.delivery.package import Item, Package, checked, packed
from orchestration.exports.delivery.spec import Delivery
from orchestration.generations import Generation
from orchestration.privacy.workspace_key import workspace_key
from orchestration.settings import Settings
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)

_VAULT_COLUMNS = ["identity_key", "kind", "reference"]


def audience_package(
    spec: Delivery, settings: Settings, workspace: Workspace, generation: Generation, at: datetime
) -> Package:
    """The list of a generation's people who may be on it at `at` (naive UTC), under their names.

    The vault is opened only where somebody is left to be named; the opening is logged by the vault.

    Raises:
        DeliveryError: the generation has no such output.
        IntegrityError: bytes that are not what was published or landed; another pseudonym key.
    """
    audience = spec.audience
    assert audience is not None
    scores = _output(generation, audience.choose_from)
    if audience.choose_from == "who_next":
        held_out = _output(generation, "ambassador_candidates").select("consumer_key", "standing_holdout")
        scores = scores.join(held_out, on="consumer_key", how="left")
    identities, known_minors = _published(generation)
    consents = states_now(workspace, identities, at)
    minors = pl.concat([known_minors, minors_now(workspace, identities, ever=True)])
    people = who_may(chosen(scores, audience), consents, minors, audience)
    references = identities.head(0).with_columns(kind=pl.lit(""), reference=pl.lit(""))
    if people.keys.height:
        vault = Vault(workspace.vault, workspace_key(workspace, settings).secret)
        entries = vault.read(f"delivery of {generation.name} to {spec.name}: {audience.purpose}", at)
        own = identities.join(people.keys, on="consumer_key", how="semi")
        references = own.join(entries.select(_VAULT_COLUMNS), on="identity_key")
    listed, counts = named(people, references, audience)
    logger.info("people for %s, purpose %s: %s", spec.name, audience.purpose, counts)
    item = Item.of("audience/audience.csv", as_csv(listed))
    if spec.kind == "postgres":
        item = Item.of("audience/audience.parquet", as_parquet(listed))
    return packed(spec, settings.brand.name, generation, (item,), counts)


def _output(generation: Generation, name: str) -> pl.DataFrame:
    return pl.read_parquet(checked(generation, f"exports/{name}.parquet"))


def _published(generation: Generation) -> tuple[pl.DataFrame, pl.DataFrame]:
    """identity_key, consumer_key as the generation resolved them; and who it knows to be under age."""
    warehouse = checked(generation, "warehouse.duckdb")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        minors = connection.sql("select consumer_key from marts.dim_consumers where is_minor")
        return identities_of(warehouse), pl.DataFrame(pl.from_arrow(minors.to_arrow_table()))
