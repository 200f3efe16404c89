"""Carries out checks with great_expectations: the only module that imports it, and only when a gate runs.

Importing it costs 5 to 8 s of CPU, once a process. The context is ephemeral, sends nothing anywhere and writes no
file. Results are asked for without values; the labels of failing rows come from columns a suite declared as safe.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from expectations.declare import Check, SuiteError

_COLUMN_ARGUMENTS = {
    "expect_column_pair_values_a_to_be_greater_than_b": ("column_A", "column_B"),
    "expect_compound_columns_to_be_unique": None,
}


@dataclass(frozen=True)
class Outcome:
    """What became of one check; `raised` names the kinds of the exceptions inside it, never their text."""

    check: Check
    success: bool
    raised: tuple[str, ...] = ()
    unexpected_count: int | None = None
    labels: tuple[str, ...] = ()


def preload() -> None:
    """Import great_expectations ahead of the first gate: in a thread, while something else waits."""
    importlib.import_module("great_expectations")


class Engine:
    """An ephemeral great_expectations context, for the frames of one gate."""

    def __init__(self) -> None:
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self._gx = great_expectations
        self._context = great_expectations.get_context(mode="ephemeral")
        self._context.enable_analytics(False)
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self._source = self._context.data_sources.add_pandas("frames")

    def run(self, name: str, frame: pd.DataFrame, checks: Sequence[Check], label: str | None) -> list[Outcome]:
        """Outcomes of the checks that great_expectations reported, in no promised number: the runner counts them."""
        asset = self._source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": frame})
        suite = self._gx.ExpectationSuite(
            name=name, expectations=[self._expectation(check, position) for position, check in enumerate(checks)]
        )
        report = batch.validate(suite, result_format=_result_format(label))
        return [_outcome(checks, entry, label) for entry in report.results]

    def _expectation(self, check: Check, position: int) -> Any:
        kind = getattr(self._gx.expectations, _class_name(check.expectation), None)
        if kind is None:
            raise SuiteError(f"great_expectations has no {check.expectation}")
        arguments = {key: list(value) if isinstance(value, tuple) else value for key, value in check.arguments}
        return kind(**_columns(check), **arguments, meta={"position": position})


def _class_name(expectation: str) -> str:
    return "".join(part.capitalize() for part in expectation.split("_"))


def _columns(check: Check) -> dict[str, Any]:
    names = _COLUMN_ARGUMENTS.get(check.expectation, ("column",))
    if names is None:
        return {"column_list": list(check.columns)}
    return dict(zip(names, check.columns, strict=True))


def _result_format(label: str | None) -> dict[str, Any]:
    if label is None:
        return {"result_format": "SUMMARY", "partial_unexpected_count": 0}
    return {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": [label],
        "partial_unexpected_count": 0,
        "return_unexpected_index_query": False,
    }


def _outcome(checks: Sequence[Check], entry: Any, label: str | None) -> Outcome:
    check = checks[entry.expectation_config.meta["position"]]
    rows = entry.result.get("unexpected_index_list") or []
    return Outcome(
        check=check,
        success=bool(entry.success),
        raised=_raised(entry.exception_info or {}),
        unexpected_count=entry.result.get("unexpected_count"),
        labels=tuple(dict.fromkeys(str(row[label]) for row in rows)) if label else (),
    )


def _raised(info: dict[str, Any]) -> tuple[str, ...]:
    """Kinds of the exceptions; their messages may hold values of rows, so they are dropped."""
    nested = [part for part in info.values() if isinstance(part, dict)] or [info]
    kinds = set()
    for part in nested:
        if part.get("raised_exception"):
            last = str(part.get("exception_traceback") or "").strip().rsplit("\n", 1)[-1]
            kinds.add(last.split(":", 1)[0].rsplit(".", 1)[-1] or "exception")
    return tuple(sorted(kinds))
