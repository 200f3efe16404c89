"""From tracked purchases to caused ones: how many purchases telling caused for each one a code or link shows.

Codes miss friends who buy without them and count friends who would have come anyway; sales of the campaign's products
beyond their earlier rate (features/tracking.py) need no code. Their ratio, over campaigns, puts predictions on the
caused scale. Without a baseline the tracked figure stands as it is, and the card says so. Where the ratio could be 0
nobody knows that telling sells anything, and judge.py refuses the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Z_90 = 1.644854
# Before any baseline is seen: as many caused as tracked, give or take half of them.
PRIOR_SPREAD = 0.5


@dataclass(frozen=True)
class Capture:
    """Attributes:
    caused_per_tracked: caused purchases for each tracked one.
    error: its standard error; PRIOR_SPREAD where nothing was measured.
    value_share: what a caused purchase pays over what purchases of the products paid before (codes give discounts).
    is_measured: whether any campaign had a baseline.
    """

    caused_per_tracked: float = 1.0
    error: float = PRIOR_SPREAD
    value_share: float = 1.0
    is_measured: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """90 % interval of caused_per_tracked."""
        return self.caused_per_tracked - Z_90 * self.error, self.caused_per_tracked + Z_90 * self.error

    def as_dict(self) -> dict[str, Any]:
        """For a model card."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Capture:
        """Back from a model card."""
        return cls(**values)


def fit_capture(frame: pl.DataFrame) -> Capture:
    """The ratio over all campaigns of the training frame that have both figures, held back by the prior."""
    campaigns = (
        frame.filter(pl.col("tracked_purchases_count") > 0)
        .unique("campaign_id", keep="first", maintain_order=True)
        .sort("campaign_id")
    )
    paid = campaigns.filter(pl.col("purchase_value_minor") > 0, pl.col("tracked_net_minor") > 0)
    at_value = float((paid["tracked_purchases_count"] * paid["purchase_value_minor"]).sum())
    coded_share = float(paid["tracked_net_minor"].sum()) / at_value if at_value else 1.0
    measured = campaigns.filter(pl.col("caused_purchases_error_count") > 0)
    if measured.is_empty():
        return Capture(value_share=coded_share)
    # Weighted by precision: a small campaign's baseline is nearly as noisy as a large one's.
    tracked, caused_count, error = (
        measured[name].to_numpy().astype(np.float64)
        for name in ("tracked_purchases_count", "caused_purchases_count", "caused_purchases_error_count")
    )
    precision = float(((tracked / error) ** 2).sum())
    ratio = float((tracked * caused_count / error**2).sum()) / precision
    variance = 1 / precision
    weight = 1 / (1 + variance / PRIOR_SPREAD**2)
    caused = weight * ratio + (1 - weight)
    return Capture(
        caused_per_tracked=caused,
        error=float((weight * variance) ** 0.5),
        # Purchases beyond the tracked ones carry no code and pay the usual price.
        value_share=coded_share if caused <= 1 else 1 - (1 - coded_share) / caused,
        is_measured=True,
    )
