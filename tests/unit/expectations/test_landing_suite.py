"""The landing gate passes a clean night and stops each fault by the named check."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from expectations.registry import suite
from expectations.runner import GateContext, validate
from expectations.summaries.landing import columns_frame, loads_frame

Frames = dict[str, pd.DataFrame]
Ask = Callable[[str, dict[str, pd.DataFrame], GateContext], set[str]]


def record(load_id: str, sequence: int, read: int, quarantined: int = 0, conflicting: int = 0) -> dict[str, object]:
    return {
        "source": "shop",
        "stream": "pos_lines",
        "load_id": load_id,
        "sequence": sequence,
        "rows_read": read,
        "rows_accepted": read - quarantined,
        "rows_quarantined": quarantined,
        "rows_duplicate": 0,
        "conflicting_duplicates": conflicting,
    }


def landing(**changes: pd.DataFrame) -> Frames:
    frames = {
        "loads": loads_frame(
            [record("a", 1, 1000), record("b", 2, 100)], {"shop/pos_lines/a": 1000, "shop/pos_lines/b": 100}
        ),
        "streams": pd.DataFrame(
            {
                "stream": ["pos_lines"],
                "rows": [1100],
                "is_lacking": [0],
                "days_stale_excess": [0],
                "missing_days_excess": [0],
                "hole_days_excess": [0],
                "null_keys_count": [0],
                "absurd_times_excess": [0],
                "rows_per_day_median": [40.0],
            }
        ),
        "columns": columns_frame(column_counts(filled_new=90)),
        "days": pd.DataFrame(
            {
                "day": ["pos_lines 2026-01-01"],
                "rows": [40],
                "volume_ratio": [1.0],
                "unusual_hour_share": [0.05],
                "amount_ratio": [1.1],
                "quantity_ratio": [1.0],
                "foreign_currency_count": [0],
                "is_copy_of_other_day": [0],
                "repeated_share": [0.0],
            }
        ),
        "tills": pd.DataFrame(
            {
                "till": ["shop.store.EUR"],
                "lines_count": [1100],
                "median_amount_minor": [250.0],
                "median_local_hour": [15.5],
                "week_hour_shift": [0.2],
                "week_unusual_hour_share": [0.02],
            }
        ),
    }
    return frames | changes


def column_counts(filled_new: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stream": ["pos_lines"],
            "column": ["identity_key"],
            "kind": [""],
            "rows_before": [1000],
            "rows_new": [100],
            "filled_before": [900],
            "filled_new": [filled_new],
        }
    )


def loads(*records: dict[str, object], stored: int = 1000) -> Frames:
    return {"loads": loads_frame(records, {"shop/pos_lines/a": stored})}


def edited(frame: str, **columns: object) -> Frames:
    return {frame: landing()[frame].assign(**columns)}


FAULTS: dict[str, tuple[Frames, str]] = {
    "rows lost in landing": (loads(record("a", 1, 1000) | {"rows_accepted": 990}, stored=990), "rows_unaccounted"),
    "file shorter than its record": (loads(record("a", 1, 1000), stored=999), "rows_missing_in_file"),
    "malformed": (loads(record("a", 1, 1000, quarantined=21), stored=979), "quarantine_excess"),
    "wrong key": (loads(record("a", 1, 1000, conflicting=201)), "conflict_excess"),
    "empty delivery": (loads(record("a", 1, 1000), record("b", 2, 0)), "is_empty_delivery"),
    "totals of the source": (
        loads(record("a", 1, 1000) | {"control": {"cells_differing": 2}}),
        "control_cells_differing",
    ),
    "required stream without rows": (edited("streams", is_lacking=1), "is_lacking"),
    "stale": (edited("streams", days_stale_excess=2), "days_stale_excess"),
    "missing days": (edited("streams", missing_days_excess=1), "missing_days_excess"),
    "a file that never came": (edited("streams", hole_days_excess=35), "hole_days_excess"),
    "key NULL": (edited("streams", null_keys_count=1), "null_keys_count"),
    "future dates": (edited("streams", absurd_times_excess=3), "absurd_times_excess"),
    "column all NULL": ({"columns": columns_frame(column_counts(filled_new=0))}, "is_emptied"),
    "tenfold volume": (edited("days", volume_ratio=10.0), "volume_ratio"),
    "one row": (edited("days", volume_ratio=0.025), "volume_ratio"),
    "shifted time zone": (edited("days", unusual_hour_share=0.4), "unusual_hour_share"),
    "week shifted": (edited("tills", week_hour_shift=-3.0), "week_hour_shift"),
    "week at night": (edited("tills", week_unusual_hour_share=0.3), "week_unusual_hour_share"),
    "cents for units": (edited("days", amount_ratio=100.0), "amount_ratio"),
    "grams for kilograms": (edited("days", quantity_ratio=1000.0), "quantity_ratio"),
    "other currency": (edited("days", foreign_currency_count=4), "foreign_currency_count"),
    "day delivered again as another": (edited("days", is_copy_of_other_day=1), "is_copy_of_other_day"),
    "day delivered twice": (edited("days", repeated_share=1.0), "repeated_share"),
    "column renamed": ({"days": landing()["days"].rename(columns={"rows": "lines"})}, "rows"),
}
EVERYTHING = GateContext(frozenset({"pos_lines", "pos_lines.last_7_days"}))


def test_a_clean_landing_passes() -> None:
    result = validate(suite("landing"), landing(), EVERYTHING)
    assert result.passed, result.one_line()


def test_few_bad_rows_of_a_small_load_are_let_through_and_one_more_is_not() -> None:
    assert loads_frame([record("a", 1, 20, quarantined=5)], {})["quarantine_excess"].tolist() == [0]
    assert loads_frame([record("a", 1, 20, quarantined=6)], {})["quarantine_excess"].tolist() == [1]


def test_a_column_is_compared_within_rows_of_the_same_kind() -> None:
    # 900 redemptions had a reference, 100 invitations never have one; the new load holds invitations alone.
    counts = pd.DataFrame(
        {
            "stream": "campaign_events",
            "column": "reference",
            "kind": ["code_redeemed", "invited"],
            "rows_before": [900, 100],
            "rows_new": [0, 50],
            "filled_before": [900, 0],
            "filled_new": [0, 0],
        }
    )
    assert columns_frame(counts)["is_emptied"].tolist() == [0]
    assert columns_frame(counts.assign(rows_new=[50, 0]))["is_emptied"].tolist() == [1]


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_the_landing_gate_stops(fault: str, failed_columns: Ask) -> None:
    frames, column = FAULTS[fault]
    assert failed_columns("landing", frames, EVERYTHING) == {column}


@pytest.mark.parametrize(
    ("figure", "past"),
    [
        ("pos_lines.rows", [10_000.0] * 7),
        ("pos_lines.rows_per_day", [400.0] * 7),
        ("pos_lines.identity_key.filled_share", [50.0]),
        ("tills.shop.store.EUR.amount", [25_000.0]),
        ("tills.shop.store.EUR.local_hour", [9.0]),
        ("tills.gone.store.EUR.amount", [250.0]),
    ],
)
def test_the_landing_gate_compares_with_published_nights(figure: str, past: list[float]) -> None:
    result = validate(suite("landing"), landing(), GateContext(EVERYTHING.streams_with_rows, {figure: past}))
    assert [failure.labels for failure in result.failures] == [(figure,)]
