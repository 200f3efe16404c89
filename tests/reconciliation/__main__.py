"""`python -m tests.reconciliation WORKSPACE [OUTPUT ...]`: every export of the published generation against SQL."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from orchestration.exports.contract import OUTPUTS
from tests.reconciliation.compare import differences, figures_of
from tests.reconciliation.generation import opened


def main(workspace: Path, names: list[str]) -> int:
    """Lines for people; 1 where anything differs."""
    connection = opened(workspace)
    exports = workspace / "current" / "exports"
    wrong = 0
    for name in names or OUTPUTS:
        try:
            found = differences(connection, name, exports)
        except Exception as error:  # noqa: BLE001 a broken query is a finding like any other, and the next is asked
            found = [f"{name}: {type(error).__name__}: {error}"]
        rows = pl.scan_parquet(exports / f"{name}.parquet").select(pl.len()).collect().item()
        print(
            f"{name}: {rows} rows, {len(figures_of(OUTPUTS[name]))} numeric columns: {'ok' if not found else 'WRONG'}"
        )
        for line in found:
            print(f"  {line}")
        wrong += bool(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
