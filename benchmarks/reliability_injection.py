"""1,000 payloads in every text and name that nanolift is given: none may live.

A part of benchmarks/reliability.py. 200 formulas and 200 pieces of markup stand in every text of the files of a whole
night, in every text column of every export, and in the pages of a report written from such exports; so do 500 of SQL
and Jinja, which also stand in names of columns, tables, files and folders, and in what reaches dbt's variables; 100
paths stand wherever a name becomes a path. injection_live: what a spreadsheet, a browser, a database or a folder showed
of them (reliability_spreadsheets.py, reliability_pages.py, reliability_names.py). injection_planted_unseen: of payloads
made live on purpose, those that the same looks do not see.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.reliability_injected import configured, filled, inject, stuffed
from benchmarks.reliability_journal import Journal, seconds_left
from benchmarks.reliability_names import PLACES, tried
from benchmarks.reliability_nights import DAY, await_end, new_workspace, night, start, warm
from benchmarks.reliability_pages import chromium, looked_at
from benchmarks.reliability_pages import findings as page_findings
from benchmarks.reliability_payloads import FORMULAS, MARKUP, PATHS, STATEMENTS, placed
from benchmarks.reliability_spreadsheets import csv_findings, office_findings, workbook_findings

FAMILIES = {"formulas": len(FORMULAS), "markup": len(MARKUP), "statements": len(STATEMENTS), "paths": len(PATHS)}
# Rows of campaigns, stores and products are few: they get the first payloads, others each night.
FIRST = ("campaigns", "stores", "products")
NIGHTS = 3
FEW = 23  # in --quick every so manieth payload
# Quotes of all kinds, as folders of a workspace that a whole night runs in.
ODD = ("it's", 'a "b"', "x'; drop table stores; --", "') union all select 1 --", "$(touch s)", "k=v", "50 %", "été")


def exports_findings(exports: Path, *, with_office: bool = True) -> Iterator[str]:
    """What lives in a folder of exports."""
    for path in sorted(exports.glob("*.csv")):
        yield from csv_findings(path)
    for path in sorted(exports.glob("*.xlsx")):
        yield from workbook_findings(path)
    if with_office:
        yield from office_findings([*sorted(exports.glob("*.csv")), *exports.glob("all_outputs.xlsx")])


def written(payloads: tuple[str, ...], outputs: Iterable[str] = (), *, with_office: bool = True) -> list[str]:
    """Every text column of every export with every payload, through the one way that exports are written."""
    from orchestration.exports.contract import OUTPUTS
    from orchestration.exports.writers import write_all_outputs, write_output

    with tempfile.TemporaryDirectory(prefix="nanolift-written-") as name:
        context = _context(payloads)
        frames = {each: filled(each, payloads) for each in outputs or OUTPUTS}
        for each, frame in frames.items():
            write_output(OUTPUTS[each], frame, context, Path(name))
        write_all_outputs(frames, context, Path(name))
        return list(exports_findings(Path(name), with_office=with_office))


def _context(payloads: tuple[str, ...]) -> Any:
    """What exports say besides their tables, all of it payloads."""
    from orchestration.exports.context import ExportContext, ModelOutcome

    brand, preset, source, simulated, stale, model, reason, *notes = payloads[:40]
    return ExportContext(
        *(brand, DAY, "Europe/Paris", "EUR", preset, 1_000, 100_000, {source: "consent"}),
        simulated_sources=frozenset([simulated]),
        stale_since={stale: DAY},
        models=(ModelOutcome(model, "absent", reason),),
        design_notes=tuple(notes),
        languages=("en", "fr"),
    )


def paged(exports: Path, sound: Path, payloads: tuple[str, ...]) -> list[str]:
    """A report written from a night's exports with payloads in their texts, beside the night's own report."""
    import polars as pl

    from orchestration.exports.contract import OUTPUTS
    from orchestration.exports.report.write import write_pages

    frames = {name: pl.read_parquet(exports / f"{name}.parquet") for name in OUTPUTS}
    with tempfile.TemporaryDirectory(prefix="nanolift-paged-") as name:
        write_pages(stuffed(frames, payloads), _context(payloads), Path(name), "exports")
        return _seen(Path(name), sound)


def _seen(report: Path, sound: Path) -> list[str]:
    known = looked_at(sound)
    return [
        f"{found} ({'with' if policy else 'without'} policy)"
        for policy in (True, False)
        for found in page_findings(looked_at(report, with_policy=policy), known)
    ]


def night_findings(root: Path, sound: Path, canaries: Path) -> list[str]:
    """What a whole night with payloads in its sources left alive."""
    import duckdb

    def tables(workspace: Path) -> set[tuple[str, str]]:
        with duckdb.connect(str(workspace / "current" / "warehouse.duckdb"), read_only=True) as connection:
            told = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
            return {(schema, name) for schema, name in told}

    found = [f"table {name}" for name in sorted(tables(root) ^ tables(sound))]
    found += [f"file {path}" for path in canaries.iterdir()]
    return (
        found
        + list(exports_findings(root / "current" / "exports"))
        + _seen(root / "current" / "report", sound / "current" / "report")
    )


def nights(journal: Journal, folder: Path) -> None:
    """Whole nights: a sound one to compare with, some with payloads in all texts, one in a folder of odd names."""
    canaries = folder / "canaries"
    canaries.mkdir()
    pool = list(placed(FORMULAS + MARKUP + STATEMENTS, str(canaries)))
    random.Random(1).shuffle(pool)
    by = warm()
    sound = new_workspace(folder / "sound")
    if not (ended := night(by, sound, DAY)).succeeded:
        raise RuntimeError(f"a sound night failed: {ended.message}")
    configuration = (sound / "nanolift.toml").read_text(encoding="utf-8")
    done: dict[str, tuple[Path, Any]] = {}
    for name in journal.due((*(f"night {number}" for number in range(NIGHTS)), "odd folders")):
        if seconds_left() <= 0:
            break
        root = folder / name.replace(" ", "-")
        root = root.joinpath(*ODD) if name == "odd folders" else root
        shutil.copytree(sound / "demo_world", root / "demo_world")
        shutil.copytree(sound / "demo_truth", root / "demo_truth")
        (root / "nanolift.toml").write_text(configuration, encoding="utf-8")
        if name == "odd folders":
            done[name] = root, await_end(root, start(by, root, DAY))
            continue
        at = int(name.split()[1]) * len(pool) // NIGHTS
        own = pool[at:] + pool[:at]
        texts = {"Lumen": own[-1], "nano below 1,000, micro to 100,000": own[-2]}
        (root / "nanolift.toml").write_text(configured(configuration, texts), encoding="utf-8")
        begun = start(by, root, DAY, before=lambda root=root, own=own: _injected(root, own))
        done[name] = root, await_end(root, begun)
    by.close()
    # Only now libraries that start threads: the nights are forks.
    for name, (root, ended) in done.items():
        found = [] if ended.succeeded else [f"the night failed: {ended.message}"]
        found += night_findings(root, sound, canaries) if ended.succeeded else []
        journal.write(name, found=found[:50], count=len(found))
    if "paged" not in journal.done:
        found = [
            each
            for payloads in (MARKUP + FORMULAS, tuple(reversed(FORMULAS + MARKUP)))
            for each in paged(sound / "current" / "exports", sound / "current" / "report", payloads)
        ]
        journal.write("paged", found=found[:50], count=len(found))


def _injected(root: Path, payloads: list[str]) -> None:
    inject(root / "demo_world", payloads, FIRST)


def planted(folder: Path) -> list[str]:
    """What the looks do not see of payloads that are alive on purpose."""
    import xlsxwriter

    exports, report, sound = folder / "exports", folder / "report", folder / "plain"
    for place in (exports, report, sound):
        place.mkdir()
    (exports / "a.csv").write_text('"x"\n"=1+1"\n"ok;\x00+1"\n', encoding="utf-8")
    with xlsxwriter.Workbook(str(exports / "a.xlsx")) as book:
        book.add_worksheet().write_formula(0, 0, "=1+1")
        book.add_worksheet().write_url(0, 0, "https://evil.invalid")
    missed = []
    if len(list(csv_findings(exports / "a.csv"))) != 2:
        missed.append("formulas in a CSV")
    if len(list(workbook_findings(exports / "a.xlsx"))) < 3:
        missed.append("a formula and a link in a workbook")
    if chromium() is not None:
        (sound / "index.html").write_text("<p>x</p>", encoding="utf-8")
        alive = "<p onclick=x>x<script>alert(1)</script><img src=http://evil.invalid/x><a href=javascript:x>x</a>"
        (report / "index.html").write_text(alive, encoding="utf-8")
        told = "\n".join(page_findings(looked_at(report), looked_at(sound)))
        missed += [
            each
            for each in ("ran alert", "asked", "attribute p[onclick]", "attribute script", "javascript:")
            if each not in told
        ]
    return missed


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the places; --quick leaves out nights, browser and LibreOffice."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-injection-")).resolve()
    journal = Journal("injection", folder) if quick else Journal("injection")
    step = FEW if quick else 1
    try:
        if not quick:
            nights(journal, folder)
        statements = placed(STATEMENTS, str(folder))[::step]
        works: dict[str, Callable[[], list[str]]] = {}
        for place in PLACES:
            works[f"name {place}"] = partial(tried, place, PATHS if place == "paths" else statements)
        outputs = ("ugc_library", "campaign_results") if quick else ()
        works["written"] = partial(written, FORMULAS + MARKUP, outputs, with_office=not quick)
        for name in journal.due(works):
            if seconds_left() > 0:
                found = works[name]()
                journal.write(name, found=found[:50], count=len(found))
        missed = planted(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, each in journal.done.items():
        for found in each["found"][:5]:
            print(f"  {name}: {found}")
    yield Figure("injection_live", float(sum(each["count"] for each in journal.done.values())), high=0)
    yield Figure("injection_planted_unseen", float(len(missed)), high=0)
    yield Figure("injection_payloads", float(sum(FAMILIES.values())))
    yield Figure("injection_places_done", float(len(journal.done)))
