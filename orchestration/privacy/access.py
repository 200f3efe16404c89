"""`nanolift access`: all that is held about one person, in a folder for that person's eyes.

Belongs here: which places are read, what is left out because it is about others. Does not: who the person is
(erase_people.py), where deliveries went (erase_publish.py).

Every identity key in the answer but the person's own is blanked: a follower list names followers, a referral a friend.
Raw references stand in it, so the folder is of mode 0700 and the opening of the vault is logged. Rows of others that
mention the person are counted, not shown.
"""

from __future__ import annotations

import json
import os
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from pydantic import SecretStr

from orchestration.connectors.landing_rows import row_groups
from orchestration.connectors.loads import read_loads
from orchestration.connectors.streams import STREAMS
from orchestration.connectors.vault import Vault
from orchestration.connectors.vault_box import Box
from orchestration.connectors.vault_quarantine import ASIDE, QuarantinedRow
from orchestration.errors import ConfigurationError
from orchestration.exports.cells import harmless
from orchestration.generations import Generation, current
from orchestration.lock import workspace_lock
from orchestration.privacy.erase_people import IDENTITY_KEY, Person, asked_for, person_of
from orchestration.privacy.erase_publish import recall_list
from orchestration.privacy.erase_rows import owned
from orchestration.privacy.kept_lots import read_lots
from orchestration.privacy.pending import refuse_while_rotating
from orchestration.privacy.suppression import bare, bares
from orchestration.privacy.workspace_key import adopt_key
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Build, Workspace

Rows = list[dict[str, Any]]
PURPOSES = {
    "scoring": "whom contact helps, who brings in others: scores, with reasons, in what is published",
    "contact": "lists of people for the brand's own messages",
    "ugc_reuse": "posts and reviews that may be shown again",
    "measurement": "what campaigns caused, as totals of many people",
}


@dataclass
class Answer:
    """The folder's content: file stem → rows or a record."""

    parts: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, rows: Any) -> None:
        """Keep a part, unless there is nothing in it."""
        if rows:
            self.parts[name] = rows


def access(directory: Path, request: str, out: Path, wait_seconds: int = 0) -> str:
    """Write all that is held about a person; where, in words.

    Raises:
        ConfigurationError: nobody is known by that name, or the folder is there already.
        WorkspaceBusyError: a run holds the workspace.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    asked = asked_for(request)
    now = datetime.now(UTC).replace(tzinfo=None)
    with workspace_lock(workspace, "access", wait_seconds=wait_seconds):
        refuse_while_rotating(workspace, "the answer")
        own = adopt_key(workspace, settings)
        key = own.secret
        if out.exists():
            raise ConfigurationError(f"{out} is there already: an answer goes into a new folder")
        entries = Vault(workspace.vault, key).read("access", now) if workspace.vault.exists() else None
        start = asked.identity_key(own)
        if entries is None or start not in entries.get_column("identity_key"):
            raise ConfigurationError("nobody is landed under this reference: look at its kind, scope and spelling")
        person = person_of(start, workspace, entries)
        answer = _answer(workspace, settings, key, person, now)
    _write(out, answer)
    rows = sum(len(part) for part in answer.parts.values() if isinstance(part, list))
    return f"{rows:,} rows about one person in {len(answer.parts)} parts: {out}"


def _answer(workspace: Workspace, settings: Settings, key: SecretStr, person: Person, now: datetime) -> Answer:
    answer = Answer()
    landed, mentions = _landed(workspace, person)
    for name, rows in landed.items():
        answer.put(f"landed/{name}", rows)
    answer.put("set_aside", _set_aside(workspace, key, person))
    generation = current(workspace)
    if generation is not None and generation.is_readable:
        for name, rows in _published(generation, person.keys).items():
            answer.put(name, rows)
    answer.put("deliveries", recall_list(workspace, person.keys))
    answer.put(
        "person",
        {
            "asked_at": now.isoformat(timespec="seconds") + "Z",
            "brand": settings.brand.name,
            "identities": person.references.to_dicts(),
            "lots": _lots(workspace, key, person),
            "linked_to_others_too": len(person.shared),
            "rows_of_others_that_mention_them": mentions,
            "sources": {source.name: {"kind": source.kind, "basis": source.basis} for source in settings.sources},
            "purposes": PURPOSES,
            "retention": settings.retention.model_dump(mode="json"),
            "published": None if generation is None else generation.name,
        },
    )
    return answer


def _lots(workspace: Workspace, key: SecretStr, person: Person) -> dict[str, list[int]]:
    """What was drawn for the person before the pseudonym key changed: purpose and seed → lots, of 2^64."""
    found = {}
    for (purpose, seed), drawn in read_lots(workspace, key).items():
        found[f"{purpose} {seed}"] = sorted({drawn[each] for each in person.keys & drawn.keys()})
    return {name: lots for name, lots in found.items() if lots}


def _landed(workspace: Workspace, person: Person) -> tuple[dict[str, Rows], int]:
    """source.stream → rows about the person; and how many rows of others name them."""
    found: dict[str, Rows] = {}
    mentions = 0
    for load in read_loads(workspace.landing):
        stream = STREAMS[load.stream]
        for rows in row_groups(load.data):
            own = owned(rows, stream, person.keys)
            mine = [_alone(row, person.keys) for row in rows.filter(own).iter_rows(named=True)]
            if mine:
                found.setdefault(f"{load.source}.{load.stream}", []).extend(mine)
            mentions += _naming(rows.filter(~own), person.keys)
    return found, mentions


def _naming(rows: pl.DataFrame, keys: Set[str]) -> int:
    wanted = pl.Series(sorted(keys), dtype=pl.String).implode()
    told = [
        pl.col(pl.String).is_in(wanted),
        pl.col(pl.List(pl.String)).list.eval(pl.element().is_in(wanted)).list.any(),
    ]
    return rows.filter(pl.any_horizontal(*told)).height


def _set_aside(workspace: Workspace, key: SecretStr, person: Person) -> Rows:
    wanted = {bare(reference) for reference in person.references.get_column("reference").to_list()}
    found: Rows = []
    for file in sorted(workspace.quarantine.glob("*/*/*.enc")):
        source, stream = file.parts[-3:-1]
        for entry in Box(file, key, "quarantine").read():
            row = QuarantinedRow(entry["row_no"], entry["reason"], entry["raw"])
            if wanted & set(bares(row.raw)):
                kind = "new columns" if file.name.endswith(ASIDE) else "not typed"
                found.append({"source": source, "stream": stream, "kind": kind, "reason": row.reason, "raw": row.raw})
    return found


def _published(generation: Generation, keys: Set[str]) -> dict[str, Rows]:
    """warehouse/<schema>.<table> and exports/<output> → rows with one of the keys."""
    found: dict[str, Rows] = {}
    with duckdb.connect(str(Build(generation.path).warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' order by all"
        ).fetchall()
        for schema, name in tables:
            frame = pl.DataFrame(pl.from_arrow(connection.table(f'"{schema}"."{name}"').to_arrow_table()))
            found[f"warehouse/{schema}.{name}"] = _about(frame, keys)
    for file in sorted(Build(generation.path).exports.glob("*.parquet")):
        found[f"exports/{file.stem}"] = _about(pl.read_parquet(file), keys)
    return found


def _about(frame: pl.DataFrame, keys: Set[str]) -> Rows:
    wanted = pl.Series(sorted(keys), dtype=pl.String).implode()
    texts = frame.select(pl.col(pl.String))
    if not texts.width:
        return []
    mine = frame.filter(texts.select(pl.any_horizontal(pl.all().is_in(wanted))).to_series().fill_null(False))
    return [_alone(row, keys) for row in mine.iter_rows(named=True)]


def _alone(row: dict[str, Any], keys: Set[str]) -> dict[str, Any]:
    """A row without the keys of other people."""
    return {name: _mine(value, keys) for name, value in row.items()}


def _mine(value: Any, keys: Set[str]) -> Any:
    if isinstance(value, list):
        return [_mine(each, keys) for each in value]
    is_other = isinstance(value, str) and IDENTITY_KEY.match(value) is not None and value not in keys
    return None if is_other else value


def _write(out: Path, answer: Answer) -> None:
    """Each part as JSON, and as CSV where it is a table."""
    out.mkdir(mode=0o700)
    for name, part in sorted(answer.parts.items()):
        place = out / name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        _put(place.with_name(f"{place.name}.json"), json.dumps(part, indent=2, ensure_ascii=False, default=str) + "\n")
        if isinstance(part, list):
            flat = [{column: _cell(value) for column, value in row.items()} for row in part]
            _put(place.with_name(f"{place.name}.csv"), _csv(pl.DataFrame(flat, infer_schema_length=None)))


def _csv(table: pl.DataFrame) -> str:
    return table.with_columns(harmless(pl.col(pl.String))).write_csv()


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)


def _put(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
