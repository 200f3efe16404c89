"""data_quality: totals of loads, coverage that tells nothing from zero, needs of missing outputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from orchestration.exports.context import ExportContext, GateOutcome, ModelOutcome
from orchestration.exports.facade import build_exports
from orchestration.exports.inputs import loads_frame


def table(frames, context: ExportContext, area: str) -> dict[str, dict[str, object]]:
    rows = build_exports(frames, context)["data_quality"].filter(pl.col("area") == area).to_dicts()
    return {row["item"]: row for row in rows}


def test_rows_are_summed_over_the_loads_of_a_stream(frames, context: ExportContext) -> None:
    rows = table(frames, context, "rows")
    assert [rows[item]["value"] for item in ("rows read", "rows accepted", "rows refused", "rows seen before")] == [
        15,
        12,
        2,
        1,
    ]
    assert (rows["rows refused"]["status"], rows["rows seen before"]["status"]) == ("attention", "ok")
    assert table(frames, context, "freshness")["last day seen"]["date_on"] == date(2026, 6, 30)


def test_coverage_is_a_share_of_rows_and_no_rows_are_no_share(frames, context: ExportContext) -> None:
    coverage = table(frames, context, "coverage")
    assert coverage["likes_count"]["value"] == 0.2  # 1 of 5 pieces
    assert (coverage["views_count"]["value"], coverage["views_count"]["status"]) == (0, "missing")
    del frames["fct_ugc"]
    assert table(frames, context, "coverage")["likes_count"]["value"] is None


def test_a_missing_output_names_its_input_and_why_its_model_was_refused(frames, context: ExportContext) -> None:
    del frames["uplift"]
    refused = replace(context, models=(ModelOutcome("uplift", "refused", "no better than random"),))
    output = table(frames, refused, "output")
    assert output["uplift_scores"]["status"] == "missing"
    assert "needs campaign_members" in str(output["uplift_scores"]["detail"])
    assert "no better than random" in str(output["uplift_scores"]["detail"])
    assert output["ambassador_scores"]["detail"] is None


def test_stale_sources_and_failed_gates_are_rows(frames, context: ExportContext) -> None:
    troubled = replace(
        context,
        stale_since={"social": date(2026, 6, 20)},
        gates=(GateOutcome("marts", False, 30, 1, "fct_ugc: 3 rows without a key"),),
    )
    assert table(frames, troubled, "freshness")["stale since"]["date_on"] == date(2026, 6, 20)
    gate = table(frames, troubled, "gate")["marts"]
    assert (gate["status"], gate["detail"]) == ("failed", "fct_ugc: 3 rows without a key")


def test_load_records_become_rows_with_the_last_day_that_occurred() -> None:
    record = {"source": "till", "stream": "pos_lines", "rows_read": 3, "rows_accepted": 3, "rows_quarantined": 0}
    record |= {"rows_duplicate": 0, "conflicting_duplicates": 0, "max_occurred_at": "2026-06-30T21:15:00"}
    frame = loads_frame([record, record | {"max_occurred_at": None}])
    assert frame.get_column("last_occurred_on").to_list() == [date(2026, 6, 30), None]
