"""A bakery's workspace that tests and trials land till lines in, and a parser in this process for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from orchestration.connectors import parse
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import LoadResult, active_loads, read_loads
from orchestration.settings import Source
from orchestration.workspace import Workspace

KEY = SecretStr("a-key-for-tests-only-0123456789abcdef")
FIRST_NIGHT = datetime(2026, 10, 5, 1)
HEADER = "shop,receipt,line,sku,card,amount,sold\n"
LINES = (
    "north,R-1001,1,oat,C-77,5.80,2026-10-03 09:14\n"
    "north,R-1001,2,coffee,C-77,3.20,2026-10-03 09:14\n"
    "web,R-1002,1,oat,,17.40,2026-10-03 20:41\n"
)
COLUMNS: dict[str, Any] = {
    "store_id": "shop",
    "transaction_id": "receipt",
    "line_no": "line",
    "product_id": "sku",
    "consumer_ref": "card",
    "quantity": {"constant": 1},
    "quantity_unit": {"constant": "each"},
    "net_amount_minor": {"column": "amount", "decimal": True},
    "currency": {"constant": "EUR"},
    "sold_at": {"column": "sold", "zone": "Europe/Paris"},
    "channel": {"constant": "store"},
    "is_return": {"constant": False},
}


class _Done:
    """A parser process that has ended."""

    def __init__(self, status: int) -> None:
        self._status = status

    def poll(self) -> int:
        return self._status

    wait = poll

    def kill(self) -> None:
        raise AssertionError("it has ended")


def parsed_here(job: Path, folder: Path, child: Sequence[str]) -> _Done:
    """In place of parse_run._started: parse in this process, which saves half a second a landing."""
    return _Done(parse.main(job))


class Bakery:
    """A workspace with one source of till lines."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.at(root)
        (root / "in").mkdir(parents=True)

    def write(self, name: str, lines: str, header: str = HEADER) -> Path:
        path = self.workspace.root / "in" / name
        path.write_text(header + lines, encoding="utf-8")
        return path

    def land(
        self,
        at: datetime = FIRST_NIGHT,
        columns: dict[str, Any] | None = None,
        key: SecretStr = KEY,
        mapping: dict[str, Any] | None = None,
        **source: Any,
    ) -> list[LoadResult]:
        stream = {"stream": "pos_lines", "path": "in/*.csv", "columns": COLUMNS | (columns or {})} | (mapping or {})
        tills = Source.model_validate({"name": "tills", "kind": "csv", "streams": [stream]} | source)
        return land_source(
            tills,
            tills.streams,
            self.workspace,
            key=key,
            loaded_at=at,
            real_data=self.workspace.root,
            brand_timezone="Europe/Paris",
        )

    def rows(self) -> pl.DataFrame:
        """All rows of the loads that count, in landing order."""
        loads = active_loads(read_loads(self.workspace.landing))
        return pl.concat([pl.read_parquet(load.data) for load in loads])
