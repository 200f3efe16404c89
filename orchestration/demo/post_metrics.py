"""The stream social_post_metrics: how many liked, answered, passed on and saw a post, as each platform reports it.

Belongs here: figures of posts. Does not: the posts (posts.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.demo.accounts import PLATFORMS, Accounts
from orchestration.demo.clock import DAY, Clock
from orchestration.demo.columns import named, typed
from orchestration.demo.posts import PostEvents
from orchestration.demo.randomness import Randomness
from orchestration.demo.world_parameters import WorldParameters

# Columns a platform never reports.
UNREPORTED = {
    "chirp": ("saves", "reach", "impressions"),
    "photogram": ("shares", "views"),
    "clipcast": ("reach", "impressions", "saves"),
}
METRICS = ("likes", "comments", "shares", "saves", "views", "reach", "impressions")
SNAPSHOTS = ((1, 0.55), (7, 0.85), (28, 1.0))  # days after publication, share of the final figures


def metric_rows(
    parameters: WorldParameters, events: PostEvents, accounts: Accounts, randomness: Randomness, clock: Clock
) -> pl.DataFrame:
    """Stream social_post_metrics: three readings a post; what a platform never reports is NULL."""
    rng, count = randomness.part("metrics"), events.count
    followers = np.maximum(accounts.followers[events.account], 20).astype(float)
    # Engagement falls with the audience: about 8 % of 500 followers, 2 % of 50,000.
    likes = rng.poisson(0.08 * followers * (followers / 500) ** -0.3 * np.exp(0.5 * rng.standard_normal(count)))
    seen = rng.poisson(followers * 0.35 * np.exp(0.4 * rng.standard_normal(count))) + likes
    final = {
        "likes": likes,
        "comments": rng.poisson(0.12 * likes),
        "shares": rng.poisson(0.06 * likes),
        "saves": rng.poisson(0.04 * likes),
        "views": seen + rng.poisson(0.4 * seen),
        "reach": seen,
        "impressions": seen + rng.poisson(0.25 * seen),
    }
    platform = named(PLATFORMS, accounts.platform[events.account])
    parts = []
    for days, share in SNAPSHOTS:
        seconds = events.seconds + days * DAY
        figures = {f"{name}_count": (values * share).astype(np.int64) for name, values in final.items()}
        observed = clock.instants(seconds)
        frame = typed(
            {"platform": platform, "post_id": events.ids, **figures, "observed_at": observed, "_known_at": observed}
        )
        parts.append(frame.filter(pl.Series(seconds < parameters.time.days * DAY)))
    reported = [
        pl.when(~pl.col("platform").is_in([name for name, missing in UNREPORTED.items() if metric in missing])).then(
            f"{metric}_count"
        )
        for metric in METRICS
    ]
    return pl.concat(parts).with_columns(reported).sort("_known_at", "post_id")
