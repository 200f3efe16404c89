"""The documents are true: every command they show exists with its options, every path they name is there."""

from __future__ import annotations

import re
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from orchestration.cli import cli

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "deploy").rglob("*.md")],
    key=lambda path: path.as_posix(),
)
NAMES = [path.relative_to(REPOSITORY).as_posix() for path in DOCUMENTS]
BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TOP_LEVEL = (
    "orchestration/",
    "dbt_project/",
    "ml/",
    "expectations/",
    "tests/",
    "docs/",
    "examples/",
    "benchmarks/",
    "deploy/",
    ".ci/",
)
ROOT_FILE = re.compile(r"^[A-Za-z.][\w.]*\.(md|toml|yml|lock|example)$|^(Makefile|LICENSE)$")
BUDGET_SECONDS = 1.0


def _text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def _commands(name: str) -> list[list[str]]:
    """Every command a document shows: lines of its shell blocks, and `make …` or `nanolift …` in running text."""
    lines = [line for block in BLOCK.findall(_text(name)) for line in block.replace("\\\n", " ").splitlines()]
    lines += [code for code in CODE.findall(_text(name)) if code.split()[0] in ("make", "nanolift")]
    parsed = (shlex.split(line.removeprefix("$ "), comments=True) for line in lines)
    return [words for words in parsed if words]


def _targets() -> set[str]:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    rules = re.findall(r"^([a-z][a-z -]*):(?!=)", makefile, re.MULTILINE)
    return {target for rule in rules for target in rule.split()}


def _problem_of_nanolift(words: list[str]) -> str | None:
    """What is wrong with `nanolift <words>`; None if every command and option of it exists."""
    group: click.Command = cli
    for word in words:
        if word.startswith("-") and word != "-":  # alone it is standard input
            option = word.split("=")[0]
            known = {name for parameter in group.params for name in (*parameter.opts, *parameter.secondary_opts)}
            if option not in known | {"--help", "-h"}:
                return f"{group.name} has no option {option}"
        elif isinstance(group, click.Group):
            command = group.commands.get(word)
            if command is None:
                return f"no command {word}"
            group = command
    return None


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shown_exists(name: str) -> None:
    wrong = []
    for words in _commands(name):
        plain = [word for word in words if not re.match(r"^[A-Z_]+=", word)]
        if plain[:1] == ["make"]:
            wrong += [f"make {word}" for word in plain[1:] if not word.startswith("-") and word not in _targets()]
        elif plain[:1] == ["nanolift"] or plain[:1] == [".venv/bin/nanolift"]:
            problem = _problem_of_nanolift(plain[1:])
            wrong += [f"{' '.join(words)}: {problem}"] if problem else []
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_named_is_there(name: str) -> None:
    missing = []
    for code in CODE.findall(_text(name)):
        path = code.rstrip("/").split(":")[0]
        named = code.startswith(TOP_LEVEL) or ROOT_FILE.match(code)
        is_pattern = re.search(r"[<>*{}…\s]", code)
        in_a_workspace = path in ("nanolift.toml", "dagster.yaml")
        if named and not is_pattern and not in_a_workspace and not (REPOSITORY / path).exists():
            missing.append(code)
    for link in LINK.findall(_text(name)):
        if "://" not in link and not (REPOSITORY / name).parent.joinpath(link).exists():
            missing.append(link)
    assert missing == []


def test_the_readme_shows_the_two_commands_and_the_datas_way() -> None:
    readme = _text("README.md")
    shown = [
        words
        for block in BLOCK.findall(readme)
        for words in [line.split("#")[0].split() for line in block.splitlines()]
    ]
    assert ["make", "run"] in shown
    assert ["make", "test"] in shown
    assert "```mermaid" in readme


def test_the_readme_lists_every_command_and_every_target() -> None:
    readme = _text("README.md")
    assert [command for command in cli.commands if f"`nanolift {command}" not in readme] == []
    inner = {"chromium", "environment", "help", "live-servers", "proxies"}
    assert [target for target in sorted(_targets() - inner) if f"`make {target}`" not in readme] == []


def test_make_knows_what_every_target_of_the_readme_needs() -> None:
    """`make -n` says what it would do, and fails on a rule that is missing."""
    for words in _commands("README.md"):
        if words[0] == "make" and len(words) == 2:
            said = subprocess.run(["make", "-n", words[1]], cwd=REPOSITORY, capture_output=True, text=True, check=False)
            assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("example", ["demo", "journey", "voices"])
def test_the_first_steps_of_the_readme_run(example: str, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("nanolift")
    for words in (["init", ".", "--example", example], ["doctor", "--workspace", "."]):
        said = subprocess.run([program, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
        assert said.stdout.strip()


def test_help_answers_within_a_second() -> None:
    """CPU seconds of a process of its own, so that a busy machine changes nothing."""
    program = Path(sys.executable).with_name("nanolift")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "run" in answer.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < BUDGET_SECONDS


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(command: str) -> None:
    answer = subprocess.run(
        [Path(sys.executable).with_name("nanolift"), command, "--help"], capture_output=True, text=True, check=True
    )
    assert cli.commands[command].help is not None
    assert "Usage: nanolift" in answer.stdout
