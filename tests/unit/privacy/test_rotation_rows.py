"""New names stand wherever the old ones stood, hashes are those of a landing of today, and people keep their lots."""

from __future__ import annotations

import polars as pl
import pytest

from ml.holdout import in_standing_holdout
from ml.lots import EXPLORATION, HOLDOUT, lot
from orchestration.connectors.landing_rows import REMOVED, row_hashes
from orchestration.connectors.streams import STREAMS
from orchestration.errors import IntegrityError
from orchestration.privacy.rotation_rows import handed_on, key_columns, keys_in, renamed

_POSTS = STREAMS["social_posts"]
_TYPES = {"varchar": pl.String, "varchar[]": pl.List(pl.String), "bigint": pl.Int64, "boolean": pl.Boolean}
_TYPES |= {"timestamp": pl.Datetime("us"), "double": pl.Float64, "date": pl.Date}
NAMES = {"k1_a": "k2_x", "k1_b": "k2_y", "k1_c": "k2_z"}


def posts() -> pl.DataFrame:
    said = [
        {"post_id": "1", "account_identity_key": "k1_a", "mention_identity_keys": ["k1_b", "k1_c"], "row_hash": 5},
        {"post_id": "2", "account_identity_key": "k1_b", "mention_identity_keys": [], "row_hash": 6},
        {"post_id": "3", "account_identity_key": "k1_a", "mention_identity_keys": None, "row_hash": REMOVED},
    ]
    schema = {name: _TYPES[kind] for name, kind in _POSTS.landed_schema().items()}
    return pl.DataFrame([dict.fromkeys(schema) | each for each in said], schema=schema)


def test_names_change_in_cells_and_lists_and_nowhere_else() -> None:
    after = renamed(posts(), _POSTS, NAMES)

    assert after["account_identity_key"].to_list() == ["k2_x", "k2_y", "k2_x"]
    assert after["mention_identity_keys"].to_list() == [["k2_y", "k2_z"], [], None]
    same = [name for name in after.columns if name not in (*key_columns(_POSTS), "row_hash")]
    assert after.select(same).equals(posts().select(same))
    assert after.schema == posts().schema


def test_hashes_are_those_that_a_landing_gives_and_removals_stay_removals() -> None:
    after = renamed(posts(), _POSTS, NAMES)
    assert after["row_hash"].to_list() == [*row_hashes(after, _POSTS).to_list()[:2], REMOVED]


def test_a_key_without_a_new_name_is_an_error_and_not_a_null() -> None:
    with pytest.raises(IntegrityError, match="1 identity keys of stream social_posts"):
        renamed(posts(), _POSTS, {"k1_a": "k2_x", "k1_b": "k2_y"})
    assert keys_in(posts(), _POSTS) == set(NAMES)


def test_every_identity_of_a_person_carries_the_persons_lot() -> None:
    resolved = [("k1_a", "k1_a"), ("k1_b", "k1_a"), ("k1_c", "k1_c")]
    kept = handed_on(resolved, NAMES, {}, [7])

    assert set(kept) == {(HOLDOUT, 7), (EXPLORATION, 7)}
    assert kept[HOLDOUT, 7] == {
        "k2_x": lot(HOLDOUT, 7, "k1_a"),
        "k2_y": lot(HOLDOUT, 7, "k1_a"),
        "k2_z": lot(HOLDOUT, 7, "k1_c"),
    }


def test_nobody_enters_or_leaves_the_holdout_by_a_second_change_either() -> None:
    people = [f"k1_{number}" for number in range(300)]
    once = {key: f"k2_{key}" for key in people}
    twice = {key: f"k3_{key}" for key in once.values()}
    first = handed_on(zip(people, people, strict=True), once, {}, [1])
    second = handed_on(zip(once.values(), once.values(), strict=True), twice, first, [1])

    drawn = in_standing_holdout(pl.Series(people), share=0.2, seed=1)
    assert 30 < drawn.sum() < 90
    for keys, kept in ((once.values(), first), (twice.values(), second)):
        assert in_standing_holdout(pl.Series(keys), share=0.2, seed=1, kept=kept).to_list() == drawn.to_list()
    assert in_standing_holdout(pl.Series(list(once.values())), share=0.2, seed=1).to_list() != drawn.to_list()


def test_somebody_who_came_since_is_drawn_by_the_new_key_and_another_seed_draws_anew() -> None:
    kept = handed_on([("k1_a", "k1_a")], NAMES, {}, [1])
    new = in_standing_holdout(pl.Series(["k2_new"]), share=0.5, seed=1, kept=kept)
    assert new.to_list() == in_standing_holdout(pl.Series(["k2_new"]), share=0.5, seed=1).to_list()
    other = in_standing_holdout(pl.Series(["k2_x"]), share=0.5, seed=2, kept=kept)
    assert other.to_list() == in_standing_holdout(pl.Series(["k2_x"]), share=0.5, seed=2).to_list()
