"""Each named fault of the demo world meets what it declares, on the day after a good night."""

from __future__ import annotations

import hashlib

import pytest

from orchestration.connectors.loads import read_loads
from orchestration.delivering import naive_utc
from orchestration.demo.faults import FAULTS, Fault
from orchestration.observe.alerts import remembered
from orchestration.status import status_of
from tests.integration.conftest import NEXT_DAY, Market
from tests.runbooks import followed


def tree_hash(market: Market) -> str:
    """Of every byte of the published generation."""
    digest = hashlib.sha256()
    for path in sorted(market.published().path.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(market.published().path).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def with_fault(market: Market, fault: Fault) -> None:
    market.configure("[[sources]]", f'[[sources]]\nfaults = ["{fault.name}"]')


@pytest.mark.parametrize("fault", [f for f in FAULTS.values() if f.effect in ("gate", "refused")], ids=lambda f: f.name)
def test_a_fault_is_stopped_where_it_says_and_nothing_is_published(market: Market, fault: Fault) -> None:
    before, bytes_before = market.published().name, tree_hash(market)
    with_fault(market, fault)

    outcome = market.run(NEXT_DAY)

    assert not outcome.succeeded
    said = f"gate {fault.gate} failed" if fault.effect == "gate" else str(fault.expectation)
    assert said in outcome.message
    assert str(fault.expectation) in outcome.message
    assert market.published().name == before
    assert tree_hash(market) == bytes_before
    _is_told(market, fault)


def _is_told(market: Market, fault: Fault) -> None:
    """Status, alert and log say what went wrong, and the first page to look at exists."""
    status = status_of(market.workspace.root, naive_utc())
    assert not status.is_well
    assert str(fault.expectation) in status.text
    opened = remembered(market.workspace).open
    assert set(opened) == ({f"gate_failed {fault.gate}"} if fault.effect == "gate" else {"run_failed"})
    (cause,) = opened.values()
    assert str(fault.expectation) in cause.summary
    assert f"alert opened: {cause.key}" in market.workspace.log.read_text(encoding="utf-8")
    assert all(step.exit_code in (0, 1) for step in followed(cause.kind, market.workspace.root))


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS.values() if f.effect in ("quarantined", "duplicates")], ids=lambda f: f.name
)
def test_a_fault_in_rows_is_counted_and_the_rest_is_published(market: Market, fault: Fault) -> None:
    known = {load.folder for load in read_loads(market.workspace.landing)}
    with_fault(market, fault)

    outcome = market.run(NEXT_DAY)

    assert outcome.succeeded, outcome.message
    new = [load for load in read_loads(market.workspace.landing, stream=fault.stream) if load.folder not in known]
    counted = sum(load.rows_quarantined if fault.effect == "quarantined" else load.rows_duplicate for load in new)
    assert counted == fault.rows
