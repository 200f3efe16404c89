"""Frames for the scores gate: the score rows, and one row per list of scores.

Belongs here: arithmetic on scores. Does not: making scores (ml/), limits (suites/scores.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from expectations.declare import Frames
from expectations.history import Past
from expectations.summaries.comparisons import COLUMNS as COMPARISON_COLUMNS
from expectations.summaries.comparisons import comparisons
from expectations.summaries.drift import FEWEST_ROWS, bins_of, psi
from expectations.summaries.ledger import ledger_sums
from expectations.summaries.model_quality import model_quality
from expectations.summaries.numbers import numbers
from expectations.summaries.reach import reach_results
from expectations.summaries.review_effect import review_results
from expectations.summaries.store_lift import store_tests
from expectations.summaries.talk import talk_findings

UPLIFT_COLUMNS = (
    "campaign_id", "consumer_key", "outcome", "uplift", "uplift_low", "uplift_high", "rank", "group_label", "reason_1",
    "model_id", "design",
)  # fmt: skip
AMBASSADOR_COLUMNS = ("consumer_key", "expected_value_minor", "currency", "rank", "reason_1", "model_id")


@dataclass(frozen=True)
class ScoredRun:
    """What was scored.

    Attributes:
        uplift, ambassador: score frames of this run; None: no model is in use.
        previous: score frames of the last published generation, by the same names; used to see flipped rankings.
        expected_consumers_count: list name ("uplift.<campaign>.<outcome>", "ambassador") → people to be scored.
        model_files_match: model_id → whether its file has the hash its card says.
        measured: tables of the measurements layer that summaries/comparisons.py reads; empty: nothing was measured.
        quality: how good the models trained are (summaries/model_quality.py); None: nothing was trained.
        trained: names of the models this run trained, promoted or refused.
    """

    uplift: pd.DataFrame | None
    ambassador: pd.DataFrame | None
    model_files_match: Mapping[str, bool]
    previous: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    expected_consumers_count: Mapping[str, int] = field(default_factory=dict)
    measured: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    quality: pd.DataFrame | None = None
    trained: frozenset[str] = frozenset()


def is_money(outcome: str) -> bool:
    """Outcomes in money have uplifts in minor units, all others are differences of probabilities."""
    return outcome.endswith("_minor") or "spend" in outcome or "sales" in outcome or "value" in outcome


def score_frames(run: ScoredRun, past: Past) -> dict[str, pd.DataFrame]:
    """The gate's frames by name; uplift and ambassador are empty where not scored."""
    uplift = run.uplift if run.uplift is not None else pd.DataFrame(columns=list(UPLIFT_COLUMNS))
    ambassador = run.ambassador if run.ambassador is not None else pd.DataFrame(columns=list(AMBASSADOR_COLUMNS))
    probability = uplift["uplift"].where(~uplift["outcome"].astype("str").map(is_money).astype("bool"))
    rows: list[dict[str, object]] = []
    kept: dict[str, float] = {}
    for name, values in _lists(uplift, ambassador).items():
        before = _lists(run.previous.get("uplift"), run.previous.get("ambassador")).get(name)
        rows.append(_list_row(name, values, before, run, past))
        scores = values["score"].astype("float64")
        kept |= bins_of(scores, _drift_name(name, values))
        kept[f"{name}.scored_count"] = float(len(values))
        kept[f"{name}.mean"] = float(scores.mean())
    columns = ["score_list", "rows", "is_constant", "misordered_count", "missing_count", "is_file_wrong", "psi"]
    return {
        "uplift": uplift.assign(probability_uplift=probability.astype("float64")),
        "ambassador": ambassador,
        "comparisons": comparisons(run.measured) if run.measured else pd.DataFrame(columns=list(COMPARISON_COLUMNS)),
        "store_tests": store_tests(run.measured.get("store_lift")),
        "review_results": review_results(run.measured.get("review_effect")),
        "ledger": ledger_sums(run.measured.get("incremental_sales"), run.measured.get("campaign_value")),
        "talk_findings": talk_findings(run.measured),
        "reach_results": reach_results(run.measured),
        "model_quality": model_quality(run.quality, run.trained),
        "score_lists": pd.DataFrame(rows, columns=[*columns, "rank_agreement"]),
        "figures": pd.DataFrame({"figure": list(kept), "value": list(kept.values())}),
    }


def figures(frames: Frames) -> dict[str, float]:
    """People per list and the bins that drift is measured with."""
    return numbers(frames["figures"], "figure", "value", "{}")


def _lists(uplift: pd.DataFrame | None, ambassador: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """List name → consumer_key, score, rank, model_id."""
    found: dict[str, pd.DataFrame] = {}
    if uplift is not None and len(uplift):
        shaped = uplift.rename(columns={"uplift": "score"})
        for (campaign, outcome), part in shaped.groupby(["campaign_id", "outcome"], sort=True):
            found[f"uplift.{campaign}.{outcome}"] = part[["consumer_key", "score", "rank", "model_id"]]
    if ambassador is not None and len(ambassador):
        shaped = ambassador.rename(columns={"expected_value_minor": "score"})
        found["ambassador"] = shaped[["consumer_key", "score", "rank", "model_id"]]
    return found


def _list_row(
    name: str, values: pd.DataFrame, before: pd.DataFrame | None, run: ScoredRun, past: Past
) -> dict[str, object]:
    scores = values["score"].astype("float64")
    ranked = scores[values["rank"].sort_values(kind="stable").index].to_numpy()
    expected = run.expected_consumers_count.get(name)
    return {
        "score_list": name,
        "rows": len(values),
        "is_constant": int(len(values) > 1 and scores.nunique() <= 1),
        "misordered_count": int((ranked[1:] > ranked[:-1]).sum()),
        "missing_count": np.nan if expected is None else expected - len(values),
        "is_file_wrong": int(not all(run.model_files_match.get(model, False) for model in values["model_id"].unique())),
        "psi": psi(scores, _drift_name(name, values), past),
        "rank_agreement": _agreement(values, before),
    }


def _drift_name(name: str, values: pd.DataFrame) -> str:
    """The figures a list's drift is measured by: of the same model, since a new one may have its own scale."""
    return f"scores.{name}.{'+'.join(sorted(values['model_id'].astype('str').unique()))}"


def _agreement(values: pd.DataFrame, before: pd.DataFrame | None) -> float:
    """Spearman's correlation with the last published scores of the same people; NaN: too few of them."""
    if before is None:
        return float("nan")
    both = values.merge(before, on="consumer_key", suffixes=("", "_before"))
    if len(both) < FEWEST_ROWS or both["score"].nunique() < 2 or both["score_before"].nunique() < 2:
        return float("nan")
    now, then = both["score"].rank().to_numpy(), both["score_before"].rank().to_numpy()
    return float(np.corrcoef(now, then)[0, 1])
