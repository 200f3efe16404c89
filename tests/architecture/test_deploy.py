"""The files of deploy/ hold together: what a unit starts exists, who may write what, what a proxy reads and says.

That nginx and Caddy refuse what they must is tried in tests/live/test_door.py.
"""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from orchestration.cli import cli
from orchestration.dbt import parse_command
from orchestration.web.guard import LARGEST_BODY

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROXIES = (DEPLOY / "nginx" / "nanolift.conf", DEPLOY / "caddy" / "Caddyfile")
INSTALLED = "/usr/local/lib/nanolift"
# systemd's own measure of what a service could still do, 0 to 10: 1.5 for those that reach sources, 0.8 for viewers.
HIGHEST_EXPOSURE = 16


def _unit(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser["Service"]


def _options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_that_exists(path: Path) -> None:
    program, name, *options = _unit(path)["ExecStart"].split()
    assert program == f"{INSTALLED}/.venv/bin/nanolift"
    assert {option for option in options if option.startswith("--")} <= _options(cli.commands[name])


def test_a_timer_starts_a_service_that_ends_and_every_such_service_has_one() -> None:
    ends = {path.stem for path in UNITS if _unit(path)["Type"] == "oneshot"}
    assert (
        {path.stem for path in (DEPLOY / "systemd").glob("*.timer")} == ends == {"nanolift-alert", "nanolift-nightly"}
    )


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_nobody_and_writes_only_its_workspace_and_dbts_target(path: Path) -> None:
    service = _unit(path)
    assert service["User"] == "nanolift"
    assert service["ReadWritePaths"].split() == ["/var/lib/nanolift", f"{INSTALLED}/target"]
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "CapabilityBoundingSet": ""}
    assert {name: service[name] for name in wanted} == wanted


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_nothing_wrong_with_a_unit(path: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not there: install Debian's package systemd")
    here = tmp_path / path.name
    here.write_text(path.read_text(encoding="utf-8").replace(f"{INSTALLED}/.venv/bin/nanolift", "/bin/true"))
    verified = subprocess.run([analyze, "verify", "--man=no", here], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    measured = [analyze, "security", "--offline=true", f"--threshold={HIGHEST_EXPOSURE}", path]
    assert subprocess.run(measured, capture_output=True, check=False).returncode == 0


def test_only_the_viewers_unit_sees_no_secret_and_no_network() -> None:
    without = {
        path.stem
        for path in UNITS
        if "secrets.env" not in path.read_text(encoding="utf-8") and _unit(path).get("PrivateNetwork") == "yes"
    }
    assert without == {"nanolift-viewers"}


def test_proxies_and_units_name_the_same_sockets_and_the_same_largest_body() -> None:
    started = {match for path in UNITS for match in re.findall(r"--socket (\S+)", path.read_text(encoding="utf-8"))}
    for proxy in PROXIES:
        text = proxy.read_text(encoding="utf-8")
        assert set(re.findall(r"/run/[\w-]+/\w+\.sock", text)) == started
    assert len(started) == 2
    assert "client_max_body_size 1m;" in PROXIES[0].read_text(encoding="utf-8")
    assert LARGEST_BODY == 1 << 20


def test_dbt_writes_where_the_units_allow_it() -> None:
    command = parse_command(Path("target"))
    written = {command[command.index(option) + 1] for option in ("--target-path", "--log-path")}
    assert written == {"target"}
