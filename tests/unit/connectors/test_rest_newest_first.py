"""Services that list the newest first and know no "changed since"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.rest_spec import RestStream
from tests.unit.connectors.rest_server import Asked, serving
from tests.unit.connectors.test_rest import CURSOR, Reader

NEWEST_FIRST = {"field": ["again_at", "at"], "newest_first": True, "reread_days": 2}
# One a day, two a page; the cursor of a page is the number of its first record.
DAYS = [{"id": str(day), "at": f"2026-10-{day:02d}T08:00:00Z"} for day in range(20, 10, -1)]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    def answer(asked: Asked) -> Any:
        first = int(asked.params.get("cursor", 0))
        return {"items": DAYS[first : first + 2], "next": str(first + 2) if first + 2 < len(DAYS) else None}

    with serving(answer) as service:
        yield Reader(tmp_path, service)


def cursor_of(reader: Reader, **read: Any) -> Any:
    return reader.read({"pages": CURSOR, "incremental": NEWEST_FIRST}, **read).cursor


def test_the_first_reading_goes_to_the_end(reader: Reader) -> None:
    assert len(reader.ids({"pages": CURSOR, "incremental": NEWEST_FIRST})) == 10


def test_the_next_reading_leaves_after_the_first_page_that_lies_before_the_window(reader: Reader) -> None:
    last = cursor_of(reader) | {"value": "2026-10-19 08:00:00"}
    reader.service.asked.clear()
    # Read again from the 17th: pages of the 20th, the 18th and the 16th, which is past.
    assert reader.ids({"pages": CURSOR, "incremental": NEWEST_FIRST}, cursor=last) == [
        "20",
        "19",
        "18",
        "17",
        "16",
        "15",
    ]
    assert len(reader.service.asked) == 3


def test_a_page_with_one_record_of_the_window_is_not_the_last(reader: Reader) -> None:
    last = cursor_of(reader) | {"value": "2026-10-19 08:00:00"}
    DAYS[5]["again_at"] = "2026-10-21T08:00:00Z"  # of the 15th, changed again: beside the 16th on the third page
    try:
        found = reader.ids({"pages": CURSOR, "incremental": NEWEST_FIRST}, cursor=last)
    finally:
        del DAYS[5]["again_at"]
    assert found[-2:] == ["14", "13"], "one page further, the first that is past as a whole"


def test_newest_first_needs_pages_that_follow_one_another() -> None:
    pages = {"kind": "page", "param": "page"}
    with pytest.raises(ValueError, match="newest_first"):
        RestStream.model_validate({"path": "items", "pages": pages, "incremental": NEWEST_FIRST})


def test_an_unknown_reshape_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no reshape 'tiktok'.*bluesky_feed"):
        RestStream.model_validate({"path": "items", "reshape": "tiktok"})
