"""Real servers and a real browser for the live tests.

Belongs here: starting and stopping them on loopback, naming what is missing. A missing program skips the test on a
person's machine and fails it under CI=true: there, a skipped test would look like a passed one.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.live.servers.files import S3Server, SshServer, missing, s3_server, ssh_server

NANOLIFT = Path(sys.executable).with_name("nanolift")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# What a closed network and a root user need; without the background switches Chromium looks for its maker's hosts.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 240
# Loopback is never asked through a proxy that the machine may have.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI=true a skip is a failure that names what is missing."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was not run, and CI must run it: {reason}"
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    found = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if found is None:
        pytest.skip(f"none of {', '.join(PROGRAMS)} is there: install Debian's package chromium")
    return found


@contextmanager
def launched(chromium: str, *flags: str, **options: Any) -> Iterator[BrowserContext]:
    """A headless browser with an empty profile of its own; options are Playwright's."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            headless=True,
            args=[*FLAGS, *flags],
            viewport={"width": 1600, "height": 1000},
            **options,
        )
        yield context
        context.close()


@pytest.fixture
def browser(chromium: str) -> Iterator[BrowserContext]:
    """A headless browser with an empty profile of its own."""
    with launched(chromium) as context:
        yield context


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the simulated market at its smallest, run once and published."""
    workspace = tmp_path_factory.mktemp("live") / "demo"
    subprocess.run([NANOLIFT, "init", workspace, "--example", "demo"], check=True, capture_output=True)
    configuration = workspace / "nanolift.toml"
    text, replaced = re.subn(
        r'^size = "?\w+"?', 'size = "tiny"', configuration.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert replaced == 1, "the demo example names its world's size"
    configuration.write_text(text, encoding="utf-8")
    ended = subprocess.run([NANOLIFT, "run", "--workspace", workspace], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return workspace


@dataclass(frozen=True)
class Served:
    """A running `nanolift ui`."""

    address: str
    port: int


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with DIRECT.open(f"{address}/server_info", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def running_ui(workspace: Path, log: Path, is_up: Callable[[], bool], *options: str) -> Iterator[None]:
    """`nanolift ui` with options, from when it answers until the block ends."""
    with log.open("wb") as output:
        command = [NANOLIFT, "ui", "--workspace", workspace, *options]
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_up():
                said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
                assert process.poll() is None, f"nanolift ui ended:\n{said}"
                assert time.monotonic() < deadline, f"nanolift ui did not answer in {START_SECONDS} s:\n{said}"
                time.sleep(0.5)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)
            left = _await_end_of_group(process.pid)
            assert not left, f"nanolift ui ended and left processes behind:\n{left}"


def _await_end_of_group(group: int, seconds: int = 15) -> str:
    """Processes of a group that are still there after a while, killed then; "" none."""
    left = ""
    for _ in range(seconds * 4):
        listed = subprocess.run(
            ["ps", "-o", "stat=,args=", "-g", str(group)], capture_output=True, text=True, check=False
        )
        # Z: has ended, and nobody asked for its status yet.
        left = "\n".join(line for line in listed.stdout.splitlines() if not line.startswith("Z"))
        if not left:
            return ""
        time.sleep(0.25)
    os.killpg(group, signal.SIGKILL)
    return left


def _serve(workspace: Path, log: Path, *options: str) -> Iterator[Served]:
    port = _free_port()
    served = Served(f"http://127.0.0.1:{port}", port)
    with running_ui(workspace, log, lambda: _answers(served.address), "--port", str(port), *options):
        yield served


@pytest.fixture(scope="module")
def ui(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`nanolift ui` with full rights on the tiny run."""
    yield from _serve(tiny_run, tmp_path_factory.mktemp("ui") / "log.txt")


@pytest.fixture(scope="module")
def viewers_ui(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`nanolift ui --read-only` on the tiny run."""
    yield from _serve(tiny_run, tmp_path_factory.mktemp("ui") / "log.txt", "--read-only")


@pytest.fixture(scope="module")
def unrun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the simulated market that nothing ran in."""
    workspace = tmp_path_factory.mktemp("unrun") / "demo"
    subprocess.run([NANOLIFT, "init", workspace, "--example", "demo"], check=True, capture_output=True)
    return workspace


@pytest.fixture(scope="module")
def unrun_ui(unrun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`nanolift ui` with full rights on a workspace that nothing ran in."""
    yield from _serve(unrun, tmp_path_factory.mktemp("ui") / "log.txt", "--no-daemon")


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    if (why := missing()) is not None:
        pytest.skip(why)
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server
