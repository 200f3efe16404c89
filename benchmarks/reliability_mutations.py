"""10,000 deliveries, each spoilt in one way: loaded right, or set aside with a reason, or refused in clear words.

A part of benchmarks/reliability.py; reliability_mutators.py lists the mutators. Each delivery is six till lines as CSV,
JSON Lines or Parquet, landed in a workspace of its own. Crashed: another end than a load or an error of nanolift's own.
Unaccounted: rows read are not accepted + set aside + repeated; a row set aside has no reason; a file or a row that was
not touched is not there as it was; a changed value was read as anything but what it says.

Deliveries are parsed in this part's own child, as the parser process would; one in fifty by the real parser process.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_mutators import (
    HEADER,
    PARQUET,
    PATHS,
    TEXT_FILES,
    VALUES,
    Row,
    Value,
    as_parquet,
    delivery,
    instant,
    minor,
)
from tests.bakery import COLUMNS, parsed_here

TRIALS, QUICK, BATCH = 10_000, 250, 250
REAL_PARSER_EVERY = 50
CHILD_BYTES = 6_000_000_000
# In order: a trial's number says its mutator, so that all are met equally often.
MUTATORS = (
    *(("value", form, each.name) for form in ("csv", "jsonl", "parquet") for each in VALUES),
    *(("file", form, name) for form in ("csv", "jsonl") for name in TEXT_FILES if (form, name) != ("csv", "deep")),
    *(("file", "parquet", name) for name in PARQUET),
    *(("path", "csv", name) for name in PATHS),
)


def written(rows: Sequence[Row], form: str) -> bytes:
    """The delivery as its format has it."""
    if form == "parquet":
        return as_parquet(list(rows))
    if form == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode("utf-8", "surrogatepass")
    import csv
    import io

    text = io.StringIO(newline="")
    out = csv.DictWriter(text, HEADER, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return text.getvalue().encode("utf-8")


def place(number: int, folder: Path) -> tuple[str, list[Row], Value | None, int]:
    """Write a trial's delivery; its mutator, the rows before, the changed value and the number of its row."""
    kind, form, name = MUTATORS[number % len(MUTATORS)]
    lot, rows = random.Random(number), delivery(number)
    (folder / "in").mkdir(parents=True)
    file, at = folder / "in" / f"a.{form}", lot.randrange(len(rows))
    if kind == "value":
        value = next(each for each in VALUES if each.name == name)
        changed = [{**row, value.column: value.text} if index == at else row for index, row in enumerate(rows)]
        file.write_bytes(written(changed, form))
        return f"{form}: {name}", rows, value, at
    if kind == "path":
        file.write_bytes(written(rows, form))
        _strange(name, folder, lot)
    elif form == "parquet":
        file.write_bytes(PARQUET[name](rows, lot))
    else:
        file.write_bytes(TEXT_FILES[name](written(rows, form), lot))
    return f"{kind} {form}: {name}", rows, None, at


def _strange(name: str, folder: Path, lot: random.Random) -> None:
    at = folder / "in" / "b.csv"
    if name == "pipe":
        os.mkfifo(at)
    elif name == "folder":
        at.mkdir()
    elif name.startswith("link"):
        targets = {"to /etc/passwd": "/etc/passwd", "to a folder": "/etc", "to itself": "b.csv"}
        at.symlink_to(targets.get(name.removeprefix("link "), "nowhere.csv"))
    else:
        (folder / "in" / name).write_bytes(written(delivery(lot.randrange(10**6) + 10**6), "csv"))


def judge(number: int, folder: Path) -> dict[str, Any]:
    """One delivery landed: how it ended, and what is not accounted for."""
    from pydantic import SecretStr

    from orchestration.connectors.landing import land_source
    from orchestration.errors import NanoliftError
    from orchestration.settings import Source
    from orchestration.workspace import Workspace

    what, rows, value, at = place(number, folder)
    form = next(file.suffix for file in (folder / "in").glob("a.*"))[1:]
    stream = {"stream": "pos_lines", "path": f"in/*.{form}", "columns": COLUMNS}
    tills = Source.model_validate({"name": "tills", "kind": form, "streams": [stream]})
    key = SecretStr("a-key-for-trials-only-0123456789abcdef")
    workspace = Workspace.at(folder)
    try:
        land_source(
            tills,
            tills.streams,
            workspace,
            key=key,
            loaded_at=datetime(2026, 12, 1),
            real_data=folder,
            brand_timezone="Europe/Paris",
        )
    except NanoliftError as error:
        said = str(error)
        unclear = len(said) < 20 or "Traceback" in said
        return {"what": what, "end": "refused", "wrong": "no clear words" if unclear else ""}
    wrong, aside = _account(workspace, key, rows, value, at, number)
    return {"what": what, "end": "aside" if aside else "loaded", "wrong": wrong}


def _account(workspace: Any, key: Any, rows: list[Row], value: Value | None, at: int, number: int) -> tuple[str, int]:
    import polars as pl

    from orchestration.connectors.loads import read_loads
    from orchestration.connectors.vault_quarantine import read_quarantine

    read, aside = [], 0
    for load in read_loads(workspace.landing):
        kept = list(read_quarantine(workspace.quarantine, key, load.source, load.stream, load.load_id))
        frame = pl.read_parquet(load.data)
        if load.rows_read != load.rows_accepted + load.rows_quarantined + load.rows_duplicate:
            return "the row identity does not hold", aside
        if frame.height != load.rows_accepted or len(kept) != load.rows_quarantined:
            return f"{frame.height} and {len(kept)} rows are there, the record says others", aside
        if not all(row.reason for row in kept):
            return "a row was set aside without a reason", aside
        aside += len(kept)
        read += frame.to_dicts()
    if value is None:
        right = {row["receipt"]: minor(row["amount"]) for row in rows}
        is_retyped = MUTATORS[number % len(MUTATORS)][2].startswith("amounts as ")
        misread = [row for row in read if is_retyped and row["net_amount_minor"] != right.get(row["transaction_id"])]
        return (f"an amount was read as {misread[0]['net_amount_minor']}" if misread else ""), aside
    # Only one value of one row was changed: the others are there as they were.
    found = {row["transaction_id"]: row for row in read}
    for index, row in enumerate(rows):
        landed = found.get(row["receipt"])
        if index != at and (landed is None or not _is_as_was(landed, row)):
            return f"row {index} was not touched and is not as it was", aside
    changed = [
        row
        for row in read
        if row["transaction_id"] not in {each["receipt"] for each in rows}
        or (row["transaction_id"] == rows[at]["receipt"])
    ]
    return _misread(changed, rows[at], value), aside


def _is_as_was(landed: dict[str, Any], row: Row) -> bool:
    return landed["net_amount_minor"] == minor(row["amount"]) and landed["sold_at"] == instant(row["sold"])


def _misread(changed: list[dict[str, Any]], row: Row, value: Value) -> str:
    for landed in changed:
        if value.column == "amount" and landed["net_amount_minor"] != minor(value.text):
            return f"amount {value.text!r} was read as {landed['net_amount_minor']}"
        if value.column == "sold" and landed["sold_at"] != instant(value.text):
            return f"time {value.text!r} was read as {landed['sold_at']}"
        if value.column not in ("amount", "sold") and not _is_as_was(landed, row):
            return f"{value.column} was changed and another column is not as it was"
    return ""


def batch(numbers: Sequence[int], folder: Path) -> dict[int, dict[str, Any]]:
    """Trials in a forked child with a limit on memory; a trial that ends the child is a crash of that trial."""
    done: dict[int, dict[str, Any]] = {}
    report = folder / "report.jsonl"
    while len(done) < len(numbers):
        due = [number for number in numbers if number not in done]
        report.write_text("")
        child = os.fork()
        if child == 0:
            _work(due, folder, report)
        os.waitpid(child, 0)
        for line in report.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            done[said.pop("number")] = said
        left = [number for number in due if number not in done]
        if left:
            what = MUTATORS[left[0] % len(MUTATORS)]
            done[left[0]] = {"what": " ".join(what), "end": "crashed", "wrong": "the process died"}
    return done


def _work(due: Sequence[int], folder: Path, report: Path) -> None:
    import logging
    import resource

    from orchestration.connectors import parse_run

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
    real = parse_run._started
    with report.open("a", encoding="utf-8") as out:
        for number in due:
            parse_run._started = real if number % REAL_PARSER_EVERY == 0 else parsed_here
            root = folder / f"{number}"
            try:
                said = judge(number, root)
            except BaseException as error:  # noqa: BLE001 - any other end is what is counted, a panic of native code too
                what = " ".join(MUTATORS[number % len(MUTATORS)])
                said = {"what": what, "end": "crashed", "wrong": f"{type(error).__name__}: {error}"[:300]}
            shutil.rmtree(root, ignore_errors=True)
            out.write(json.dumps({"number": number, **said}) + "\n")
            out.flush()
    os._exit(0)


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the deliveries that were landed."""
    total = QUICK if quick else TRIALS
    names = [f"{start}" for start in range(0, total, BATCH)]
    folder = Path(tempfile.mkdtemp(prefix="nanolift-mutations-"))
    journal = Journal("mutations", folder) if quick else Journal("mutations")
    try:
        for name in journal.due(names):
            if seconds_left() <= 0:
                break
            # Quick: spread over all mutators.
            step = max(1, len(MUTATORS) // QUICK) if quick else 1
            numbers = [int(name) + step * each for each in range(BATCH)]
            done = batch(numbers, folder)
            bad = {str(number): said for number, said in done.items() if said["end"] == "crashed" or said["wrong"]}
            journal.write(name, done=len(done), ends=Counter(said["end"] for said in done.values()), bad=bad)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = journal.of(names)
    bad = [said for each in found for said in each["bad"].values()]
    ends = sum((Counter(each["ends"]) for each in found), Counter[str]())
    yield Figure("mutated_crashes", float(sum(said["end"] == "crashed" for said in bad)), high=0)
    yield Figure("mutated_unaccounted", float(sum(said["end"] != "crashed" for said in bad)), high=0)
    yield Figure(f"mutated_done_of_{total}", float(sum(each["done"] for each in found)))
    for end in ("loaded", "aside", "refused"):
        yield Figure(f"mutated_{end}", float(ends[end]))
    for what in sorted({said["what"] for said in bad})[:20]:
        print(f"  not right: {what}")
