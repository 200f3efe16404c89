"""A workspace in figures for node_exporter's textfile collector: gauges in OpenMetrics text, replaced in one step.

Belongs here: names, units, labels, the text, the file. Does not: reading the workspace (facts.py).

The text is OpenMetrics and, since it has gauges only, Prometheus' own format as well, which is what the collector
reads. No timestamps: the collector refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from orchestration.connectors.loads import from_iso
from orchestration.durable import replacing
from orchestration.observe.causes import KINDS, Cause
from orchestration.observe.facts import Facts

HELP = {
    "nanolift_last_publish_timestamp_seconds": "When the newest generation was published.",
    "nanolift_last_publish_as_of_timestamp_seconds": "Beginning (UTC) of the day that the newest generation is for.",
    "nanolift_last_run_timestamp_seconds": "When the last run ended, or began where it has not ended.",
    "nanolift_last_run_success": "1: the last run published and delivered all; 0: it failed, was killed or goes on.",
    "nanolift_last_run_seconds": "How long the last run took.",
    "nanolift_run_step_seconds": "How long each step of the last run took.",
    "nanolift_source_rows_landed": "Rows accepted from a source by the last run.",
    "nanolift_source_rows_quarantined": "Rows of a source that the last run set aside.",
    "nanolift_source_stale": "1: the source was down in the last run.",
    "nanolift_source_last_load_timestamp_seconds": "When the newest load of a source was landed.",
    "nanolift_gate_failures": "Expectations of a gate that did not hold in the last run.",
    "nanolift_drift_psi": "Largest population stability index of a model in use: of its features, of its scores.",
    "nanolift_model_calibration": "Calibration of a model in use on held-out rows: 1 is calibrated.",
    "nanolift_disk_free_bytes": "Free where the workspace lies.",
    "nanolift_disk_needed_bytes": "What a run may need.",
    "nanolift_alerts_open": "Causes that are open, by kind.",
    "nanolift_metrics_written_timestamp_seconds": "When these figures were gathered.",
}


@dataclass(frozen=True)
class Sample:
    """One value of one gauge; labels besides the brand's."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def samples_of(facts: Facts, causes: Sequence[Cause]) -> Iterator[Sample]:
    """All figures; what is not known has none."""
    if facts.newest is not None:
        yield Sample("nanolift_last_publish_timestamp_seconds", _seconds(facts.newest.at))
        day = datetime.combine(facts.newest.as_of, datetime.min.time())
        yield Sample("nanolift_last_publish_as_of_timestamp_seconds", _seconds(day))
    yield from _of_run(facts)
    for source, at in sorted(facts.last_loads.items()):
        yield Sample("nanolift_source_last_load_timestamp_seconds", _seconds(at), (("source", source),))
    largest: dict[tuple[str, str], float] = {}
    for row in facts.drift:
        if row["psi"] is not None:
            place = str(row["model"]), str(row["subject"])
            largest[place] = max(float(row["psi"]), largest.get(place, 0.0))
    for (model, subject), psi in sorted(largest.items()):
        yield Sample("nanolift_drift_psi", psi, (("model", model), ("subject", subject)))
    seen = set()
    for row in facts.calibration:
        labels = tuple((name, str(row[name])) for name in ("model", "outcome", "figure", "ranked_by"))
        if row["is_promoted"] and row["value"] is not None and labels not in seen:
            seen.add(labels)
            yield Sample("nanolift_model_calibration", float(row["value"]), labels)
    yield Sample("nanolift_disk_free_bytes", facts.free_bytes)
    yield Sample("nanolift_disk_needed_bytes", facts.needed_bytes)
    for kind in KINDS:
        yield Sample("nanolift_alerts_open", sum(cause.kind == kind for cause in causes), (("alert", kind),))
    yield Sample("nanolift_metrics_written_timestamp_seconds", _seconds(facts.now))


def _of_run(facts: Facts) -> Iterator[Sample]:
    record = facts.record
    if record is None:
        return
    yield Sample("nanolift_last_run_timestamp_seconds", _seconds(from_iso(record.ended_at or record.started_at)))
    yield Sample("nanolift_last_run_success", float(record.outcome == "succeeded"))
    if record.seconds is not None:
        yield Sample("nanolift_last_run_seconds", record.seconds)
    steps: dict[str, float] = {}
    for step in record.steps:
        steps[step.step] = steps.get(step.step, 0.0) + step.seconds
    for name, seconds in steps.items():
        yield Sample("nanolift_run_step_seconds", seconds, (("step", name),))
    for source in record.sources:
        own = (("source", source.name),)
        yield Sample("nanolift_source_rows_landed", source.rows_landed, own)
        yield Sample("nanolift_source_rows_quarantined", source.rows_quarantined, own)
        yield Sample("nanolift_source_stale", float(source.status in ("stale", "absent")), own)
    for gate in record.gates:
        yield Sample("nanolift_gate_failures", gate.failures, (("gate", gate.name),))


def text_of(samples: Sequence[Sample], brand: str) -> str:
    """The file's content, by name in the order of HELP; every sample bears the brand."""
    order = {name: number for number, name in enumerate(HELP)}
    lines = []
    for name, group in groupby(sorted(samples, key=lambda each: order[each.name]), key=lambda each: each.name):
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
        for sample in group:
            labels = ",".join(f'{label}="{_escaped(value)}"' for label, value in (("brand", brand), *sample.labels))
            lines.append(f"{name}{{{labels}}} {sample.value!r}")
    return "\n".join([*lines, "# EOF", ""])


def write_metrics(paths: Sequence[Path], text: str) -> None:
    """Put the text in every place, in one step each: the collector never reads half of it."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(0o644)  # node_exporter is another user


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()
