"""The gates by name."""

from __future__ import annotations

from expectations.declare import Suite, SuiteError
from expectations.suites.exports import EXPORTS
from expectations.suites.features import FEATURES
from expectations.suites.landing import LANDING
from expectations.suites.marts import MARTS
from expectations.suites.scores import SCORES

SUITES: dict[str, Suite] = {suite.gate: suite for suite in (LANDING, MARTS, FEATURES, SCORES, EXPORTS)}


def suite(gate: str) -> Suite:
    """The suite of a gate.

    Raises:
        SuiteError: there is no such gate.
    """
    if gate not in SUITES:
        raise SuiteError(f"no gate {gate!r}; there are {sorted(SUITES)}")
    return SUITES[gate]
