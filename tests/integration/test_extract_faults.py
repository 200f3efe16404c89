"""A failing, moving service on loopback, landed: the trial of benchmarks/trial_extract_faults.py in small."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import trial_extract_faults as trial
from benchmarks.fault_server import FAULTS, Shop, serving
from orchestration.connectors import rest
from orchestration.connectors.rest_http import Clock
from orchestration.workspace import Workspace


@pytest.fixture(autouse=True)
def _real_clock_again() -> Iterator[None]:
    yield
    rest.new_clock = Clock


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5])
def test_no_row_is_lost_or_landed_twice_however_its_pages_follow_one_another(seed: int, tmp_path: Path) -> None:
    found = trial.one_seed(seed, 12, tmp_path / "shop")
    assert found["lost"] == found["duplicated"] == found["invented"] == found["left over"] == 0
    assert sum(found[fault] for fault in FAULTS) > 0


def test_a_service_that_dies_half_way_is_named_and_leaves_the_landing_as_it_was(tmp_path: Path) -> None:
    found = trial.one_seed(trial.DYING, 12, tmp_path / "shop")
    assert (found["named"], found["damaged"], found["lost"]) == (1, 0, 0)


def test_the_trial_sees_rows_that_slip_between_unguarded_pages(tmp_path: Path) -> None:
    """Each page of an unguarded offset steps over one row as soon as one before it went away."""

    class Shrinking(Shop):
        def _move(self) -> None:
            self.always.discard(self.order.pop(0))

    shop = Shrinking("offset up", random.Random(1), list(range(120)), 0, 0, None, faults=0.0, ever=set(range(120)))
    with serving(shop) as url:
        guarded = trial.source(url, "offset up")
        (stream,) = guarded.streams
        assert stream.rest is not None
        trusted = stream.rest.model_copy(update={"pages": stream.rest.pages.model_copy(update={"stable": "trusted"})})
        unguarded = guarded.model_copy(update={"streams": (stream.model_copy(update={"rest": trusted}),)})
        workspace = Workspace.at(tmp_path / "shop")
        shop.begin()
        trial.land(unguarded, workspace, trial.FIRST_NIGHT)
        assert shop.always - set(trial.landed(workspace)[0])
