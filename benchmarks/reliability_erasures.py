"""What the erasures of reliability_privacy.py and reliability_forgotten.py do and look at.

Belongs here: steps in a child, `nanolift erase` of all canaries, what they are called, landed rows. Does not: the
workspaces, what must hold.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_nights import count_changes

KEY = "nanolift-example-key-published-and-not-a-secret"
# Where the source's own files lie, which are not ours.
APART = ("in/", "place/", "nanolift.toml")


def in_child(work: Callable[[], Any], told: Path, kill: tuple[Path, int] | None = None) -> Any:
    """What work says, done in a child of its own (killed before the n-th change of a folder's files); None: killed."""
    told.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            counted = count_changes(kill[0], kill[1], scratch_too=True) if kill else [0]
            said = work()
            told.write_text(json.dumps([said, counted[0]]))
            status = 0
        except BaseException:  # noqa: BLE001 - the exit status tells
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    if status and not os.WIFSIGNALED(status):
        raise RuntimeError("a step of the trial failed: what it said stands above")
    return json.loads(told.read_text()) if status == 0 else None


def erase(root: Path, people: int, publishing: Callable[..., Any] | None = None) -> dict[str, Any]:
    """`nanolift erase` of all canaries."""
    from orchestration.privacy import erase as command

    if publishing is not None:
        command.republished = lambda *_: str(publishing(root))
    requests = tuple(canaries.request(number) for number in range(people))
    message, done = command.erase(command.EraseRequest(root, requests))
    return {"succeeded": done, "message": message}


def needles(people: int) -> list[str]:
    """All names of the canaries in the sources' words, and their identity keys."""
    from pydantic import SecretStr

    from orchestration.connectors.pseudonyms import Pseudonymiser, messages_of, one_reference

    names = [canaries.MARK]
    hashed = Pseudonymiser(SecretStr(KEY))
    for number in range(people):
        asked = [f"loyalty:{canaries.card(number)}", f"loyalty:Kanari-Old-Card-{number:03d}"]
        asked += [f"email:Kanari{number:03d}@example.org", f"review_author:{canaries.SITE}:Kanari Sanger {number:03d}"]
        asked.append(f"social_account:{canaries.PLATFORM}:{canaries.account(number)}")
        for each in asked:
            kind, _, rest = each.partition(":")
            scope, _, name = rest.rpartition(":")
            message = messages_of(one_reference(kind, scope or None, name)).item()
            names += [name, hashed.identity_key(message)]
    return sorted(set(names))


def landed(root: Path) -> list[str]:
    """What every landed row of the source says, but for when and where it was landed."""
    import polars as pl

    from orchestration.connectors.loads import active_loads, read_loads, verify_load

    said = []
    for load in active_loads(read_loads(root / "landing")):
        verify_load(load)
        parts = (load.rows_accepted, load.rows_quarantined, load.rows_duplicate, load.rows_suppressed)
        assert load.rows_read == sum(parts), f"{load.stream}: rows are not accounted for"
        rows = pl.read_parquet(load.data).drop("load_id", "row_no", "loaded_at")
        said += [json.dumps([load.stream, row], default=str) for row in rows.to_dicts()]
    return sorted(said)


def different(found: list[str], wanted: list[str]) -> list[str]:
    """Rows that are in one and not in the other, each as often as that is so."""
    from collections import Counter

    one, other = Counter(found), Counter(wanted)
    return sorted(((one - other) + (other - one)).elements())
