"""Gate exports: what was built is what was written, in all three formats, and nobody is in it who may not be."""

from __future__ import annotations

from expectations.declare import Column, FrameExpectations, Limit, Suite, always, never_null, unique
from expectations.summaries.exports import figures

EXPORTS_FRAME = FrameExpectations(
    name="exports",
    label="export",
    columns=(
        Column("export", "text", filled=True),
        Column("rows", "number", filled=True),
        Column("lacking_rows_count", "number", filled=True),
        Column("rows_lost_count", "number", filled=True),
        Column("csv_difference_count", "number", filled=True),
        Column("xlsx_difference_count", "number", filled=True),
        Column("has_contract_columns", "number", filled=True),
        Column("duplicate_keys_count", "number", filled=True),
        Column("null_cells_count", "number", filled=True),
        Column("without_basis_count", "number", filled=True),
        Column("withdrawn_people_count", "number", filled=True),
        Column("few_people_cells_count", "number", filled=True),
    ),
    # The outputs about people, campaigns and data; facts are published in any case, so none may be missing.
    min_rows=5,
    checks=(
        *never_null("export", "csv_difference_count", "xlsx_difference_count"),
        unique("export"),
        always("lacking_rows_count", 0, "an output that always says something is empty"),
        always("rows_lost_count", 0, "rows built are not the rows written"),
        always("csv_difference_count", 0, "the CSV has other rows than the Parquet file"),
        always("xlsx_difference_count", 0, "the workbook has other rows than the Parquet file"),
        always("has_contract_columns", 1, "columns differ from the contract's: breaking change for marketers"),
        always("duplicate_keys_count", 0, "rows that share their key"),
        always("null_cells_count", 0, "empty cells in a column that is never empty"),
        always("without_basis_count", 0, "rows that do not say on what basis people are listed"),
        always("withdrawn_people_count", 0, "people who withdrew their consent or are minors"),
        always("few_people_cells_count", 0, "counts of 1 to 9 people, which could point at one"),
    ),
)

EXPORTS = Suite(
    gate="exports",
    frames=(EXPORTS_FRAME,),
    checks_count=14,
    figures=figures,
    limits=(
        # Not the scores: a refused model empties them, and says so.
        Limit("ambassador_candidates.rows", 0.5, 5.0, 7, "people come and go slowly"),
        Limit("campaign_results.rows", 0.5, 5.0, 7, "campaigns come and go slowly"),
    ),
)
