"""kill -9 before every single change of files that landing and publishing make: none by lot, all of them.

A part of benchmarks/reliability.py, beside the kills of whole nights (reliability_kills.py), which take minutes each
and are drawn by lot. Here a landing of three files, and a run from its session to its publication that sweeps an old
generation, are killed before their first change, before their second, and so on to the last. After each kill `current`
is the old or the new generation, whole (seams_mixed); the same work once more leaves what it leaves when nobody kills
it, with no file more or less (seams_not_equal).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_mutations import COLUMNS, written
from benchmarks.reliability_mutators import delivery
from benchmarks.reliability_nights import count_changes, new_workspace
from benchmarks.reliability_rivals import FIRST, run
from benchmarks.reliability_state import digest, files_of, listing, whole
from tests.bakery import parsed_here

DELIVERIES = 3
KEY = "nanolift-example-key-published-and-not-a-secret"


def land(root: Path) -> None:
    """Land what lies there, quarantine and vault included."""
    from pydantic import SecretStr

    from orchestration.connectors import parse_run
    from orchestration.connectors.landing import land_source
    from orchestration.connectors.loads import read_loads
    from orchestration.connectors.selection import select_loads
    from orchestration.settings import Source
    from orchestration.workspace import Workspace

    parse_run._started = parsed_here
    stream = {"stream": "pos_lines", "path": "in/*.csv", "columns": COLUMNS}
    source = Source.model_validate({"name": "tills", "kind": "csv", "streams": [stream]})
    workspace = Workspace.at(root)
    land_source(
        source,
        source.streams,
        workspace,
        key=SecretStr(KEY),
        loaded_at=datetime(2026, 12, 1),
        real_data=root,
        brand_timezone="Europe/Paris",
    )
    assert len(select_loads(workspace.landing)) == len(read_loads(workspace.landing))


def before_landing(root: Path) -> None:
    """Deliveries of which each has a row that is set aside and one that repeats another delivery's."""
    new_workspace(root)
    (root / "in").mkdir()
    for number in range(DELIVERIES):
        rows = [*delivery(number), {**delivery(number)[0], "receipt": "R-x", "amount": "much"}, delivery(99)[0]]
        (root / "in" / f"{number}.csv").write_bytes(written(rows, "csv"))


def before_publishing(root: Path) -> None:
    """Two generations; the next one sweeps one of them, since both are of one day and none is the parent."""
    new_workspace(root)
    run(root, FIRST, held=0)
    run(root, FIRST, held=0)


def left_by_landing(root: Path) -> dict[str, str]:
    """What landing leaves: its loads byte by byte, names of all files, what the sealed files say."""
    from benchmarks.reliability_state import said

    loads = {str(path.relative_to(root)): digest(path.read_bytes()) for path in files_of(root / "landing")}
    sealed = {str(path.relative_to(root)): digest(said(path)) for path in files_of(root / "quarantine")}
    return loads | sealed | {"vault": digest(said(root / "vault")), "files": " ".join(sorted(listing(root)))}


def left_by_publishing(root: Path) -> dict[str, str]:
    """What a run leaves: what is current and its exports, names of all files outside generations."""
    from orchestration.generations import current
    from orchestration.workspace import Workspace

    now = current(Workspace.at(root))
    assert now is not None
    return {
        "as_of": now.as_of.isoformat(),
        "files of it": " ".join(str(path.relative_to(now.path)) for path in files_of(now.path)),
        "files": " ".join(sorted(listing(root))),
    }


Seam = tuple[Callable[[Path], None], Callable[[Path], Any], Callable[[Path], dict[str, str]]]
SEAMS: dict[str, Seam] = {
    "landing": (before_landing, land, left_by_landing),
    "publishing": (before_publishing, lambda root: run(root, FIRST + timedelta(days=1), held=0), left_by_publishing),
}


def in_child(work: Callable[[Path], Any], root: Path, kill_at: int | None, told: Path) -> int:
    """Do the work in a child in its own process group, killed before its n-th change; how it ended (0, or a signal)."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            counted = count_changes(root, kill_at, scratch_too=True)
            work(root)
            told.write_text(str(counted[0]))
            status = 0
        except BaseException:  # noqa: BLE001 - the exit status tells
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def trial(seam: str, number: int, sound: Path, root: Path, wanted: dict[str, str]) -> dict[str, Any]:
    """One kill, and the same work once more."""
    _, work, left = SEAMS[seam]
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(sound, root, symlinks=True)
    killed = in_child(work, root, number, root.with_name("told"))
    mixed = whole(root)
    again = in_child(work, root, None, root.with_name("told"))
    found = left(root) if again == 0 else {}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    return {"killed": killed != 0, "mixed": mixed, "wrong": wrong[:5]}


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over all changes of both seams; quick: every fifth."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-seams-"))
    journal = Journal("seams", folder) if quick else Journal("seams")
    done: list[dict[str, Any]] = []
    points = 0
    try:
        for seam, (prepare, work, left) in SEAMS.items():
            sound, root, told = folder / seam, folder / "root", folder / "told"
            prepare(sound)
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(sound, root, symlinks=True)
            if in_child(work, root, None, told):
                raise RuntimeError(f"{seam} fails although nobody kills it")
            changes, wanted = int(told.read_text()), left(root)
            names = [f"{seam} {number}" for number in range(1, changes + 1, 5 if quick else 1)]
            points += len(names)
            for name in journal.due(names):
                if seconds_left() <= 0:
                    break
                journal.write(name, **trial(seam, int(name.split()[1]), sound, root, wanted))
            done += journal.of(names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    yield Figure("seams_mixed", float(sum(bool(each["mixed"]) for each in done)), high=0)
    yield Figure("seams_not_equal", float(sum(bool(each["wrong"]) for each in done)), high=0)
    yield Figure("seams_not_killed", float(sum(not each["killed"] for each in done)), high=0)
    yield Figure(f"seams_done_of_{points}", float(len(done)))
