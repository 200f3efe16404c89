"""Are average effects covered, and does the promotion rule refuse and promote rightly, in 20 + 20 demo worlds?

Each world goes the pipeline's own way: simulated systems, landing, dbt, features, effects, training. Results are
written world by world to benchmarks/results/trial_worlds.jsonl, and a later call goes on where this one stopped.

Fixed beforehand: the effect judged is that of each world's first randomised product test on first purchases, its
truth the world's average over members who had not bought before; the model judged is the first-purchase model.

Run: python -m benchmarks.trial_worlds [--seeds 20] [--size default] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from ml.errors import NothingToLearnError
from ml.features.build import REQUIRED_MARTS
from ml.features.training import training_frame
from ml.measurement.average_effect import campaign_effects
from ml.train import train_uplift
from orchestration.connectors.landing import land_source
from orchestration.connectors.near_duplicates import lay_out_clusters
from orchestration.connectors.selection import lay_out, link_signals, select_loads
from orchestration.connectors.signals import ensure_signals
from orchestration.dbt import PROFILES, ROOT, WAREHOUSE_VARIABLE, cutoff_of, variables
from orchestration.demo.source import prepare
from orchestration.environment import pseudonym_key, real_data_directory
from orchestration.settings import Settings, load_settings
from orchestration.text_models import text_models
from orchestration.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
JOURNAL = RESULTS / "trial_worlds.jsonl"
Z_90 = 1.6449
WORLDS = ("default", "no_effect")
# The bars are of 20 worlds; fewer seeds are held to the same shares.
LEAST_COVERED, LEAST_RIGHT, WIDEST = 17 / 20, 18 / 20, 1.15


def settings_of(world: str, seed: int, size: str, folder: Path) -> Settings:
    """The demo example with another seed, size and effect."""
    text = (ROOT / "examples" / "demo" / "nanolift.toml").read_text()
    parameters = f'parameters = "{ROOT}/orchestration/demo/parameters/{world}.toml"\n' if world != "default" else ""
    quoted = size if size.isdigit() else f'"{size}"'
    text = text.replace('size = "default"', f"{parameters}seed = {seed}\nsize = {quoted}")
    (folder / "nanolift.toml").write_text(text)
    return load_settings(folder / "nanolift.toml")


def marts_of(settings: Settings, workspace: Workspace, also: Sequence[str] = ()) -> dict[str, pl.DataFrame]:
    """Land the world and build the marts that features need, and `also` those."""
    as_of = settings.brand.as_of
    assert as_of is not None, "the example fixes its day"
    source, cutoff = settings.sources[0], cutoff_of(as_of, settings.brand.timezone)
    land_source(
        source,
        prepare(source, workspace, cutoff),
        workspace,
        key=pseudonym_key(settings),
        loaded_at=datetime(2026, 1, 1),
        real_data=real_data_directory(),
        brand_timezone=settings.brand.timezone,
    )
    loads, landed_root = select_loads(workspace.landing), workspace.root / "landed"
    lay_out(loads, landed_root)
    ensure_signals(loads, text_models(workspace))
    link_signals(loads, landed_root)
    lay_out_clusters(loads, cutoff, landed_root)
    warehouse = workspace.root / "warehouse.duckdb"
    wanted = tuple(dict.fromkeys((*REQUIRED_MARTS, "dim_campaigns", *also)))
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "run", "--project-dir", str(ROOT)),
            *("--profiles-dir", str(PROFILES), "--target-path", str(workspace.root / "target")),
            *("--select", " ".join(f"+{name}" for name in wanted)),
            *("--vars", json.dumps(variables(settings, as_of, landed_root))),
        ],
        env=os.environ | {WAREHOUSE_VARIABLE: str(warehouse), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        cwd=workspace.root,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {name: pl.from_arrow(connection.table(f"marts.{name}").to_arrow_table()) for name in wanted}  # type: ignore[misc]


def difference_in_means_width(frame: pl.DataFrame) -> float:
    """Width of the plain 90 % interval (unequal variances) of the difference in first purchases."""
    arms = frame.drop_nulls("first_purchase").filter(pl.col("arm") != "comparison").partition_by("treatment")
    variances = [np.var(arm["first_purchase"].cast(pl.Float64).to_numpy(), ddof=1) / arm.height for arm in arms]
    return float(2 * Z_90 * np.sqrt(sum(variances)))


def judge(world: str, seed: int, size: str) -> dict[str, Any]:
    """One world's result."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-trial-"))
    try:
        settings, workspace = settings_of(world, seed, size, folder), Workspace.at(folder)
        marts = marts_of(settings, workspace)
        brand = settings.brand
        assert brand.as_of is not None, "the example fixes its day"
        frame = training_frame(marts, brand.timezone, brand.currency)
        placebo = training_frame(marts, brand.timezone, brand.currency, moment="before_window")
        effects = campaign_effects(marts["fct_campaign_members"], frame, placebo, seed=settings.seed).effects
        measured = effects.filter(
            pl.col("status") == "measured", pl.col("outcome") == "first_purchase", pl.col("design") == "randomised"
        ).sort("campaign_id")
        truth = pl.read_parquet(workspace.demo_truth / "campaign_effects.parquet")
        rows = [
            {
                "campaign_id": row["campaign_id"],
                "low": row["effect_low"],
                "high": row["effect_high"],
                "truth": row["average_uplift_not_bought_before"],
                "plain_width": difference_in_means_width(frame.filter(pl.col("campaign_id") == row["campaign_id"])),
            }
            for row in measured.join(truth, on="campaign_id").sort("campaign_id").iter_rows(named=True)
        ]
        try:
            decision = train_uplift(frame, "first_purchase", seed=settings.seed, as_of=brand.as_of).decision
            promoted, reason = decision.is_promoted, "; ".join(decision.reasons)
        except NothingToLearnError as error:
            promoted, reason = False, str(error)
        return {"world": world, "seed": seed, "size": size, "effects": rows, "promoted": promoted, "reason": reason}
    finally:
        shutil.rmtree(folder)


def bars(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures against their limits."""
    with_effect = [result for result in results if result["world"] == "default"]
    without = [result for result in results if result["world"] == "no_effect"]
    first = [result["effects"][0] for result in with_effect if result["effects"]]
    every = [effect for result in results for effect in result["effects"]]
    covered = [effect["low"] <= effect["truth"] <= effect["high"] for effect in first]
    widths = [(effect["high"] - effect["low"]) / effect["plain_width"] for effect in first]
    figures = [
        ("effects_covered", float(sum(covered)), LEAST_COVERED * len(with_effect), True),
        ("effect_width_vs_plain", float(np.mean(widths)), WIDEST, False),
        ("promoted_with_effect", float(sum(r["promoted"] for r in with_effect)), LEAST_RIGHT * len(with_effect), True),
        ("refused_without_effect", float(sum(not r["promoted"] for r in without)), LEAST_RIGHT * len(without), True),
        # Not a bar of its own: every measured campaign of all worlds, in both kinds.
        ("share_covered_all", float(np.mean([e["low"] <= e["truth"] <= e["high"] for e in every])), 0.0, True),
    ]
    return [
        {"name": name, "value": value, "limit": limit, "ok": bool(value >= limit if at_least else value <= limit)}
        for name, value, limit, at_least in figures
    ]


def main() -> int:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--size", default="default")
    parser.add_argument("--quick", action="store_true", help="one small world of each kind: shows that it runs")
    parser.add_argument("--worlds", nargs="*", default=WORLDS, choices=WORLDS)
    arguments = parser.parse_args()
    seeds, size = (1, "2000") if arguments.quick else (arguments.seeds, arguments.size)
    RESULTS.mkdir(exist_ok=True)
    done = [json.loads(line) for line in JOURNAL.read_text().splitlines()] if JOURNAL.exists() else []
    for seed in range(1, seeds + 1):
        for world in arguments.worlds:
            if any((r["world"], r["seed"], r["size"]) == (world, seed, size) for r in done):
                continue
            result = judge(world, seed, size)
            with JOURNAL.open("a") as journal:
                journal.write(json.dumps(result) + "\n")
            done.append(result)
            print(f"{world:10} seed {seed:3}: {'promoted' if result['promoted'] else 'refused'}", flush=True)
    chosen = [r for r in done if r["size"] == size and r["seed"] <= seeds and r["world"] in arguments.worlds]
    table = bars(chosen)
    for row in table:
        print(f"{row['name']:32} {row['value']:8.3f}  limit {row['limit']:6.2f}  {'ok' if row['ok'] else 'SHORT'}")
    (RESULTS / "trial_worlds.json").write_text(json.dumps(table, indent=2))
    return 0 if all(row["ok"] for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
