"""What people have agreed to now stands in place of what the warehouse knew."""

from __future__ import annotations

import polars as pl

from orchestration.exports.consents import with_consent_now

PEOPLE = pl.DataFrame(
    {
        "consumer_key": ["stays", "left", "back", "grew"],
        "is_minor": [None, None, None, False],
        "consent_scoring": ["granted", "granted", "withdrawn", "granted"],
        "consent_contact": ["granted", None, None, None],
        "tier": ["nano"] * 4,
    },
    schema_overrides={"is_minor": pl.Boolean},
)
NOW = pl.DataFrame(
    [
        ("stays", "scoring", "granted"),
        ("stays", "contact", "granted"),
        ("left", "scoring", "withdrawn"),
        ("back", "scoring", "granted"),
        ("grew", "scoring", "granted"),
    ],
    schema=["consumer_key", "purpose", "status"],
    orient="row",
)


def test_the_last_word_landed_takes_the_place_of_the_warehouses() -> None:
    people = with_consent_now(PEOPLE, NOW, pl.DataFrame({"consumer_key": ["grew"]}))
    assert people.columns == PEOPLE.columns
    assert people.get_column("consent_scoring").to_list() == ["granted", "withdrawn", "granted", "granted"]
    assert people.get_column("consent_contact").to_list() == ["granted", None, None, None]


def test_who_is_known_as_a_minor_in_either_place_is_one() -> None:
    people = with_consent_now(PEOPLE, NOW, pl.DataFrame({"consumer_key": ["grew"]}))
    assert people.get_column("is_minor").to_list() == [None, None, None, True]
    known = PEOPLE.with_columns(is_minor=pl.lit(True))
    assert with_consent_now(known, NOW, pl.DataFrame({"consumer_key": ["grew"]})).get_column("is_minor").all()
