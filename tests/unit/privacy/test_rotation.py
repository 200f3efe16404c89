"""After a change of the pseudonym key all stands under the new one, nobody is another, and old keys are refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from benchmarks import reliability_canaries as canaries
from benchmarks.reliability_privacy import APART
from benchmarks.reliability_rekeyed import NEW, OLD, THIRD, keys, land, own_workspace
from benchmarks.reliability_renamed import messages, places
from benchmarks.reliability_search import hits
from orchestration.connectors.loads import read_loads
from orchestration.connectors.vault_box import Box
from orchestration.doctor import examine
from orchestration.errors import ConfigurationError, IntegrityError
from orchestration.nightly import RunRequest, run_nightly
from orchestration.privacy import rotation_rekey
from orchestration.privacy.access import access
from orchestration.privacy.erase import EraseRequest, erase
from orchestration.privacy.kept_lots import read_lots, write_lots
from orchestration.privacy.receipt import read_receipt, write_receipt
from orchestration.privacy.rewrite import replace_box
from orchestration.privacy.rotation import RotateRequest, rotate
from orchestration.privacy.rotation_journal import read_rotation
from orchestration.privacy.workspace_key import WorkspaceKey, check_one_key, recorded, workspace_key
from orchestration.publishing import roll_back
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

_AT = datetime(2026, 1, 1)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANOLIFT_PSEUDONYM_KEY", OLD)
    monkeypatch.setenv("NANOLIFT_NEW_PSEUDONYM_KEY", NEW)


@pytest.fixture
def nest(tmp_path: Path) -> Path:
    """A workspace under the old key that has landed two canaries and their bystanders, and published nothing."""
    root = own_workspace(tmp_path / "nest", more=canaries.toml())
    canaries.write(root / "in", 2)
    land(root, 1)
    return root


def rows_of(root: Path) -> dict[str, list[dict[str, object]]]:
    """Every landed row as it lies there."""
    loads = read_loads(root / "landing")
    return {f"{load.stream}/{load.sequence}": pl.read_parquet(load.data).to_dicts() for load in loads}


def digests(root: Path, key: str) -> frozenset[str]:
    return frozenset(each.partition("_")[2] for each in messages(root, key))


def test_everything_is_as_if_it_had_been_landed_under_the_new_key(nest: Path, tmp_path: Path) -> None:
    before = digests(nest, OLD)
    assert len(places(nest, before, OLD, APART)) > 10, "the search does not find what is there"

    message, done = rotate(RotateRequest(nest))

    assert done, message
    assert places(nest, before, NEW, APART) == {}
    fresh = own_workspace(tmp_path / "fresh", more=canaries.toml())
    canaries.write(fresh / "in", 2)
    keys(NEW)
    land(fresh, 1)
    assert named(nest) == named(fresh)


def named(root: Path) -> str:
    """Landed rows, keys without their version; row_hash of rows that hold keys tells of the version too."""
    rows = {name: [each | {"row_hash": 0} for each in rows] for name, rows in rows_of(root).items()}
    return json.dumps(rows, default=str).replace("k2_", "k1_")


def test_the_same_source_lands_nobody_twice_afterwards(nest: Path) -> None:
    rotate(RotateRequest(nest))
    keys(NEW)
    canaries.write(nest / "in", 2, 1)
    land(nest, 2)

    sales = next(load for load in read_loads(nest / "landing") if load.stream == "pos_lines" and load.sequence == 2)
    assert (sales.rows_accepted, sales.rows_duplicate, sales.key_version) == (13, 13, "k2")
    assert sorted(messages(nest, NEW).values()) == sorted(set(messages(nest, NEW).values()))


def test_whoever_was_erased_before_stays_away_and_the_receipt_can_be_proven(nest: Path) -> None:
    erase(EraseRequest(nest, (canaries.request(0),)))
    (receipt,) = (nest / "receipts").iterdir()
    other = write_receipt(Workspace.at(nest), SecretStr(THIRD), "retention", _AT, {"gone": {}})

    rotate(RotateRequest(nest))

    keys(NEW)
    canaries.write(nest / "in", 2, 1)
    land(nest, 2)
    assert hits(nest, [canaries.card(0)], NEW, APART) == {}
    assert read_receipt(receipt, SecretStr(NEW))["people"] == 1
    said = read_receipt(next((nest / "receipts").glob("*_rotation_*.json")), SecretStr(NEW))
    assert said["under_the_new_key"]["receipts_signed_by_neither_key"] == 1
    with pytest.raises(IntegrityError, match="not what was signed"):
        read_receipt(other, SecretStr(NEW))


def test_keys_of_before_and_others_are_refused_by_name_and_never_shown(nest: Path) -> None:
    rotate(RotateRequest(nest))

    for wrong, reason in ((OLD, "holds the key k1, which was replaced"), (THIRD, "does not lie under")):
        keys(wrong)
        for command in (
            lambda: run_nightly(RunRequest(nest)),
            lambda: access(nest, canaries.request(0), nest / "answer"),
            lambda: erase(EraseRequest(nest, (canaries.request(0),))),
        ):
            with pytest.raises(ConfigurationError, match=reason) as refusal:
                command()
            assert wrong not in str(refusal.value) and NEW not in str(refusal.value)
        report, healthy = examine(nest)
        assert reason in report and not healthy
    assert hits(nest, [OLD, NEW, THIRD], NEW, APART) == {}


def test_a_finished_rotation_is_not_done_twice(nest: Path) -> None:
    rotate(RotateRequest(nest))
    message, done = rotate(RotateRequest(nest))
    assert done and "already" in message
    assert len(list((nest / "receipts").iterdir())) == 1


def test_a_second_rotation_leads_to_the_third_version(nest: Path) -> None:
    rotate(RotateRequest(nest))
    between = digests(nest, NEW)
    keys(NEW, THIRD)
    rotate(RotateRequest(nest))

    assert places(nest, between, THIRD, APART) == {}
    record = recorded(Workspace.at(nest))
    assert record is not None and record.version == "k3"
    assert [each["version"] for each in record.former] == ["k1", "k2"]


def test_nothing_is_changed_where_a_reference_is_missing(nest: Path) -> None:
    workspace, before = Workspace.at(nest), rows_of(nest)
    kept = list(Box(workspace.vault, SecretStr(OLD), "vault").read())[1:]
    replace_box(workspace.vault, SecretStr(OLD), "vault", kept)

    with pytest.raises(IntegrityError, match=r"1 landed identity keys have no reference in .* Nothing was changed"):
        rotate(RotateRequest(nest))
    assert rows_of(nest) == before and not workspace.rotation.exists()


def test_a_damaged_load_is_told_before_anything_is_changed(nest: Path) -> None:
    load = read_loads(nest / "landing")[0]
    load.data.write_bytes(load.data.read_bytes() + b" ")
    with pytest.raises(IntegrityError, match="is damaged"):
        rotate(RotateRequest(nest))
    assert not (nest / "rotation").exists()


@pytest.mark.parametrize("new", [None, "short"])
def test_no_key_or_too_short_a_key_is_refused(nest: Path, new: str | None) -> None:
    keys(OLD, new)
    with pytest.raises(ConfigurationError, match="NANOLIFT_NEW_PSEUDONYM_KEY"):
        rotate(RotateRequest(nest))


def test_examples_keep_the_published_key(aviary: Path) -> None:
    with pytest.raises(ConfigurationError, match="published key"):
        rotate(RotateRequest(aviary))


def test_what_was_stopped_waits_for_its_keys_and_everything_else_for_it(
    nest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation_rekey, "_sign_anew", stop)
        with pytest.raises(KeyboardInterrupt):
            rotate(RotateRequest(nest))
    assert read_rotation(Workspace.at(nest)) is not None
    for command in (
        lambda: erase(EraseRequest(nest, (canaries.request(0),))),
        lambda: access(nest, canaries.request(0), nest / "answer"),
        lambda: roll_back(nest, None),
    ):
        with pytest.raises(ConfigurationError, match="`nanolift rotate-key` finishes it"):
            command()
    keys(OLD)
    with pytest.raises(ConfigurationError, match="neither NANOLIFT_PSEUDONYM_KEY nor NANOLIFT_NEW_PSEUDONYM_KEY"):
        run_nightly(RunRequest(nest))
    keys(NEW)
    with pytest.raises(ConfigurationError, match="needs the old key too"):
        rotate(RotateRequest(nest))
    keys(OLD, NEW)
    _, done = rotate(RotateRequest(nest))
    assert done and not (nest / "rotation").exists()


def test_without_its_record_a_workspace_tells_its_version_by_its_loads(nest: Path) -> None:
    rotate(RotateRequest(nest))
    workspace, settings = Workspace.at(nest), load_settings(nest / "nanolift.toml")
    keys(NEW)
    for damage in (b"{}", None):
        if damage is None:
            workspace.key_record.unlink()
        else:
            workspace.key_record.write_bytes(damage)
        assert workspace_key(workspace, settings) == WorkspaceKey(SecretStr(NEW), "k2")


def test_a_load_out_of_an_old_backup_is_refused(nest: Path) -> None:
    old = read_loads(nest / "landing")
    rotate(RotateRequest(nest))
    with pytest.raises(IntegrityError, match=r"under another pseudonym key than the workspace \(k2\).*backup"):
        check_one_key([*read_loads(nest / "landing"), old[0]], "k2")


def test_a_key_out_of_an_old_export_is_told_as_such(nest: Path) -> None:
    old = next(iter(messages(nest, OLD)))
    rotate(RotateRequest(nest))
    keys(NEW)
    with pytest.raises(ConfigurationError, match="of another pseudonym key than today's"):
        erase(EraseRequest(nest, (old,)))


def test_lots_are_told_to_whom_they_are_about_and_go_with_them(nest: Path, tmp_path: Path) -> None:
    rotate(RotateRequest(nest))
    keys(NEW)
    workspace, secret = Workspace.at(nest), SecretStr(NEW)
    by_reference = {said: key for key, said in messages(nest, NEW).items()}
    one, other = (by_reference[f"loyalty|{canaries.card(number)}"] for number in range(2))
    write_lots(workspace, secret, {("standing holdout", 7): {one: 11, other: 12}})

    access(nest, canaries.request(0), tmp_path / "answer")
    assert json.loads((tmp_path / "answer" / "person.json").read_text())["lots"] == {"standing holdout 7": [11]}
    erase(EraseRequest(nest, (canaries.request(0),)))
    assert read_lots(workspace, secret) == {("standing holdout", 7): {other: 12}}
