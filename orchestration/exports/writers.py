"""Exports as files: Parquet, CSV, XLSX and the data dictionary, byte for byte the same from the same input.

Belongs here: formats and headers. Does not: rows (people.py, scores.py, campaigns.py, quality.py), sheets
(workbook.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from orchestration.exports.cells import harmless
from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.schema import Output, dictionary
from orchestration.exports.workbook import write_run_workbook, write_workbook

# The workbook of a run.
ALL_OUTPUTS = "all_outputs"
# Fixed, so that the bytes do not depend on the number of threads of a machine.
ROW_GROUP_SIZE = 100_000


def about(output: Output, context: ExportContext) -> list[tuple[str, str]]:
    """What stands in every file's header: what it is, and what holds for the whole run."""
    return [
        ("output", f"{output.name}, version {output.version}"),
        ("what it is", output.purpose),
        ("one row", output.grain),
        *about_run(context),
    ]


def about_run(context: ExportContext) -> list[tuple[str, str]]:
    """Basis, tier boundaries, dates, models, notes."""
    return [
        ("brand", context.brand_name),
        ("as of", f"{context.as_of.isoformat()} ({context.timezone})"),
        ("basis", context.basis_line()),
        *(
            [("simulated", "simulated data, no real people: " + ", ".join(sorted(context.simulated_sources)))]
            if context.simulated_sources
            else []
        ),
        (
            "tier preset",
            f"{context.tier_preset} (nano below {context.nano_below:,} followers, micro up to {context.micro_up_to:,}, "
            "macro above; an unknown audience is a tier of its own)",
        ),
        *((f"model {model.name}", f"{model.status}: {model.reason}") for model in context.models),
        *(("note", note) for note in context.design_notes),
        *(
            ("stale", f"{source} could not be read; its data ends on {day.isoformat()}")
            for source, day in sorted(context.stale_since.items())
        ),
        ("empty cells", "an empty cell means not reported or not known, never 0; the data dictionary says which"),
        ("money", "main units in workbooks; integer minor units in Parquet and CSV columns that end in _minor"),
    ]


def write_output(output: Output, frame: pl.DataFrame, context: ExportContext, out_dir: Path) -> None:
    """Write <name>.parquet, <name>.csv and <name>.xlsx into `out_dir`, which must exist.

    The frame must be `output.conform`ed. The basis stands in the Parquet metadata and in the column `basis` of all.
    """
    header = about(output, context)
    metadata = {f"nanolift.{label.replace(' ', '_')}": text for label, text in _joined(header).items()}
    frame.rechunk().write_parquet(
        out_dir / f"{output.name}.parquet",
        compression="zstd",
        row_group_size=ROW_GROUP_SIZE,
        metadata={"nanolift.version": str(output.version)} | metadata,
    )
    safe = frame.with_columns(harmless(pl.col(pl.String)))
    safe.write_csv(out_dir / f"{output.name}.csv", quote_style="non_numeric")
    write_workbook(output, frame, header, context.as_of, out_dir / f"{output.name}.xlsx")


def write_all_outputs(frames: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path) -> None:
    """Write all_outputs.xlsx: every output of a run in one workbook, long lists by their first rows."""
    outputs = tuple(OUTPUTS[name] for name in OUTPUTS if name in frames)
    write_run_workbook(outputs, frames, about_run(context), context.as_of, out_dir / f"{ALL_OUTPUTS}.xlsx")


def _joined(header: list[tuple[str, str]]) -> dict[str, str]:
    """Header lines by label; lines that share a label are joined."""
    joined: dict[str, str] = {}
    for label, text in header:
        joined[label] = f"{joined[label]}; {text}" if label in joined else text
    return joined


def write_dictionary(outputs: tuple[Output, ...], out_dir: Path) -> None:
    """Write data_dictionary.csv and data_dictionary.json for all outputs."""
    words = dictionary(outputs)
    words.with_columns(harmless(pl.col(pl.String))).write_csv(
        out_dir / "data_dictionary.csv", quote_style="non_numeric"
    )
    text = json.dumps(words.to_dicts(), indent=2, ensure_ascii=False)
    (out_dir / "data_dictionary.json").write_text(text + "\n", encoding="utf-8")
