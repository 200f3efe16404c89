"""The one contract with marketers: every output, its columns, units, and what an empty cell means.

Belongs here: their list and order. Does not: their columns (contract_*.py), which cells are too few to be shown
(contract_groups.py), how rows are made, files (writers.py).
A column that is removed, renamed, retyped or changes its meaning raises the output's `version` and gets a line in
CHANGELOG.md; docs/exports.md is generated from them (`python -m orchestration.exports.docs`).
"""

from __future__ import annotations

from orchestration.exports.contract_campaigns import CAMPAIGN_RESULTS
from orchestration.exports.contract_data import DATA_QUALITY
from orchestration.exports.contract_fairness import DESIGN_QUALITY, SCORE_RESULTS
from orchestration.exports.contract_groups import protected
from orchestration.exports.contract_ledger import EXTRA_SALES
from orchestration.exports.contract_people import AMBASSADOR_CANDIDATES, AMBASSADOR_SCORES, UPLIFT_SCORES
from orchestration.exports.contract_quality import MODEL_QUALITY
from orchestration.exports.contract_reach import REACH_OUTPUTS
from orchestration.exports.contract_reviews import REVIEW_EFFECT
from orchestration.exports.contract_running import RUNNING_OUTPUTS
from orchestration.exports.contract_service import SERVICE_AUDIT, SERVICE_QUEUE
from orchestration.exports.contract_stores import STORE_OUTPUTS
from orchestration.exports.contract_talk import TALK_OUTPUTS
from orchestration.exports.contract_texts import TEXT_OUTPUTS
from orchestration.exports.contract_who import WHO_NEXT
from orchestration.exports.schema import Output

OUTPUTS: dict[str, Output] = {
    output.name: protected(output)
    for output in (
        WHO_NEXT,
        AMBASSADOR_CANDIDATES,
        AMBASSADOR_SCORES,
        UPLIFT_SCORES,
        CAMPAIGN_RESULTS,
        EXTRA_SALES,
        *STORE_OUTPUTS,
        REVIEW_EFFECT,
        *TALK_OUTPUTS,
        *REACH_OUTPUTS,
        DESIGN_QUALITY,
        SCORE_RESULTS,
        MODEL_QUALITY,
        SERVICE_QUEUE,
        SERVICE_AUDIT,
        *RUNNING_OUTPUTS,
        *TEXT_OUTPUTS,
        DATA_QUALITY,
    )
}
