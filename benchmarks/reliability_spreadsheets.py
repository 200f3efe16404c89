"""What of exports would live in a spreadsheet: CSV cell by cell, workbooks by openpyxl and part by part, LibreOffice.

Belongs here: looking, with rules of its own and none of orchestration/exports/cells.py. Does not: payloads, nights.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

# What a spreadsheet drops or trims before it looks at a cell: controls, blanks of any width, marks without a glyph.
_BLANKS = "\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NOTHING = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SIGNS = "=+\\-@＝＋－＠"
_LIVE_CELL = re.compile(f"[{_BLANKS}{_NOTHING}]*[{_SIGNS}\t\r\n]")
# Behind a separator a blank stays a blank in every spreadsheet: only what is dropped altogether counts there.
_LIVE_PART = re.compile(f'[;,|"\t\r\n][{_NOTHING}]*[{_SIGNS}]')
# Parts of a workbook that only links, queries and macros have.
_FOREIGN = re.compile(r"externalLink|connections|queryTable|vbaProject|activeX|embeddings|customXml|ctrlProps")
_LIVE_MARKUP = re.compile(rb"<f[ >/]|<hyperlink|<ddeLink|TargetMode=\"External\"")
# LibreOffice reads CSV with a separator (, ; tab |), UTF-8, formulas evaluated wherever it sees one.
_SEPARATORS = {"comma": 44, "semicolon": 59, "tab": 9, "bar": 124}
_IMPORT = "CSV:{},34,76,1,,0,false,true,false,false,false,-1,true"


def csv_findings(path: Path) -> Iterator[str]:
    """Cells of texts that a spreadsheet would take for a formula, whatever separator it is set to."""
    table = path.with_suffix(".parquet")
    schema = pl.read_parquet_schema(table) if table.exists() else {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        heads = next(rows)
        for number, row in enumerate(rows, start=2):
            for head, cell in zip(heads, row, strict=True):
                if schema.get(head, pl.String) == pl.String and (_LIVE_CELL.match(cell) or _LIVE_PART.search(cell)):
                    yield f"{path.name}:{number} {head}: {cell[:60]!r}"


def workbook_findings(path: Path) -> Iterator[str]:
    """Formulas, links, foreign parts of a workbook."""
    import openpyxl

    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if _FOREIGN.search(name) or _LIVE_MARKUP.search(parts.read(name)):
                yield f"{path.name}/{name}"
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.hyperlink is not None:
                    yield f"{path.name}/{sheet.title}!{cell.coordinate}: {str(cell.value)[:60]!r}"
    if book.defined_names:
        yield from (f"{path.name}: name {name}" for name in book.defined_names if not name.startswith("_xlnm"))
    book.close()


def office() -> str | None:
    """LibreOffice's command; None: it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def office_findings(files: list[Path]) -> Iterator[str]:
    """Cells that LibreOffice itself takes for a formula or a link, of CSV with each separator."""
    command = office()
    if command is None:
        return
    with tempfile.TemporaryDirectory() as scratch:
        ways = {f"csv {name}": (_IMPORT.format(code), "csv") for name, code in _SEPARATORS.items()}
        for way, (filtered, ending) in {**ways, "xlsx": ("", "xlsx")}.items():
            chosen = [str(path) for path in files if path.suffix == f".{ending}"]
            out = Path(scratch, way.replace(" ", "-"))
            if chosen:
                subprocess.run(
                    [
                        *(command, "--headless", f"-env:UserInstallation=file://{scratch}/profile"),
                        *([f"--infilter={filtered}"] if filtered else []),
                        *("--convert-to", "xlsx", "--outdir", str(out), *chosen),
                    ],
                    check=True,
                    capture_output=True,
                    timeout=900,
                )
            made = sorted(out.glob("*.xlsx")) if out.exists() else []
            if len(made) < len(chosen):
                yield f"LibreOffice read {len(made)} of {len(chosen)} files ({way})"
            for path in made:
                yield from (f"LibreOffice, {way}: {found}" for found in workbook_findings(path))
