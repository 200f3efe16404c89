"""The same person has one identity key, whatever column names them; different people never share one."""

from __future__ import annotations

import hashlib
import hmac

import polars as pl
from pydantic import SecretStr

from orchestration.connectors.pseudonyms import Pseudonymiser
from orchestration.connectors.streams import STREAMS


def expected(key: SecretStr, message: str) -> str:
    return "k1_" + hmac.new(key.get_secret_value().encode(), message.encode(), hashlib.sha256).hexdigest()[:32]


def test_a_loyalty_reference_is_kept_as_it_is_but_for_blanks(key: SecretStr) -> None:
    rows = pl.DataFrame({"consumer_ref": ["a1", " a1 ", "A1", None]})
    replaced, references = Pseudonymiser(key).replace(rows, STREAMS["consumers"])
    keys = replaced.get_column("identity_key").to_list()
    assert keys == [expected(key, "loyalty|a1")] * 2 + [expected(key, "loyalty|A1"), None]
    assert references.select("kind", "scope", "reference").rows() == [("loyalty", None, "a1"), ("loyalty", None, "A1")]


def test_an_account_is_one_whatever_its_case_or_at_sign_but_not_across_platforms(key: SecretStr) -> None:
    posts = pl.DataFrame(
        {
            "row_no": [1, 2, 3],
            "platform": ["X", "x", "y"],
            "account_id": ["@Ann", "ann", "ann"],
            "mentions": [["@ANN", "bo"], [], None],
        }
    )
    replaced, references = Pseudonymiser(key).replace(posts, STREAMS["social_posts"])
    ann, bo = expected(key, "social_account|x|ann"), expected(key, "social_account|x|bo")
    assert replaced.get_column("account_identity_key").to_list() == [ann, ann, expected(key, "social_account|y|ann")]
    assert replaced.get_column("mention_identity_keys").to_list() == [[ann, bo], [], None]
    assert not {"account_id", "mentions"} & set(replaced.columns)
    assert references.height == 3


def test_a_link_names_the_same_identity_as_the_stream_it_leads_to(key: SecretStr) -> None:
    links = pl.DataFrame(
        {
            "consumer_ref": ["1", "1", "1"],
            "kind": ["social_account", "email", "loyalty"],
            "scope": ["x", None, None],
            "external_ref": ["@Ann", "Ann@Example.org", "1"],
        }
    )
    replaced, _ = Pseudonymiser(key).replace(links, STREAMS["consumer_links"])
    assert replaced.get_column("external_identity_key").to_list() == [
        expected(key, "social_account|x|ann"),
        expected(key, "email|ann@example.org"),
        replaced.get_column("identity_key")[0],
    ]


def test_a_member_that_is_a_store_keeps_its_name_and_one_that_is_a_person_loses_it(key: SecretStr) -> None:
    members = pl.DataFrame({"unit": ["consumer", "store"], "unit_ref": ["7", "7"]})
    replaced, references = Pseudonymiser(key).replace(members, STREAMS["campaign_members"])
    assert replaced.select("unit_ref", "unit_identity_key").rows() == [(None, expected(key, "loyalty|7")), ("7", None)]
    assert references.height == 1


def test_separators_in_a_scope_cannot_make_two_references_alike(key: SecretStr) -> None:
    posts = pl.DataFrame({"platform": ["a|b", "a"], "account_id": ["c", "b|c"]})
    replaced, _ = Pseudonymiser(key).replace(posts, STREAMS["social_profiles"])
    assert replaced.get_column("account_identity_key").n_unique() == 2


def test_another_key_gives_other_identities(key: SecretStr) -> None:
    rows = pl.DataFrame({"consumer_ref": ["a1"]})
    other = Pseudonymiser(SecretStr("x" * 32), "k2").replace(rows, STREAMS["consumers"])[0]
    assert other.get_column("identity_key")[0].startswith("k2_")
    assert other.get_column("identity_key")[0][3:] != expected(key, "loyalty|a1")[3:]
