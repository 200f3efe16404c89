"""What Dagster's record says of failures, in words that nanolift itself wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg

from orchestration.errors import NanoliftError

_LONGEST = 500


def gates_failed(events: Sequence[dg.DagsterEvent]) -> list[str]:
    """What each failed gate said in its one line."""
    evaluations = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    return [evaluation.description or evaluation.check_name for evaluation in evaluations if not evaluation.passed]


def reason(event: dg.DagsterEvent) -> str:
    """The message of the innermost error; "" for a gate, which speaks for itself."""
    chain = _chain(event)
    return "" if not chain or _is_gate(chain) else _text(chain[-1])


def told(events: Iterable[dg.DagsterEvent]) -> tuple[str, ...]:
    """A line a failed step, for logs and alerts: step, class, and what it says where the error is ours.

    Other libraries' messages quote values of rows: where one of ours repeats such a message, its class stands for it.
    """
    lines = []
    for event in events:
        chain = _chain(event)
        if chain and not _is_gate(chain):
            own = next((link for link in chain if str(link.cls_name) in _own()), None)
            shown = own or chain[-1]
            says = "" if own is None else f": {_without_foreign(own, chain)[:_LONGEST]}"
            lines.append(f"{event.step_key or 'run'} failed: {shown.cls_name}{says}")
    return tuple(dict.fromkeys(lines))


def failures_of(instance: dg.DagsterInstance | None, run_id: str) -> tuple[str, ...]:
    """A line a step of a run that has failed so far, by Dagster's record."""
    if instance is None:
        return ()
    logged = instance.all_logs(run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE})
    return told([entry.dagster_event for entry in logged if entry.dagster_event is not None])


def _without_foreign(own: Any, chain: Sequence[Any]) -> str:
    text = _text(own)
    for link in chain:
        if str(link.cls_name) not in _own() and _text(link):
            text = text.replace(_text(link), str(link.cls_name))
    return text


def _own() -> set[str]:
    found, due = set[str](), [NanoliftError]
    while due:
        each = due.pop()
        found.add(each.__name__)
        due += each.__subclasses__()
    return found


def _text(link: Any) -> str:
    return str(link.message).strip().split(": ", 1)[-1]


def _chain(event: dg.DagsterEvent) -> list[Any]:
    """The error and its causes, outermost first."""
    error = getattr(event.event_specific_data, "error", None)
    chain = [] if error is None else [error]
    while chain and chain[-1].cause is not None:
        chain.append(chain[-1].cause)
    return chain


def _is_gate(chain: Sequence[Any]) -> bool:
    return any(link.cls_name == "DagsterAssetCheckFailedError" for link in chain)
