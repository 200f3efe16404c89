"""Layer delivery: the published generation, and what earlier nights could not bring, to every target.

Belongs here: the step of the run. Does not: delivering (exports/delivery). A target that fails stops neither the others
nor what was published; the step fails after all were tried, so that the run is not taken for a good one.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from orchestration.assets.publish import KEY as GENERATION
from orchestration.delivering import naive_utc
from orchestration.exports.delivery.errors import DeliveryError
from orchestration.exports.delivery.run import Courier, not_delivered, told
from orchestration.progress import announce
from orchestration.session import RunSession

GROUP = "delivery"
KEY = dg.AssetKey([GROUP, "targets"])


def assets(partitions: dg.PartitionsDefinition[str]) -> Sequence[dg.AssetsDefinition]:
    """What is at the targets."""

    @dg.asset(key=KEY, group_name=GROUP, deps=[GENERATION], partitions_def=partitions, kinds={"file"})
    def targets(session: dg.ResourceParam[RunSession]) -> dg.MaterializeResult[None]:
        """Every configured target has every generation it is to get, once; a record of each in state/deliveries."""
        if not session.settings.delivery:
            return dg.MaterializeResult(metadata={"targets": 0, "delivered": 0})
        with announce("deliver") as step:
            outcomes = Courier(session.workspace, session.settings, naive_utc).deliver()
            missing = not_delivered(outcomes)
            step.note = f"{len(outcomes) - len(missing)} of {len(outcomes)} to {len(session.settings.delivery)} targets"
            if missing:
                raise DeliveryError(told(missing).strip() + "\n  `nanolift deliver` tries again what is missing")
        return dg.MaterializeResult(metadata={"targets": len(session.settings.delivery), "delivered": len(outcomes)})

    return [targets]


def checks() -> Sequence[dg.AssetChecksDefinition]:
    """None: each target's own way says whether all arrived."""
    return []
