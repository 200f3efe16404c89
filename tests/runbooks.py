"""The runbooks of docs/operations.md: a section an alert; its commands, run on a workspace that is in that state."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner, Result

from orchestration.cli import cli
from orchestration.errors import NanoliftError

OPERATIONS = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
PARTS = ("Symptom", "It means", "Look at", "Do", "It is over")


def section(kind: str) -> str:
    """What stands under the heading of an alert; "" where there is none."""
    found = re.search(rf"^### {kind}\n(.*?)(?=^##)", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return "" if found is None else found[1]


def commands(kind: str) -> list[list[str]]:
    """The commands to look at it with."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", section(kind), re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def followed(kind: str, workspace: Path, **names: str) -> list[Result]:
    """Run what the runbook says to look at; a refusal in words is an answer, anything else that is raised is not.

    Args:
        names: what stands for the words in capitals, besides DIR.
    """
    results = []
    for words in commands(kind):
        assert words[0] == "nanolift"
        said = [{"DIR": str(workspace), **names}.get(word, word) for word in words[1:]]
        result = CliRunner().invoke(cli, said)
        if result.exception is not None and not isinstance(result.exception, SystemExit | NanoliftError):
            raise result.exception
        results.append(result)
    return results
