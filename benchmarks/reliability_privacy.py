"""50 people are erased: nothing is found of them in anything the workspace holds, and a kill in between does no harm.

A part of benchmarks/reliability.py. The people are canaries (reliability_canaries.py); first the search must find every
name and key of every one of them, or the trial is void. Two parts:

- small: the landing of their source alone, and a run of which only the steps between opening the session and publishing
  are replaced by writing what is landed into a small build. Killed before changes of files all along the erasure, which
  then is completed by the same command, or by the next run.
- whole nights (full count only; reliability_forgotten.py, which says what "unchanged" means): the demo brand with the
  canaries among its people, `nanolift erase`, and the next night; beside it a world that never held them.

erasure_hits: names and keys found afterwards, raw or decoded, by file. erasure_hits_after_repull: the same once the
source's files were pulled again, with news of everybody. erasure_others_changed: landed rows, tables and files that are
not what they are where there never was a canary. erasure_models_kept: models from before that are still in use.
erasure_kills_incomplete: completions after a kill that left a hit, a changed row, a generation of before or no receipt.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.figures import Figure
from benchmarks.reliability_erasures import APART, KEY, different, erase, in_child, landed, needles
from benchmarks.reliability_forgotten import Forgotten
from benchmarks.reliability_journal import RESULTS, Journal, seconds_left
from benchmarks.reliability_nights import DAY, new_workspace
from benchmarks.reliability_search import hits

PEOPLE, QUICK_PEOPLE = 50, 3
KILLS, QUICK_KILLS = 40, 2


def land(root: Path, night_no: int) -> None:
    """Land the canaries' source."""
    from pydantic import SecretStr

    from orchestration.connectors.landing import land_source
    from orchestration.settings import Source
    from orchestration.workspace import Workspace

    source = Source.model_validate({"name": canaries.SOURCE, "kind": "jsonl", "streams": canaries.streams()})
    land_source(
        source,
        source.streams,
        Workspace.at(root),
        key=SecretStr(KEY),
        loaded_at=datetime(2026, 1, night_no, 3),
        real_data=root,
        brand_timezone="Europe/Paris",
    )


def publish(root: Path, night_no: int = 3) -> None:
    """A run with the pipeline's own session and publishing, and a build of what is landed in between."""
    import duckdb

    from orchestration.connectors.loads import read_loads
    from orchestration.durable import write_json
    from orchestration.privacy.erase_publish import finish
    from orchestration.publishing import next_sequence, write_manifest
    from orchestration.publishing import publish as make_current
    from orchestration.session import RunOptions, open_session
    from orchestration.settings import Retention, load_settings
    from orchestration.state import STATE_FILE, adopt_generations
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    options, now = RunOptions(DAY, from_landing=True), datetime(2026, 1, night_no)
    with open_session(workspace, load_settings(workspace.configuration), options, now) as session:
        build, loads = session.build, read_loads(workspace.landing)
        for folder in (build.exports, build.report, build.scores):
            folder.mkdir()
        with duckdb.connect(str(build.warehouse)) as connection:
            for stream in {load.stream for load in loads}:
                files = [str(load.data) for load in loads if load.stream == stream]
                connection.execute(f"create table {stream} as from read_parquet(?, union_by_name = true)", [files])
            connection.execute(f"copy consumers to '{build.exports}/uplift_scores.parquet'")
            connection.execute(f"copy consumers to '{build.exports}/uplift_scores.csv.gz' (format csv)")
            people = connection.execute("select identity_key from consumers order by 1").fetchall()
        shutil.copy2(build.exports / "uplift_scores.parquet", build.scores / "uplift.parquet")
        (build.report / "index.html").write_text(f"<p>{people}</p>")
        write_json(build.root / STATE_FILE, session.state_entry())
        content = {
            "as_of": DAY.isoformat(),
            "published_sequence": next_sequence(workspace),
            "parent": session.parent.name if session.parent else None,
            "loads": [],
            "erasure": session.erasure.name if session.erasure else None,
        }
        write_manifest(build, content)
        make_current(workspace, build, session.run_id, Retention())
        if session.erasure is not None:
            finish(workspace, session.key, session.erasure)
        adopt_generations(workspace)


def delivered(root: Path) -> None:
    """What a delivery of the generation and a plan leave."""
    from orchestration.exports.delivery.record import Record, write_record
    from orchestration.generations import current
    from orchestration.workspace import Workspace

    workspace = Workspace.at(root)
    now = current(workspace)
    assert now is not None
    files: dict[str, dict[str, Any]] = {"uplift_scores.parquet": {"bytes": 1}, "data_dictionary.csv": {"bytes": 1}}
    write_record(
        workspace,
        Record("agency", "folder", now.name, str(now.as_of), 1, "delivered", files=files, delivered_at="2026-01-02Z"),
    )
    (workspace.plans / "next").mkdir(parents=True)
    shutil.copy2(now.path / "exports" / "uplift_scores.parquet", workspace.plans / "next" / "invitations.parquet")


class Small:
    """The small workspace before the erasure, and what must be there afterwards."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people, self.told = folder, people, folder / "told"
        self.sound, self.free = folder / "sound", folder / "free"
        for root, is_free in ((self.sound, False), (self.free, True)):
            new_workspace(root)
            canaries.write(root / "in", people, free=is_free)
            self.do(lambda root=root: land(root, 1))
        self.do(lambda: publish(self.sound))
        self.do(lambda: delivered(self.sound))
        self.wanted = self.do(lambda: landed(self.free))
        canaries.write(self.free / "in", people, 1, free=True)
        self.do(lambda: land(self.free, 2))
        self.wanted_later = self.do(lambda: landed(self.free))
        self.needles = self.do(lambda: needles(people))
        found = self.hits(self.sound)
        self.files = len(found)
        self.unseen = len(set(map(str.lower, self.needles)) - {each for here in found.values() for each in here})

    def do(self, work: Callable[[], Any], kill: tuple[Path, int] | None = None) -> Any:
        said = in_child(work, self.told, kill)
        return None if said is None else said[0]

    def erase(self, root: Path) -> dict[str, Any]:
        return erase(root, self.people, lambda root: publish(root, 4))

    def hits(self, root: Path) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.do(lambda: hits(root, self.needles, KEY, APART))
        return found

    def copy(self, name: str) -> Path:
        root = self.folder / name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.sound, root, symlinks=True)
        return root

    def whole(self) -> dict[str, Any]:
        """An erasure nobody kills, and the same source pulled again, as it was and with news."""
        root = self.copy("whole")
        changes = in_child(lambda: self.erase(root), self.told, (root, -1))[1]
        said = self.left(root)
        self.do(lambda: land(root, 2))
        canaries.write(root / "in", self.people, 1)
        self.do(lambda: land(root, 3))
        self.do(lambda: publish(root, 5))
        again = self.hits(root)
        later = different(self.do(lambda: landed(root)), self.wanted_later)
        recalled = json.loads(next((root / "receipts").iterdir()).read_text())["recall"]
        return said | {"changes": changes, "again": again, "later": later, "recalled": [r["file"] for r in recalled]}

    def left(self, root: Path) -> dict[str, Any]:
        """What is wrong with a workspace from which the canaries were erased."""
        before, now = ({path.name for path in (one / "generations").iterdir()} for one in (self.sound, root))
        return {
            "hits": self.hits(root),
            "others": different(self.do(lambda: landed(root)), self.wanted),
            "kept": sorted(before & now),
            "receipts": len(list((root / "receipts").glob("*_erasure_*.json"))),
            "pending": (root / "erasure").exists(),
        }

    def kill(self, number: int, change: int) -> dict[str, Any]:
        """A kill, and its completion by the same command or (each second time) by the next run."""
        root = self.copy("killed")
        killed = in_child(lambda: self.erase(root), self.told, (root, change)) is None
        by_run = number % 2 == 1 and (root / "erasure").exists()
        self.do((lambda: publish(root, 5)) if by_run else (lambda: self.erase(root)))
        said = self.left(root)
        complete = not said["hits"] and not said["others"] and not said["pending"]
        complete = complete and not said["kept"] and said["receipts"] == 1
        return said | {"change": change, "killed": killed, "by_run": by_run, "complete": complete}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the whole nights, the small workspace and all kills."""
    people, kills = (QUICK_PEOPLE, QUICK_KILLS) if quick else (PEOPLE, KILLS)
    folder = Path(tempfile.mkdtemp(prefix="nanolift-privacy-"))
    journal = Journal("privacy", folder) if quick else Journal("privacy")
    nights, names = Forgotten(RESULTS / "reliability_privacy_nights", people), [f"kill {n:02d}" for n in range(kills)]
    try:
        if not quick:
            nights.go_on(journal)
        if any(name not in journal.done for name in ("small", *names)) and seconds_left() > 0:
            small = Small(folder, people)
            whole = small.whole()
            if "small" not in journal.done:
                journal.write("small", files=small.files, unseen=small.unseen, people=people, **whole)
            for name in journal.due(names):
                if seconds_left() <= 0:
                    break
                number = int(name.split()[1])
                journal.write(name, **small.kill(number, 1 + number * whole["changes"] // kills))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    killed, said = journal.of(names), journal.done
    smalls, befores, erased, again = (journal.of([name]) for name in ("small", "before", "erased", "again"))
    yield Figure("erasure_hits", found(each["hits"] for each in [*smalls, *erased]), high=0)
    repulled = [*(each["again"] for each in smalls), *(each["hits"] for each in again)]
    yield Figure("erasure_hits_after_repull", found(repulled), high=0)
    changed = sum(len(each["others"]) + len(each["later"]) for each in smalls)
    changed += sum(each["landed_differ"] + len(each["differs"]) for each in [*erased, *again])
    yield Figure("erasure_others_changed", float(changed), high=0)
    kept = [each for one in befores for each in one["models"] if erased and each in said["erased"]["models"]]
    yield Figure("erasure_models_kept", float(len(kept)), high=0)
    yield Figure("erasure_kills_incomplete", float(sum(not each["complete"] for each in killed)), high=0)
    seen = [*smalls, *befores]
    yield Figure("erasure_canaries_not_seen_before", float(sum(each["unseen"] for each in seen)), high=0)
    yield Figure("erasure_files_with_canaries_before", float(sum(each["files"] for each in seen)), low=1)
    recalled = sum(len(each["recalled"]) for each in [*smalls, *erased])
    yield Figure("erasure_recalled_files", float(recalled), low=1)
    looked_at = sum(each["looked_at"] for each in [*erased, *again])
    yield Figure("erasure_tables_and_files_looked_at", float(looked_at))
    yield Figure("erasure_landed_rows_looked_at", float(sum(each["landed_rows"] for each in [*erased, *again])))
    yield Figure("erasure_models_trained_anew", float(sum(len(each["models"]) for each in erased)))
    yield Figure(f"erasure_kills_done_of_{kills}", float(len(killed)))
    yield Figure("erasure_kills_that_ended_before", float(sum(not each["killed"] for each in killed)))
    if not quick:
        yield Figure(f"erasure_whole_nights_done_of_{len(nights.steps)}", float(sum(n in said for n in nights.steps)))
        for each in [*erased, *again]:
            print(f"  {each['trial']}: differs: {each['differs']}; tells of deliveries: {each['told']}")


def found(hits_by_file: Iterable[dict[str, list[str]]]) -> float:
    """How many names stand in how many files."""
    return float(sum(len(here) for each in hits_by_file for here in each.values()))
