"""Asking a gate for the columns that failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from expectations.registry import suite
from expectations.runner import GateContext, validate

Ask = Callable[[str, dict[str, pd.DataFrame], GateContext], set[str]]


@pytest.fixture
def failed_columns() -> Ask:
    """(gate, frames, context) → columns of the failures, looking only at the frames that are given."""

    def ask(gate: str, frames: dict[str, pd.DataFrame], context: GateContext) -> set[str]:
        whole = suite(gate)
        given = tuple(frame for frame in whole.frames if frame.name in frames)
        part = replace(whole, frames=given, checks_count=sum(len(frame.checks) for frame in given), limits=())
        return {failure.column for failure in validate(part, frames, context).failures}

    return ask
