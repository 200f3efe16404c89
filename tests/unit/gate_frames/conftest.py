"""A small shop whose landed till lines a test can bend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.connectors.streams import STREAMS
from orchestration.gate_frames.landing import ExpectedStream, LandedRun

AS_OF = date(2026, 3, 31)
DAYS, LINES_A_DAY = 62, 60
Landed = Callable[..., LandedRun]

# 60 lines a day for 62 days up to 2026-03-31, one every 12 minutes from 09:00 to 20:48 UTC, 10.00 to 10.59 EUR each.
_LINES = f"""
select
    's1' as store_id,
    'd' || day_no || '-' || line as transaction_id,
    '1' as line_no,
    'p' || line % 7 as product_id,
    'k1_' || line as identity_key,
    cast(1 as double) as quantity,
    'piece' as quantity_unit,
    1000 + (line + day_no) % 60 as net_amount_minor,
    'EUR' as currency,
    timestamp '2026-03-31 09:00:00' - to_days(cast(day_no as int)) + to_minutes(cast(12 * line as bigint))
        + to_seconds(day_no) as sold_at,
    'store' as channel,
    false as is_return,
    'tills' as source,
    'l1' as load_id,
    row_number() over (order by day_no desc, line) as row_no
from range({DAYS}) as days(day_no), range({LINES_A_DAY}) as lines(line)
"""


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    """(bend, is_live, as_of, sequences) → the run: `bend` is SQL that changes the table `lines` first."""

    def make(bend: str = "", is_live: bool = True, **record: Any) -> LandedRun:
        folder = tmp_path / "pos_lines"
        folder.mkdir()
        with duckdb.connect() as connection:
            connection.execute(f"create table lines as {_LINES}")
            connection.execute("alter table lines add column updated_at timestamp")
            if bend:
                connection.execute(bend)
            present = {row[0] for row in connection.execute("describe lines").fetchall()}
            moments = ("occurred_at", "known_at", "loaded_at")
            columns = ", ".join(
                f"cast({name if name in present else 'sold_at' if name in moments else 'null'} as {kind}) as {name}"
                for name, kind in STREAMS["pos_lines"].landed_schema().items()
            )
            loads = connection.execute("select load_id, count(*) from lines group by all order by all").fetchall()
            connection.execute(f"copy (select {columns} from lines) to '{folder}/0001.parquet'")
        records = [
            {
                "source": "tills",
                "stream": "pos_lines",
                "load_id": load_id,
                "sequence": number,
                "rows_read": rows,
                "rows_accepted": rows,
                "rows_quarantined": 0,
                "rows_duplicate": 0,
                "conflicting_duplicates": 0,
            }
            for number, (load_id, rows) in enumerate(loads, start=1)
        ]
        records[-1] |= record
        return LandedRun(
            root=tmp_path,
            records=records,
            expected=[ExpectedStream("pos_lines", is_required=True, is_live=is_live)],
            as_of=AS_OF,
            cutoff=datetime.combine(AS_OF, datetime.min.time()) + timedelta(days=1),
            brand_timezone="UTC",
        )

    return make
