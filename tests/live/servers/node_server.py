"""Servers that come as npm packages: are they there, start one, wait for its word, stop it.

Belongs here: what the folders beside (package.json, start.mjs) have in common. Does not: what each serves.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent
START_SECONDS = 120


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing(name: str) -> str | None:
    """What a person must do before the server of folder `name` can start; None where all is there."""
    if shutil.which("node") is None:
        return "no node: install Debian's packages nodejs and npm (node 20 or newer)"
    installed = FOLDER / name / "node_modules" / ".package-lock.json"
    lock = FOLDER / name / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        return f"the npm packages of tests/live/servers/{name} are not installed: run `make test-live`"
    return None


@contextmanager
def running(name: str, log: Path, *arguments: object, says: str, **environment: str) -> Iterator[str]:
    """`node start.mjs ARGUMENTS` of folder `name`, from the moment a line starts with `says`; gives that line.

    It runs in the folder of its log, which is the test's: some leave files where they stand.

    Raises:
        RuntimeError: it ended, or said nothing in START_SECONDS.
    """
    command = ["node", str(FOLDER / name / "start.mjs"), *map(str, arguments)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=log.parent, env=_environment(environment), stdout=output, stderr=output)
        try:
            yield _first_word(process, log, says)
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Loopback only: a proxy of the machine is not for it."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, **more}


def _first_word(process: subprocess.Popen[bytes], log: Path, says: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        said = log.read_text(encoding="utf-8", errors="replace")
        for line in said.splitlines():
            if line.startswith(says):
                return line
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{said[-3000:]}")
        time.sleep(0.2)
