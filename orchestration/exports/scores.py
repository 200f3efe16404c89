"""The score exports: model output joined with the facts of the people who may be listed.

Belongs here: ambassador_scores, uplift_scores. Does not: the scores themselves (ml/), who may be listed (people.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from orchestration.exports.contract_people import AMBASSADOR_SCORES, UPLIFT_SCORES
from orchestration.exports.formatting import currency_decimals
from orchestration.exports.inputs import take
from orchestration.exports.words import SHARE_UNIT, outcome_of


def _position() -> pl.Expr:
    """1, 2, 3 … in the frame's order."""
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int64)


def ambassador_scores(frames: Mapping[str, pl.DataFrame], facts: pl.DataFrame) -> pl.DataFrame:
    """The extra sales expected of inviting each listed person.

    A scored person who may not be listed gets no row; ranks are given anew among those who remain. Nobody of the
    standing holdout is drawn to be invited.
    """
    scored = take(frames, "ambassador").join(facts, on="consumer_key", how="inner").sort("rank", "consumer_key")
    return AMBASSADOR_SCORES.conform(
        scored.with_columns(
            rank=_position(),
            loyalty_rank=pl.col("loyalty_rank").rank("ordinal").cast(pl.Int64),
            is_exploration=pl.col("is_exploration") & ~pl.col("standing_holdout"),
        )
    )


def to_outcome_unit(name: str, outcome: str, currency: str) -> pl.Expr:
    """The figure in the unit an export shows it in: shares as they are, money from minor to main units."""
    is_money = outcome_of(outcome).kind == "money"
    return pl.col(name) / 10 ** currency_decimals(currency) if is_money else pl.col(name)


def unit_of(outcome: str, currency: str) -> str:
    """`share`, or the currency the outcome's figures are main units of."""
    return currency if outcome_of(outcome).kind == "money" else SHARE_UNIT


def uplift_scores(frames: Mapping[str, pl.DataFrame], facts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """What contact is expected to change, per campaign learned from, outcome and listed person.

    Args:
        currency: the brand's currency, which money outcomes are counted in.
    """
    scored = take(frames, "uplift").join(facts, on="consumer_key", how="inner")
    parts = [
        part.with_columns(
            expected_extra=to_outcome_unit("uplift", outcome, currency),
            expected_extra_low=to_outcome_unit("uplift_low", outcome, currency),
            expected_extra_high=to_outcome_unit("uplift_high", outcome, currency),
            unit=pl.lit(unit_of(outcome, currency)),
        )
        for (outcome,), part in scored.partition_by("outcome", as_dict=True, maintain_order=True).items()
    ]
    if not parts:
        return UPLIFT_SCORES.empty()
    table = pl.concat(parts).sort("campaign_id", "outcome", "rank", "consumer_key")
    return UPLIFT_SCORES.conform(table.with_columns(rank=_position().over("campaign_id", "outcome")))


def withheld_counts(frames: Mapping[str, pl.DataFrame], people: pl.DataFrame) -> dict[str, int]:
    """Per score file: how many scored rows may not be exported."""
    return {
        name: len(take(frames, name).join(people, on="consumer_key", how="anti")) for name in ("ambassador", "uplift")
    }
