"""deploy/README.md followed to the letter, and the units of deploy/systemd under a real systemd.

On a throw-away copy of this machine (servers/systemd_machine.py). What the page has git and make bring is this project
and its environment.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import NANOLIFT
from tests.live.servers.systemd_machine import PYTHON, Machine, booted, missing

ROOT = Path(__file__).resolve().parents[2]
INSTALLED, WORKSPACE = "/usr/local/lib/nanolift", "/var/lib/nanolift/brand"
# Where the copy sees this project, its libraries and programs.
LENT = "/usr/local/share/nanolift"
PROGRAMS = ("nanolift", "dbt", "dagster", "dagster-daemon")
HOST = "nanolift.example.org"
UIS = ("nanolift-engineers", "nanolift-viewers")
UP_SECONDS = 240
CHANGE = 'mutation { terminateRun(runId: "none") { __typename } }'


def _installed() -> str:
    """What `git clone` and `make environment` leave."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    programs = "\n".join(
        f"(echo '#!{INSTALLED}/.venv/bin/python'; tail -n +2 {LENT}/programs/{name}) > {INSTALLED}/.venv/bin/{name}"
        for name in PROGRAMS
    )
    return f"""
mkdir -p {INSTALLED} && cd {LENT}/project && cp --parents --target-directory={INSTALLED} {shlex.join(files)}
{PYTHON} -m venv --without-pip {INSTALLED}/.venv
printf '{LENT}/libraries\\n{INSTALLED}\\n' > {INSTALLED}/.venv/lib/{PYTHON.name}/site-packages/here.pth
{programs}
chmod 755 {INSTALLED}/.venv/bin/*
"""


def _page() -> str:
    """The commands of deploy/README.md up to nginx."""
    page = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8").split("\n## nginx")[0]
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL))
    clone = re.findall(r"^git clone .*$", commands, flags=re.MULTILINE)
    described = f"nanolift init {WORKSPACE}\n"
    assert len(clone) == 1 and commands.count(described) == 1
    example = f"{INSTALLED}/examples/demo/nanolift.toml"
    demo = f'sed \'s/size = "default"/size = "tiny"/\' {example} > {WORKSPACE}/nanolift.toml\n'
    return commands.replace(clone[0], _installed()).replace(described, described + demo)


@pytest.fixture(scope="module", autouse=True)
def possible() -> None:
    """A person's machine may lack what a copy of it needs; under CI=true the skip fails (conftest.py)."""
    if (lacks := missing()) is not None:
        pytest.skip(lacks)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A copy of this machine after deploy/README.md."""
    shown = {
        f"{LENT}/project": ROOT,
        f"{LENT}/libraries": Path(sysconfig.get_path("purelib")),
        f"{LENT}/programs": NANOLIFT.parent,
    }
    with booted(tmp_path_factory.mktemp("machine"), shown) as machine:
        machine.run(_page())
        yield machine


class Unix(http.client.HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: Path) -> None:
        super().__init__(HOST, timeout=60)
        self.file = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.file))


def _asked(machine: Machine, unit: str, query: str) -> tuple[int, str]:
    """Status and text of a UI's answer to GraphQL, asked as the proxy would."""
    connection = Unix(machine.path(f"/run/{unit}/web.sock"))
    headers = {"Content-Type": "application/json", "Origin": f"https://{HOST}"}
    connection.request("POST", "/graphql", json.dumps({"query": query}), headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def _await(machine: Machine, what: str) -> None:
    """Until a shell condition holds there."""
    deadline = time.monotonic() + UP_SECONDS
    while machine.run(what, check=False).returncode:
        said = machine.run("journalctl --no-pager --lines=60 --unit='nanolift-*'", check=False).stdout
        assert time.monotonic() < deadline, f"{what}\n{said[-3000:]}"
        time.sleep(0.5)


def _started(machine: Machine, unit: str) -> tuple[str, str]:
    """How a unit that ends by itself ended, and what it said."""
    machine.run(f"systemctl start {unit}.service", check=False)
    told = machine.run(f"journalctl --no-pager --lines=60 --unit={unit}.service").stdout
    return machine.shows(unit, "Result"), told


def _environment(machine: Machine, unit: str) -> str:
    """The environment of all processes of a unit."""
    return machine.run(
        f"cat /sys/fs/cgroup{{,/systemd}}/system.slice/{unit}.service/cgroup.procs 2>/dev/null | sort -u "
        "| while read process; do tr '\\0' '\\n' < /proc/$process/environ; done"
    ).stdout


def test_a_night_publishes_under_its_unit(machine: Machine) -> None:
    result, told = _started(machine, "nanolift-nightly")
    assert result == "success", told
    assert (
        machine.run(f"stat --format=%U {WORKSPACE}/current/exports/ {WORKSPACE}/vault").stdout.split()
        == ["nanolift"] * 2
    )


def test_alerts_are_looked_for_and_leave_the_metrics(machine: Machine) -> None:
    result, told = _started(machine, "nanolift-alert")
    assert result == "success", told


def test_both_timers_are_due(machine: Machine) -> None:
    machine.run("systemctl start nanolift-alert.timer nanolift-nightly.timer")
    told = machine.run("systemctl list-timers --no-pager").stdout
    assert {f"nanolift-{name}.service" in told for name in ("alert", "nightly")} == {True}
    machine.run("systemctl stop nanolift-nightly.timer")


def test_both_uis_answer_and_only_engineers_may_change_anything(machine: Machine) -> None:
    for unit in UIS:
        _await(machine, f"test -S /run/{unit}/web.sock")
    read = [_asked(machine, unit, "{ version }") for unit in UIS]
    assert [status for status, _ in read] == [200, 200] and all('"version"' in said for _, said in read)
    engineers, viewers = [_asked(machine, unit, CHANGE) for unit in UIS]
    assert engineers[0] == 200 and "RunNotFoundError" in engineers[1]
    assert viewers[0] == 403 and "read_only" in viewers[1]


def test_only_viewers_hold_no_secret(machine: Machine) -> None:
    held = {unit: "NANOLIFT_PSEUDONYM_KEY" in _environment(machine, unit) for unit in (*UIS, "nanolift-daemon")}
    assert held == {"nanolift-engineers": True, "nanolift-viewers": False, "nanolift-daemon": True}


@pytest.mark.parametrize("unit", [*UIS, "nanolift-daemon"])
def test_a_unit_is_nobody_and_writes_nowhere_else(machine: Machine, unit: str) -> None:
    process = machine.shows(unit, "MainPID")
    assert machine.run(f"stat --format=%U /proc/{process}").stdout == "nanolift\n"
    inside = f"nsenter --target={process} --mount setpriv --reuid=nanolift --regid=nanolift --clear-groups touch"
    written = {
        folder: machine.run(f"{inside} {folder}/written", check=False).returncode == 0
        for folder in (WORKSPACE, f"{INSTALLED}/target", INSTALLED, "/etc", "/home", "/var/lib", "/usr", "/run")
    }
    assert [folder for folder, possible in written.items() if possible] == [WORKSPACE, f"{INSTALLED}/target"]


def test_a_killed_daemon_comes_back(machine: Machine) -> None:
    before = machine.shows("nanolift-daemon", "MainPID")
    machine.run(f"kill -9 {before}")
    _await(machine, 'test "$(systemctl show --value --property=NRestarts nanolift-daemon)" -ge 1')
    _await(machine, "systemctl is-active nanolift-daemon")
    assert machine.shows("nanolift-daemon", "MainPID") not in ("0", before)


def test_a_night_that_publishes_nothing_is_a_failed_unit(machine: Machine) -> None:
    machine.run(f"cp {WORKSPACE}/nanolift.toml /var/tmp/kept.toml && echo '[nonsense]' >> {WORKSPACE}/nanolift.toml")
    result, told = _started(machine, "nanolift-nightly")
    machine.run(f"cat /var/tmp/kept.toml > {WORKSPACE}/nanolift.toml")
    assert result == "exit-code"
    assert "nonsense" in told


def test_a_machine_that_ends_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    with booted(tmp_path / "box", {}) as machine:
        machine.run("systemd-run --unit=stays sleep 1000")
        assert machine.shows("stays", "ActiveState") == "active"
    deadline = time.monotonic() + 10
    while Path(f"/proc/{machine.leader}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
