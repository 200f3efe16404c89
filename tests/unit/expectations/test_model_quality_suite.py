"""The scores gate on how good models are: each rule fails on a table that breaks it and on no other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from expectations.summaries.model_quality import COLUMNS, model_quality

UPLIFT = "uplift_first_purchase"


def clean() -> pd.DataFrame:
    parts = [
        ("figure", "qini_rate", np.nan),
        ("toc", "toc", 0.5),
        ("qini_curve", "qini_curve", 1.0),
        ("policy", "value", 0.1),
        ("placebo", "shuffled_treatment", np.nan),
    ]
    rows = [
        (UPLIFT, part, figure, by, position, 0.1, 0.0, 0.2)
        for part, figure, position in parts
        for by in ("candidate", "response model", "random")
    ]
    rows += [(UPLIFT, "decile", "realised", "candidate", float(n), 0.1, 0.0, 0.2) for n in range(1, 11)]
    rows += [("ambassador", "figure", "ndcg_at_50", "candidate", np.nan, 0.5, 0.4, 0.6)]
    names = ["model", "part", "figure", "ranked_by", "position", "value", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def broken(table: pd.DataFrame | None, trained: tuple[str, ...] = (UPLIFT,)) -> set[str]:
    found = model_quality(table, trained)
    row = found[found["model_trained"] == UPLIFT].iloc[0]
    return {name for name in COLUMNS[1:] if row[name]}


def test_a_clean_table_breaks_nothing() -> None:
    found = model_quality(clean(), [UPLIFT])
    assert found["model_trained"].tolist() == ["ambassador", UPLIFT]
    assert found[list(COLUMNS[1:])].to_numpy().sum() == 0


def test_nothing_trained_has_no_row() -> None:
    assert model_quality(None, []).empty


def test_a_trained_model_without_a_table_is_incomplete() -> None:
    assert broken(None) == {"is_incomplete"}


FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "a part is missing": (lambda t: t[t["part"] != "placebo"], "is_incomplete"),
    "no random order": (lambda t: t[(t["ranked_by"] != "random")], "has_no_rivals"),
    "no value": (lambda t: t.assign(value=t["value"].where(t["part"] != "policy")), "without_value_count"),
    "beside its range": (lambda t: t.assign(high=t["high"].where(t["part"] != "toc", 0.05)), "misordered_count"),
    "a range that ends first": (lambda t: t.assign(low=t["low"].where(t["part"] != "figure", 9.0)), "misordered_count"),
    "nine tenths": (lambda t: t[t["position"] != 10.0], "is_without_tenths"),
    "more than everybody": (
        lambda t: t.assign(position=t["position"].where(t["part"] != "policy", 30.0)),
        "outside_share_count",
    ),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_breaks_its_rule(fault: str) -> None:
    change, rule = FAULTS[fault]
    assert broken(change(clean())) == {rule}


def test_a_figure_may_lie_beside_its_draws() -> None:
    table = clean()
    assert broken(table.assign(low=table["low"].where(table["part"] != "figure", 0.15))) == set()
