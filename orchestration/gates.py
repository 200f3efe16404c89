"""A gate as blocking Dagster checks: one factory for all five seams.

Belongs here: turning a GateResult into asset checks that stop the run. Does not: what must hold
(expectations/suites), or which frames a gate looks at (each asset module says that beside its assets).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from expectations.result import GateResult
from orchestration.progress import announce
from orchestration.session import RunSession


def gate_checks(
    gate: str, guarded: Sequence[dg.AssetKey], check: Callable[[RunSession], GateResult]
) -> dg.AssetChecksDefinition:
    """Blocking checks `gate_<gate>` on every guarded asset: whatever reads one of them waits for the gate.

    Args:
        gate: landing, marts, features, scores or exports.
        guarded: assets whose readers must not run when the gate fails.
        check: looks at the run's frames and returns what held and what did not.
    """

    @dg.multi_asset_check(
        name=f"gate_{gate}",
        specs=[dg.AssetCheckSpec(f"gate_{gate}", asset=key, blocking=True) for key in guarded],
    )
    def gate_check(session: dg.ResourceParam[RunSession]) -> Iterator[dg.AssetCheckResult]:
        with announce(f"gate {gate}") as step:
            result = check(session)
            session.record_gate(result)
            step.note = result.one_line()
        for key in guarded:
            yield dg.AssetCheckResult(
                check_name=f"gate_{gate}",
                asset_key=key,
                passed=result.passed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=result.one_line(),
                metadata={"expectations run": result.executed, "failures": len(result.failures)},
            )

    return gate_check
