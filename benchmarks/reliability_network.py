"""A whole night, the doctor and the UI in a network namespace without a route: nobody outside is spoken to.

A part of benchmarks/reliability.py. strace tells of every connect and send of every process; the environment is empty
of switches, as that of a person who never saw the Makefile. outside_connections counts attempts at anything but
loopback, and every question to a name server, wherever that is. outside_attempts_unseen: of attempts made on purpose
(an address, a name, one without connection), those that the watcher does not see. Where unshare or strace may not be
used, nothing is counted, and that is said.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.reliability_journal import Journal, seconds_left

NANOLIFT = Path(sys.executable).with_name("nanolift")
CALLS = "connect,sendto,sendmsg,sendmmsg"
NAME_SERVERS = 53
_CALL = re.compile(r"^\d+ +(\w+)\(")
_PLACE = re.compile(r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")")
_ON_PURPOSE = {
    "an address": "import socket; socket.socket().connect_ex(('192.0.2.1', 443))",
    "an address of the other kind": "import socket; socket.socket(socket.AF_INET6).connect_ex(('2001:db8::1', 443))",
    "a name": "import socket; socket.getaddrinfo('nanolift-canary.invalid', 443)",
    "one without connection": "import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 9))",
}


@dataclass(frozen=True)
class Watched:
    """What a command did. outside: (call, address, port) of each attempt at somebody else."""

    status: int
    outside: tuple[tuple[str, str, int], ...]
    said: str


def why_not() -> str | None:
    """What this machine lacks or forbids; None: a command can be watched."""
    if missing := [name for name in ("unshare", "strace", "ip") if shutil.which(name, path=_path()) is None]:
        return f"missing: {', '.join(missing)} (Debian's packages util-linux, strace, iproute2)"
    tried = subprocess.run(_alone(["strace", "-qq", "true"]), capture_output=True, text=True, check=False)
    return (
        None if tried.returncode == 0 else f"not permitted here: unshare -rn with strace ({tried.stderr.strip()[:120]})"
    )


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _alone(command: Sequence[str]) -> list[str]:
    """The command in a network of its own: loopback is up, and there is nothing else."""
    return [
        "unshare",
        "-rn",
        "sh",
        "-c",
        'PATH="$PATH:/usr/sbin:/sbin"; ip link set lo up && exec "$@"',
        "sh",
        *command,
    ]


def outside(trace: str) -> list[tuple[str, str, int]]:
    """Attempts at anything but loopback in what strace wrote, questions to name servers included."""
    found = []
    for line in trace.splitlines():
        call = _CALL.match(line)
        for port, four, six in _PLACE.findall(line) if call else ():
            address = ipaddress.ip_address(four or six)
            mapped = getattr(address, "ipv4_mapped", None) or address
            # Port 0 is how the C library asks the kernel which address it would send from: nothing is sent.
            if int(port) == NAME_SERVERS or not (mapped.is_loopback or (mapped.is_unspecified and int(port) == 0)):
                found.append((call[1] if call else "", str(address), int(port)))
    return found


def watched(command: Sequence[str], home: Path, seconds: float | None = None) -> Watched:
    """Run a command to its end, or for so many seconds, and say whom it spoke to."""
    trace = home / "trace"
    clean = {"PATH": _path(), "HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    whole = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={CALLS}", "-o", str(trace), *command]
    if seconds is not None:
        whole = ["timeout", "--kill-after=20", str(seconds), *whole]
    done = subprocess.run(_alone(whole), env=clean, capture_output=True, text=True, check=False)
    text = trace.read_text(encoding="utf-8", errors="replace")
    return Watched(done.returncode, tuple(outside(text)), (done.stdout + done.stderr)[-2_000:])


def _commands(brand: Path) -> dict[str, tuple[list[str], float | None]]:
    there, nanolift = ["--workspace", str(brand)], str(NANOLIFT)
    return {
        "init": ([nanolift, "init", str(brand), "--example", "demo"], None),
        "doctor": ([nanolift, "doctor", *there], None),
        "run": ([nanolift, "run", *there], None),
        "status": ([nanolift, "status", *there], None),
        "ui": ([nanolift, "ui", *there, "--port", "3111"], 90.0),
    }


def figures(quick: bool) -> Iterable[Figure]:
    """Counts over the commands; --quick leaves out the night and the UI."""
    folder = Path(tempfile.mkdtemp(prefix="nanolift-network-")).resolve()
    journal = Journal("network", folder) if quick else Journal("network")
    try:
        if lacking := why_not():
            print(f"  not watched: {lacking}")
            yield Figure("outside_commands_done_of_5", 0.0)
            return
        missed = [
            name
            for name, program in _ON_PURPOSE.items()
            if not watched([sys.executable, "-c", program], folder).outside
        ]
        brand = folder / "brand"
        for name, (command, seconds) in _commands(brand).items():
            if (quick and seconds is None and name in ("run", "status")) or (quick and seconds is not None):
                continue
            if name != "init" and (name in journal.done or seconds_left() <= 0):
                continue
            seen = watched(command, folder, seconds)
            failed = seen.status not in ((0,) if seconds is None else (124, 137, 143))
            journal.write(name, outside=seen.outside, failed=failed, said=seen.said[-300:] if failed else "")
            if name == "init":
                text = (
                    (brand / "nanolift.toml").read_text(encoding="utf-8").replace('size = "default"', 'size = "tiny"')
                )
                (brand / "nanolift.toml").write_text(text, encoding="utf-8")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, each in journal.done.items():
        for found in each["outside"][:5]:
            print(f"  {name}: {found}")
        if each["failed"]:
            print(f"  {name} failed: {each['said']}")
    yield Figure("outside_connections", float(sum(len(each["outside"]) for each in journal.done.values())), high=0)
    yield Figure("outside_attempts_unseen", float(len(missed)), high=0)
    yield Figure("outside_commands_failed", float(sum(each["failed"] for each in journal.done.values())), high=0)
    yield Figure("outside_commands_done_of_5", float(len(journal.done)))
