"""Figures for the history out of a summary frame."""

from __future__ import annotations

import pandas as pd


def numbers(frame: pd.DataFrame, name: str, value: str, pattern: str) -> dict[str, float]:
    """Figure name → value for every row whose value is known; `pattern` is filled with the row's name."""
    known = frame.loc[frame[value].notna(), [name, value]]
    names, values = known[name].astype("str").tolist(), known[value].astype("float64").tolist()
    return {pattern.format(each): number for each, number in zip(names, values, strict=True)}
