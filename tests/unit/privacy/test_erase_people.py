"""Who somebody is, from any of their names; a name that several people claim is nobody's."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.errors import ConfigurationError
from orchestration.privacy.erase_people import Asked, asked_for, linked


def links(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["identity_key", "kind", "external_identity_key"], orient="row")


ANNA = links(("card", "email", "address"), ("card", "loyalty", "old card"), ("old card", "social_account", "handle"))


@pytest.mark.parametrize("start", ["card", "old card", "address", "handle"])
def test_every_name_of_a_person_leads_to_all_of_them(start: str) -> None:
    assert linked(start, ANNA) == ({"card", "old card", "address", "handle"}, set())


def test_an_account_that_two_people_claim_is_left_and_told() -> None:
    both = pl.concat([ANNA, links(("bob", "social_account", "handle"))])

    assert linked("card", both) == ({"card", "old card", "address"}, {"handle"})
    assert linked("handle", both) == ({"handle"}, set())


def test_a_card_that_hangs_together_with_many_is_alone() -> None:
    many = links(*(("shop", "loyalty", f"card {number}") for number in range(6)))

    assert linked("card 3", many) == ({"card 3"}, set())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("loyalty:A-1", Asked(kind="loyalty", reference="A-1")),
        ("social_account:bluesky:did:plc:x", Asked(kind="social_account", scope="bluesky", reference="did:plc:x")),
        ("k1_" + "0" * 32, Asked(key="k1_" + "0" * 32)),
    ],
)
def test_a_request_is_read_as_a_source_names_people(text: str, asked: Asked) -> None:
    assert asked_for(text) == asked


@pytest.mark.parametrize("text", ["A-1", "email:", "social_account:anna", "phone:12"])
def test_a_request_without_kind_or_scope_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a person is named by"):
        asked_for(text)


def test_a_reference_is_normalised_as_it_is_landed() -> None:
    assert asked_for("social_account:Instagram:@Anna ").message() == "social_account|instagram|anna"
    assert asked_for("email: Anna@X.org").message() == "email|anna@x.org"
