"""The metrics file is OpenMetrics by the Prometheus client's own parser, and is replaced in one step."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from prometheus_client import parser as prometheus_text
from prometheus_client.openmetrics import parser as openmetrics

from orchestration.observe.causes import KINDS, Cause
from orchestration.observe.log import Ended
from orchestration.observe.metrics import HELP, samples_of, text_of, write_metrics
from tests.unit.observe.conftest import facts_of, run_of

BRAND = 'Oat "& Sons" \\ Co'
FACTS = facts_of(
    record=run_of(steps=(Ended("land tills", "tills", "ok", 120, 1.5), Ended("publish", None, "ok", None, 0.25))),
    drift=tuple(
        {"model": "ambassador", "subject": "people", "name": name, "psi": psi, "model_as_of": date(2026, 9, 1)}
        for name, psi in (("followers", 0.1), ("receipts", 0.3), ("age_days", None))
    ),
    calibration=tuple(
        {
            "model": "ambassador",
            "outcome": "",
            "figure": "calibration_ratio",
            "ranked_by": by,
            "is_promoted": used,
            "value": 1.02,
        }
        for by, used in (("candidate", True), ("challenger", False))
    ),
)
CAUSES = (Cause("drift", "ambassador people", "2026-09-01", "x"),)


def values(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], Any]:
    """Value by name and labels besides the brand's, as OpenMetrics' own parser reads them."""
    found = {}
    for family in openmetrics.text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation == HELP[family.name]
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("brand") == BRAND
            found[sample.name, frozenset(labels.items())] = sample.value
    return found


def test_the_text_is_openmetrics_and_holds_every_figure() -> None:
    text = text_of(list(samples_of(FACTS, CAUSES)), BRAND)
    found = values(text)
    assert {name for name, _ in found} == set(HELP)
    published = datetime(2026, 11, 2, 3, 10, tzinfo=UTC).timestamp()
    assert found["nanolift_last_publish_timestamp_seconds", frozenset()] == published
    assert found["nanolift_last_run_seconds", frozenset()] == 600
    assert found["nanolift_run_step_seconds", frozenset({("step", "land tills")})] == 1.5
    assert found["nanolift_source_rows_landed", frozenset({("source", "tills")})] == 120
    assert found["nanolift_source_rows_quarantined", frozenset({("source", "tills")})] == 3
    assert found["nanolift_gate_failures", frozenset({("gate", "landing")})] == 0
    assert found["nanolift_drift_psi", frozenset({("model", "ambassador"), ("subject", "people")})] == 0.3
    assert [value for (name, _), value in found.items() if name == "nanolift_model_calibration"] == [1.02]
    opened = {kind: found["nanolift_alerts_open", frozenset({("alert", kind)})] for kind in KINDS}
    assert opened == {kind: float(kind == "drift") for kind in KINDS}


def test_the_text_is_what_the_textfile_collector_reads_too() -> None:
    text = text_of(list(samples_of(FACTS, CAUSES)), BRAND)
    families = list(prometheus_text.text_string_to_metric_families(text))
    assert {family.name for family in families} == set(HELP)
    assert all(sample.timestamp is None for family in families for sample in family.samples)


def test_of_a_workspace_that_never_ran_only_what_is_known_is_told() -> None:
    text = text_of(list(samples_of(facts_of(newest=None, record=None, last_loads={}), ())), BRAND)
    assert "nanolift_disk_free_bytes" in {name for name, _ in values(text)}
    assert "last_publish" not in text


def test_a_collector_that_reads_meanwhile_never_gets_half_a_file(tmp_path: Path) -> None:
    place = tmp_path / "collector" / "nanolift.prom"
    text = text_of(list(samples_of(FACTS, CAUSES)), BRAND)
    write_metrics([place], text)
    seen, over = set[str](), threading.Event()

    def collect() -> None:
        while not over.is_set():
            seen.add(place.read_text()[-6:])

    reader = threading.Thread(target=collect)
    reader.start()
    for _ in range(50):
        write_metrics([place], text)
    over.set()
    reader.join()
    assert seen == {"# EOF\n"}
    assert place.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in place.parent.iterdir()] == ["nanolift.prom"]
