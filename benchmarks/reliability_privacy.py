"""50 people are erased: nothing is found of them in anything the workspace holds, and a kill in between does no harm.

A part of benchmarks/reliability.py. The people are canaries (reliability_canaries.py); first the search must find every
name and key of every one of them, or the trial is void. Two workspaces:

- small: the landing of their source alone, and a run of which only the steps between opening the session and publishing
  are replaced by writing what is landed into a small build. Killed before changes of files all along the erasure, which
  then is completed by the same command, or by the next run.
- market (full count only): real nights of the demo brand with the canaries among its people, and `nanolift erase`.

erasure_hits: names and keys found afterwards, raw or decoded, by file. erasure_hits_after_repull: the same once the
source's files were pulled again, with news of everybody. erasure_others_changed: landed rows of others that are not
what lands when there never was a canary (small); rows of others in the warehouse that differ (market).
erasure_kills_incomplete: completions after a kill that left a hit, a changed row, a second generation or no receipt.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks import reliability_canaries as canaries
from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import DAY, NEXT_DAY, await_end, count_changes, new_workspace, night, start, warm
from benchmarks.reliability_search import hits

PEOPLE, QUICK_PEOPLE = 50, 3
KILLS, QUICK_KILLS = 40, 2
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


def publish(root: Path, as_of: date = DAY) -> None:
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
    options = RunOptions(as_of, from_landing=True)
    with open_session(workspace, load_settings(workspace.configuration), options, datetime(2026, 1, 3)) as session:
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
            "as_of": as_of.isoformat(),
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


def erase(root: Path, people: int, publishing: Callable[..., Any] | None = None) -> dict[str, Any]:
    """`nanolift erase` of all canaries."""
    from orchestration.privacy import erase as command

    if publishing is not None:
        command._publish = lambda *_: str(publishing(root))
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
        changes = in_child(lambda: erase(root, self.people, publish), self.told, (root, -1))[1]
        said = self.left(root)
        self.do(lambda: land(root, 2))
        canaries.write(root / "in", self.people, 1)
        self.do(lambda: land(root, 3))
        self.do(lambda: publish(root))
        again = self.hits(root)
        later = different(self.do(lambda: landed(root)), self.wanted_later)
        recalled = json.loads(next((root / "receipts").iterdir()).read_text())["recall"]
        return said | {"changes": changes, "again": again, "later": later, "recalled": [r["file"] for r in recalled]}

    def left(self, root: Path) -> dict[str, Any]:
        """What is wrong with a workspace from which the canaries were erased."""
        generations = sorted(path.name for path in (root / "generations").iterdir())
        return {
            "hits": self.hits(root),
            "others": different(self.do(lambda: landed(root)), self.wanted),
            "generations": len(generations),
            "receipts": len(list((root / "receipts").glob("*_erasure_*.json"))),
            "pending": (root / "erasure").exists(),
        }

    def kill(self, number: int, change: int) -> dict[str, Any]:
        """A kill, and its completion by the same command or (each second time) by the next run."""
        root = self.copy("killed")
        killed = in_child(lambda: erase(root, self.people, publish), self.told, (root, change)) is None
        by_run = number % 2 == 1 and (root / "erasure").exists()
        self.do((lambda: publish(root)) if by_run else (lambda: erase(root, self.people, publish)))
        said = self.left(root)
        complete = not said["hits"] and not said["others"] and not said["pending"]
        complete = complete and said["generations"] == 1 and said["receipts"] == 1
        return said | {"change": change, "killed": killed, "by_run": by_run, "complete": complete}


def different(found: list[str], wanted: list[str]) -> list[str]:
    """Rows that are in one and not in the other, each as often as that is so."""
    from collections import Counter

    one, other = Counter(found), Counter(wanted)
    return sorted(((one - other) + (other - one)).elements())


def others_in_marts(root: Path, keys: list[str]) -> list[str]:
    """Rows of others in the tables of the warehouse that hold facts and people."""
    import duckdb

    said = []
    with duckdb.connect(str(root / "current" / "warehouse.duckdb"), read_only=True) as connection:
        for name in ("dim_consumers", "fct_sales_lines", "fct_ugc", "fct_campaign_events", "fct_survey_answers"):
            relation = connection.table(f"marts.{name}")
            for row in relation.fetchall():
                text = json.dumps([name, row], default=str)
                if canaries.MARK not in text.lower() and not any(key in text for key in keys) and "calm" not in text:
                    said.append(text)
    return sorted(said)


def market(folder: Path, people: int) -> dict[str, Any]:
    """Real nights: publish, erase, pull again."""
    root, told = folder / "market", folder / "told"
    place = f'\n[[delivery]]\nname = "agency"\nkind = "folder"\npath = "{root}/place"\n'
    new_workspace(root, more=place + canaries.toml())
    canaries.write(root / "in", people)
    by = warm()
    by.prepare(root)
    try:
        first = night(by, root, DAY)
        if not first.succeeded:
            raise RuntimeError(f"the night before the erasure failed: {first.message}")
        wanted = in_child(lambda: needles(people), told)[0]
        keys = [each for each in wanted if each.startswith("k1_")]
        before = in_child(lambda: hits(root, wanted, KEY, APART), told)[0]
        others = in_child(lambda: others_in_marts(root, keys), told)[0]
        done = await_end(root, start(by, root, DAY, work=lambda: erase(root, people)))
        if not done.succeeded:
            raise RuntimeError(f"the erasure failed: {done.message}")
        after = in_child(lambda: hits(root, wanted, KEY, APART), told)[0]
        changed = different(in_child(lambda: others_in_marts(root, keys), told)[0], others)
        canaries.write(root / "in", people, 1)
        again = night(by, root, NEXT_DAY)
        later = in_child(lambda: hits(root, wanted, KEY, APART), told)[0] if again.succeeded else {"night": ["failed"]}
    finally:
        by.close()
    unseen = len(set(map(str.lower, wanted)) - {each for here in before.values() for each in here})
    recall = json.loads(next((root / "receipts").iterdir()).read_text())["recall"]
    return {
        **{"files": len(before), "unseen": unseen, "hits": after, "others": changed[:20], "again": later},
        **{"others_changed": len(changed), "others_rows": len(others), "recalled": len(recall)},
        "message": again.message if not again.succeeded else done.message,
    }


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over both workspaces and all kills."""
    people, kills = (QUICK_PEOPLE, QUICK_KILLS) if quick else (PEOPLE, KILLS)
    folder = Path(tempfile.mkdtemp(prefix="nanolift-privacy-"))
    journal = Journal("privacy", folder) if quick else Journal("privacy")
    names = [f"kill {number:02d}" for number in range(kills)]
    try:
        if not quick and "market" not in journal.done and seconds_left() > 0:
            journal.write("market", **market(folder, people))
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
    done, killed = journal.of(["small", "market"]), journal.of(names)
    yield Figure("erasure_hits", float(sum(len(here) for each in done for here in each["hits"].values())), high=0)
    again = sum(len(here) for each in done for here in each["again"].values())
    yield Figure("erasure_hits_after_repull", float(again), high=0)
    changed = sum(each.get("others_changed", len(each["others"])) + len(each.get("later", ())) for each in done)
    yield Figure("erasure_others_changed", float(changed), high=0)
    yield Figure("erasure_kills_incomplete", float(sum(not each["complete"] for each in killed)), high=0)
    yield Figure("erasure_canaries_not_seen_before", float(sum(each["unseen"] for each in done)), high=0)
    yield Figure("erasure_files_with_canaries_before", float(sum(each["files"] for each in done)), low=1)
    yield Figure(f"erasure_kills_done_of_{kills}", float(len(killed)))
    yield Figure("erasure_kills_that_ended_before", float(sum(not each["killed"] for each in killed)))
    yield Figure(
        "erasure_recalled_files", float(sum(len(each["recalled"]) for each in done if "people" in each)), low=1
    )
    yield Figure(f"erasure_workspaces_done_of_{1 if quick else 2}", float(len(done)))
