"""500 files damaged, one at a time: bits flipped, cut off, grown, zeroed, emptied; none is loaded as if it were sound.

A part of benchmarks/reliability.py. A workspace is published once with the pipeline's own landing, signals, models,
state and publishing; then one of its files is damaged, and everything that a later night reads before it builds is read
the way the night reads it: generations, the warehouse to start from, past scores, landed loads, signals, state, model.

Loaded: something came out of the damaged file other than what was in it. Not mended: the damage was of something that
is made from landing, and the reading gave neither what was there before nor said "build afresh". A damaged landed file
itself is refused by name, since nothing else has its rows.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_state import digest, files_of

TRIALS, QUICK = 500, 60
DAY, NEXT_DAY = date(2026, 10, 4), date(2026, 10, 5)
KEY = "a-key-for-trials-only-0123456789abcdef"
LINES = 400


def _flip(content: bytes, lot: random.Random) -> bytes:
    changed = bytearray(content)
    changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def _letter(content: bytes, lot: random.Random) -> bytes:
    """Another digit or letter in place of one: what JSON still reads."""
    places = [at for at, byte in enumerate(content) if chr(byte).isalnum()]
    at = lot.choice(places) if places else 0
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


DAMAGE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "a bit": _flip,
    "a letter": _letter,
    "cut off": lambda content, lot: content[: lot.randrange(len(content))],
    "grown": lambda content, lot: content + lot.randbytes(lot.randint(1, 99)),
    "a hole of zeros": lambda content, lot: (
        content[: (at := lot.randrange(len(content)))] + b"\0" * min(512, len(content) - at) + content[at + 512 :]
    ),
    "emptied": lambda content, lot: b"",
    "gone": lambda content, lot: b"",
}


@dataclass(frozen=True)
class Read:
    """What a night reads before it builds. Any part may be the name of the error that refused it."""

    parts: dict[str, Any]


def build(root: Path) -> None:
    """A workspace with one published generation, its landing, signals, model and state."""
    import duckdb
    import lightgbm as lgb
    import numpy as np
    import polars as pl
    from pydantic import SecretStr

    from ml.registry import write_model
    from orchestration.connectors.landing import land_source
    from orchestration.connectors.loads import read_loads
    from orchestration.connectors.signals import ensure_signals
    from orchestration.durable import write_json
    from orchestration.publishing import next_sequence, publish, write_manifest
    from orchestration.settings import Retention, Source
    from orchestration.state import STATE_FILE, adopt_generations
    from orchestration.text_models import text_models
    from orchestration.workspace import Build, Workspace

    workspace = Workspace.at(root)
    (root / "in").mkdir(parents=True)
    lot = random.Random(1)
    said = (" ".join(lot.choices(("fine", "late", "good", "broken", "tea"), k=6)) for _ in range(LINES))
    text = [
        "id,words,stars,at",
        *(f"r{at},{words},{lot.randint(1, 5)},2026-09-01 10:00" for at, words in enumerate(said)),
    ]
    (root / "in" / "reviews.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    columns = {
        "site": {"constant": "shop"},
        "review_id": "id",
        "body": "words",
        "rating": "stars",
        "incentive": {"constant": "none"},
        "submitted_at": {"column": "at", "zone": "UTC"},
    }
    stream = {"stream": "reviews", "path": "in/*.csv", "columns": columns}
    source = Source.model_validate({"name": "shop", "kind": "csv", "streams": [stream]})
    land_source(
        source,
        source.streams,
        workspace,
        key=SecretStr(KEY),
        loaded_at=datetime(2026, 10, 5, 1),
        real_data=root,
        brand_timezone="UTC",
    )
    ensure_signals(read_loads(workspace.landing), text_models(workspace))
    made = Build(workspace.builds / "run" / "generation")
    (made.models / "uplift").parent.mkdir(parents=True)
    matrix = np.random.default_rng(1).normal(size=(200, 3))
    booster = lgb.train(
        {"objective": "regression", "verbose": -1, "num_threads": 1},
        lgb.Dataset(matrix, matrix[:, 0]),
        num_boost_round=5,
    )
    model_id = write_model(made.models / "uplift", {"effect": booster}, {"as_of": DAY.isoformat(), "kind": "uplift"})
    with duckdb.connect(str(made.warehouse)) as connection:
        connection.execute("create schema marts; create table marts.fct as select range as id from range(20000)")
    for folder in (made.exports, made.scores):
        folder.mkdir()
    (made.exports / "scores.csv").write_text("person,score\n" + "a,1\n" * 200)
    pl.DataFrame({"consumer_key": ["a", "b"], "uplift": [0.1, 0.2]}).write_parquet(made.scores / "uplift.parquet")
    champions = {"uplift": {"model_id": model_id, "as_of": DAY.isoformat()}}
    figures = {"landing": {"rows": 400.0, "share": 0.25}, "marts": {"sales": 12.5}}
    write_json(made.root / STATE_FILE, {"gate_figures": figures, "champions": champions})
    content = {
        "as_of": DAY.isoformat(),
        "published_sequence": next_sequence(workspace),
        "parent": None,
        "loads": sorted(f"{load.source}/{load.stream}/{load.load_id}" for load in read_loads(workspace.landing)),
        "champions": champions,
        "warehouse_fingerprint": "w",
    }
    write_manifest(made, content)
    publish(workspace, made, "20261004-20261005T010000", Retention())
    adopt_generations(workspace)
    shutil.rmtree(workspace.builds)


def read(root: Path) -> dict[str, Any]:
    """Everything as the next night reads it, in its order; of each part what came out, or the error that refused it."""
    from orchestration.connectors.loads import active_loads, read_loads, verified
    from orchestration.connectors.signals import ensure_signals
    from orchestration.errors import NanoliftError
    from orchestration.generations import starting_point
    from orchestration.model_store import champion
    from orchestration.past_scores import files_before
    from orchestration.state import CHAMPIONS, GATE_FIGURES, State, adopt_generations
    from orchestration.text_models import text_models
    from orchestration.workspace import Build, Workspace

    workspace, found = Workspace.at(root), dict[str, Any]()

    def part(name: str, reading: Callable[[], Any]) -> None:
        try:
            found[name] = reading()
        except NanoliftError as error:
            found[name] = f"refused: {error}"

    adopt_generations(workspace)
    state = State(workspace.state, NEXT_DAY)
    session: Any = SimpleNamespace(
        state=state, workspace=workspace, settings=SimpleNamespace(models=SimpleNamespace(never_use=()))
    )
    part("figures", lambda: state.entries(GATE_FIGURES))
    part("champions", lambda: state.latest(CHAMPIONS))
    parent = starting_point(workspace, NEXT_DAY)
    part("generation", lambda: None if parent is None else parent.manifest)
    sound = parent is not None and parent.is_sound(Build(parent.path).warehouse)
    part("warehouse", lambda: digest(Build(parent.path).warehouse.read_bytes()) if parent and sound else None)
    part("scores", lambda: [digest(file.read_bytes()) for _, file in files_before(workspace, NEXT_DAY)])
    part("landing", lambda: sorted(str(each.name) for each in verified(active_loads(read_loads(workspace.landing)))))
    if not str(found["landing"]).startswith("refused"):
        loads = read_loads(workspace.landing)
        part("records", lambda: [load.record() for load in loads])
        part("signals", lambda: ensure_signals(loads, text_models(workspace)) >= 0)
        part(
            "signal bytes",
            lambda: [digest(path.read_bytes()) for load in loads for path in (load.signals, load.moments)],
        )

    def model() -> str | None:
        stored = champion(session, "uplift")
        return None if stored is None else json.dumps([stored.card, stored.boosters["effect"].model_to_string()])

    part("model", model)
    return found


# What may be missing after damage without anybody's hand: it is made anew from landing by the night itself.
MADE_ANEW = {"generation", "warehouse", "scores", "model", "champions", "figures"}


def judge(root: Path, wanted: dict[str, Any], file: Path, found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """(what was loaded other than it was, what was refused although landing could mend it)."""
    loaded, stuck = [], []
    of_landing = file.relative_to(root).parts[0] == "landing" and file.name in ("data.parquet", "_load.json")
    for name in wanted:
        value = found.get(name)
        refused = isinstance(value, str) and value.startswith("refused")
        if value == wanted[name] or (name not in found and of_landing):
            continue
        if refused:
            stuck += [] if of_landing else [name]
        elif name in MADE_ANEW and value in (None, []):
            continue
        else:
            loaded.append(name)
    return loaded, stuck


def trial(number: int, sound: Path, root: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """One damaged file and what is then read."""
    lot = random.Random(number)
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(sound, root, symlinks=True)
    # Each kind of file as often as another, however many there are of it.
    files = [
        path
        for path in files_of(root)
        if path.is_file() and path.suffix in (".json", ".parquet", ".duckdb", ".txt", "")
    ]
    files = [path for path in files if path.relative_to(root).parts[0] in ("landing", "generations", "state")]
    kinds = sorted({path.name for path in files})
    file = lot.choice([path for path in files if path.name == kinds[number % len(kinds)]])
    how = lot.choice([*DAMAGE])
    before = file.read_bytes()
    file.write_bytes(DAMAGE[how](before, lot))
    if how == "gone":
        file.unlink()
    said = {"file": str(file.relative_to(root)), "how": how}
    try:
        loaded, stuck = judge(root, wanted, file, read(root))
    except Exception as error:  # noqa: BLE001 - an unnamed end is a finding
        return said | {"loaded": [], "stuck": [f"{type(error).__name__}: {error}"[:200]]}
    return said | {"loaded": loaded, "stuck": stuck}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the files that were damaged."""
    import logging

    names = [f"{number}" for number in range(1, (QUICK if quick else TRIALS) + 1)]
    folder = Path(tempfile.mkdtemp(prefix="nanolift-damage-"))
    journal = Journal("damage", folder) if quick else Journal("damage")
    logging.disable(logging.WARNING)
    try:
        due = list(journal.due(names))
        if due:
            build(folder / "sound")
            shutil.copytree(folder / "sound", folder / "root", symlinks=True)
            wanted = read(folder / "root")
        for name in due:
            if seconds_left() <= 0:
                break
            journal.write(name, **trial(int(name), folder / "sound", folder / "root", wanted))
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(folder, ignore_errors=True)
    done = journal.of(names)
    yield Figure("damaged_loaded", float(sum(bool(each["loaded"]) for each in done)), high=0)
    yield Figure("damaged_not_mended", float(sum(bool(each["stuck"]) for each in done)), high=0)
    yield Figure(f"damaged_done_of_{len(names)}", float(len(done)))
    yield Figure("damaged_kinds_of_files", float(len({Path(each["file"]).name for each in done})))
