"""A handful of each trial of benchmarks/reliability.py, as `make trials` runs it in full: every bar holds.

Belongs here: trials that take seconds. Does not: kills of whole nights, which take minutes each (make trials).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def quick(part: str, folder: Path) -> str:
    """Run a part in a process of its own, since its children are forks; its table."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NANOLIFT_")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reliability", "--quick", "--only", part],
        cwd=ROOT,
        env=environment | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.parametrize(
    ("part", "figures"),
    [
        ("damage", ("damaged_loaded", "damaged_not_mended")),
        ("loads", ("reload_differences", "reload_done_of_30")),
        ("injection", ("injection_live", "injection_planted_unseen")),
        ("mutations", ("mutated_crashes", "mutated_unaccounted")),
        ("secrets", ("secret_hits", "secret_planted_unseen", "secret_failures_that_passed")),
        ("rivals", ("torn_reads", "double_publishes", "stuck_locks")),
        ("seams", ("seams_mixed", "seams_not_equal")),
        ("door", ("ui_probes_refused_of_12", "ui_allowed_of_14", "viewers_refused_of_13")),
        (
            "privacy",
            (
                *("erasure_hits", "erasure_hits_after_repull", "erasure_others_changed", "erasure_kills_incomplete"),
                "erasure_canaries_not_seen_before",
            ),
        ),
        (
            "rotation",
            (
                *("rotation_old_keys", "rotation_join_differences", "rotation_lots_changed", "rotation_mixed"),
                *("rotation_kills_incomplete", "rotation_wrong_keys_taken", "rotation_erased_back"),
            ),
        ),
        ("schedule", ("schedule_days_wrong", "catch_up_days_missing")),
        ("consent", ("withdrawn_exported", "consent_missing")),
    ],
)
def test_a_handful_of_trials_keeps_every_bar(part: str, figures: tuple[str, ...], tmp_path: Path) -> None:
    table = quick(part, tmp_path)
    for figure in figures:
        assert f"{figure} " in table
    assert "FALLS SHORT" not in table
    assert list(tmp_path.iterdir()) == [], "a trial left something behind"
