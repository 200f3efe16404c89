"""Secrets and people in everything that failing nights leave: 0 hits.

A part of benchmarks/reliability.py. Each failure of reliability_failures.py is forced on a workspace whose environment
holds secrets and whose files name people; afterwards the workspace (Dagster's record and logs decoded, state, gates,
exports, report), the terminal, dbt's target and log and the temporary files are searched. secret_hits counts files with
a secret or a person in them, the encrypted vault and quarantine and the brand's own files apart; a landed text may hold
a person's name, since only patterns are scrubbed (docs/security.md). secret_planted_unseen: of values planted in every
kind of file, those that the search does not find. secret_failures_that_passed: nights that were to fail and did not.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_failures import (
    DELIVERIES,
    FAILURES,
    HANDLE,
    MAIL,
    PEOPLE,
    SECRETS,
    Failure,
    configured_delivery,
    workspace,
)
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_nights import DAY, Ended, Warm, await_end, start, warm
from benchmarks.reliability_search import hits

# Files of the brand, and what is encrypted.
APART = ("in/", "vault", "quarantine/", "shop.db", "nanolift.toml")
# These end well or only set rows aside: they are searched, and need not fail.
MAY_PASS = frozenset(
    (
        *("broken quotes", "lines of another length", "amounts that are people", "times that are people"),
        *("stars that are a person", "JSON that breaks off", "JSON of another form", "a value that is not mapped"),
        *("a huge field", "a zip that was cut off", "a password as a variable's name"),
    )
)
QUICK = ("a password under an unknown key", "table_step fails in our words")


def needles() -> list[str]:
    """What must stand nowhere: every secret and person, also as base64 and as part of an address."""
    forms = [*SECRETS.values(), *PEOPLE, "canary-short-key", MAIL.replace("@", "%40")]
    forms += [base64.b64encode(f"svc:{secret}".encode()).decode() for secret in SECRETS.values()]
    return [*forms, SECRETS["SMTP_PASSWORD"].replace("-", "_")]


def forced(by: Warm, root: Path, port: int, failure: Failure) -> Ended:
    """A night into a failure, with the layers it needs."""
    failure.change(root, port)
    return await_end(root, start(by, root, DAY, before=lambda: _prepare(root, failure)))


def _prepare(root: Path, failure: Failure) -> None:
    """In the child: secrets in the environment, temporary files in a folder of their own, the layers that run."""
    from dagster import JobDefinition

    from orchestration import definitions

    temporary = root.with_name("tmp")
    temporary.mkdir(exist_ok=True)
    os.environ.update(SECRETS | {"TMPDIR": str(temporary), "AWS_EC2_METADATA_DISABLED": "true"})
    for name, value in failure.environment:
        os.environ[name] = value
    tempfile.tempdir = None
    keys = [
        key
        for layer in definitions.LAYERS
        if layer.__name__.rsplit(".", 1)[1] in failure.layers
        for key in _keys(layer)
    ]
    real = JobDefinition.execute_in_process

    def execute(self: Any, **how: Any) -> Any:
        return real(self, asset_selection=keys, **how)

    JobDefinition.execute_in_process = execute  # type: ignore[method-assign]
    failure.inside()


def _keys(layer: Any) -> list[Any]:
    from orchestration.assets.warehouse import KEYS

    if layer.__name__.endswith("publish"):
        return [layer.KEY]
    return list((KEYS if layer.__name__.endswith("warehouse") else layer.KEYS).values())


def delivered(by: Warm, root: Path, port: int, target: str) -> Ended:
    """`nanolift deliver` to a target that fails."""

    def deliver() -> None:
        from orchestration.delivering import DeliveryRequest, deliver_missing

        _prepare(root, Failure())
        configured_delivery(root, port, target)
        message, arrived = deliver_missing(DeliveryRequest(root))
        print(message)
        said = {"succeeded": arrived, "message": message}
        root.with_name(f"{root.name}.night.json").write_text(json.dumps(said))
        os._exit(0)

    return await_end(root, start(by, root, DAY, before=deliver))


def left(folder: Path, root: Path) -> dict[str, list[str]]:
    """File → what stands in it that must not, of a workspace and all that a night wrote beside it."""
    from orchestration.dbt import ROOT

    key, found = SECRETS["NANOLIFT_PSEUDONYM_KEY"], {}
    for place, apart in ((root, APART), (root.with_name("tmp"), ()), (ROOT / "target", ()), (ROOT / "logs", ())):
        if place.exists():
            found.update({f"{place.name}/{name}": what for name, what in hits(place, needles(), key, apart).items()})
    terminal = folder / "terminal"
    terminal.mkdir(exist_ok=True)
    shutil.copy(root.with_name(f"{root.name}.night.log"), terminal / "log.txt")
    shutil.copy(root.with_name(f"{root.name}.night.json"), terminal / "message.txt")
    return found | {f"terminal/{name}": what for name, what in hits(terminal, needles(), key).items()}


def trial(by: Warm, port: int, how: Callable[[Path], Ended]) -> dict[str, Any]:
    """One failure on a workspace of its own."""
    with tempfile.TemporaryDirectory(prefix="nanolift-secrets-") as name:
        root = workspace(Path(name).resolve() / "brand", port)
        ended = how(root)
        found = _in_child(Path(name) / "found.json", lambda: left(Path(name), root))
        masked = {file: [_masked(each) for each in what] for file, what in found.items()}
        said = ended.message or ""
        for value in needles():
            said = said.replace(value, _masked(value))
        return {"failed": not ended.succeeded, "hits": masked, "said": said[:300]}


def _in_child(told: Path, work: Callable[[], Any]) -> Any:
    """What a fork of this process found: nights are forks too, of a process in which no library started a thread."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            told.write_text(json.dumps(work()), encoding="utf-8")
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the search failed")
    return json.loads(told.read_text(encoding="utf-8"))


def _masked(value: str) -> str:
    """Results are kept: they must not hold what was looked for."""
    return f"{value[:9]}…"


def planted(folder: Path) -> list[str]:
    """Kinds of files in which the search misses a value that is there."""
    import duckdb
    import polars as pl
    import xlsxwriter

    folder.mkdir()
    secret, frame = SECRETS["API_TOKEN"], pl.DataFrame({"x": [MAIL] * 100, "y": [[HANDLE]] * 100})
    (folder / "a.log").write_text(f"GET /?key={secret}", encoding="utf-8")
    (folder / "a.json").write_text(json.dumps({"x": [MAIL]}), encoding="utf-8")
    (folder / "a.gz").write_bytes(gzip.compress(secret.encode()))
    frame.write_parquet(folder / "a.parquet", compression="zstd")
    with duckdb.connect(str(folder / "a.duckdb")) as connection:
        connection.execute("create table t as select repeat($1, 3) as x from range(5000)", [MAIL])
    with sqlite3.connect(folder / "a.db") as database:
        database.execute("create table event_logs (event text)")
        database.execute("insert into event_logs values (?)", (json.dumps({"message": secret}),))
    with xlsxwriter.Workbook(str(folder / "a.xlsx")) as book:
        book.add_worksheet().write_string(0, 0, MAIL)
    found = hits(folder, needles(), SECRETS["NANOLIFT_PSEUDONYM_KEY"])
    return sorted({path.name for path in folder.iterdir()} - set(found))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the echoing service does not start")


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the failures."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-canaries-"))
    journal = Journal("secrets", folder) if quick else Journal("secrets")
    port = _free_port()
    service = subprocess.Popen([sys.executable, "-m", "benchmarks.reliability_echo", str(port)])
    works: dict[str, Callable[[Warm, Path], Ended]] = {
        name: lambda by, root, failure=failure: forced(by, root, port, failure) for name, failure in FAILURES.items()
    }
    for name, target in DELIVERIES.items():
        works[f"delivery: {name}"] = lambda by, root, target=target: delivered(by, root, port, target)
    names = list(works) if not quick else [*QUICK, "delivery: a webhook that answers 500"]
    try:
        by = warm()
        _await(port)
        for name in journal.due(names):
            if seconds_left() > 0:
                journal.write(name, **trial(by, port, lambda root, name=name: works[name](by, root)))
        by.close()
        missed = planted(folder / "planted")
    finally:
        service.kill()  # it keeps nothing; a test before may have left SIGTERM ignored
        service.wait()
        shutil.rmtree(folder, ignore_errors=True)
    done = {name: journal.done[name] for name in names if name in journal.done}
    for name, each in done.items():
        for file, what in each["hits"].items():
            print(f"  {name}: {file}: {', '.join(what)}")
        if not each["failed"] and name not in MAY_PASS:
            print(f"  {name}: did not fail")
    passed = [name for name, each in done.items() if not each["failed"] and name not in MAY_PASS]
    yield Figure("secret_hits", float(sum(len(each["hits"]) for each in done.values())), high=0)
    yield Figure("secret_planted_unseen", float(len(missed)), high=0)
    yield Figure("secret_failures_that_passed", float(len(passed)), high=0)
    yield Figure(f"secret_failures_done_of_{len(names)}", float(len(done)))
