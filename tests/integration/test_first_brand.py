"""The brand of docs/add_a_source.md, with five till lines and nothing else, gets its first publication."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration.environment import PSEUDONYM_KEY_VARIABLE
from orchestration.errors import ConfigurationError
from orchestration.nightly import RunRequest, run_nightly

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add_a_source.md"


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    text = PAGE.read_text(encoding="utf-8")
    for language, file in (("toml", "nanolift.toml"), ("csv", "incoming/receipts_2026-10.csv")):
        found = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        assert found is not None
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(found[1], encoding="utf-8")
    return tmp_path


def test_a_brand_with_tills_alone_is_published_and_told_what_is_missing(
    bakery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PSEUDONYM_KEY_VARIABLE, "a-key-for-tests-only-0123456789abcdef")
    outcome = run_nightly(RunRequest(bakery, as_of=date(2026, 10, 31), full_refresh=False))
    assert outcome.succeeded, outcome.message
    quality = pl.read_parquet(bakery / "current" / "exports" / "data_quality.parquet")
    missing = set(quality.filter((pl.col("area") == "output") & (pl.col("status") == "missing")).get_column("item"))
    assert {"who_next", "store_lift", "ugc_library"} <= missing


def test_a_missing_key_is_told_before_anything_starts(bakery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PSEUDONYM_KEY_VARIABLE, raising=False)
    with pytest.raises(ConfigurationError, match=PSEUDONYM_KEY_VARIABLE):
        run_nightly(RunRequest(bakery, as_of=date(2026, 10, 31), full_refresh=False))
    assert not (bakery / "landing").exists()
