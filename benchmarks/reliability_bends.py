"""Ways in which the same deliveries come again: bends of a folder <stream>/<files>, none of which changes what is true.

Belongs here: rewriting delivered files. Does not: landing them, what must hold afterwards (reliability_loads.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

AGAIN = "again_"  # begins the name of a file that brings what another one brought


def read(path: Path) -> pl.DataFrame:
    """A delivered file's rows; texts of a CSV as they stand."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    return pl.read_ndjson(path, infer_schema_length=None)


def write(rows: pl.DataFrame, path: Path) -> None:
    """Rows as a delivered file; the bytes are others than the demo's for the same rows."""
    if path.suffix == ".parquet":
        rows.write_parquet(path, compression="snappy")
    elif path.suffix == ".csv":
        rows.write_csv(path, quote_style="non_numeric")
    else:
        rows.write_ndjson(path)


def files_in(folder: Path) -> Iterator[Path]:
    """Every delivered file of a stream's folder, in the order in which they are landed."""
    yield from sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))


def same_name(folder: Path) -> None:
    """Every file comes once more under its name: the same bytes, of another time."""
    for path in files_in(folder):
        copy = path.with_name(f".{path.name}")
        copy.write_bytes(path.read_bytes())
        copy.replace(path)


def twice(folder: Path) -> None:
    """Every file comes under another name too."""
    for path in list(files_in(folder)):
        shutil.copy(path, path.with_name(f"{AGAIN}{path.name}"))


def five_times(folder: Path) -> None:
    """Every file comes five times: as it was, as two copies, and as two more of which every byte was written anew."""
    for path in list(files_in(folder)):
        rows = read(path)
        for number in range(2):
            shutil.copy(path, path.with_name(f"{AGAIN}{number}_{path.name}"))
            write(rows if number else rows.reverse(), path.with_name(f"{AGAIN}{number + 2}_{path.name}"))


def page_again(folder: Path) -> None:
    """The first half of every file comes again, as a file of its own."""
    for path in list(files_in(folder)):
        rows = read(path)
        write(rows.head(rows.height // 2), path.with_name(f"{AGAIN}{path.name}"))


def shuffled(folder: Path) -> None:
    """The rows of every file in an order drawn by lot."""
    for number, path in enumerate(files_in(folder)):
        write(read(path).sample(fraction=1, shuffle=True, seed=number + 1), path)


def other_order(folder: Path) -> None:
    """Every file is cut in two, and what comes last by its name is landed first."""
    for number, path in enumerate(reversed(list(files_in(folder)))):
        rows = read(path)
        path.unlink()
        half = rows.height // 2
        write(rows.slice(half), path.with_name(f"{2 * number:03d}_{path.name}"))
        if half:
            write(rows.head(half), path.with_name(f"{2 * number + 1:03d}_{path.name}"))


BENDS: dict[str, Callable[[Path], None]] = {
    "same_name": same_name,
    "x2": twice,
    "x5": five_times,
    "page_again": page_again,
    "shuffled": shuffled,
    "other_order": other_order,
}
