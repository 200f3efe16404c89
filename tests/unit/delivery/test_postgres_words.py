"""Statements quote what they name, and a view is remade only where its columns went away."""

from __future__ import annotations

import pyarrow as pa
import pytest

from orchestration.exports.delivery import postgres_words as words
from orchestration.exports.delivery.errors import DeliveryError


def test_exports_have_five_types() -> None:
    schema = pa.schema(
        [
            ("person", pa.large_string()),
            ("label", pa.string_view()),
            ("count", pa.int64()),
            ("share", pa.float64()),
            ("flag", pa.bool_()),
            ("day", pa.date32()),
        ]
    )
    assert list(words.kinds(schema).values()) == ["text", "text", "bigint", "double precision", "boolean", "date"]
    with pytest.raises(DeliveryError, match="column when is of type timestamp"):
        words.kinds(pa.schema([("when", pa.timestamp("us"))]))


def test_names_are_quoted() -> None:
    made = words.create_table("s", "reach_v1", {'a"b': "text"})
    assert made[0] == 'create table if not exists "s"."reach_v1" (nanolift_generation text not null, "a""b" text)'
    assert made[1] == 'alter table "s"."reach_v1" add column if not exists "a""b" text'


@pytest.mark.parametrize(
    ("present", "drops"), [([], False), (["a"], False), (["a", "b"], False), (["b", "a"], True), (["a", "c"], True)]
)
def test_a_view_that_only_grows_keeps_what_depends_on_it(present: list[str], drops: bool) -> None:
    made = words.make_view("s", "reach", "reach_v1", ["a", "b"], present)
    assert (made[0] == 'drop view if exists "s"."reach"') is drops
    assert made[-1].startswith('create or replace view "s"."reach" as select "a", "b" from "s"."reach_v1" where')
