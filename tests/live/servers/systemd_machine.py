"""A throw-away copy of this machine with a systemd of its own, for trials of units and of what a page tells root to do.

Belongs here: starting and ending it, commands in it. Does not: what is installed there (test_units.py).

The copy is an overlay whose upper layer is memory, booted by systemd-nspawn with a network, /tmp and process numbers of
its own: nothing that is done in it reaches this machine. Needs root.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 120
CLEAN = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
# The interpreter of the distribution: units may not see one below a home directory.
PYTHON = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
BOOT = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs {box}
mkdir {box}/root {box}/upper {box}/work
mount -t overlay overlay -o lowerdir=/,upperdir={box}/upper,workdir={box}/work {box}/root
exec systemd-nspawn --boot --directory={box}/root --machine=nanolift-test --register=no --keep-unit --link-journal=no \
    --private-network --console=pipe {binds} -- --unit=basic.target
"""


def missing() -> str | None:
    """What is not there; None: all is."""
    if os.geteuid() != 0:
        return "only root can boot a copy of this machine"
    if shutil.which("systemd-nspawn") is None:
        return "systemd-nspawn is not there: install Debian's package systemd-container"
    if not PYTHON.exists():
        return f"{PYTHON} is not there: install the distribution's Python"
    return None


@dataclass(frozen=True)
class Machine:
    """leader: its first process, as this machine numbers it."""

    leader: int

    def run(self, command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A shell command there, as root.

        Raises:
            AssertionError: it failed, and check is set; with what it said.
        """
        entered = ("nsenter", f"--target={self.leader}", "--all", *CLEAN, "bash", "-euc", command)
        ended = subprocess.run(entered, capture_output=True, text=True, check=False)
        assert not check or ended.returncode == 0, f"{command}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        return ended

    def path(self, there: str) -> Path:
        """Where a file of it is on this machine."""
        return Path(f"/proc/{self.leader}/root{there}")

    def shows(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run(f"systemctl show --value --property={name} {unit}").stdout.strip()


def _descendants(of: int) -> Iterator[int]:
    told = subprocess.run(["pgrep", "--parent", str(of)], capture_output=True, text=True, check=False).stdout
    for child in map(int, told.split()):
        yield child
        yield from _descendants(child)


def _leader(of: int) -> int | None:
    for process in _descendants(of):
        try:
            if Path(f"/proc/{process}/comm").read_text() == "systemd\n":
                return process
        except FileNotFoundError:
            continue
    return None


@contextmanager
def booted(folder: Path, shown: dict[str, Path]) -> Iterator[Machine]:
    """A copy of this machine from when it has booted until the block ends.

    Args:
        folder: an empty folder to mount it on.
        shown: folders of this machine that are seen there, read-only, by their path there.
    """
    binds = shlex.join(f"--bind-ro={here}:{there}" for there, here in shown.items())
    script = BOOT.format(box=shlex.quote(str(folder)), binds=binds)
    with (folder.with_suffix(".log")).open("wb") as log:
        # Process numbers of their own: whatever was started there ends with the first of them.
        command = ["unshare", "--mount", "--pid", "--mount-proc", "--kill-child", "bash", "-c", script]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + START_SECONDS
            machine = None
            while machine is None or machine.run("systemctl is-active basic.target", check=False).returncode:
                assert process.poll() is None and time.monotonic() < deadline, Path(log.name).read_text()[-3000:]
                time.sleep(0.5)
                leader = _leader(process.pid)
                machine = None if leader is None else Machine(leader)
            yield machine
        finally:
            process.kill()
            process.wait()
