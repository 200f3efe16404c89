"""Charts are drawn in a process of their own, the same as in this one, and its end is told in words."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from orchestration.exports.language import Language
from orchestration.exports.report.charts.engine import DrawingError, Engine, Question
from orchestration.exports.report.charts.svg import svg_of

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"day": "2026-03-01", "sales": 1234.5}, {"day": "2026-05-01", "sales": 0.1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "day", "type": "temporal"}, "y": {"field": "sales", "type": "quantitative"}},
}
WRONG: Question = {"spec": {"mark": 3}}


@pytest.mark.parametrize("tag", ["en", "fr"])
def test_a_chart_is_the_same_as_drawn_in_this_process(tag: str) -> None:
    language = Language.of(tag)
    with Engine() as engine:
        assert svg_of(SPEC, language, engine) == svg_of(SPEC, language)


def test_what_vega_refuses_is_said_and_the_next_chart_is_drawn() -> None:
    with Engine() as engine:
        with pytest.raises(ValueError, match="Vega"):
            engine(WRONG)
        assert "<svg" in engine({"spec": SPEC})


def test_an_engine_that_ends_is_told_by_its_signal() -> None:
    with Engine() as engine:
        engine({"spec": SPEC})
        os.kill(engine.process.pid, signal.SIGTRAP)
        with pytest.raises(DrawingError, match=r"ended by SIGTRAP.*memory"):
            engine({"spec": SPEC})


def test_no_process_is_left_when_the_block_ends() -> None:
    with Engine() as engine:
        number = engine.process.pid
    assert not Path(f"/proc/{number}").exists()
