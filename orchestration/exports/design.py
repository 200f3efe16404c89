"""design_quality: whether the people compared were alike, and how much an unknown cause could do, in words.

Belongs here: joining the checks of a run and saying them. Does not: the checks (ml/measurement/design_checks.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ml.features.dictionary import BY_NAME
from orchestration.exports.context import ExportContext
from orchestration.exports.contract_fairness import DESIGN_QUALITY
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.retelling import label
from orchestration.exports.scores import to_outcome_unit, unit_of

KEY = ("subject", "subject_id", "outcome", "design")
BOUNDS = tuple(f"{end}_at_gamma_{factor}" for factor in ("1_25", "1_50", "2_00") for end in ("low", "high"))
NAMES = {
    "subject": "compared_for",
    "features_count": "traits_count",
    "unbalanced_before_count": "traits_differ_before_count",
    "unbalanced_after_count": "traits_differ_after_count",
    "largest_smd_before": "largest_difference_before",
    "largest_smd_after": "largest_difference_after",
    "imbalance_p": "chance_of_such_a_draw",
    "treated_count": "chosen_count",
    "inside_count": "comparable_count",
    "outside_share": "without_counterpart_share",
    "effective_treated": "worth_chosen",
    "effective_untreated": "worth_others",
    "estimand": "about_whom",
    "robustness_value": "hidden_cause_to_erase",
    "robustness_value_interval": "hidden_cause_to_doubt",
    "known_group": "strongest_known_cause",
    "shift_by_known": "shift_by_such_a_cause",
    "erasing_gamma": "odds_factor_to_doubt",
} | {name: f"effect_{name.replace('_at_gamma_', '_if_odds_')}" for name in BOUNDS}


def design_quality(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> pl.DataFrame:
    """The export: one row per comparison of the run."""
    table = (
        take(frames, "design_checks")
        .join(take(frames, "overlap"), on=KEY, how="left", nulls_equal=True)
        .join(_in_units(take(frames, "sensitivity"), context.currency), on=KEY, how="left", nulls_equal=True)
        .join(
            take(frames, "dim_campaigns").select(subject_id="campaign_id", campaign_name="name"),
            on="subject_id",
            how="left",
        )
        .with_columns(
            campaign_name=pl.when(pl.col("subject") == "campaign").then("campaign_name"),
            most_different_trait=pl.col("most_different_feature").replace_strict(
                {name: feature.meaning for name, feature in BY_NAME.items()}, default=pl.col("most_different_feature")
            ),
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
        .rename(NAMES)
    )
    words = pl.Series("in_words", [in_words(row) for row in table.iter_rows(named=True)], pl.String)
    return DESIGN_QUALITY.conform(table.with_columns(words))


def _in_units(sensitivity: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Effects in the unit an export shows them in, with that unit."""
    parts = [
        part.with_columns(
            *(to_outcome_unit(name, outcome, currency).alias(name) for name in ("shift_by_known", *BOUNDS)),
            unit=pl.lit(unit_of(outcome, currency)),
        )
        for (outcome,), part in sensitivity.partition_by("outcome", as_dict=True, maintain_order=True).items()
    ]
    return pl.concat(parts) if parts else sensitivity.with_columns(unit=pl.lit(None, pl.String))


def in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """The verdict of one comparison: were the people alike, and what would it take to be wrong."""
    is_draw = row["chance_of_such_a_draw"] is not None
    return _draw_in_words(row, language) if is_draw else _choice_in_words(row, language)


def _draw_in_words(row: Mapping[str, Any], language: Language) -> str:
    traits = language.number(row["traits_count"])
    if row["verdict"] == "failed":
        return language.say(
            "The groups differed before the campaign more than a fair draw leaves them in one case of %(times)s; "
            "%(traits)s known traits were compared, most different: %(most)s. Chance alone did not decide who took "
            "part.",
            times=language.number(round(1 / row["chance_of_such_a_draw"])),
            traits=traits,
            most=label(row["most_different_trait"], language),
        )
    return language.say(
        "The groups were as alike before the campaign as a fair draw makes them; %(traits)s known traits were "
        "compared.",
        traits=traits,
    )


def _choice_in_words(row: Mapping[str, Any], language: Language) -> str:
    traits = language.number(row["traits_count"])
    chosen = language.say(
        "People were chosen, not drawn: %(comparable)s of %(people)s could as well have been chosen as not, and the "
        "result is about them.",
        comparable=language.number(row["comparable_count"]),
        people=language.number(row["people_count"]),
    )
    if row["verdict"] == "passed":
        alike = language.say("Weighted, they are alike in all %(traits)s known traits.", traits=traits)
    else:
        alike = language.say(
            "%(differ)s of %(traits)s known traits still differ, most: %(most)s.",
            differ=language.number(row["traits_differ_after_count"] or 0),
            traits=traits,
            most=label(row["most_different_trait"], language),
        )
    return " ".join([chosen, alike, _hidden_in_words(row, language)])


def _hidden_in_words(row: Mapping[str, Any], language: Language) -> str:
    doubt = row["hidden_cause_to_doubt"]
    if doubt is None:
        return language.say("Nothing could be measured.")
    if doubt == 0:
        return language.say("The effect cannot be told from chance, with or without a hidden cause.")
    return language.say(
        "A hidden cause that explains %(doubt)s of what is left unexplained, of who was chosen and of what they "
        "bought, "
        "would make the effect doubtful, and one that explains %(erase)s would erase it.",
        doubt=language.share(doubt, 1),
        erase=language.share(row["hidden_cause_to_erase"], 1),
    )
