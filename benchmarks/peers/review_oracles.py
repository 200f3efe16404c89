"""Golden coefficients and clustered errors of Poisson regressions, made by pyfixest.

Runs in the peers' environment (`make oracles`) and writes tests/unit/ml/measurement/golden_poisson.json, which is
committed; a test holds ml/measurement/review_effect/poisson.py to it. Errors are compared as CRV1 without small-sample
factors, which differ by convention; ours (CR3) are checked against leaving each cluster out.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyfixest as pf

TARGET = Path(__file__).parents[2] / "tests" / "unit" / "ml" / "measurement" / "golden_poisson.json"


def case(name: str, seed: int, *, pages: int, weeks: int, sites: int, missing: float) -> dict[str, Any]:
    """A panel with pyfixest's answer; missing: share of page-weeks that are not there."""
    rng = np.random.default_rng(seed)
    page, week = (grid.ravel() for grid in np.indices((pages, weeks)))
    kept = rng.random(page.size) >= missing
    page, week = page[kept], week[kept]
    site, product = page * sites // pages, page % (pages // sites)
    x = np.log1p(week * rng.random(pages)[page] * 3)
    z = rng.normal(size=page.size)
    views = 20 + rng.poisson(40, page.size)
    y = rng.poisson(views * np.exp(-3 + 0.3 * x - 0.2 * z + rng.normal(0, 0.5, pages)[page]))
    frame = pd.DataFrame({"y": y, "x": x, "z": z, "page": page, "when": site * weeks + week, "product": product})
    frame["log_views"] = np.log(views)
    fit = pf.fepois(
        "y ~ x + z | page + when",
        data=frame,
        vcov={"CRV1": "product"},
        offset="log_views",
        ssc=pf.ssc(k_adj=False, G_adj=False),
        iwls_tol=1e-13,
    )
    columns = {"page": page, "week": week, "site": site, "product": product, "x": x, "z": z, "views": views, "y": y}
    return {
        "name": name,
        "columns": {key: values.tolist() for key, values in columns.items()},
        "coefficients": fit.coef()[["x", "z"]].tolist(),
        "errors": fit.se()[["x", "z"]].tolist(),
    }


def main() -> None:
    """Write the golden values."""
    cases = [
        case("one site, every week there", 1, pages=12, weeks=10, sites=1, missing=0.0),
        case("two sites, holes", 2, pages=16, weeks=9, sites=2, missing=0.2),
    ]
    TARGET.write_text(json.dumps(cases) + "\n", encoding="utf-8")
    logging.getLogger(__name__).info("%d cases written", len(cases))


if __name__ == "__main__":
    main()
