"""The order of dbt's layers, read from the models' own refs: staging → intermediate → marts, no way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.connectors.streams import STREAMS

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
LAYERS = ("staging", "intermediate", "marts")
FILES = {path.stem: path for path in sorted(MODELS.rglob("*.sql"))}
REF = re.compile(r"\bref\(\s*'([^']+)'")
SOURCE = re.compile(r"\bsource\(\s*'([^']+)'\s*,\s*'([^']+)'")
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}", re.DOTALL)
# What would make a run depend on when it runs, or on chance.
IMPURE = re.compile(
    r"\b(now|random|uuid|gen_random_uuid|today|get_current_timestamp)\s*\(|\bcurrent_(date|time|timestamp)\b"
    r"|\brun_started_at\b|\binvocation_id\b",
    re.IGNORECASE,
)


def _layer(path: Path) -> str:
    return path.relative_to(MODELS).parts[0]


def _sql(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_every_model_lies_in_a_layer() -> None:
    assert FILES
    assert {_layer(path) for path in FILES.values()} == set(LAYERS)


@pytest.mark.parametrize("name", FILES)
def test_a_model_reads_no_later_layer(name: str) -> None:
    own = LAYERS.index(_layer(FILES[name]))
    later = [ref for ref in REF.findall(_sql(FILES[name])) if ref in FILES and LAYERS.index(_layer(FILES[ref])) > own]
    assert not later


@pytest.mark.parametrize("name", FILES)
def test_only_staging_reads_sources(name: str) -> None:
    assert _layer(FILES[name]) == "staging" or not SOURCE.findall(_sql(FILES[name]))


@pytest.mark.parametrize("name", FILES)
def test_a_model_asks_neither_clock_nor_chance(name: str) -> None:
    assert not IMPURE.findall(_sql(FILES[name]))


@pytest.mark.parametrize("stream", sorted(STREAMS))
def test_every_stream_has_its_one_staging_model(stream: str) -> None:
    assert _layer(FILES[f"stg_{stream}"]) == "staging"


def test_names_tell_the_layer() -> None:
    prefixes = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("fct_", "dim_", "bridge_")}
    wrong = [name for name, path in FILES.items() if not name.startswith(prefixes[_layer(path)])]
    assert not wrong
