"""What each figure of the tables is, in one line: name in the literature, formula, what is expected by chance."""

from __future__ import annotations

DEFINITIONS = {
    "qini_rate": "QINI-RATE: mean over shares q of q·TOC(q), on held-out doubly-robust scores (Yadlowsky et al. 2021)",
    "autoc": "AUTOC: mean over shares q of TOC(q), on held-out doubly-robust scores (Yadlowsky et al. 2021)",
    "effect_of_best_30": "mean held-out doubly-robust score of the best 30 %",
    "uplift_at_30": "uplift@30 %: mean outcome of treated minus untreated among the best 30 % (scikit-uplift, overall)",
    "auuc_causalml": "AUUC as causalml normalises it: about .5 for a random order",
    "qini_auc_scikit_uplift": "Qini coefficient as scikit-uplift defines it: 0 for a random order",
    "qini_outcome": "(A(q) - A(diagonal)) / (people · treated) of the Qini curve of outcomes as they are",
    "qini_outcome_adjusted": "as qini_outcome, of outcomes less what was expected of the person (variance-reduced)",
    "calibration_slope": "best linear predictor: slope of held-out scores on predictions; 1 is calibrated",
    "toc": "TOC(q): mean doubly-robust score of the best q minus that of all; pointwise half-sample band",
    "qini_curve": "sum of doubly-robust scores of the best q over all people: extra outcome per person of contacting "
    "q; pointwise half-sample band",
    "predicted": "mean calibrated prediction of the tenth",
    "realised": "mean held-out doubly-robust score of the tenth; interval robust by cluster",
    "value": "mean over all people of the doubly-robust scores of those contacted, cost 0 (Athey and Wager 2021)",
    "value_over_response_model": "value less that of the response model's best of the same number, paired",
    "value_over_everybody": "value less that of contacting everybody, paired",
    "shuffled_treatment": "QINI-RATE with treatments exchanged within campaign and chance (estimated chances: drawn "
    "anew): mean over 20 times, interval of that mean; 0 is expected",
    "spend_before": "QINI-RATE with the spend of before the campaign as the outcome; 0 is expected",
}
