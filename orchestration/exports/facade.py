"""What the pipeline calls: all exports of a run, and its report.

Belongs here: the order of building and writing. Does not: reading marts or scores (orchestration/assets/exports.py).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from orchestration.exports.brand_effect import brand_effect, posts_sell
from orchestration.exports.campaigns import campaign_results
from orchestration.exports.context import ExportContext
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.design import design_quality
from orchestration.exports.extra_sales import extra_sales
from orchestration.exports.inputs import take
from orchestration.exports.library import ugc_library
from orchestration.exports.model_quality import model_quality
from orchestration.exports.moments_by_month import moments_by_month
from orchestration.exports.people import ambassador_candidates, may_be_listed, person_facts
from orchestration.exports.prosumer_lead import prosumer_lead
from orchestration.exports.quality import data_quality
from orchestration.exports.reach import reach_exports
from orchestration.exports.review_effect import review_effect
from orchestration.exports.running import campaign_follow_up, campaign_pacing
from orchestration.exports.score_results import score_results
from orchestration.exports.scores import ambassador_scores, uplift_scores, withheld_counts
from orchestration.exports.service import service_audit, service_queue
from orchestration.exports.small_groups import shown_rows, withheld
from orchestration.exports.store_lift import store_lift
from orchestration.exports.store_lift_weeks import store_lift_weeks
from orchestration.exports.synergy import synergy
from orchestration.exports.text_check import text_check
from orchestration.exports.texts import moments, store_alerts, ugc_kinds
from orchestration.exports.trust import trust_sensitivity
from orchestration.exports.who_next import who_next
from orchestration.exports.wom_reach import wom_reach
from orchestration.exports.writers import write_all_outputs, write_dictionary, write_output

logger = logging.getLogger(__name__)

# Cells of a table from which a process of its own is worth its start of a second: workbooks are written cell by cell.
MANY_CELLS = 200_000


def build_exports(frames: Mapping[str, pl.DataFrame], context: ExportContext) -> dict[str, pl.DataFrame]:
    """Every output of the contract by name, each exactly as the contract describes it.

    Args:
        frames: the inputs by name (inputs.INPUTS: marts, `uplift`, `ambassador`, `campaign_effects`, `loads`); one
            that a run does not have may be absent.
    """
    listing = may_be_listed(take(frames, "dim_consumers"), context)
    facts = person_facts(frames, listing, context)
    ambassadors, queue = ambassador_scores(frames, facts), service_queue(frames, facts, context)
    exports = {
        "who_next": who_next(frames, facts, ambassadors, queue, context),
        "ambassador_candidates": ambassador_candidates(facts),
        "ambassador_scores": ambassadors,
        "uplift_scores": uplift_scores(frames, facts, context.currency),
        "campaign_results": campaign_results(frames, context),
        "extra_sales": extra_sales(frames, context),
        "store_lift": store_lift(frames, context),
        "store_lift_weeks": store_lift_weeks(frames, context),
        "review_effect": review_effect(frames, context),
        "wom_reach": wom_reach(frames, context),
        "prosumer_lead": prosumer_lead(frames, context),
        "synergy": synergy(frames, context),
        "brand_effect": brand_effect(frames, context),
        "posts_sell": posts_sell(frames, context),
        "trust_sensitivity": trust_sensitivity(frames, context),
        **reach_exports(frames, context),
        "service_queue": queue,
        "service_audit": service_audit(frames, context),
        "campaign_follow_up": campaign_follow_up(frames, facts, context),
        "campaign_pacing": campaign_pacing(frames, context),
        "ugc_library": ugc_library(frames, facts, context),
        "moments": moments(frames, context),
        "moments_by_month": moments_by_month(frames, context),
        "store_alerts": store_alerts(frames, context),
        "ugc_kinds": ugc_kinds(frames, context),
        "text_check": text_check(frames, context),
        "design_quality": design_quality(frames, context),
        "score_results": score_results(frames, context),
        "model_quality": model_quality(frames, context),
    }
    exports = {name: withheld(name, table) for name, table in exports.items()}
    kept_back = withheld_counts(frames, listing.people)
    quality = data_quality(frames, exports, listing.left_out, kept_back, context)
    return exports | {"data_quality": withheld("data_quality", quality)}


def write_exports(frames: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path) -> dict[str, int]:
    """Build and write every output as Parquet, CSV and XLSX, all in one workbook, and the data dictionary.

    Returns:
        Output name → rows.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    exports = build_exports(frames, context)
    largest = max(exports, key=lambda name: exports[name].height * exports[name].width)
    if exports[largest].height * exports[largest].width > MANY_CELLS:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
            writing = (
                beside.submit(write_output, OUTPUTS[largest], exports[largest], context, out_dir),
                beside.submit(write_all_outputs, exports, context, out_dir),
            )
            _write_here({name: frame for name, frame in exports.items() if name != largest}, context, out_dir)
            for each in writing:
                each.result()
    else:
        _write_here(exports, context, out_dir)
        write_all_outputs(exports, context, out_dir)
    write_dictionary(tuple(OUTPUTS.values()), out_dir)
    return {name: len(frame) for name, frame in exports.items()}


def _write_here(exports: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path) -> None:
    for name, frame in exports.items():
        write_output(OUTPUTS[name], frame, context, out_dir)
        logger.info("export %s: %d rows", name, len(frame))


def write_report(exports_dir: Path, context: ExportContext, out_dir: Path) -> Path:
    """Write index.html into `out_dir` from the Parquet files of `write_exports`, so that both show the same figures.

    The first of the context's languages stands in `out_dir`, each other one in a folder of its code.

    Links to the exports are relative: `out_dir` and `exports_dir` must move together.

    Returns:
        Path of the page in the first language.
    """
    from orchestration.exports.report.write import write_pages  # charts: a second of imports, for this step alone

    exports = {name: shown_rows(name, pl.read_parquet(exports_dir / f"{name}.parquet")) for name in OUTPUTS}
    return write_pages(exports, context, out_dir, exports_dir.name)
