"""Who is on a list of people, and under which name: every rule that keeps somebody off it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from orchestration.exports.consents import consent_now
from orchestration.exports.delivery.audience import People, as_csv, chosen, named, who_may
from orchestration.exports.delivery.spec import Audience

NOW = datetime(2026, 3, 1, 3, 0)
CALL = Audience(choose_from="ambassador_scores", purpose="contact", identifier="consumer_ref")
MAIL = CALL.model_copy(update={"identifier": "email_sha256"})
IDENTITIES = pl.DataFrame({"identity_key": ["a", "a2", "b", "c"], "consumer_key": ["a", "a", "b", "c"]})


def consents(*changes: tuple[Any, ...]) -> pl.DataFrame:
    """(identity_key, purpose, status, changed_at, is_removed); each in a load of its own, in this order."""
    rows = [
        (*change, datetime(2026, 2, number + 1), datetime(2026, 2, number + 1), f"{number:06d}", 1)
        for number, change in enumerate(changes)
    ]
    names = [
        "identity_key",
        "purpose",
        "status",
        "changed_at",
        "is_removed",
        "known_at",
        "loaded_at",
        "load_id",
        "row_no",
    ]
    return pl.DataFrame(rows, schema=names, orient="row")


def status_of(*changes: tuple[Any, ...]) -> dict[str, str]:
    states = consent_now(consents(*changes), IDENTITIES, NOW)
    return {f"{key} {purpose}": status for key, purpose, status in states.iter_rows()}


def test_the_last_word_counts_whatever_card_it_was_given_with() -> None:
    assert status_of(
        ("a", "contact", "granted", datetime(2026, 1, 1), False),
        ("a2", "contact", "withdrawn", datetime(2026, 1, 2), False),
        ("b", "contact", "withdrawn", datetime(2026, 1, 1), False),
        ("b", "contact", "granted", datetime(2026, 1, 2), False),
    ) == {"a contact": "withdrawn", "b contact": "granted"}


def test_of_two_words_at_one_instant_the_withdrawal_counts() -> None:
    at = datetime(2026, 1, 1)
    assert status_of(("a", "contact", "withdrawn", at, False), ("a2", "contact", "granted", at, False)) == {
        "a contact": "withdrawn"
    }


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    at = datetime(2026, 1, 1)
    assert status_of(("a", "contact", "granted", at, False), ("a", "contact", "withdrawn", at, False)) == {
        "a contact": "withdrawn"
    }
    assert status_of(("a", "contact", "granted", at, False), ("a", "contact", "granted", at, True)) == {}


def test_a_grant_of_tomorrow_does_not_count_yet_and_a_withdrawal_does() -> None:
    tomorrow = datetime(2026, 3, 2)
    assert status_of(("a", "contact", "granted", tomorrow, False)) == {}
    assert status_of(
        ("a", "contact", "granted", datetime(2026, 1, 1), False), ("a", "contact", "withdrawn", tomorrow, False)
    ) == {"a contact": "withdrawn"}


def test_everybody_left_out_is_counted_under_one_reason() -> None:
    people = ["fits", "minor", "held", "never", "withdrew", "no_scoring", "reuse_only"]
    listed = pl.DataFrame({"consumer_key": people, "is_held_out": [name == "held" for name in people]})
    states = pl.DataFrame(
        [
            *((name, "contact", "granted") for name in ("fits", "minor", "held", "no_scoring")),
            ("withdrew", "contact", "withdrawn"),
            ("no_scoring", "scoring", "withdrawn"),
            ("fits", "scoring", "granted"),
            ("reuse_only", "ugc_reuse", "granted"),
        ],
        schema=["consumer_key", "purpose", "status"],
        orient="row",
    )
    found = who_may(listed, states, pl.DataFrame({"consumer_key": ["minor"]}), CALL)
    assert found.keys["consumer_key"].to_list() == ["fits"]
    assert found.counts == {
        **{"considered": 7, "known minor": 1, "never granted contact": 2, "standing holdout": 1},
        **{"withdrew contact": 1, "withdrew scoring": 1},
    }


def test_the_best_come_first_and_who_would_be_hurt_is_never_chosen() -> None:
    scores = pl.DataFrame(
        {
            "campaign_id": ["c", "c", "c", "d"],
            "outcome": ["bought"] * 4,
            "rank": [2, 1, 3, 1],
            "consumer_key": ["second", "first", "hurt", "other"],
            "group_label": ["contact helps", "contact helps", "contact hurts", "contact helps"],
            "standing_holdout": [False, None, False, False],
        }
    )
    asked = Audience(
        **{"choose_from": "uplift_scores", "campaign_id": "c", "outcome": "bought"},
        **{"purpose": "contact", "identifier": "consumer_ref"},
    )
    assert chosen(scores, asked).rows() == [("first", True), ("second", False)], "unknown holdout: not contacted"


def test_a_list_for_one_action_holds_nobody_with_another_and_nobody_held_out() -> None:
    who_next = pl.DataFrame(
        {
            "place": [3, 1, 2, 4, 5],
            "consumer_key": ["late", "fix", "soon", "held", "unknown"],
            "action": ["recruit", "fix", "sample", "recruit", "recruit"],
            "standing_holdout": [False, False, False, True, None],
        }
    )
    asked = Audience(
        **{"choose_from": "who_next", "actions": ("recruit", "sample")},
        **{"purpose": "contact", "identifier": "consumer_ref"},
    )
    assert chosen(who_next, asked).rows() == [("soon", False), ("late", False), ("held", True), ("unknown", True)]


def references() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("a", "a2", "loyalty", "C-2"),
            ("a", "a", "loyalty", "C-1"),
            ("a", "m1", "email", " Ann.Oat@Example.ORG "),
            ("b", "b", "loyalty", "=C-3"),
            ("b", "m2", "email", "not an address"),
            ("c", "c", "social_account", "@cee"),
        ],
        schema=["consumer_key", "identity_key", "kind", "reference"],
        orient="row",
    )


def people(*keys: str) -> People:
    return People(pl.DataFrame({"consumer_key": list(keys)}, {"consumer_key": pl.String}), {"considered": len(keys)})


def test_a_list_for_the_brands_own_system_names_each_person_by_the_card_that_is_theirs() -> None:
    listed, counts = named(people("b", "a", "c"), references(), CALL)
    assert listed.to_dict(as_series=False) == {"consumer_ref": ["=C-3", "C-1"]}
    assert counts == {"considered": 3, "no usable name": 1, "delivered": 2}
    assert as_csv(listed) == b'"consumer_ref"\n"\'=C-3"\n"C-1"\n'


def test_a_list_for_a_platform_holds_hashes_of_normal_addresses_and_nothing_else() -> None:
    listed, counts = named(people("b", "a", "c"), references(), MAIL)
    assert listed.to_dict(as_series=False) == {"email_sha256": [hashlib.sha256(b"ann.oat@example.org").hexdigest()]}
    assert counts == {"considered": 3, "no usable name": 2, "delivered": 1}


@pytest.mark.parametrize(("most", "sent"), [(1, ["C-1"]), (2, ["C-1", "=C-3"]), (9, ["C-1", "=C-3"])])
def test_no_more_people_than_asked_for_and_the_best_of_them(most: int, sent: list[str]) -> None:
    listed, counts = named(people("c", "a", "b"), references(), CALL.model_copy(update={"most": most}))
    assert listed["consumer_ref"].to_list() == sent
    assert counts["delivered"] == len(sent)
    assert counts.get("above most", 0) == 2 - len(sent)


def test_nobody_left_is_a_list_with_a_heading() -> None:
    listed, counts = named(people(), references().head(0), MAIL)
    assert as_csv(listed) == b'"email_sha256"\n'
    assert counts == {"considered": 0, "delivered": 0}
