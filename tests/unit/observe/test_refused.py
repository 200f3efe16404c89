"""What the machine refuses is told in words; what nobody foresaw keeps its traceback."""

from __future__ import annotations

import errno
import os

import pytest

from orchestration import cli
from orchestration.errors import REFUSED


def _ended(monkeypatch: pytest.MonkeyPatch, number: int) -> int:
    def refuse() -> None:
        raise OSError(number, os.strerror(number), "/brand/vault")

    monkeypatch.setattr(cli, "cli", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("number", REFUSED)
def test_what_the_machine_refuses_is_told_with_its_file_and_a_remedy(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _ended(monkeypatch, number) == 2
    assert capsys.readouterr().err == f"nanolift: {os.strerror(number)}: /brand/vault. {REFUSED[number]}\n"


def test_another_error_of_the_machine_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="Input/output"):
        _ended(monkeypatch, errno.EIO)
