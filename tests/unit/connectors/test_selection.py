"""Which loads a run may see, how they are laid out for dbt, and the signals beside them."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.connectors.loads import read_loads
from orchestration.connectors.selection import lay_out, select_loads, vanished
from orchestration.connectors.signals_schema import SIGNAL_RELATIONS
from orchestration.connectors.streams import STREAMS
from orchestration.errors import IntegrityError

FIRST_NIGHT = datetime(2026, 10, 5, 1)
SECOND_NIGHT = FIRST_NIGHT + timedelta(days=1)
LINE = "north,{},1,oat,C-77,5.80,2026-10-03 09:14\n"
Bakery = Any


@pytest.fixture
def two_nights(bakery: Bakery) -> Bakery:
    bakery.write("a.csv", LINE.format("R-1"))
    bakery.land(FIRST_NIGHT)
    bakery.write("b.csv", LINE.format("R-2"))
    bakery.land(SECOND_NIGHT)
    return bakery


def test_reconstruct_sees_all_loads_and_replay_what_had_been_landed(two_nights: Bakery) -> None:
    landing = two_nights.workspace.landing
    assert [load.sequence for load in select_loads(landing)] == [1, 2]
    assert [load.sequence for load in select_loads(landing, replay_at=FIRST_NIGHT)] == [1]
    assert select_loads(landing, replay_at=FIRST_NIGHT - timedelta(seconds=1)) == []


def test_replay_sees_a_load_that_was_superseded_later(bakery: Bakery) -> None:
    bakery.write("a.csv", LINE.format("R-1"))
    bakery.land(FIRST_NIGHT)
    bakery.land(SECOND_NIGHT, columns={"quantity_unit": {"constant": "piece"}})
    landing = bakery.workspace.landing
    assert [load.sequence for load in select_loads(landing)] == [2]
    assert [load.sequence for load in select_loads(landing, replay_at=FIRST_NIGHT)] == [1]


def test_a_load_whose_folder_is_gone_is_named_and_one_that_was_superseded_is_not(bakery: Bakery) -> None:
    bakery.write("a.csv", LINE.format("R-1"))
    bakery.land(FIRST_NIGHT)
    bakery.land(SECOND_NIGHT, columns={"quantity_unit": {"constant": "piece"}})
    landing = bakery.workspace.landing
    names = [f"{load.source}/{load.stream}/{load.load_id}" for load in read_loads(landing)]
    assert vanished(names, landing) == []
    shutil.rmtree(landing / names[0])
    assert vanished(names, landing) == names[:1]


def test_every_stream_has_a_typed_relation_and_loads_are_hard_links(two_nights: Bakery, tmp_path: Path) -> None:
    loads = select_loads(two_nights.workspace.landing)
    lay_out(loads, tmp_path / "landed")
    assert {folder.name for folder in (tmp_path / "landed").iterdir()} == {*STREAMS, *SIGNAL_RELATIONS}
    files = sorted((tmp_path / "landed" / "pos_lines").iterdir())
    assert [file.name[:5] for file in files] == ["0000_", "0001_", "0002_"]
    assert files[1].samefile(loads[0].data)
    for stream, description in STREAMS.items():
        empty = pq.read_table(tmp_path / "landed" / stream / "0000_schema.parquet")
        assert empty.num_rows == 0 and empty.column_names == list(description.landed_schema())
    assert pq.read_schema(files[0]).equals(pq.read_schema(files[1]))


def test_a_damaged_load_is_not_laid_out(two_nights: Bakery, tmp_path: Path) -> None:
    loads = select_loads(two_nights.workspace.landing)
    loads[1].data.write_bytes(b"PAR1")
    with pytest.raises(IntegrityError, match="damaged"):
        lay_out(loads, tmp_path / "landed")
