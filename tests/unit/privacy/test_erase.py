"""An erasure leaves nothing of a person, everything of the others, and no source brings the person back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_privacy import APART, KEY, different, land, landed, needles
from benchmarks.reliability_search import hits
from orchestration.connectors.loads import read_loads
from orchestration.errors import ConfigurationError
from orchestration.privacy.access import access
from orchestration.privacy.erase import EraseRequest, erase
from orchestration.privacy.erase_journal import begin
from orchestration.privacy.receipt import read_receipt
from orchestration.session import RunOptions, open_session
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

_NOW = datetime(2026, 1, 3)
BOTH = tuple(canaries.request(number) for number in range(2))


def test_an_erased_person_is_nowhere_and_comes_back_from_no_source(aviary: Path) -> None:
    names = needles(2)
    seen = {each for here in hits(aviary, names, KEY, APART).values() for each in here}
    assert seen == set(map(str.lower, names)), "the search does not find what is there"

    message, done = erase(EraseRequest(aviary, BOTH))

    assert done, message
    assert hits(aviary, names, KEY, APART) == {}
    canaries.write(aviary / "in", 2, 1)
    land(aviary, 2)
    assert hits(aviary, names, KEY, APART) == {}


def test_rows_of_others_are_as_if_the_person_had_never_been(aviary: Path, tmp_path: Path) -> None:
    erase(EraseRequest(aviary, BOTH))

    free = tmp_path / "free"
    canaries.write(free / "in", 2, free=True)
    land(free, 1)
    assert different(landed(aviary), landed(free)) == []


def test_the_receipt_counts_and_names_nobody(aviary: Path) -> None:
    erase(EraseRequest(aviary, BOTH))

    (path,) = (aviary / "receipts").iterdir()
    receipt = read_receipt(path, SecretStr(KEY))
    assert (receipt["people"], receipt["identities"], receipt["identities_left"]) == (2, 10, 0)
    assert receipt["rows_taken_out"]["canaries/pos_lines"] == 10
    assert receipt["rows_taken_out"]["canaries/consents"] == 5
    # An answer, a repeat, a mention and a referral of each of five bystanders.
    assert receipt["other_rows_changed"] == 20


def test_withheld_rows_are_counted_apart_in_every_load(aviary: Path) -> None:
    erase(EraseRequest(aviary, BOTH))
    canaries.write(aviary / "in", 2, 1)
    land(aviary, 2)

    loads = {load.stream: load for load in read_loads(aviary / "landing") if load.sequence == 2}
    sales = loads["pos_lines"]
    assert (sales.rows_read, sales.rows_suppressed, sales.rows_quarantined) == (34, 20, 4)
    assert sales.rows_accepted + sales.rows_duplicate == 10


def test_one_may_go_while_another_stays(aviary: Path) -> None:
    erase(EraseRequest(aviary, (canaries.request(0),)))

    kept = pl.concat(
        [pl.read_parquet(load.data) for load in read_loads(aviary / "landing") if load.stream == "social_posts"]
    )
    assert "kanari-post-001" in kept["post_id"] and "kanari-post-000" not in kept["post_id"]
    parents = kept.filter(pl.col("post_id").str.ends_with("-reply")).sort("post_id")["parent_post_id"].to_list()
    assert parents == ["erased", "kanari-post-001", "erased", "kanari-post-001", "erased"]


def test_a_second_request_says_that_the_person_was_erased_before(aviary: Path) -> None:
    erase(EraseRequest(aviary, BOTH))
    message, done = erase(EraseRequest(aviary, BOTH[:1]))
    assert done and "erased before" in message


def test_nobody_is_erased_where_one_reference_is_unknown(aviary: Path) -> None:
    before = landed(aviary)
    with pytest.raises(ConfigurationError, match="Nobody was erased"):
        erase(EraseRequest(aviary, (*BOTH, "loyalty:Nobody")))
    assert landed(aviary) == before


def test_a_run_finishes_an_erasure_that_a_kill_left(aviary: Path) -> None:
    workspace, key = Workspace.at(aviary), SecretStr(KEY)
    people = {"keys": [], "messages": ["loyalty|Kanari-Card-000"], "shared": 0, "recall": [], "generations": []}
    begin(workspace, key, {"at": "2026-01-01T00:00:00Z", "people": 1, "before": {}, **people})

    settings = load_settings(workspace.configuration)
    with open_session(workspace, settings, RunOptions(settings.brand.as_of or pytest.fail()), _NOW) as session:
        assert session.erasure is None and not workspace.erasure.exists()
    assert len(list(workspace.receipts.iterdir())) == 1


def test_access_tells_all_that_is_held_of_one_person_and_of_nobody_else(aviary: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer"

    access(aviary, canaries.request(1), out)

    told = {str(path.relative_to(out)): json.loads(path.read_text()) for path in out.rglob("*.json")}
    assert {name.removeprefix("landed/canaries.") for name in told} == {
        *(f"{stream}.json" for stream in canaries.COLUMNS if stream not in ("campaigns", "social_post_metrics")),
        *("person.json", "set_aside.json"),
    }
    assert len(told["landed/canaries.pos_lines.json"]) == 4
    assert {each["reference"] for each in told["person.json"]["identities"]} >= {"@KanariVogel001"}
    assert told["person.json"]["rows_of_others_that_mention_them"] == 4
    everything = "".join(path.read_text() for path in out.rglob("*") if path.is_file())
    others = [each for each in needles(1) if each.startswith("k1_") or each[-1] == "0"]
    assert not [each for each in others if each in everything] and "calm" not in everything
    assert {oct(path.stat().st_mode & 0o777) for path in (out, *out.rglob("*"))} == {"0o700", "0o600"}
    assert '"purpose": "access"' in (aviary / "vault.log").read_text()
