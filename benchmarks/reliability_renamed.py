"""Tables in the words of the sources: every pseudonym replaced by the reference it was made of.

Belongs here: naming keys by the vault, reading tables and exports that way, searching for keys. Does not: the trial
(reliability_rotation.py), opening files (reliability_search.py).

Two workspaces under two keys say the same when these tables are equal, row for row. An identity key is named by its
reference. A consumer key is the smallest identity key of a person, which another of their identities has under another
key: it is named by all references of the person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.reliability_search import texts_of

IDENTITY_KEY = re.compile(r"k\d+_[0-9a-f]{32}")
_HEX = re.compile(r"[0-9a-f]{32,}")
_DIGITS = 32
# The warehouse's record of its runs; hashes of what holds pseudonyms: other keys give others.
ASIDE = {"int_run_cutoffs"}
COLUMNS_ASIDE = {"row_hash", "answer_key"}


def messages(root: Path, key: str) -> dict[str, str]:
    """Identity key → what it is hashed from, by the vault."""
    import polars as pl
    from pydantic import SecretStr

    from orchestration.connectors.pseudonyms import REFERENCE_SCHEMA, messages_of
    from orchestration.connectors.vault_box import Box

    entries = pl.DataFrame(list(Box(root / "vault", SecretStr(key), "vault").read()), schema=REFERENCE_SCHEMA)
    return dict(zip(entries.get_column("identity_key"), messages_of(entries), strict=True))


def people(root: Path, named: Mapping[str, str]) -> dict[str, str]:
    """Consumer key → all references of the person, as the published warehouse resolved them."""
    from orchestration.exports.consents import identities_of

    found: dict[str, list[str]] = {}
    for identity, consumer in identities_of(root / "current" / "warehouse.duckdb").iter_rows():
        found.setdefault(consumer, []).append(named[identity])
    return {consumer: " & ".join(sorted(said)) for consumer, said in found.items()}


def tables(root: Path, key: str) -> dict[str, Counter[str]]:
    """Every table of the published warehouse below marts and intermediate: its rows, named, without an order."""
    import duckdb

    named = messages(root, key)
    persons = people(root, named)
    told: dict[str, Counter[str]] = {}
    with duckdb.connect(str(root / "current" / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' and table_schema in ('marts', 'intermediate') order by all"
        ).fetchall()
        for schema, name in found:
            if name in ASIDE:
                continue
            relation = connection.table(f'"{schema}"."{name}"')
            kept = [each for each in relation.columns if each not in COLUMNS_ASIDE]
            rows = relation.select(*(duckdb.ColumnExpression(each) for each in kept)).fetchall()
            ways = [_way(each, named, persons) for each in kept]
            told[f"{schema}.{name}"] = Counter(
                repr([way(value) for way, value in zip(ways, row, strict=True)]) for row in rows
            )
    return told


def drawn(root: Path, key: str) -> dict[str, Any]:
    """Person → standing_holdout and is_exploration, of every published export that says it."""
    import polars as pl

    named = messages(root, key)
    persons, found = people(root, named), {}
    for file in sorted((root / "current" / "exports").glob("*.parquet")):
        frame = pl.read_parquet(file)
        for column in {"standing_holdout", "is_exploration"} & set(frame.columns):
            for consumer, value in frame.select("consumer_key", column).iter_rows():
                found[f"{file.stem}.{column}: {persons[consumer]}"] = value
    return found


def differing(one: Mapping[str, Counter[str]], other: Mapping[str, Counter[str]]) -> dict[str, list[str]]:
    """Table → rows that are in one and not in the other, each as often as that is so."""
    said = {}
    for name in sorted({*one, *other}):
        left, right = one.get(name, Counter()), other.get(name, Counter())
        if rows := sorted(((left - right) + (right - left)).elements()):
            said[name] = rows
    return said


def rows_of(said: Mapping[str, Mapping[str, int]]) -> dict[str, Counter[str]]:
    """Tables as JSON brought them from a child."""
    return {name: Counter(rows) for name, rows in said.items()}


def places(root: Path, digests: frozenset[str], key: str, apart: tuple[str, ...]) -> dict[str, int]:
    """File → how many of these pseudonyms stand in it, with or without their version, raw or decoded."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if not path.is_file() or path.is_symlink() or name.startswith(apart):
            continue
        here = {each for text in (name, *texts_of(path, key)) for each in _within(text.lower(), digests)}
        if here:
            found[name] = len(here)
    return found


def versions(root: Path) -> set[str]:
    """Versions of the keys under which pseudonyms in the published generation were made."""
    said = set()
    for path in sorted((root / "current").resolve().rglob("*")):
        if path.is_file():
            said |= {each.partition("_")[0] for text in texts_of(path, "") for each in IDENTITY_KEY.findall(text)}
    return said


def _within(text: str, digests: frozenset[str]) -> set[str]:
    found = set()
    for run in _HEX.findall(text):
        found |= {run[at : at + _DIGITS] for at in range(len(run) - _DIGITS + 1)} & digests
    return found


def _way(column: str, named: Mapping[str, str], persons: Mapping[str, str]) -> Callable[[Any], Any]:
    """How a column's values are told."""
    by = persons if column.endswith("consumer_key") or column == "unit_id" else named

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return IDENTITY_KEY.sub(lambda match: by.get(match[0]) or persons.get(match[0]) or "?", value)
        if isinstance(value, list | tuple):
            return sorted(map(told, value))
        if isinstance(value, float):
            return float(f"{value:.12g}")  # last digits of sums depend on the order of rows
        return value

    return told
