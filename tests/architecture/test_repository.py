"""What every file of the repository keeps to: locks with hashes, no registry named, no path of one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from orchestration import environment

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements.bootstrap.lock", "benchmarks/peers.lock")
# Names of registries and mirrors change from machine to machine: the client's own configuration knows them.
REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|debian|jfrog)\.(org|com|io|net)\b")
MACHINE_PATH = re.compile(r"""(?<![\w.:/$}~-])/(root|work|home|Users|mnt|opt)/[\w.]""")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]*\])?==(\S+) \\$", re.MULTILINE)


@cache
def _tracked() -> list[Path]:
    """Text files under version control, or that would be (in a checkout made from an archive: all of them)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    paths = [REPOSITORY / name for name in listed if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def _found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert _found(REGISTRY, _tracked()) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert _found(MACHINE_PATH, [path for path in _tracked() if path.suffix != ".lock"]) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_every_package_and_names_no_address(lock: str) -> None:
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text.replace("--no-emit-index-url", "")
    pins = list(PIN.finditer(text))
    assert len(pins) == len([line for line in text.splitlines() if line and line[0] not in " #"])
    bounds = [pin.start() for pin in pins] + [len(text)]
    unhashed = [
        pin[1] for pin, end in zip(pins, bounds[1:], strict=True) if "--hash=sha256:" not in text[pin.end() : end]
    ]
    assert unhashed == []


def test_the_lock_holds_every_package_that_pyproject_asks_for() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=!\[ ;]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    locked = {pin[1].lower().replace("_", "-") for pin in PIN.finditer((REPOSITORY / LOCKS[0]).read_text("utf-8"))}
    assert names - locked == set()


def test_the_changelog_opens_with_the_version_of_pyproject() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = re.findall(r"^## \[([^\]]+)\]", (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [heading for heading in released if heading != "Unreleased"][:1] == [version]


def test_the_environment_example_names_every_variable_that_is_read() -> None:
    read = set(re.findall(r'"(NANOLIFT_[A-Z_]+)"', Path(environment.__file__).read_text(encoding="utf-8")))
    set_by_the_command_itself = {environment.WORKSPACE_VARIABLE}
    shown = set(
        re.findall(r"^#? ?(NANOLIFT_[A-Z_]+)=", (REPOSITORY / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert shown == read - set_by_the_command_itself


def test_the_environment_example_holds_no_secret() -> None:
    text = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    assert re.search(rf"^{environment.PSEUDONYM_KEY_VARIABLE}=$", text, re.MULTILINE)


def test_no_data_and_no_model_is_under_version_control() -> None:
    kinds = {".parquet", ".duckdb", ".xlsx", ".pkl", ".joblib", ".gz", ".zip", ".db"}
    assert [path.name for path in _tracked() if path.suffix in kinds] == []
