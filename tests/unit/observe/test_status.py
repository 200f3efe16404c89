"""`nanolift status` and what is left undone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from orchestration.errors import ConfigurationError
from orchestration.privacy.pending import refuse_while_pending, refuse_while_rotating
from orchestration.status import status_of
from orchestration.workspace import Workspace

NOW = datetime(2026, 1, 2, 3)


@pytest.mark.parametrize(
    ("file", "command"), [("erasure", "nanolift erase --resume"), ("rotation", "nanolift rotate-key")]
)
def test_an_unfinished_erasure_or_change_of_the_key_is_wrong_and_says_what_ends_it(
    place: Path, file: str, command: str
) -> None:
    before = status_of(place, NOW).content["problems"]
    (place / file).write_bytes(b"begun")
    status = status_of(place, NOW)
    told = [problem for problem in status.content["problems"] if problem not in before]
    assert len(told) == 1 and command in told[0]
    assert f"wrong       {told[0]}" in status.text
    assert not status.is_well
    with pytest.raises(ConfigurationError, match=f"the plan waits: .*{command}"):
        refuse_while_pending(Workspace.at(place), "the plan")


def test_an_empty_journal_of_erasures_is_none(place: Path) -> None:
    (place / "erasure").touch()
    refuse_while_pending(Workspace.at(place), "the plan")


def test_an_erasure_does_not_hold_up_what_only_needs_one_key(place: Path) -> None:
    (place / "erasure").write_bytes(b"begun")
    refuse_while_rotating(Workspace.at(place), "extraction")
