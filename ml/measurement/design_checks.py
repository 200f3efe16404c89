"""Whether a comparison was fair, as tables: balance, overlap, calibrated chances, sensitivity.

Belongs here: what is checked of which design, the verdict, tables over all comparisons of a run. Does not: formulas
(observational/), effects (average_effect.py), words for marketers (the exports).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from ml.arrays import FloatArray, IntArray
from ml.observational.balance import BALANCE_SCHEMA, BALANCED_BELOW, balance_table, imbalance_p
from ml.observational.overlap import Overlap, overlap_of, overlap_weights
from ml.observational.propensity import CALIBRATION_SCHEMA, calibration_table
from ml.observational.report import Sensitivity
from ml.observational.sensitivity import GAMMAS

Verdict = Literal["passed", "attention", "failed"]
# A fair draw is called unfair once in a hundred campaigns.
SUSPICIOUS_P = 0.01
# Rubin 2001: beyond a quarter of a deviation, what adjusts for the rest decides the answer.
UNBALANCED_FROM = 0.25

SUBJECT_SCHEMA = {"subject": pl.String, "subject_id": pl.String, "outcome": pl.String, "design": pl.String}
OVERLAP_SCHEMA = SUBJECT_SCHEMA | {
    "people_count": pl.Int64,
    "treated_count": pl.Int64,
    "inside_count": pl.Int64,
    "inside_treated_count": pl.Int64,
    "outside_share": pl.Float64,
    "effective_treated": pl.Float64,
    "effective_untreated": pl.Float64,
    "separation": pl.Float64,
    "estimand": pl.String,
}
SENSITIVITY_SCHEMA = SUBJECT_SCHEMA | {
    "robustness_value": pl.Float64,
    "robustness_value_interval": pl.Float64,
    "known_group": pl.String,
    "known_outcome_share": pl.Float64,
    "known_choice_share": pl.Float64,
    "shift_by_known": pl.Float64,
    "erasing_gamma": pl.Float64,
    **{f"{end}_at_gamma_{_}": pl.Float64 for _ in ("1_25", "1_50", "2_00") for end in ("low", "high")},
}
CHECKS_SCHEMA = SUBJECT_SCHEMA | {
    "verdict": pl.String,
    "features_count": pl.Int64,
    "unbalanced_before_count": pl.Int64,
    "unbalanced_after_count": pl.Int64,
    "largest_smd_before": pl.Float64,
    "largest_smd_after": pl.Float64,
    "most_different_feature": pl.String,
    "imbalance_p": pl.Float64,
}
TABLES: dict[str, dict[str, Any]] = {
    "design_checks": CHECKS_SCHEMA,
    "balance": SUBJECT_SCHEMA | BALANCE_SCHEMA,
    "overlap": OVERLAP_SCHEMA,
    "propensity_calibration": SUBJECT_SCHEMA | CALIBRATION_SCHEMA,
    "sensitivity": SENSITIVITY_SCHEMA,
}


@dataclass(frozen=True)
class DesignCheck:
    """What is known of one comparison's fairness.

    Attributes:
        subject, subject_id: "campaign" and its id, or "scores" and the model's name.
        outcome: NULL where the check is of people before any outcome (randomised arms).
        balance: of observational/balance.py.
        imbalance_p: how often a fair draw leaves the arms so different; NULL where nobody drew.
        overlap, calibration, sensitivity: NULL where chance decided.
    """

    subject: Literal["campaign", "scores"]
    subject_id: str
    outcome: str | None
    design: Literal["randomised", "observational"]
    balance: pl.DataFrame
    imbalance_p: float | None = None
    overlap: Overlap | None = None
    calibration: pl.DataFrame | None = None
    sensitivity: Sensitivity | None = None

    @property
    def largest_smd(self) -> float | None:
        """The largest difference that stays: after weighting, or as it is where nothing is weighted."""
        column = "smd_before" if self.overlap is None else "smd_after"
        largest = self.balance[column].abs().max()
        return None if largest is None else float(largest)  # type: ignore[arg-type]

    @property
    def verdict(self) -> Verdict:
        """passed, attention (look at it), failed (do not rely on the comparison)."""
        if self.imbalance_p is not None:
            return "failed" if self.imbalance_p < SUSPICIOUS_P else "passed"
        largest = self.largest_smd
        if largest is None or largest >= UNBALANCED_FROM:
            return "failed"
        return "attention" if largest >= BALANCED_BELOW else "passed"

    @property
    def key(self) -> dict[str, Any]:
        """Its columns of SUBJECT_SCHEMA."""
        return {
            "subject": self.subject,
            "subject_id": self.subject_id,
            "outcome": self.outcome,
            "design": self.design,
        }

    def as_dict(self) -> dict[str, Any]:
        """For a model card: the verdict and the figures behind it."""
        found: dict[str, Any] = {"verdict": self.verdict, "largest_smd": self.largest_smd}
        if self.overlap is not None:
            found |= {"outside_share": self.overlap.outside_share, "estimand": self.overlap.estimand}
        if self.sensitivity is not None:
            found |= {"robustness_value": self.sensitivity.robustness_value}
        return found


def check_randomised(
    subject_id: str,
    X: FloatArray,
    treatment: FloatArray,
    chance: FloatArray,
    cluster: IntArray,
    *,
    feature_names: Sequence[str],
    seed: int,
) -> DesignCheck:
    """Whether the arms of a campaign are as alike as a fair draw would make them."""
    balance = balance_table(X, treatment, None, feature_names)
    p = imbalance_p(X, treatment, chance, cluster, seed)
    return DesignCheck("campaign", subject_id, None, "randomised", balance, imbalance_p=p)


def check_observational(
    subject: Literal["campaign", "scores"],
    subject_id: str,
    outcome: str,
    X: FloatArray,
    treatment: FloatArray,
    chance: FloatArray,
    cluster: IntArray,
    *,
    feature_names: Sequence[str],
    sensitivity: Sensitivity | None = None,
) -> DesignCheck:
    """Whether chosen people and the others, weighted to overlap, are alike in what is known of them."""
    return DesignCheck(
        subject,
        subject_id,
        outcome,
        "observational",
        balance_table(X, treatment, overlap_weights(chance, treatment), feature_names),
        overlap=overlap_of(chance, treatment),
        calibration=calibration_table(chance, treatment, cluster),
        sensitivity=sensitivity,
    )


def tables(checks: Iterable[DesignCheck]) -> dict[str, pl.DataFrame]:
    """All checks of a run as TABLES, sorted by subject."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for check in checks:
        rows["design_checks"].append(check.key | _summary(check))
        rows["balance"] += [check.key | row for row in check.balance.iter_rows(named=True)]
        if check.overlap is not None:
            rows["overlap"].append(check.key | vars(check.overlap) | {"estimand": check.overlap.estimand})
        if check.calibration is not None:
            rows["propensity_calibration"] += [check.key | row for row in check.calibration.iter_rows(named=True)]
        if check.sensitivity is not None:
            rows["sensitivity"].append(check.key | _sensitivity(check.sensitivity))
    return {
        name: pl.DataFrame(rows[name], schema=schema, orient="row").sort(
            "subject", "subject_id", "outcome", maintain_order=True
        )
        for name, schema in TABLES.items()
    }


def _summary(check: DesignCheck) -> dict[str, Any]:
    table = check.balance
    after = table["smd_after"].drop_nulls()
    stays = "smd_before" if check.overlap is None else "smd_after"
    worst = table.sort(pl.col(stays).abs(), descending=True, nulls_last=True)
    return {
        "verdict": check.verdict,
        "features_count": table.height,
        "unbalanced_before_count": int((table["smd_before"].abs() >= BALANCED_BELOW).sum()),
        "unbalanced_after_count": int((after.abs() >= BALANCED_BELOW).sum()) if len(after) else None,
        "largest_smd_before": table["smd_before"].abs().max(),
        "largest_smd_after": after.abs().max(),
        "most_different_feature": worst["feature"][0] if table.height else None,
        "imbalance_p": check.imbalance_p,
    }


def _sensitivity(found: Sensitivity) -> dict[str, Any]:
    plain = {name: value for name, value in vars(found).items() if name != "bounds"}
    ends = {
        f"{end}_at_gamma_{gamma:.2f}".replace(".", "_"): value
        for gamma in GAMMAS
        for end, value in zip(("low", "high"), found.bounds[gamma], strict=True)
    }
    return plain | ends
