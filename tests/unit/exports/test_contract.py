"""The contract: it says what every column means, frames are held to it, and its page is up to date."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from orchestration.errors import IntegrityError
from orchestration.exports import docs
from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_data import DATA_QUALITY
from orchestration.exports.facade import build_exports
from orchestration.exports.inputs import take
from orchestration.exports.schema import dictionary
from orchestration.exports.words import UNIT_WORDS

# Words of statistics and of the trade that domain.md keeps out of marketers' files.
JARGON = (
    "auuc",
    "autoc",
    "qini",
    "smd",
    "sleeping dog",
    "persuadable",
    "lost cause",
    "sure thing",
    "placebo test",
    "p-value",
)


def test_every_output_has_exactly_the_contracts_columns_and_types(frames, context: ExportContext) -> None:
    for name, frame in build_exports(frames, context).items():
        assert frame.schema == OUTPUTS[name].polars_schema(), name


def test_outputs_of_a_workspace_with_nothing_in_it_have_the_contracts_columns_too(context: ExportContext) -> None:
    exports = build_exports({}, context)
    assert {name: frame.schema for name, frame in exports.items()} == {
        name: output.polars_schema() for name, output in OUTPUTS.items()
    }
    assert len(exports["ambassador_candidates"]) == 0


def test_docs_exports_is_generated_from_the_contract() -> None:
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page(), "run `python -m orchestration.exports.docs`"


def test_every_column_has_a_heading_and_a_meaning_and_numbers_have_a_unit() -> None:
    for output in OUTPUTS.values():
        assert len({column.name for column in output.columns}) == len(output.columns)
        for column in output.columns:
            assert column.title and column.meaning, column.name
            if column.type in ("integer", "minor", "number", "share"):
                assert column.unit, f"{output.name}.{column.name}"
            if column.type == "minor":
                assert column.name.endswith("_minor") and column.unit_column


def test_every_output_carries_as_of_and_basis() -> None:
    assert all({"as_of", "basis"} <= set(output.polars_schema()) for output in OUTPUTS.values())


def test_headings_and_meanings_are_plain_words() -> None:
    text = " ".join(str(row) for row in dictionary(tuple(OUTPUTS.values())).rows()).lower()
    assert [word for word in JARGON if word in text] == []
    assert UNIT_WORDS["store"] == ("store", "stores")


def _quality_row() -> pl.DataFrame:
    values = {"area": "rows", "item": "rows read", "status": "ok", "as_of": date(2026, 6, 30), "basis": "consent"}
    return pl.DataFrame([values], schema_overrides={"as_of": pl.Date}).with_columns(
        pl.lit(None).alias(name) for name in ("source", "stream", "value", "value_unit", "date_on", "detail")
    )


def test_a_row_as_the_contract_says_is_accepted() -> None:
    assert DATA_QUALITY.conform(_quality_row()).height == 1


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (lambda frame: frame.drop("item"), "lacks \\['item'\\]"),
        (lambda frame: frame.with_columns(item=pl.lit(None, pl.String)), "have no item"),
        (lambda frame: frame.with_columns(status=pl.lit("fine")), "status not in"),
        (lambda frame: pl.concat([frame, frame]), "2 rows share their key"),
    ],
)
def test_a_frame_that_breaks_the_contract_is_refused(broken, complaint: str) -> None:
    with pytest.raises(IntegrityError, match=complaint):
        DATA_QUALITY.conform(broken(_quality_row()))


def test_an_input_without_a_column_the_exports_read_is_refused_by_name() -> None:
    with pytest.raises(IntegrityError, match=r"\['ugc_key'\] of bridge_campaign_ugc, which has only \['campaign_id'\]"):
        take({"bridge_campaign_ugc": pl.DataFrame({"campaign_id": ["c"]})}, "bridge_campaign_ugc")
