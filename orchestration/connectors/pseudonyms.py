"""Raw references to identity keys: HMAC-SHA256 with the workspace's key and its version.

Belongs here: normalising a reference, the HMAC, replacing reference columns of a batch. Does not: keeping raw
references (vault.py), deciding who is the same person (dbt: int_identities_resolved).

identity_key = "<key version>_<32 hex of HMAC-SHA256(key, kind|scope|normalised reference)>". Normalised: Unicode NFC,
blanks around it off; e-mail addresses, social accounts and review authors in lower case, social accounts without a
leading @; loyalty references as they are, since systems do tell "a1" from "A1". A NULL scope is left out; a scope is
in lower case with "%" and "|" percent-encoded, so that no two references share a message.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.base import ROW_NO
from orchestration.connectors.streams import Column, Reference, Stream

KEY_VERSION = "k1"
# Batch after batch names the same people: so many are not hashed again (20 MB).
REMEMBERED = 100_000
LOWER_CASE_KINDS = ("email", "social_account", "review_author")
REFERENCE_SCHEMA = {"identity_key": pl.String, "kind": pl.String, "scope": pl.String, "reference": pl.String}


@dataclass(frozen=True)
class Pseudonymiser:
    """Replaces references by identity keys with one key of one version."""

    key: SecretStr
    key_version: str = KEY_VERSION
    _known: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def identity_key(self, message: str) -> str:
        """The identity key of a normalised message (see the module's rule)."""
        if (known := self._known.get(message)) is not None:
            return known
        digest = hmac.digest(self.key.get_secret_value().encode(), message.encode(), "sha256").hex()
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[message] = f"{self.key_version}_{digest[:32]}"
        return self._known[message]

    def replace(self, rows: pl.DataFrame, stream: Stream) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows with every reference column replaced by its identity key, and the references for the vault.

        Returns:
            The rows with the landed column names, and one row per distinct identity of REFERENCE_SCHEMA.
        """
        seen = [pl.DataFrame(schema=REFERENCE_SCHEMA)]
        for column in stream.columns:
            if column.reference is None:
                continue
            if column.type == "text_list":
                rows, references = self._replace_list(rows, column, column.reference)
            else:
                rows, references = self._replace_one(rows, column, column.reference)
            seen.append(references)
        return rows, pl.concat(seen).unique(subset="identity_key", keep="first", maintain_order=True)

    def _replace_one(
        self, rows: pl.DataFrame, column: Column, reference: Reference
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        if reference.kind_column is None and not reference.scope and reference.only_when is None:
            return self._replace_alone(rows, column.name, reference)
        raw = pl.col(column.name)
        if reference.only_when is not None:
            other, value = reference.only_when
            raw = pl.when(pl.col(other) == value).then(raw)
        named = rows.select(*_message(raw, reference))
        keys, references = self._keys(named)
        rows = rows.with_columns(
            named.get_column("message")
            .replace_strict(keys, default=None, return_dtype=pl.String)
            .alias(reference.landed_as)
        )
        if reference.only_when is None:
            return rows.drop(column.name), references
        is_personal = pl.col(reference.landed_as).is_not_null()
        return rows.with_columns(pl.when(~is_personal).then(pl.col(column.name)).alias(column.name)), references

    def _replace_alone(self, rows: pl.DataFrame, name: str, reference: Reference) -> tuple[pl.DataFrame, pl.DataFrame]:
        """As _replace_one where the value says everything: each distinct value is normalised once, not each row."""
        distinct = rows.get_column(name).unique(maintain_order=True).drop_nulls()
        named = pl.DataFrame({name: distinct}).select(pl.col(name).alias("raw"), *_message(pl.col(name), reference))
        keys, references = self._keys(named)
        named = named.drop_nulls("message")
        raw, messages = named.get_column("raw").to_list(), named.get_column("message").to_list()
        by_raw = {value: keys[message] for value, message in zip(raw, messages, strict=True)}
        landed = rows.get_column(name).replace_strict(by_raw, default=None, return_dtype=pl.String)
        return rows.with_columns(landed.alias(reference.landed_as)).drop(name), references

    def _replace_list(
        self, rows: pl.DataFrame, column: Column, reference: Reference
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        scopes = list(reference.scope)
        items = (
            rows.select(ROW_NO, column.name, *scopes).filter(pl.col(column.name).list.len() > 0).explode(column.name)
        )
        named = items.select(ROW_NO, *_message(pl.col(column.name), reference)).drop_nulls("message")
        keys, references = self._keys(named)
        lists = (
            named.select(
                ROW_NO, pl.col("message").replace_strict(keys, return_dtype=pl.String).alias(reference.landed_as)
            )
            .group_by(ROW_NO, maintain_order=True)
            .agg(reference.landed_as)
        )
        rows = rows.join(lists, on=ROW_NO, how="left", maintain_order="left")
        empty = pl.when(pl.col(column.name).is_not_null()).then(pl.lit([], pl.List(pl.String)))
        return rows.with_columns(pl.coalesce(reference.landed_as, empty)).drop(column.name), references

    def _keys(self, named: pl.DataFrame) -> tuple[dict[str, str], pl.DataFrame]:
        """Message → identity key, and the references behind them. Hashes each distinct message once."""
        distinct = named.drop_nulls("message").unique(subset="message", keep="first", maintain_order=True)
        keys = {message: self.identity_key(message) for message in distinct.get_column("message").to_list()}
        references = distinct.select(
            pl.Series("identity_key", list(keys.values()), pl.String), "kind", "scope", "reference"
        )
        return keys, references


def messages_of(references: pl.DataFrame) -> pl.Series:
    """What each reference (columns of REFERENCE_SCHEMA, as `replace` gives and the vault keeps them) is hashed from."""
    normal = _normal(pl.col("reference"), pl.col("kind"))
    message = pl.concat_str([pl.col("kind"), pl.col("scope"), normal], separator="|", ignore_nulls=True)
    return references.select(message.alias("message")).to_series()


def one_reference(kind: str, scope: str | None, reference: str) -> pl.DataFrame:
    """A reference that a person gives, as one row of kind, scope, reference for `messages_of`."""
    named = pl.DataFrame({"scope": [scope], "raw": [reference]}, {"scope": pl.String, "raw": pl.String})
    scoped = Reference(kind, "identity_key", scope=("scope",) if scope is not None else ())
    return named.select(*_message(pl.col("raw"), scoped)).drop("message")


def _normal(raw: pl.Expr, kind: pl.Expr) -> pl.Expr:
    normal = raw.str.normalize("NFC").str.strip_chars()
    normal = pl.when(kind == "social_account").then(normal.str.strip_chars_start("@")).otherwise(normal)
    return pl.when(kind.is_in(LOWER_CASE_KINDS)).then(normal.str.to_lowercase()).otherwise(normal)


def _message(raw: pl.Expr, reference: Reference) -> list[pl.Expr]:
    """Columns message, kind, scope, reference of a raw reference; all NULL where it is."""
    kind = pl.lit(reference.kind) if reference.kind_column is None else pl.col(reference.kind_column)
    normal = _normal(raw, kind)
    scope: pl.Expr = pl.lit(None, pl.String)
    if reference.scope:
        scope = pl.col(reference.scope[0]).str.to_lowercase()
        scope = scope.str.replace_all("%", "%25", literal=True).str.replace_all("|", "%7C", literal=True)
    message = pl.concat_str([kind, scope, normal], separator="|", ignore_nulls=True)
    is_named = raw.is_not_null() & (normal != "")
    parts = {"message": message, "kind": kind, "scope": scope, "reference": raw.str.strip_chars()}
    return [pl.when(is_named).then(part).alias(name) for name, part in parts.items()]
