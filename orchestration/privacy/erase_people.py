"""Who is asked about: from what a person gives (a card, an address, an account, a key) to all their identities.

Belongs here: reading the request, following stated links as int_identities_resolved does. Does not: what is done with
the answer (erase*.py, access*.py), references' form (connectors/pseudonyms.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

import polars as pl

from orchestration.connectors.loads import read_loads
from orchestration.connectors.pseudonyms import Pseudonymiser, messages_of, one_reference
from orchestration.errors import ConfigurationError
from orchestration.privacy.suppression import bare
from orchestration.privacy.workspace_key import WorkspaceKey
from orchestration.workspace import Workspace

IDENTITY_KEY = re.compile(r"^k\d+_[0-9a-f]{32}$")
KINDS = ("loyalty", "email", "social_account", "review_author")
_SCOPED = ("social_account", "review_author")
# int_identities_resolved: more loyalty identities behind one link are a card that many people use.
LARGEST_CLUSTER = 5
_LINK = ["identity_key", "kind", "external_identity_key"]


@dataclass(frozen=True)
class Asked:
    """A request. key: an identity or consumer key; else kind, scope, reference as a source names people."""

    key: str | None = None
    kind: str = ""
    scope: str | None = None
    reference: str = ""

    def message(self) -> str | None:
        """What the reference is hashed from; None: a key was given."""
        if self.key is not None:
            return None
        return str(messages_of(one_reference(self.kind, self.scope, self.reference)).item())

    def identity_key(self, key: WorkspaceKey) -> str:
        """The identity key that was given, or that the reference is landed as.

        Raises:
            ConfigurationError: a key was given that is of before the pseudonym key changed.
        """
        message = self.message()
        if message is not None:
            return Pseudonymiser(key.secret, key.version).identity_key(message)
        if not str(self.key).startswith(f"{key.version}_"):
            raise ConfigurationError(
                f"this key is of another pseudonym key than today's ({key.version}_…): name the person as a source "
                "does, or take their key out of today's exports"
            )
        return str(self.key)


@dataclass(frozen=True)
class Person:
    """All that is known of one person's names.

    Attributes:
        keys: identity keys.
        references: the vault's entries of them: identity_key, kind, scope, reference.
        shared: identities that are linked to them and to somebody else too: theirs or not, nobody can tell.
    """

    keys: frozenset[str]
    references: pl.DataFrame
    shared: frozenset[str]

    def messages(self) -> list[str]:
        """What the suppression list must hold so that no source brings the person again."""
        raw = self.references.get_column("reference").to_list()
        return sorted({*messages_of(self.references).to_list(), *map(bare, raw)})


def asked_for(text: str) -> Asked:
    """A request as it is typed: KIND:REFERENCE, KIND:SCOPE:REFERENCE, or a consumer or identity key.

    Raises:
        ConfigurationError: it is none of these.
    """
    said = text.strip()
    if IDENTITY_KEY.match(said):
        return Asked(key=said)
    kind, _, rest = said.partition(":")
    if kind in _SCOPED:
        scope, _, rest = rest.partition(":")
        if scope and rest:
            return Asked(kind=kind, scope=scope, reference=rest)
    elif kind in KINDS and rest:
        return Asked(kind=kind, reference=rest)
    raise ConfigurationError(
        "a person is named by a key out of an export (k1_…), or as a source does: loyalty:CARD, email:ADDRESS, "
        "social_account:PLATFORM:ACCOUNT or review_author:SITE:AUTHOR"
    )


def person_of(start: str, workspace: Workspace, vault: pl.DataFrame) -> Person:
    """The person behind an identity key.

    Args:
        vault: the vault's entries.
    """
    keys, shared = linked(start, landed_links(workspace))
    return Person(keys, vault.filter(pl.col("identity_key").is_in(pl.Series(sorted(keys)).implode())), shared)


def landed_links(workspace: Workspace) -> pl.DataFrame:
    """identity_key, kind, external_identity_key of every link that the sources state today."""
    loads = sorted(
        read_loads(workspace.landing, stream="consumer_links"), key=lambda load: (load.source, load.sequence)
    )
    schema = dict.fromkeys(_LINK, pl.String) | {"is_removed": pl.Boolean}
    frames = [pl.DataFrame(schema=schema)]
    for load in loads:
        rows = pl.read_parquet(load.data)
        if "is_removed" not in rows.columns:
            rows = rows.with_columns(pl.lit(False).alias("is_removed"))
        frames.append(rows.select(*schema))
    links = pl.concat(frames).unique(subset=_LINK, keep="last", maintain_order=True)
    return links.filter(pl.col("is_removed").fill_null(False).not_()).select(_LINK)


def linked(start: str, links: pl.DataFrame) -> tuple[frozenset[str], frozenset[str]]:
    """All identities of the person behind one, and those that are also linked to somebody else."""
    cards = _neighbours(links.filter(pl.col("kind") == "loyalty"))
    others = links.filter(pl.col("kind") != "loyalty")
    claims: dict[str, set[str]] = {}
    for card, _, external in others.iter_rows():
        claims.setdefault(external, set()).add(card)
    mine = {start}
    if start in claims:
        owners = {_cluster(card, cards) for card in claims[start]}
        if len(owners) > 1:  # several people claim it: nobody's but its own
            return frozenset(mine), frozenset()
        mine |= owners.pop()
    else:
        mine |= _cluster(start, cards)
    named = {external for external, by in claims.items() if by & mine}
    own = {external for external in named if claims[external] <= mine}
    return frozenset(mine | own), frozenset(named - own - mine)


def _neighbours(links: pl.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, _, other in links.iter_rows():
        if one != other:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


def _cluster(card: str, neighbours: Mapping[str, Set[str]]) -> frozenset[str]:
    """The cards of one person; the card alone where too many hang together."""
    seen, waiting = {card}, [card]
    while waiting and len(seen) <= LARGEST_CLUSTER:
        new = set(neighbours.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += sorted(new)
    return frozenset(seen) if len(seen) <= LARGEST_CLUSTER else frozenset({card})
