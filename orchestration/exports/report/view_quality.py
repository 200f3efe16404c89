"""What the report shows about how good a model is, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.exports.report.view_forest import Forest


@dataclass(frozen=True)
class QualityBlock:
    """One model: whether it is used, in words, and its worth at a budget; `ident`: the model's own name."""

    ident: str
    name: str
    status: Literal["ok", "attention"]
    label: str
    sentences: tuple[str, ...]
    budgets: Forest
