"""The contract as it was published last, and what a change of it means for readers.

Belongs here: comparing two states of the contract, the record of changes. Does not: the contract (contract.py), the
page for readers (docs.py).

`contract_snapshot.json` holds the state and its changes by version. `python -m orchestration.exports.versions` brings
it up to the code, and refuses a breaking change whose output keeps its version; a test holds both together, and asks
CHANGELOG.md for a line that names the output and its new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import ConfigurationError
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_plan import PLAN_OUTPUTS
from orchestration.exports.schema import Output

SNAPSHOT = Path(__file__).with_name("contract_snapshot.json")
# What a reader's program rests on; a heading, a meaning in clearer words or one more column breaks none.
_KEPT = ("type", "unit", "when_null", "unit_column")
State = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One change of an output: its version from then on, what changed, whether readers have to act."""

    output: str
    version: int
    words: str
    is_breaking: bool


def state(outputs: Iterable[Output] | None = None) -> dict[str, Any]:
    """Output → version and columns, as far as a reader's program rests on them."""
    every = (*OUTPUTS.values(), *PLAN_OUTPUTS) if outputs is None else tuple(outputs)
    return {
        output.name: {
            "version": output.version,
            "columns": {
                column.name: {
                    name: value
                    for name, value in (
                        {n: getattr(column, n) for n in _KEPT} | {"allowed": sorted(column.allowed)}
                    ).items()
                    if value
                }
                for column in output.columns
            },
        }
        for output in every
    }


def changes(before: State, after: State) -> tuple[Change, ...]:
    """What changed from one state to the next, by output."""
    found = [Change(name, 0, "removed", True) for name in before if name not in after]
    for name, now in after.items():
        version = now["version"]
        if name not in before:
            found.append(Change(name, version, "new output", False))
            continue
        was = before[name]["columns"]
        found += [Change(name, version, f"{column} removed", True) for column in was if column not in now["columns"]]
        found += [Change(name, version, f"{column} added", False) for column in now["columns"] if column not in was]
        for column in was.keys() & now["columns"].keys():
            found += _of_column(name, version, column, was[column], now["columns"][column])
    return tuple(sorted(found, key=lambda change: (change.output, change.words)))


def _of_column(output: str, version: int, column: str, was: State, now: State) -> list[Change]:
    found = [
        Change(output, version, f"{column}: {name} was {was.get(name, '')!r}, is {now.get(name, '')!r}", True)
        for name in _KEPT
        if was.get(name, "") != now.get(name, "")
    ]
    had, has = set(was.get("allowed", ())), set(now.get("allowed", ()))
    if had != has and had:
        found.append(
            Change(
                output, version, f"{column}: values lost {sorted(had - has)}, new {sorted(has - had)}", bool(had - has)
            )
        )
    return found


def not_announced(before: State, after: State) -> list[str]:
    """Breaking changes that keep their output's version: each in words."""
    return [
        f"{change.output}: {change.words}: raise its version above {before[change.output]['version']}"
        for change in changes(before, after)
        if change.is_breaking and change.output in after and change.version <= before[change.output]["version"]
    ] + [
        f"{name}: version {after[name]['version']} is below the published {before[name]['version']}"
        for name in before.keys() & after.keys()
        if after[name]["version"] < before[name]["version"]
    ]


def missing_in_changelog(history: Iterable[Change], changelog: str) -> list[str]:
    """Breaking changes whose output and version no line of the changelog names."""
    lines = changelog.splitlines()
    return sorted(
        {
            f"{change.output} version {change.version}"
            for change in history
            if change.is_breaking
            and not any(
                f"`{change.output}`" in line and (change.version == 0 or f"version {change.version}" in line)
                for line in lines
            )
        }
    )


def published() -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The state published last, and every change since the first one."""
    record = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return record["state"], tuple(Change(**change) for change in record["changes"])


def publish() -> None:
    """Bring the snapshot up to the code.

    Raises:
        ConfigurationError: a breaking change keeps its output's version.
    """
    before, history = published() if SNAPSHOT.exists() else ({}, ())
    after = state()
    if wrong := not_announced(before, after):
        raise ConfigurationError("the contract breaks its readers:\n" + "\n".join(wrong))
    since = changes(before, after) if before else ()
    record = {"changes": [asdict(change) for change in (*history, *since)], "state": after}
    SNAPSHOT.write_text(json.dumps(record, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    publish()
