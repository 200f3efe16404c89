"""The vault opens for its key only, grows by what is new, and survives a kill."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from orchestration.connectors import vault_box
from orchestration.connectors.vault import Vault
from orchestration.connectors.vault_box import MAGIC, Box
from orchestration.errors import IntegrityError

NIGHT = datetime(2026, 10, 5, 1)


def references(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "identity_key": [f"k1_{name}" for name in names],
            "kind": ["email"] * len(names),
            "scope": [None] * len(names),
            "reference": [f"{name}@example.org" for name in names],
        },
        schema_overrides={"scope": pl.String},
    )


def test_references_are_added_once_and_read_back(tmp_path: Path, key: SecretStr) -> None:
    vault = Vault(tmp_path / "vault", key)
    assert vault.add(references("ann", "bo"), "landing", NIGHT) == 2
    assert vault.add(references("bo", "cleo"), "landing", NIGHT) == 1
    assert vault.read("delivery", NIGHT).equals(references("ann", "bo", "cleo"))


def test_the_file_hides_its_content_and_is_ours_alone(tmp_path: Path, key: SecretStr) -> None:
    vault = Vault(tmp_path / "vault", key)
    vault.add(references("ann"), "landing", NIGHT)
    assert b"ann" not in vault.path.read_bytes()
    assert vault.path.stat().st_mode & 0o777 == 0o600


def test_every_opening_is_logged_without_values(tmp_path: Path, key: SecretStr) -> None:
    vault = Vault(tmp_path / "vault", key)
    vault.add(references("ann"), "landing tills", NIGHT)
    vault.read("delivery", NIGHT)
    lines = [json.loads(line) for line in vault.log.read_text().splitlines()]
    assert [(line["purpose"], line["entries"], line["added"]) for line in lines] == [
        ("landing tills", 0, 1),
        ("delivery", 1, 0),
    ]
    assert "ann" not in vault.log.read_text()


def test_another_key_does_not_open_it(tmp_path: Path, key: SecretStr) -> None:
    Vault(tmp_path / "vault", key).add(references("ann"), "landing", NIGHT)
    with pytest.raises(IntegrityError, match="another pseudonym key"):
        Vault(tmp_path / "vault", SecretStr("x" * 40)).read("delivery", NIGHT)


def test_one_changed_byte_is_noticed(tmp_path: Path, key: SecretStr) -> None:
    vault = Vault(tmp_path / "vault", key)
    vault.add(references("ann"), "landing", NIGHT)
    content = bytearray(vault.path.read_bytes())
    content[-1] ^= 1
    vault.path.write_bytes(content)
    with pytest.raises(IntegrityError):
        vault.read("delivery", NIGHT)


def test_a_block_cannot_be_dropped_from_the_middle(tmp_path: Path, key: SecretStr) -> None:
    box = Box(tmp_path / "box", key, "vault")
    box.append([{"n": 1}])
    first_end = box.path.stat().st_size
    box.append([{"n": 2}])
    content = box.path.read_bytes()
    box.path.write_bytes(content[: len(MAGIC)] + content[first_end:])
    with pytest.raises(IntegrityError):
        list(box.read())


@pytest.mark.parametrize("byte", range(4))
def test_a_damaged_length_is_no_torn_end_and_nothing_behind_it_is_cut_off(
    tmp_path: Path, key: SecretStr, byte: int
) -> None:
    box = Box(tmp_path / "box", key, "vault")
    for number in range(3):
        box.append([{"n": number}])
    content = bytearray(box.path.read_bytes())
    content[len(MAGIC) + byte] ^= 64
    box.path.write_bytes(content)
    with pytest.raises(IntegrityError, match="damaged behind block 0"):
        list(box.read())
    with pytest.raises(IntegrityError, match="damaged behind block 0"):
        box.append([{"n": 3}])
    assert box.path.read_bytes() == content


def test_zeros_that_a_power_cut_left_are_a_torn_end(tmp_path: Path, key: SecretStr) -> None:
    box = Box(tmp_path / "box", key, "vault")
    box.append([{"n": 1}])
    box.path.write_bytes(box.path.read_bytes() + bytes(500))
    box.append([{"n": 2}])
    assert list(box.read()) == [{"n": 1}, {"n": 2}]


def test_a_file_of_the_earlier_form_is_read_and_added_to(
    tmp_path: Path, key: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(tmp_path / "box", key, "vault")
    with monkeypatch.context() as then:
        then.setattr(vault_box, "MAGIC", vault_box.EARLIER_MAGIC)
        box.append([{"n": 1}])
    box.append([{"n": 2}])
    assert box.path.read_bytes().startswith(b"NANOLIFT1\n")
    assert list(box.read()) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("lost", [1, 20])
def test_a_torn_append_is_cut_off_and_nothing_else_is_lost(tmp_path: Path, key: SecretStr, lost: int) -> None:
    box = Box(tmp_path / "box", key, "vault")
    box.append([{"n": 1}])
    box.append([{"n": 2}])
    box.path.write_bytes(box.path.read_bytes()[:-lost])
    assert list(box.read()) == [{"n": 1}]
    box.append([{"n": 3}])
    assert list(box.read()) == [{"n": 1}, {"n": 3}]


def test_a_file_of_another_purpose_does_not_open(tmp_path: Path, key: SecretStr) -> None:
    Box(tmp_path / "box", key, "quarantine").append([{"n": 1}])
    with pytest.raises(IntegrityError):
        list(Box(tmp_path / "box", key, "vault").read())
